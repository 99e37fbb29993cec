"""Everything behind the hot routes: a web framework, and the door through which it is reached.

The framework finds the route, reads path and query, and hands a body over. Who is let in, how a
body is bounded, and what an error says are ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from litestar import Litestar, Router
from litestar.connection import Request
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.response import Response

from waypost.api.asgi import (
    BodyTooLargeError,
    BodyTooSlowError,
    ClientLeftError,
    Receive,
    Scope,
    Send,
    drain,
)
from waypost.api.bounded import BoundedBody
from waypost.api.customer.door import CustomerGuard, answer, render_error
from waypost.api.customer.hands import CustomerHands
from waypost.api.customer.routes import customer_router
from waypost.api.management.door import Management, OperatorGuard, parameter_faults
from waypost.api.management.openapi import document_handler, finish, name_operation
from waypost.api.management.routes import management_router
from waypost.api.parameters import name_parameters
from waypost.api.problem import ProblemError, problem_of, render_problem
from waypost.model.errors import NotSetUpError
from waypost.model.refusal import Reason, Refusal
from waypost.version import __version__
from waypost.wire.envelope import Answer, render_refusal

INTERNAL = 500
WRONG_METHOD = 405
UNANSWERED = "TRACE"
OPERATORS = ("/v1/admin", "/v1/openapi.json")
"""Where problems are told in RFC 9457. Elsewhere below /v1 whoever asks takes us for the older
API of the same customers, and is told so in their envelope."""


OURS: Mapping[type[Exception], tuple[str, str]] = {
    MethodNotAllowedException: ("wrong_method", "It answers to other methods."),
    NotFoundException: ("unknown_address", "No address of this API is like this one."),
    BodyTooLargeError: ("body_too_large", ""),
    BodyTooSlowError: ("body_too_slow", ""),
    ClientException: ("invalid_body", "It cannot be read."),
}
"""Errors of the framework and of the body, as the operator reads them; empty: in their words."""

log = structlog.get_logger("waypost.api")


@dataclass(frozen=True, slots=True)
class FrameworkDoor:
    """The framework as one ASGI application, with each request's body bounded."""

    framework: Litestar

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        body = BoundedBody(scope, receive)
        within: Any = {**scope, "state": {"body": body}}
        if scope["method"] == "HEAD":
            within["method"] = "GET"
            send = headless(send)
        if scope["method"] == "OPTIONS":
            within["method"] = UNANSWERED
            send = optional(send)
        framework: Any = self.framework
        await framework(within, body.receive, body.answering(send))
        if body.is_untouched:
            await drain(scope, receive)


def headless(send: Send) -> Send:
    """Sends an answer without its body, as for HEAD."""

    async def without(event: Any) -> None:
        if event["type"] == "http.response.body":
            if event.get("more_body", False):
                return
            event = {**event, "body": b""}
        await send(event)

    return without


def optional(send: Send) -> Send:
    """Sends a 405 as the 204 that OPTIONS is answered with: it names the methods there are.

    The framework's own answer to OPTIONS forgets methods of handlers in another group.
    """
    is_there = False

    async def without(event: Any) -> None:
        nonlocal is_there
        if event.get("status") == WRONG_METHOD:
            is_there = True
            allow = [pair for pair in event["headers"] if pair[0] == b"allow"]
            event = {**event, "status": 204, "headers": allow}
        elif is_there:
            event = {**event, "body": b""}
        await send(event)

    return without


def build_framework(
    management: Management,
    operator: OperatorGuard,
    hands: CustomerHands,
    customer: CustomerGuard,
) -> FrameworkDoor:
    """All routes but the hot ones."""
    routers = [
        management_router(management, operator),
        customer_router(hands, customer),
        Router("/v1", route_handlers=[document_handler()]),
    ]
    framework = Litestar(
        routers,
        exception_handlers={HTTPException: answer_error, Exception: answer_error},
        openapi_config=OpenAPIConfig(
            "Waypost",
            __version__,
            use_handler_docstrings=True,
            operation_id_creator=name_operation,
            render_plugins=[JsonRenderPlugin()],
            openapi_router=Router(
                "/v1/framework", route_handlers=[], guards=[hide], include_in_schema=False
            ),
        ),
        logging_config=None,
        request_max_body_size=None,
        multipart_form_part_limit=20,
        debug=False,
    )
    return FrameworkDoor(framework)


def describe_api() -> dict[str, Any]:
    """The OpenAPI document, without a gateway behind it."""
    nobody: Any = None
    door = build_framework(nobody, nobody, nobody, nobody)
    return finish(door.framework.openapi_schema.to_schema())


def hide(*_: Any) -> None:
    """The framework's own pages are nobody's: the document is served when it is whole."""
    raise NotFoundException


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Any error in the language of whoever asked; the unforeseen with a line for the operator."""
    path = request.scope["path"]
    if isinstance(error, ValidationException):
        signature = getattr(request.scope.get("route_handler"), "parsed_fn_signature", None)
        fields = {} if signature is None else signature.parameters
        error.extra = name_parameters(error.extra, fields)
    if any(path == one or path.startswith(f"{one}/") for one in OPERATORS):
        rendered = render_problem(*_problem_of(error))
    else:
        rendered = _envelope_of(error)
    if isinstance(error, NotSetUpError):
        log.error("request.not_set_up", path=path, setting=error.setting, error=str(error))
    elif rendered.status == INTERNAL and not isinstance(error, ClientLeftError):
        log.error("request.failed", path=path, exc_info=error)
    return answer(rendered)


def _problem_of(error: Exception) -> tuple[Any, ...]:
    """The problem, and headers that belong to it."""
    if isinstance(error, ValidationException):
        return (parameter_faults(error),)
    for kind, (code, detail) in OURS.items():
        if isinstance(error, kind):
            return ProblemError(code, detail or str(error)), *_allow(error)
    return (problem_of(error),)


def _envelope_of(error: Exception) -> Answer:
    match error:
        case MethodNotAllowedException():
            refused = render_refusal(Refusal(Reason.METHOD))
            return Answer(refused.status, (*refused.headers, *_allow(error)), refused.body)
        case NotFoundException():
            return render_refusal(Refusal(Reason.NOT_FOUND))
        case _:
            return render_error(error)


def _allow(error: Exception) -> tuple[tuple[bytes, bytes], ...]:
    headers = error.headers if isinstance(error, HTTPException) else None
    told = (headers or {}).get("allow", "")
    if not told:
        return ()
    methods = {one.strip() for one in told.split(",")} | {"OPTIONS"}
    methods |= {"HEAD"} if "GET" in methods else set()
    return ((b"allow", ", ".join(sorted(methods)).encode()),)
