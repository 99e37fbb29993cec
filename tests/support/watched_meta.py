"""What stands between the gateway and the emulator, notes every call, and can spoil some."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from support.asgi import Application
from support.pair import Pair


@dataclass
class Call:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path.partition('/v25.0')[2]}"


@dataclass
class WatchedMeta:
    """An application before the emulator's.

    lost    calls that reach Meta, and whose answers do not come back
    cut     calls of which Meta gets only so many bytes, and whose answers do not come back
    status  what everything is answered with, if it is not 200; Meta hears nothing of it
    """

    app: Application
    calls: list[Call] = field(default_factory=list)
    lost: Callable[[Call], bool] = lambda _: False
    cut: Callable[[Call], int | None] = lambda _: None
    status: int = 200

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        call = Call(scope["method"], scope["path"], headers, body)
        self.calls.append(call)
        cut = self.cut(call)
        is_lost = cut is not None or self.lost(call)
        if self.status != 200:
            is_lost = True
        else:
            given = body if cut is None else body[:cut]
            sent: list[Any] = []

            async def take() -> dict[str, Any]:
                return {"type": "http.request", "body": given, "more_body": False}

            async def hold(message: Any) -> None:
                sent.append(message)

            await self.app(scope, take, hold)
        if is_lost:
            status = 502 if self.status == 200 else self.status
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        for message in sent:
            await send(message)

    def asked(self, method: str, ending: str) -> list[Call]:
        """The calls of this method to paths that end so."""
        return [one for one in self.calls if one.method == method and one.path.endswith(ending)]


def watch(pair: Pair) -> WatchedMeta:
    """Puts itself between this pair."""
    watched = WatchedMeta(pair.network.hosts["meta"])
    pair.network.hosts["meta"] = watched
    return watched
