"""The ASGI application of the proxy: hands on, records, replays, and lets things go wrong.

Statuses, headers and bodies pass as they are, both ways, but for what belongs to one connection
(RFC 9110 7.6.1). While it records, packings that it cannot unpack are not asked for.
"""

from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec

from meta_emulator.app import Receive, Scope, Send, split_path
from meta_emulator.control.visitors import stranger
from meta_emulator.faults import FaultsError, parse_faults
from meta_emulator.protocol.answers import JSON_TYPE, Answer, Responder
from meta_emulator.protocol.errors import GraphError, refused
from meta_emulator.proxy.mishaps import Mishaps
from meta_emulator.proxy.recorder import Recorder, Replay, asked_of
from meta_emulator.proxy.values import Asked, Pair
from meta_emulator.runtime.clock import Clock
from meta_emulator.runtime.http import UnreachableError, Upstream

TIMEOUT_S = 120.0
DROPPED, LOST, NO_ANSWER, UNRECORDED = 503, 502, 502, 404
SENDS = frozenset({"messages", "marketing_messages"})
NO_NAMES: frozenset[str] = frozenset()
OF_A_CONNECTION = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
        "content-length",
    }
)


class HandOn:
    """Asks the real API, and writes the exchange down if a recorder is given."""

    def __init__(self, http: Upstream, url: str, recorder: Recorder | None) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._recorder = recorder

    async def answer(self, asked: "Incoming") -> Answer | GraphError:
        """The real API's answer; an error in its form if none came."""
        headers = asked.headers
        if self._recorder is not None:
            headers = [(name, _packing(name, value)) for name, value in headers]
        target = asked.raw_path + (f"?{asked.query}" if asked.query else "")
        try:
            answer = await self._http.exchange(
                asked.method, self._url + target, headers, asked.body, TIMEOUT_S
            )
        except UnreachableError as error:
            return GraphError(
                2, f"(#2) {self._url} gave no answer: {error}", NO_ANSWER, kind="ProxyException"
            )
        if self._recorder is not None:
            cleaned, secrets = asked.cleaned
            self._recorder.record(cleaned, secrets, answer)
        return Answer(answer.status, answer.body, encoded(passing(answer.headers)))


class FromRecording:
    """Answers as the real API did."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay

    async def answer(self, asked: "Incoming") -> Answer | GraphError:
        """The next recorded answer; an error in the Graph API's form if there is none."""
        cleaned, _ = asked.cleaned
        found = self._replay.answer(cleaned)
        if found is not None:
            return Answer(found.status, found.body.raw, encoded(passing(found.headers)))
        what = f"{asked.method} {asked.path}"
        if self._replay.was_recorded(cleaned):
            text = f"All recorded answers to this {what} were given."
        else:
            text = f"No answer to this {what} is recorded."
        return GraphError(
            100,
            f"(#100) {text} Record it with `meta-emulator proxy --upstream URL --record FILE`.",
            UNRECORDED,
            kind="ReplayException",
        )


class Incoming:
    """A request that came to the proxy."""

    def __init__(self, scope: Scope, body: bytes) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        raw_path: bytes = scope.get("raw_path") or b""
        self.raw_path = raw_path.decode("latin-1").partition("?")[0] or quote(self.path)
        self.query: str = scope["query_string"].decode("latin-1")
        self.headers: list[Pair] = passing(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in scope["headers"]
        )
        self.host = next(
            (value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), ""
        )
        self.body = body
        _, self.segments = split_path(self.path)

    @property
    def cleaned(self) -> tuple[Asked, list[bytes]]:
        """Without its secrets, and they."""
        return asked_of(self.method, self.path, self.query, self.headers, self.body)

    @property
    def recipient(self) -> str | None:
        """Whom a send is to; None of what is no send."""
        if self.method != "POST" or not self.segments or self.segments[-1] not in SENDS:
            return None
        try:
            body = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            body = dict(parse_qsl(self.body.decode("latin-1")))
        if type(body) is not dict or body.get("status") == "read":
            return None
        return str(body.get("to") or body.get("recipient") or "")


class ProxyApp:
    """The proxy for ASGI servers; only the `http` protocol."""

    def __init__(
        self, source: HandOn | FromRecording, mishaps: Mishaps, responder: Responder, clock: Clock
    ) -> None:
        self._source = source
        self._mishaps = mishaps
        self._responder = responder
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        answer = await self._answer(Incoming(scope, body))
        headers = [*answer.headers, (b"content-length", b"%d" % len(answer.body))]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, asked: Incoming) -> Answer:
        if asked.segments[:1] == ("_emulator",):
            return self._order(asked)
        to = asked.recipient
        if to is None:
            return self._worded(await self._source.answer(asked), asked)
        mishaps = self._mishaps
        lot = mishaps.lot(asked.path, to)
        if mishaps.plan.delay_ms:
            await self._clock.sleep(mishaps.plan.delay_ms / 1000)
        if mishaps.drops(lot):
            return Answer(DROPPED, b"")
        code = mishaps.refusal(lot)
        if code is not None:
            return self._worded(refused(code), asked)
        answer = self._worded(await self._source.answer(asked), asked)
        late_s = mishaps.lateness_s(lot)
        if late_s:
            await self._clock.sleep(late_s)
        return Answer(LOST, b"") if mishaps.loses_answer(lot) else answer

    def _worded(self, answer: Answer | GraphError, asked: Incoming) -> Answer:
        if isinstance(answer, Answer):
            return answer
        version, _ = split_path(asked.path)
        return self._responder.error(answer, version)

    def _order(self, asked: Incoming) -> Answer:
        """The control API of a proxy: its health and its faults."""
        strange = stranger(asked.method, encoded([*asked.headers, ("host", asked.host)]), NO_NAMES)
        if strange is not None:
            return Answer(403, msgspec.json.encode({"error": strange}), [JSON_TYPE])
        call = (asked.method, "/".join(asked.segments[1:]))
        if call == ("GET", "health"):
            return _data({"status": "ok"})
        if call == ("POST", "faults"):
            try:
                self._mishaps.put(parse_faults(asked.body or b"{}"))
            except FaultsError as error:
                sentence = f"the order cannot be carried out: {error}"
                return Answer(400, msgspec.json.encode({"error": sentence}), [JSON_TYPE])
        elif call != ("GET", "faults"):
            sentence = f"there is no {asked.method} {asked.path}; a proxy has health and faults"
            return Answer(404, msgspec.json.encode({"error": sentence}), [JSON_TYPE])
        return _data(self._mishaps.plan)


def passing(headers: Any) -> list[Pair]:
    """Headers that do not belong to one connection."""
    return [(name, value) for name, value in headers if name not in OF_A_CONNECTION]


def encoded(headers: list[Pair]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def _packing(name: str, value: str) -> str:
    if name != "accept-encoding":
        return value
    return "gzip" if "gzip" in value.lower() else "identity"


def _data(shown: Any) -> Answer:
    return Answer(200, msgspec.json.encode({"data": [shown]}), [JSON_TYPE])
