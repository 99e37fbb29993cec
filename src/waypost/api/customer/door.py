"""Which customer asks, for which WABA or sender; and every refusal in the documented envelope.

The order of the checks is the sending endpoint's: credentials, account, WABA or sender, version,
rate. Nothing of the body is looked at before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import msgspec
from litestar.connection import ASGIConnection, Request
from litestar.exceptions import ClientException, ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.response import Response

from waypost.accept.limits import RequestLimits
from waypost.api.asgi import BodyTooLargeError, BodyTooSlowError, client_address, header
from waypost.api.auth import Doorkeeper, find_sender
from waypost.api.parameters import parameter_details
from waypost.directory.credentials import PREFIX_LENGTH
from waypost.model.account import Account
from waypost.model.audit import Actor
from waypost.model.errors import (
    DirectoryError,
    MetaRefusedError,
    NotFoundError,
    NotSetUpError,
    StoreError,
    TooFastError,
)
from waypost.model.refusal import Fault, Reason, Refusal
from waypost.model.sender import Sender
from waypost.report.filters import FilterError
from waypost.runtime.clock import Clock
from waypost.runtime.http import AnswerLostError, HttpError
from waypost.runtime.metrics import Metrics
from waypost.runtime.vault_error import VaultError
from waypost.wire.codes import REFUSED
from waypost.wire.envelope import Answer, render_processed, render_refusal
from waypost.wire.json_text import read_json


class RefusedError(Exception):
    """The request is answered with this refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class CustomerGuard:
    """Lets customers in, to what is theirs."""

    doorkeeper: Doorkeeper
    limits: RequestLimits
    clock: Clock
    metrics: Metrics

    async def __call__(
        self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        """Raises RefusedError."""
        scope: Any = connection.scope
        account = await self.doorkeeper.admit(scope, connection.path_params["sid"])
        if isinstance(account, Refusal):
            raise self._refuse(account)
        owned = find_owned(account, connection.path_params)
        if isinstance(owned, Refusal):
            raise self._refuse(owned)
        limited = self.limits.check(account, self.clock.monotonic())
        if limited is not None:
            raise self._refuse(limited)
        prefix = (header(scope, b"api-key") or "")[:PREFIX_LENGTH]
        address = client_address(scope, self.doorkeeper.proxies)
        connection.state.actor = Actor(f"key:{prefix}", address)
        connection.state.account = account
        connection.state.sender = owned
        connection.state.body.allow(handler.opt)

    def _refuse(self, refusal: Refusal) -> RefusedError:
        self.metrics.requests_refused[REFUSED[refusal.reason].code].inc()
        return RefusedError(refusal)


def find_owned(account: Account, named: Mapping[str, Any]) -> Sender | Refusal | None:
    """The sender that a path names; None if it names a WABA of the account, or neither."""
    waba_id, phone_number = named.get("waba_id"), named.get("phone_number")
    if phone_number is not None:
        return find_sender(account, phone_number)
    return None if waba_id is None or waba_id in account.wabas else Refusal(Reason.WABA)


async def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Whose key was shown."""
    actor: Actor = request.state.actor
    return actor


async def provide_account(request: Request[Any, Any, Any]) -> Account:
    """The account that asks."""
    account: Account = request.state.account
    return account


async def provide_sender(request: Request[Any, Any, Any]) -> Sender:
    """The sender that the path names."""
    sender: Sender = request.state.sender
    return sender


def answer(rendered: Answer) -> Response[bytes]:
    """An answer in the framework's words."""
    headers = {name.decode(): value.decode("latin-1") for name, value in rendered.headers}
    media_type = headers.pop("content-type", None)
    return Response(
        rendered.body, status_code=rendered.status, headers=headers, media_type=media_type
    )


def processed(data: Any) -> Response[bytes]:
    """200 with what was done."""
    return answer(render_processed(data))


def refuse(*faults: Fault) -> RefusedError:
    """400 with what is wrong."""
    return RefusedError(Refusal(Reason.PAYLOAD, faults))


def read_object(body: bytes, content_type: str) -> dict[str, Any]:
    """The JSON object of a body. Raises RefusedError."""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise refuse(Fault("", "content_type", "Content-Type must be application/json, in UTF-8."))
    document = read_json(body)
    if isinstance(document, Fault):
        raise refuse(document)
    if not isinstance(document.value, dict):
        raise refuse(Fault("", "wrong_kind", "The body must be a JSON object."))
    if document.is_suspect:
        message = "A number in the body is too large, or a text has half a character in it."
        raise refuse(Fault("", "invalid_json", message))
    if document.has_fractions:  # whose text was kept; here their value is enough
        plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document.value))
        return plain
    return document.value


def refusal_of(error: Exception) -> Refusal:
    """The refusal that an error is to the customer; INTERNAL for anything unforeseen."""
    if isinstance(error, RefusedError):
        return error.refusal
    if isinstance(error, TooFastError):
        fault = Fault("", "too_many_requests", str(error))
        return Refusal(Reason.RATE, (fault,), ceil(error.retry_after_s))
    if isinstance(error, HttpError | VaultError | StoreError | NotSetUpError):
        return Refusal(Reason.INTERNAL, (_outage(error),))
    for kind, faults_of in _FAULTS.items():
        if isinstance(error, kind):
            return Refusal(Reason.PAYLOAD, faults_of(error))
    return Refusal(Reason.INTERNAL)


def meta_fault(error: MetaRefusedError) -> Fault:
    """Meta's code, its words and what to do about them."""
    code = error.failure.code
    return Fault(
        "",
        "meta_refused",
        str(error),
        meta_code=int(code) if code.isascii() and code.isdigit() else None,
        mend=error.failure.next_step or None,
    )


def _outage(error: Exception) -> Fault:
    match error:
        case AnswerLostError():
            mend = "It may have been done or not: look before you ask again."
            return Fault("", "meta_answer_lost", str(error), mend=mend)
        case HttpError():
            mend = "Nothing was done; ask again in some seconds."
            return Fault("", "meta_unreachable", f"Meta cannot be reached: {error}.", mend=mend)
        case VaultError():
            mend = "Ask whoever runs this gateway to save the WABA's access token anew."
            return Fault("", "access_token", "The WABA's access token cannot be used.", mend=mend)
        case NotSetUpError():
            mend = "Ask whoever runs this gateway: its log names the setting."
            return Fault("", "not_set_up", "This gateway is not set up for this.", mend=mend)
        case _:
            mend = "Ask again in some seconds."
            return Fault(
                "",
                "not_kept",
                "The gateway could not keep it: its storage did not answer.",
                mend=mend,
            )


def _parameter_faults(error: ValidationException) -> tuple[Fault, ...]:
    faults = tuple(
        Fault(one.path, one.code, one.message, mend=one.mend)
        for one in parameter_details(error.extra)
    )
    return faults or (Fault("", "invalid_value", error.detail),)


def _one(code: str, message: str | None = None) -> Callable[[Any], tuple[Fault, ...]]:
    """Makes one fault; without a message the error's own words are it."""
    return lambda error: (Fault("", code, message or str(error)),)


_FAULTS: Mapping[type[Exception], Callable[[Any], tuple[Fault, ...]]] = {
    MetaRefusedError: lambda error: (meta_fault(error),),
    FilterError: lambda error: tuple(
        Fault(f"query/{name}", "invalid_value", told) for name, told in error.faults.items()
    ),
    NotFoundError: _one("not_found"),
    DirectoryError: _one("cannot_be"),
    BodyTooLargeError: _one("body_too_large"),
    BodyTooSlowError: _one("body_too_slow"),
    ValidationException: _parameter_faults,
    ClientException: _one("invalid_form", "The form cannot be read; send multipart/form-data."),
}
"""The first kind that an error is of tells its faults."""


def render_error(error: Exception) -> Answer:
    """The envelope of an error."""
    return render_refusal(refusal_of(error))
