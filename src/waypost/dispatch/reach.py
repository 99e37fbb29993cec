"""How long each sender's calls have not reached Meta. Pure: told the time.

A call that never left is no attempt, so it must not use up a message's attempts; the gap to the
next one grows with the outage, and not with how often one message was in it.
"""

from math import log2

from waypost.model.work import LaneKey


class Reach:
    """Since when calls for a sender do not reach Meta, for as long as they do not."""

    def __init__(self) -> None:
        self._out_since: dict[LaneKey, float] = {}

    def found(self, lane: LaneKey) -> None:
        """A call for this sender reached Meta."""
        if self._out_since:
            self._out_since.pop(lane, None)

    def missed(self, lane: LaneKey, now: float, first_s: float) -> int:
        """A call for this sender did not; how many tries that makes, from 1.

        Counted is how many with gaps that double from `first_s` fit into the time since the first
        that did not: a thousand messages that miss at once are one try.
        """
        out_s = now - self._out_since.setdefault(lane, now)
        return 1 + int(log2(1 + max(0.0, out_s) / first_s))
