"""The ASGI application: reads requests, checks tokens, finds the edge, sends the answer.

Order: control API and inbox need no token; on the Graph API first the token, then the object,
then the edge (reference 12.2, 12.3). A form counts as the JSON object that it spells, and
`?method=` as the method.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import parse_qsl

from meta_emulator.control.api import Control
from meta_emulator.graph.edges import Rooms
from meta_emulator.page.serving import INDEX, served
from meta_emulator.protocol.answers import (
    NEWEST,
    Answer,
    Request,
    Responder,
    Version,
    encode,
    parse_version,
)
from meta_emulator.protocol.errors import GraphError, body_too_large, method_unknown
from meta_emulator.protocol.parameters import FORM, form_object, header, json_object
from meta_emulator.world.state import Refusal, State
from meta_emulator.world.tokens import Tokens

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Settled(Protocol):
    """Returns when all that happened so far is kept."""

    async def __call__(self, *, is_all: bool) -> None:
        """Wait for it; `is_all`: also for what is only kept once in a while."""
        ...


FREQUENT = ("/messages", "/marketing_messages")
INBOX = "/_emulator/inbox"

BAD = 400
MOST_BYTES = 128 * 1024 * 1024
"""Of a body that is read: a file of 100 MB, and what is around it."""

OBJECT = ord("{")
METHODS = frozenset({"GET", "POST", "DELETE"})
ALLOWED = ", ".join(sorted(METHODS)).encode()


class CutError(ConnectionResetError):
    """The connection is to be cut: what was to be answered is lost."""


class App:
    """The emulator for ASGI servers; only the `http` protocol."""

    def __init__(
        self, state: State, responder: Responder, rooms: Rooms, control: Control, tokens: Tokens
    ) -> None:
        self._state = state
        self._responder = responder
        self._rooms = rooms
        self._control = control
        self._tokens = tokens
        self.settled: Settled | None = None
        """Awaited before an answer goes out to who may have changed something."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; raises CutError where the connection is to be cut instead."""
        if scope["type"] != "http":
            return
        message = await receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body"):
            body = await _rest(body, receive)
        answer = await self._answer(scope, body)
        if self.settled is not None and scope["method"] != "GET":
            await self.settled(is_all=not is_frequent(scope["path"]))
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
        if answer.is_lost:
            # Servers close a connection whose answer was begun and breaks off: the client has the
            # head and not one byte of the body. Without the head they would answer a 500.
            await send({"type": "http.response.body", "body": b"", "more_body": True})
            raise CutError("the answer is lost by order")
        shown = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": shown})

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        version, segments = split_path(scope["path"])
        raw_query: bytes = scope["query_string"]
        request = Request(
            scope["method"],
            scope["path"],
            segments,
            version,
            scope["headers"],
            _query(raw_query) if raw_query else {},
            body,
        )
        if not segments and request.method == "GET" and wants_page(request):
            return served(INDEX)
        if segments and segments[0] == "_emulator":
            request.segments = segments[1:]
            return await self._control.answer(request, raw_query.decode("latin-1"))
        if request.method == "OPTIONS":
            return Answer(200, b"", [(b"allow", ALLOWED)])
        if body and body[0] != OBJECT:
            _read_form(request)
        fault = self._token_fault(request) or call_fault(request)
        if fault is not None:
            answer = self._responder.error(fault, version)
        else:
            answer = await self._rooms.answer(request)
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
            given = (request.query.get("access_token") or _token_in(request)).encode()
        return self._tokens.fault(given.strip().decode("latin-1"), self._state.clock.now())

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


def is_frequent(path: str) -> bool:
    """Whether it is the path of sends, or the inbox: what these change is kept piece by piece."""
    return path.endswith(FREQUENT) or path.startswith(INBOX)


def wants_page(request: Request) -> bool:
    """Whether a browser asks: clients of the Graph API accept no HTML, or anything at all."""
    return "text/html" in header(request, b"accept").lower()


def call_fault(request: Request) -> GraphError | None:
    """What is wrong with the call itself; its method is the one that it stands for afterwards."""
    if request.query:
        request.method = request.query.get("method", request.method).upper()
    if request.method == "HEAD":
        request.method = "GET"
    if request.method not in METHODS:
        return method_unknown(request.method)
    return body_too_large(MOST_BYTES) if len(request.body) > MOST_BYTES else None


def _read_form(request: Request) -> None:
    """A urlencoded form becomes the JSON object that it spells; the pieces of a file stay."""
    is_file = request.segments[:1] and request.segments[0].startswith("upload:")
    if not is_file and header(request, b"content-type").lower().startswith(FORM):
        request.body = encode(form_object(request.body))


def _token_in(request: Request) -> str:
    """The token that a body carries; empty where there is none."""
    token = json_object(request.body).get("access_token")
    return token.strip() if type(token) is str else ""


@lru_cache(maxsize=4096)
def split_path(path: str) -> tuple[Version, tuple[str, ...]]:
    """Version and segments of a path; the newest version where it names none."""
    segments = tuple(segment for segment in path.split("/") if segment)
    version = parse_version(segments[0]) if segments else None
    if version is None:
        return NEWEST, segments
    return version, segments[1:]


async def _rest(body: bytes, receive: Receive) -> bytes:
    """The whole body, or one byte more than is read of any."""
    pieces = [body]
    length = len(body)
    while True:
        message = await receive()
        piece = message.get("body", b"")
        length += len(piece)
        pieces.append(piece if length <= MOST_BYTES else piece[:1])
        if not message.get("more_body"):
            return b"".join(pieces)


def _query(raw: bytes) -> dict[str, str]:
    return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True))
