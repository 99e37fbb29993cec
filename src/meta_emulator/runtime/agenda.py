"""What is to happen later: items, each at its moment of the clock."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from meta_emulator.runtime.clock import Clock

MOMENTS_PER_S = 100

Item = TypeVar("Item")


class Agenda(Generic[Item]):
    """Hands items to `due` when their time has come, those of one moment in their order.

    Moments are hundredths of a second, rounded up; each has one task.
    """

    def __init__(self, clock: Clock, due: Callable[[Item], None]) -> None:
        self._clock = clock
        self._due = due
        self._waiting: dict[int, list[Item]] = {}
        self._new: deque[int] = deque()
        self._has_new = asyncio.Event()

    def add(self, after_s: float, item: Item) -> None:
        """Hand `item` over in `after_s` seconds."""
        moment = math.ceil((self._clock.monotonic() + after_s) * MOMENTS_PER_S - 1e-6)
        waiting = self._waiting.get(moment)
        if waiting is not None:
            waiting.append(item)
            return
        self._waiting[moment] = [item]
        self._new.append(moment)
        self._has_new.set()

    def left(self) -> list[tuple[float, Item]]:
        """What waits, in order of time, and in how many seconds it falls due."""
        now = self._clock.monotonic()
        return [
            (max(0.0, moment / MOMENTS_PER_S - now), item)
            for moment, items in sorted(self._waiting.items())
            for item in items
        ]

    def clear(self) -> None:
        """Forget all that waits."""
        for waiting in self._waiting.values():
            waiting.clear()

    def hold(self, items: Iterable[tuple[float, Item]]) -> None:
        """Only these wait, each with the seconds until it falls due; for what runs anew then."""
        self._waiting = {}
        self._new = deque()
        for after_s, item in items:
            self.add(after_s, item)

    async def run(self) -> None:
        """Hand over until cancelled; what waits already is waited for as well."""
        self._new = deque(self._waiting)
        self._has_new.set()
        async with asyncio.TaskGroup() as group:
            while True:
                await self._has_new.wait()
                self._has_new.clear()
                while self._new:
                    group.create_task(self._wait_for(self._new.popleft()))

    async def _wait_for(self, moment: int) -> None:
        wait_s = moment / MOMENTS_PER_S - self._clock.monotonic()
        if wait_s > 0:
            await self._clock.sleep(wait_s)
        for item in self._waiting.pop(moment, ()):
            self._due(item)
