"""The emulator's clock: the machine's time, and time that is moved ahead or stands still."""

import asyncio
import heapq
import math
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Protocol

Settle = Callable[[], Awaitable[None]]
"""Returns when all that can go on without time passing has gone on."""

ROUNDS = 50
"""Rounds of the loop that let everything that can go on go on."""


class Clock(Protocol):
    """What the emulator asks of time."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when `seconds` have passed."""
        ...


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since the machine's start, or another fixed moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Return when `seconds` have passed."""
        await asyncio.sleep(seconds)


class VirtualClock:
    """The machine's time and whatever was added to it; frozen, it goes on only by `advance`.

    For one event loop. Sleepers wake in the order of their times, each at its own moment also
    where the clock is moved far beyond it.

    ahead_s  how far it is ahead of the machine's time; of a frozen one, of its start's
    """

    def __init__(self, *, is_frozen: bool = False, start: datetime | None = None) -> None:
        self.is_frozen = is_frozen
        self._base = time.monotonic()
        self._start = datetime.now(UTC) if start is None else start.astimezone(UTC)
        self._fixed = 0.0
        self.ahead_s = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._cancelled = 0
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Seconds since its start, those that were added among them."""
        passed = self._fixed if self.is_frozen else time.monotonic() - self._base
        return passed + self.ahead_s

    async def sleep(self, seconds: float) -> None:
        """Return when `seconds` have passed on this clock."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.monotonic() + seconds, next(self._order), woken))
        if self._sleepers[0][2] is woken:
            self._set_timer()
        try:
            await woken
        except asyncio.CancelledError:
            self._forget_cancelled()
            raise

    @property
    def next_due_s(self) -> float | None:
        """In how many seconds the next sleeper wakes; None if nobody sleeps."""
        due = self._next_due()
        return None if due is None else max(0.0, due - self.monotonic())

    async def advance(self, seconds: float, settle: Settle) -> None:
        """Move ahead; what falls due meanwhile happens in its order, each at its own moment.

        settle  called whenever sleepers were woken, and before the first of them

        Raises ValueError for a negative number of seconds.
        """
        if seconds < 0:
            raise ValueError("a clock is never turned back")
        await settle()
        end = self.monotonic() + seconds
        while (due := self._next_due()) is not None and due <= end:
            self._move_to(due)
            self._wake()
            await settle()
        self._move_to(end)
        self._wake()
        await settle()

    def freeze(self) -> None:
        """Stand still from now on, until it is moved."""
        if not self.is_frozen:
            self._fixed = time.monotonic() - self._base
            self.is_frozen = True
            self._set_timer()

    def thaw(self) -> None:
        """Go on with the machine's time from where it stands."""
        if self.is_frozen:
            self._base = time.monotonic() - self._fixed
            self.is_frozen = False
            self._set_timer()

    def set_to(self, now: datetime) -> None:
        """Begin anew at `now`; for a clock on which nobody sleeps yet."""
        self._start += now.astimezone(UTC) - self.now()

    def snapshot(self) -> Any:
        """Where it stands, whether it goes on by itself, and how far it is ahead."""
        return {
            "now": self.now().isoformat(),
            "is_frozen": self.is_frozen,
            "ahead_s": self.ahead_s,
        }

    def restore(self, kept: Any) -> None:
        """Go on from there; seconds go on where they are, as they never go back."""
        now, is_frozen = datetime.fromisoformat(kept["now"]), bool(kept["is_frozen"])
        self.ahead_s = max(self.ahead_s, float(kept["ahead_s"]))
        (self.freeze if is_frozen else self.thaw)()
        self.set_to(now)

    def catch_up(self) -> None:
        """Let the time pass that has passed for the machine; for one on which nobody sleeps."""
        if not self.is_frozen:
            wanted = datetime.now(UTC) + timedelta(seconds=self.ahead_s)
            self._base -= max(0.0, (wanted - self.now()).total_seconds())

    def _next_due(self) -> float | None:
        """When the next sleeper wakes, of those that were not cancelled before their time."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def _forget_cancelled(self) -> None:
        """One was cancelled: when most of those that are kept were, they are let go of."""
        self._cancelled += 1
        if self._cancelled * 2 > len(self._sleepers):
            self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper[2].done()]
            heapq.heapify(self._sleepers)
            self._cancelled = 0
            self._set_timer()

    def _move_to(self, moment: float) -> None:
        """Be at `moment`, or where the clock is if it is beyond it."""
        self.ahead_s += max(0.0, moment - self.monotonic())

    def _wake(self) -> None:
        """Wake whose time has come, and see to the next."""
        now = self.monotonic()
        while self._sleepers and self._sleepers[0][0] <= now + 1e-9:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due_s = self.next_due_s
        if due_s is not None and not self.is_frozen:
            # uvloop rounds to the nearest millisecond: a timer that came too early would come
            # again and again until it is time.
            rounded_up_s = math.ceil(due_s * 1000) / 1000
            self._timer = asyncio.get_running_loop().call_later(rounded_up_s, self._wake)


async def let_go_on() -> None:
    """Let everything go on that can without waiting."""
    for _ in range(ROUNDS):
        await asyncio.sleep(0)
