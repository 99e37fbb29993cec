"""Other programs that follow the emulator's clock: where each of them is, and what it waits for.

A follower asks again and again by a long poll, and says with every question how far ahead its own
clock is: so the emulator knows when it has taken a move over, and waits for it before the next.
"""

import asyncio
from dataclasses import dataclass

TAKEN_OVER_S = 10.0
"""Who has not taken a move over after so long, by the machine's time, is left behind."""

EXACT_S = 1e-6


@dataclass(slots=True)
class Follower:
    """One program.

    ahead_s     how far its clock is ahead
    next_due_s  in how many seconds something falls due there; None if it knows of nothing
    round       of the rounds of questions, the one in which it said so
    """

    ahead_s: float
    next_due_s: float | None
    round: int = 0


class Followers:
    """Those who follow, by the names they gave themselves."""

    def __init__(self) -> None:
        self.round = 0
        """Of questions to the followers; a new one wants them to say again where they are."""
        self._known: dict[str, Follower] = {}
        self._change: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._known)

    @property
    def next_due_s(self) -> float | None:
        """In how many seconds something falls due at any of them."""
        told = [one.next_due_s for one in self._known.values() if one.next_due_s is not None]
        return min(told) if told else None

    def told(self, name: str, follower: Follower) -> None:
        """A follower says where it is."""
        follower.round = self.round
        self._known[name] = follower
        self.changed()

    def changed(self) -> None:
        """The clock was moved, or a follower has taken a move over: who waits looks again."""
        change, self._change = self._change, None
        if change is not None and not change.done():
            change.set_result(None)

    async def next_change(self) -> None:
        """Return after the next change."""
        if self._change is None:
            self._change = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._change)

    async def take_over(self, ahead_s: float) -> None:
        """Return when all have taken over a clock that is ahead so far, and said what is due then.

        Who does not in time is left behind: nobody waits for it until it asks again.
        """
        self.round += 1
        self.changed()
        try:
            async with asyncio.timeout(TAKEN_OVER_S):
                while self._behind(ahead_s):
                    await self.next_change()
        except TimeoutError:
            for name in self._behind(ahead_s):
                del self._known[name]

    def _behind(self, ahead_s: float) -> list[str]:
        return [
            name
            for name, one in self._known.items()
            if one.round < self.round or one.ahead_s < ahead_s - EXACT_S
        ]
