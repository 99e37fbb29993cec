"""A clock that stands still until a test turns it: days pass in no time."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ROUNDS = 50
"""Rounds of the loop that let everything that can go on go on."""


class TurnedClock:
    """Time for code that asks a clock. Sleepers wake in order when `turn` passes their hour."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return START + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._passed + seconds, next(self._order), future))
        await future

    async def turn(self, seconds: float) -> None:
        """Let `seconds` pass; what falls due meanwhile happens at its own moment."""
        await settle()
        end = self._passed + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, future = heapq.heappop(self._sleepers)
            self._passed = max(self._passed, due)
            if not future.done():
                future.set_result(None)
            await settle()
        self._passed = end
        await settle()


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(ROUNDS):
        await asyncio.sleep(0)
