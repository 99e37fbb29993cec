"""An emulator in the test's own process: a turned clock, seeded chance, a receiver that records."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from meta_emulator.emulator import Emulator
from meta_emulator.runtime.chance import SeededChance
from meta_emulator.runtime.http import UnreachableError
from meta_emulator.seed import Seed, default_seed
from meta_emulator.settings import Settings
from support.turned_clock import TurnedClock

TOKEN = "token"
SECRET = "secret"
NUMBER = "106540352242922"
WABA = "102290129340398"
MESSAGES = f"/v25.0/{NUMBER}/messages"
FIXTURES = Path(__file__).parent.parent / "fixtures" / "meta"


@dataclass
class Posted:
    url: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The changes of the body, of all entries."""
        entries = json.loads(self.body)["entry"]
        return [change for entry in entries for change in entry["changes"]]


@dataclass
class Receiver:
    """Plays whoever gets webhooks. `statuses`: what the next posts are answered; then 200.

    0 stands for an answer that never comes.
    """

    clock: TurnedClock
    statuses: list[int] = field(default_factory=list)
    posts: list[Posted] = field(default_factory=list)
    always: int = 200
    verify_token: str = "verify"
    refused: str = "nothing is refused for its content"
    """A body with this text in it is answered 500."""

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> int:
        assert timeout_s > 0
        self.posts.append(Posted(url, headers, body, self.clock.monotonic()))
        status = self.statuses.pop(0) if self.statuses else self.always
        if self.refused.encode() in body:
            status = 500
        if status == 0:
            raise UnreachableError("nobody is there")
        return status

    async def get(self, url: str, timeout_s: float) -> tuple[int, bytes]:
        assert timeout_s > 0
        query = dict(item.split("=") for item in url.partition("?")[2].split("&"))
        if query["hub.verify_token"] != self.verify_token:
            return 403, b""
        return 200, query["hub.challenge"].encode()

    def statuses_of(self, wamid: str) -> list[str]:
        """The delivery statuses of one message, in the order they came."""
        return [
            status["status"]
            for post in self.posts
            for change in post.changes
            for status in change["value"].get("statuses", ())
            if status["id"] == wamid
        ]


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def wamid(self) -> str:
        assert self.status == 200, self.body
        wamid: str = self.json["messages"][0]["id"]
        return wamid


@dataclass
class Emulated:
    emulator: Emulator
    clock: TurnedClock
    receiver: Receiver

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """One request; `body` is JSON, or bytes as they are. The token is sent by default.

        Raises ConnectionResetError where the connection is cut.
        """
        raw = body if isinstance(body, bytes) else b"" if body is None else _json(body)
        path, _, query = path.partition("?")
        given = {"authorization": f"Bearer {TOKEN}"} if headers is None else headers
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.emulator.app(scope, receive, send)
        shown = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answered(sent[0]["status"], shown, sent[1]["body"])

    async def send(self, message: dict[str, Any]) -> Answered:
        return await self.ask("POST", MESSAGES, message)


def emulated(seed: Seed | None = None, **settings: Any) -> Emulated:
    """An emulator that does not run yet: it answers, and no status falls due."""
    clock = TurnedClock()
    receiver = Receiver(clock)
    given: dict[str, Any] = {
        "access_token": TOKEN,
        "app_secret": SECRET,
        "verify_token": "verify",
        "webhook_url": "http://receiver/hook",
        **settings,
    }
    emulator = Emulator(seed or default_seed(), Settings(**given), clock, SeededChance(1), receiver)
    return Emulated(emulator, clock, receiver)


@asynccontextmanager
async def running(**settings: Any) -> AsyncIterator[Emulated]:
    """An emulator that runs until the block ends."""
    made = emulated(**settings)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(made.emulator.run())
        yield made
        task.cancel()


def fixture(name: str) -> dict[str, Any]:
    """A send of tests/fixtures/meta."""
    loaded: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text())
    return loaded


def template(
    name: str, *components: dict[str, Any], to: Any = "+919876543210", **more: Any
) -> dict[str, Any]:
    """A template send."""
    return {
        "messaging_product": "whatsapp",
        "to": to,
        "type": "template",
        "template": {
            "name": name,
            "language": {"code": "en_US"},
            "components": list(components),
        },
        **more,
    }


def order_update(**more: Any) -> dict[str, Any]:
    """The simplest send with variables."""
    return template("order_update", body("Pablo", "860198"), **more)


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


def named(name: str, value: str) -> dict[str, Any]:
    return {"type": "text", "parameter_name": name, "text": value}


def body(*parameters: str | dict[str, Any]) -> dict[str, Any]:
    return {"type": "body", "parameters": _parameters(parameters)}


def header(*parameters: str | dict[str, Any]) -> dict[str, Any]:
    return {"type": "header", "parameters": _parameters(parameters)}


def image(media_id: str = "1558081531584829") -> dict[str, Any]:
    return {"type": "image", "image": {"id": media_id}}


def button(sub_type: str, index: Any, *parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "button",
        "sub_type": sub_type,
        "index": index,
        "parameters": list(parameters),
    }


def payload(value: str) -> dict[str, Any]:
    return {"type": "payload", "payload": value}


def action(value: Any) -> dict[str, Any]:
    return {"type": "action", "action": value}


def _parameters(given: tuple[str | dict[str, Any], ...]) -> list[dict[str, Any]]:
    return [text(item) if isinstance(item, str) else item for item in given]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
