"""Time, passed in: the process's clock, and one for tests that never really waits."""

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
