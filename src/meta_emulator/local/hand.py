"""What a test does to an emulator, on the emulator's own loop.

Each method is a coroutine of that loop; `emulator.py` hands them over from a test's thread.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from meta_emulator.control.routes import OrderError
from meta_emulator.control.shapes import (
    CallbackShape,
    MessageShape,
    RefusalShape,
    show_callback,
    show_message,
    show_refusal,
)
from meta_emulator.emulator import Emulator
from meta_emulator.local.telling import came_to, counted, tell_all, tell_wanted, told_seconds
from meta_emulator.runtime.clock import VirtualClock
from meta_emulator.runtime.durations import parse_duration
from meta_emulator.runtime.log import Log
from meta_emulator.world.wanted import Wanted, WantedRefusal

Shape = TypeVar("Shape", bound=msgspec.Struct)
T = TypeVar("T")

OK = 200


class NotSoError(Exception):
    """What was waited for did not happen; the text says what did."""


class Hand:
    """Asks and orders one emulator."""

    def __init__(self, emulator: Emulator, clock: VirtualClock) -> None:
        self._emulator = emulator
        self._state = emulator.state
        self._clock = clock

    async def order(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """What the control API's call gives, and that all that follows from it was brought.

        Raises OrderError with the emulator's sentence.
        """
        raw = b"" if body is None else msgspec.json.encode(body)
        place, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": f"/_emulator/{place}",
            "query_string": query.encode(),
            "headers": [(b"content-type", b"application/json")],
        }
        sent: list[Mapping[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            sent.append(message)

        await self._emulator.app(scope, receive, send)
        answer = msgspec.json.decode(sent[1]["body"])
        if sent[0]["status"] != OK:
            raise OrderError(answer["error"], sent[0]["status"])
        await self._emulator.settle()
        return answer["data"]

    async def messages(self, wanted: Wanted) -> list[MessageShape]:
        """Those that were accepted and are as `wanted` says, oldest first."""
        return [_readable(show_message(*one)) for one in self._found(wanted)]

    async def refusals(self, wanted: WantedRefusal) -> list[RefusalShape]:
        """Those that are as `wanted` says, oldest first."""
        return _shown(self._state.refusals, wanted.is_met_by, show_refusal)

    async def callbacks(self) -> list[CallbackShape]:
        """What came to the inbox, oldest first."""
        return _shown(self._state.callbacks, bool, show_callback)

    async def advance(self, duration: str | float) -> None:
        """Move the clock; returns when all that fell due was brought. Raises ValueError."""
        await self._emulator.advance(parse_duration(duration))

    async def wait_for(
        self, wanted: Wanted, count: int, within: str | float, patience: str | float
    ) -> MessageShape:
        """The latest of `count` messages that are so, moving the clock on until they are.

        Raises NotSoError.
        """
        end = self._clock.monotonic() + parse_duration(within)
        left_s = parse_duration(patience)
        bare = replace(wanted, status=None)
        while True:
            await self._emulator.settle()
            found = self._found(wanted)
            if len(found) >= count:
                return _readable(show_message(*found[-1]))
            if len(self._found(bare)) < count and left_s > 0:
                # Whoever is to send may still be about to: time does not pass before that.
                left_s = await self._wait_for_one_more(left_s)
                continue
            due_s = self._clock.next_due_s
            if due_s is None or self._clock.monotonic() + due_s > end:
                raise NotSoError(self._told_failure(wanted, count, within, due_s))
            await self._emulator.advance(due_s)

    async def told(self) -> str:
        """What was sent and refused, in lines for a person."""
        return self._told()

    async def now(self) -> datetime:
        """The moment on the emulator's clock."""
        return self._clock.now()

    async def _wait_for_one_more(self, left_s: float) -> float:
        """Wait for a message; the rest of the seconds, by the machine's clock."""
        known = self._state.messages.last
        loop = asyncio.get_running_loop()
        since = loop.time()
        with suppress(TimeoutError):
            async with asyncio.timeout(left_s):
                await self._state.changes.wait_for(lambda: self._state.messages.last > known)
        return left_s - (loop.time() - since)

    def _found(self, wanted: Wanted) -> list[tuple[int, Any]]:
        return [one for one in self._state.messages.after(0) if wanted.is_met_by(one[1])]

    def _told(self) -> str:
        messages = [show_message(*one) for one in self._state.messages.after(0)]
        return tell_all(messages, _shown(self._state.refusals, bool, show_refusal))

    def _told_failure(
        self, wanted: Wanted, count: int, within: str | float, due_s: float | None
    ) -> str:
        number = len(self._found(wanted))
        became = came_to(wanted, number)
        span = within if isinstance(within, str) else told_seconds(within)
        rest = (
            "Nothing more falls due."
            if due_s is None
            else f"The next that falls due does so in {told_seconds(due_s)}."
        )
        wish = f"; {count} were waited for" if count > 1 else ""
        whom = f"{counted(number, 'message', 'messages')}{tell_wanted(wanted)}"
        return f"{whom} {became} within {span}{wish}. {rest}\n{self._told()}"


def _readable(shape: MessageShape) -> MessageShape:
    """With its request decoded."""
    return replace(shape, request=msgspec.json.decode(shape.request))


def _shown(
    log: Log[T], is_wanted: Callable[[T], bool], show: Callable[[int, T], Shape]
) -> list[Shape]:
    return [show(place, one) for place, one in log.after(0) if is_wanted(one)]
