"""The pair rate: what Meta allows from one sender to one recipient. Pure: told the time.

Meta allows one message in 6 seconds, and a burst of 45 that is borrowed from the future; after
131056 it asks for 4^X seconds, X from 0 (`reference` 5). Kept by the generic cell rate
algorithm: of each pair one instant, by which all that was sent would have been sent at the even
rate. A message that must wait is promised an instant of its own, so a thousand messages to one
recipient come back one by one and not all together, again and again.

What is promised is held against what was sent when it comes: however late promises are kept,
never more goes than is allowed. A promise is memory alone; after a restart the messages come at
the times they were put back for.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field

GAP_S = 6.0
BURST = 45
LONGEST_BACKOFF_S = 1024.0
SWEEP_S = 10.0
FORGET_S = 3600.0
"""How long after its time a promise is kept for a message that does not come."""

EARLY_S = 0.002
"""Instants in the store are whole milliseconds: so much earlier than promised is on time."""


@dataclass(slots=True)
class _Pair:
    """One sender and one recipient; instants are seconds of a monotonic clock.

    even_at     when all that was sent would have been sent at the even rate
    closed_to   Meta refused the pair: nothing before then
    refusals    how often it did, one after the other
    promised_to the latest instant promised
    promises    by message
    """

    even_at: float
    closed_to: float = 0.0
    refusals: int = 0
    promised_to: float = 0.0
    promises: dict[str, float] = field(default_factory=dict)

    def is_idle(self, now: float) -> bool:
        """Whether it is as if it had never been."""
        return (
            self.even_at <= now and self.closed_to <= now and not (self.promises or self.refusals)
        )


class PairRate:
    """All pairs that have something to remember."""

    def __init__(self, gap_s: float = GAP_S, burst: int = BURST) -> None:
        self._gap_s = gap_s
        self._borrowed_s = gap_s * (burst - 1)
        self._pairs: dict[Hashable, _Pair] = {}
        self._swept_at = 0.0

    def __len__(self) -> int:
        """How many pairs are remembered."""
        return len(self._pairs)

    def wait_s(self, pair: Hashable, message_id: str, now: float, *, is_urgent: bool) -> float:
        """0: the message may go, and is counted. Else the seconds until an instant of its own.

        is_urgent  it goes before those that were promised an instant, if anything may go
        """
        self._sweep(now)
        known = self._pairs.get(pair)
        if known is None:
            self._pairs[pair] = _Pair(now + self._gap_s)
            return 0.0
        promised = known.promises.get(message_id)
        if promised is not None and promised > now + EARLY_S:
            return promised - now
        earliest = max(known.even_at - self._borrowed_s, known.closed_to)
        behind = promised is None and known.promised_to > now and not is_urgent
        if earliest <= now + EARLY_S and not behind:
            known.promises.pop(message_id, None)
            known.even_at = max(known.even_at, now) + self._gap_s
            return 0.0
        if not is_urgent:
            earliest = max(earliest, known.promised_to + self._gap_s)
        known.promises[message_id] = earliest
        known.promised_to = max(known.promised_to, earliest)
        return earliest - now

    def refused(self, pair: Hashable, message_id: str, now: float) -> float:
        """Meta refused the pair: seconds until this message may be given to Meta again.

        Messages that were under way together are refused together; they count as one.
        """
        known = self._pairs.setdefault(pair, _Pair(now))
        if now >= known.closed_to:
            known.closed_to = now + min(LONGEST_BACKOFF_S, 4.0**known.refusals)
            known.refusals += 1
            # What was refused was not sent; but Meta has nothing left to lend.
            known.even_at = max(known.even_at - self._gap_s, known.closed_to + self._borrowed_s)
            instant = known.closed_to
        else:
            instant = max(known.closed_to, known.promised_to) + self._gap_s
        known.promises[message_id] = instant
        known.promised_to = max(known.promised_to, instant)
        return instant - now

    def taken(self, pair: Hashable) -> None:
        """Meta took a message of this pair."""
        known = self._pairs.get(pair)
        if known is not None:
            known.refusals = 0

    def _sweep(self, now: float) -> None:
        """Forgets pairs that have nothing to remember, from time to time."""
        if now - self._swept_at < SWEEP_S:
            return
        self._swept_at = now
        for pair, known in list(self._pairs.items()):
            if known.promised_to + FORGET_S < now:
                known.promises.clear()
                known.refusals = 0
            if known.is_idle(now):
                del self._pairs[pair]
