"""Moves the emulator's clock, and takes along whoever follows it.

Alone, the clock goes from one thing that falls due to the next by itself. With followers it goes
in slices, each as long as the time until the next thing falls due here or there: a follower that
was moved a day at once would do on one evening what takes it a day.
"""

import asyncio
from collections.abc import Awaitable, Callable

from meta_emulator.runtime.clock import VirtualClock
from meta_emulator.runtime.followers import Followers

LEAST_SLICE_S = 1.0
"""Followers are not taken along for less, but for the last of a move."""

LONGEST_SLICE_S = 900.0
"""Also where nobody knows of anything that falls due: not all that happens is known before."""

SLICES = 100
"""Of a long move the slices are longer: so many at least, and few more if nothing happens."""

Settle = Callable[[], Awaitable[None]]


class Mover:
    """One move at a time; a second order waits for the first.

    settle  returns when all that can go on without time passing has gone on
    """

    def __init__(self, clock: VirtualClock, settle: Settle) -> None:
        self.clock = clock
        self.followers = Followers()
        self._settle = settle
        self._moving = asyncio.Lock()

    async def advance(self, seconds: float) -> None:
        """Move ahead; returns when all that fell due has been brought, here and at followers.

        Raises ValueError for a negative number of seconds.
        """
        if seconds < 0:
            raise ValueError("a clock is never turned back")
        async with self._moving:
            end = self.clock.monotonic() + seconds
            await self.followers.take_over(self.clock.ahead_s)
            longest_s = max(LONGEST_SLICE_S, seconds / SLICES)
            while True:
                left_s = max(0.0, end - self.clock.monotonic())
                slice_s = min(left_s, self._slice_s(longest_s))
                await self.clock.advance(slice_s, self._settle)
                await self.followers.take_over(self.clock.ahead_s)
                if slice_s >= left_s:
                    break
            await self._settle()

    def _slice_s(self, longest_s: float) -> float:
        if not self.followers:
            return float("inf")
        due = (self.clock.next_due_s, self.followers.next_due_s)
        soonest_s = min((due_s for due_s in due if due_s is not None), default=longest_s)
        return min(longest_s, max(LEAST_SLICE_S, soonest_s))
