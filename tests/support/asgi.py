"""HTTP without sockets: an application is called as a server would call it.

`call` is the client of a test; `Network` is what the gateway and the emulator call each other by.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from waypost.runtime.http import AnswerLostError, HttpAnswer, HttpCall, NeverLeftError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Any, Any, Any], Awaitable[None]]
CLIENT = "203.0.113.7"


@dataclass(frozen=True)
class Answered:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def body_of(body: bytes) -> Receive:
    """Gives the body in one piece, then that the client has left."""
    events: list[Message] = [
        {"type": "http.request", "body": body, "more_body": False},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return events.pop(0)

    return receive


async def call(
    app: Application,
    method: str,
    target: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | Receive = b"",
    client: str = CLIENT,
) -> Answered:
    """One request; `target` is as in the request line, names of headers in any case."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in (headers or {}).items()
        ],
        "client": (client, 50_000),
    }
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, body_of(body) if isinstance(body, bytes) else body, send)
    shown = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    whole = b"".join(message.get("body", b"") for message in sent[1:])
    return Answered(sent[0]["status"], shown, whole)


@dataclass
class Network:
    """Applications by host; both sides' HTTP clients.

    calls  method and URL of each, in their order
    """

    hosts: dict[str, Application] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)

    async def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
        self.calls.append((method, url))
        parts = urlsplit(url)
        app = self.hosts.get(parts.netloc)
        if app is None:
            raise NeverLeftError(f"there is no {parts.netloc}")
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        whole = {"host": parts.netloc, **headers}  # as every client says
        return await call(app, method, target, headers=whole, body=body)


@dataclass
class GatewayHttp:
    """`waypost.runtime.http.HttpClient` over a network."""

    network: Network

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> HttpAnswer:
        assert timeout_s > 0
        return await self.request(HttpCall("POST", url, headers, body), timeout_s)

    async def get(self, url: str, headers: Mapping[str, str], timeout_s: float) -> HttpAnswer:
        return await self.request(HttpCall("GET", url, headers), timeout_s)

    async def request(self, call: HttpCall, timeout_s: float) -> HttpAnswer:
        assert timeout_s > 0
        try:
            answer = await self.network.ask(call.method, call.url, call.headers, call.body or b"")
        except ConnectionResetError as error:  # the application cuts the connection
            raise AnswerLostError(str(error)) from error
        return HttpAnswer(answer.status, answer.headers, answer.body[: call.most_bytes])


@dataclass
class EmulatorHttp:
    """`meta_emulator.http.Http` over a network."""

    network: Network

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> int:
        assert timeout_s > 0
        return (await self.network.ask("POST", url, headers, body)).status

    async def get(self, url: str, timeout_s: float) -> tuple[int, bytes]:
        assert timeout_s > 0
        answer = await self.network.ask("GET", url, {}, b"")
        return answer.status, answer.body
