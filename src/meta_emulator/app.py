"""The ASGI application: reads requests, checks tokens, finds the edge, sends the answer.

Order: control API and inbox need no token; on the Graph API first the token, then the object,
then the edge (reference 12.2, 12.3).
"""

import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from meta_emulator.control import Control, Parts, json_or_text
from meta_emulator.delivery import shake_hands
from meta_emulator.errors import (
    GraphError,
    object_unknown,
    path_unknown,
    refused,
    token_missing,
    token_wrong,
)
from meta_emulator.graph import (
    NEWEST,
    Answer,
    Request,
    Responder,
    Version,
    parse_version,
)
from meta_emulator.media import MediaShelf
from meta_emulator.messages import SUCCESS
from meta_emulator.objects import Objects, override_url
from meta_emulator.state import Number, Refusal, Waba

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_SEGMENTS = 2
BAD = 400
LOST = 502
"""What a client sees of a lost answer: a gateway's 502 with an empty body."""


class App:
    """The emulator for ASGI servers; only the `http` protocol."""

    def __init__(self, parts: Parts, responder: Responder) -> None:
        self._parts = parts
        self._state = parts.state
        self._responder = responder
        self._sends = parts.sends
        self._objects = Objects(parts.state, responder)
        self._media = MediaShelf(parts.state, responder)
        self._control = Control(parts)
        self._token = parts.settings.access_token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        message = await receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body"):
            body = await _rest(body, receive)
        answer = await self._answer(scope, body)
        if answer.is_lost:
            answer = Answer(LOST, b"")
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [
                    *answer.headers,
                    (b"content-length", b"%d" % len(answer.body)),
                ],
            }
        )
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        version, segments = split_path(scope["path"])
        raw_query: bytes = scope["query_string"]
        request = Request(
            scope["method"],
            scope["path"],
            segments,
            version,
            [(bytes(name), bytes(value)) for name, value in scope["headers"]],
            _query(raw_query) if raw_query else {},
            body,
        )
        if segments and segments[0] == "_emulator":
            request.segments = segments[1:]
            return await self._control.answer(request, raw_query.decode("latin-1"))
        fault = self._token_fault(request)
        if fault is not None:
            answer = self._responder.error(fault, version)
        else:
            answer = await self._graph(request)
        if answer.status >= BAD and answer.body:
            self._remember_refusal(request, answer)
        return answer

    def _token_fault(self, request: Request) -> GraphError | None:
        given = b""
        for name, value in request.headers:
            if name == b"authorization":
                scheme, _, given = value.partition(b" ")
                if scheme.lower() not in {b"bearer", b"oauth"}:
                    given = b""
                break
        if not given:
            given = request.query.get("access_token", "").encode()
        if not given:
            return token_missing()
        return None if hmac.compare_digest(given.strip(), self._token) else token_wrong()

    async def _graph(self, request: Request) -> Answer:
        segments = request.segments
        if not segments or len(segments) > MOST_SEGMENTS:
            return self._responder.error(path_unknown(request.path), request.version)
        object_id = segments[0]
        edge = segments[1] if len(segments) == MOST_SEGMENTS else ""
        answer: Answer | None
        if object_id in self._state.numbers:
            answer = await self._number_edge(request, self._state.numbers[object_id], edge)
        elif object_id in self._state.wabas:
            answer = await self._waba_edge(request, self._state.wabas[object_id], edge)
        else:
            answer = self._other(request, object_id, edge)
        if answer is not None:
            return answer
        unknown = object_unknown(object_id, request.method)
        return self._responder.error(unknown, request.version)

    async def _number_edge(self, request: Request, number: Number, edge: str) -> Answer | None:
        match request.method, edge:
            case "POST", "messages":
                if self._sends.faults.delay_ms:
                    await self._state.clock.sleep(self._sends.faults.delay_ms / 1000)
                return self._sends.take(request, number)
            case "POST", "media":
                return self._media.upload(request, number)
            case "GET", "":
                return self._objects.number(request, number)
            case "POST", "":
                return await self._override(request, number)
            case "POST", "register" | "deregister":
                return self._success(request, number.waba)
            case _:
                return None

    async def _waba_edge(self, request: Request, waba: Waba, edge: str) -> Answer | None:
        match request.method, edge:
            case "GET", "":
                return self._objects.waba(request, waba)
            case "GET", "message_templates":
                return self._objects.templates(request, waba)
            case "GET", "phone_numbers":
                return self._objects.numbers(request, waba)
            case "GET", "product_catalogs":
                return self._objects.catalogues(request, waba)
            case "GET", "subscribed_apps":
                return self._objects.subscribed_apps(request, waba)
            case "POST", "subscribed_apps":
                return await self._override(request, waba)
            case "DELETE", "subscribed_apps":
                waba.webhook_url = None
                return self._success(request, waba)
            case _:
                return None

    def _other(self, request: Request, object_id: str, edge: str) -> Answer | None:
        """Objects that are neither number nor WABA: media, catalogues, templates."""
        if object_id == "_media":
            return self._media.download(edge)
        if object_id in self._state.media and not edge:
            if request.method == "DELETE":
                return self._media.remove(request, object_id)
            if request.method == "GET":
                return self._media.show(request, object_id)
        if request.method != "GET":
            return None
        for waba in self._state.wabas.values():
            if edge == "products" and waba.holdings.catalogue_id == object_id:
                return self._objects.products(request, waba)
            for template in waba.templates.values():
                if template.id == object_id and not edge:
                    return self._objects.template(request, waba, template)
        return None

    async def _override(self, request: Request, owner: Number | Waba) -> Answer:
        """Set or reset where the webhooks of a number or WABA go, after a handshake."""
        body = json_or_text(request.body) if request.body else {}
        body = body if type(body) is dict else {}
        configured = body.get("webhook_configuration") if isinstance(owner, Number) else body
        url = override_url(configured if type(configured) is dict else {})
        if isinstance(url, GraphError):
            return self._responder.error(url, request.version)
        if url is not None:
            given = (configured or {}).get("verify_token")
            settings = self._parts.settings
            if type(given) is str:
                settings = replace(settings, verify_token=given)
            wrong = await shake_hands(url, settings, self._parts.http, self._state.chance)
            if wrong is not None:
                return self._responder.error(refused(2200, wrong), request.version)
        owner.webhook_url = url
        waba = owner if isinstance(owner, Waba) else owner.waba
        return self._success(request, waba)

    def _success(self, request: Request, waba: Waba) -> Answer:
        return self._responder.success(SUCCESS, request.version, waba.id)

    def _remember_refusal(self, request: Request, answer: Answer) -> None:
        self._state.refusals.append(
            Refusal(
                self._state.clock.now(),
                request.method,
                request.path,
                request.body,
                request.headers,
                answer.status,
                answer.body,
            )
        )
        self._state.changes.happened()


@lru_cache(maxsize=4096)
def split_path(path: str) -> tuple[Version, tuple[str, ...]]:
    """Version and segments of a path; the newest version where it names none."""
    segments = tuple(segment for segment in path.split("/") if segment)
    version = parse_version(segments[0]) if segments else None
    if version is None:
        return NEWEST, segments
    return version, segments[1:]


async def _rest(body: bytes, receive: Receive) -> bytes:
    pieces = [body]
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


def _query(raw: bytes) -> dict[str, str]:
    return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True))
