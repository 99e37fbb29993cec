"""Time, passed in: the process's clock, one that follows another's, and one for tests."""

import asyncio
import heapq
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Protocol


class Clock(Protocol):
    """What the gateway knows of time."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back. For measuring durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds; none or fewer only lets others run once."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        await asyncio.sleep(seconds)


class FollowingClock:
    """The machine's time, and how far another program's clock was moved ahead. For one event loop.

    `waypost dev` runs on it, so that gateway and emulator live in the same hour. Both the time of
    day and the seconds are moved, and whose time has come meanwhile is woken, in order.

    ahead_s  how far it is ahead of the machine's time
    """

    def __init__(self, ahead_s: float = 0.0) -> None:
        self.ahead_s = ahead_s
        self._order = 0
        self._sleepers: dict[int, tuple[float, asyncio.Future[None]]] = {}

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s)

    def monotonic(self) -> float:
        """Seconds since some moment, those it was moved by among them; never goes back."""
        return time.monotonic() + self.ahead_s

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds, by themselves or because the clock was moved."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        end = self.monotonic() + seconds
        self._order += 1
        number = self._order
        loop = asyncio.get_running_loop()
        try:
            while (left_s := end - self.monotonic()) > 0:
                woken: asyncio.Future[None] = loop.create_future()
                self._sleepers[number] = end, woken
                timer = loop.call_later(left_s, _wake, woken)
                try:
                    await woken
                finally:
                    timer.cancel()
        finally:
            self._sleepers.pop(number, None)

    def shift(self, seconds: float) -> None:
        """Be ahead by so much more; who sleeps until then or before is woken.

        Raises ValueError for a negative number of seconds.
        """
        if seconds < 0:
            raise ValueError("a clock is never turned back")
        self.ahead_s += seconds
        now = self.monotonic()
        due = sorted(
            (end, number, woken) for number, (end, woken) in self._sleepers.items() if end <= now
        )
        for _, _, woken in due:
            _wake(woken)


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)


class TestClock:
    """A clock that stands still until `advance` is called. For one event loop, no threads.

    A sleeper that is woken runs when the caller of `advance` next gives way to the loop; what
    it then sleeps counts from the time that `advance` came to.
    """

    __test__: ClassVar[bool] = False
    """Not a test class, whatever its name says to a test runner."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock's start must be an aware datetime")
        self._start = start.astimezone(UTC)
        self._elapsed = 0.0
        self._order = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._watchers: list[tuple[int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The start and everything advanced since, in UTC."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds advanced since the start."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been advanced by so many seconds."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._order += 1
        sleeper = (self._elapsed + seconds, self._order, woken)
        heapq.heappush(self._sleepers, sleeper)
        self._tell_watchers()
        try:
            await woken
        finally:
            if sleeper in self._sleepers:  # cancelled before its time
                self._sleepers.remove(sleeper)
                heapq.heapify(self._sleepers)

    def advance(self, seconds: float) -> None:
        """Go forward and wake, in the order of their times, all whose time has come.

        Raises ValueError for a negative number of seconds.
        """
        if seconds < 0:
            raise ValueError("a clock is never turned back")
        self._elapsed += seconds
        while self._sleepers and self._sleepers[0][0] <= self._elapsed:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)

    async def wait_for_sleepers(self, count: int) -> None:
        """Return as soon as at least `count` are asleep."""
        if len(self._sleepers) >= count:
            return
        enough: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        watcher = (count, enough)
        self._watchers.append(watcher)
        try:
            await enough
        finally:
            self._watchers.remove(watcher)

    def _tell_watchers(self) -> None:
        for count, enough in self._watchers:
            if len(self._sleepers) >= count and not enough.done():
                enough.set_result(None)
