"""How fast each sender may go: a token bucket per business number. Pure: told the time.

Meta allows a number 80 messages per second, up to 1,000, and 20 where its owner uses the app
beside it (`reference` 5). The bucket holds a tenth of a second's worth, so that no second ever
sees much more than the rate. When Meta says that it was too fast all the same, the sender's pace
is halved, at most once a second and never below one message a second; from the next second on it
grows again by a twentieth of what is allowed. What Meta says of a WABA, or of the app, slows all
of its senders.

A sender that is paused, or held after Meta refused it as a whole, is closed. When a hold is over
it is tried again: one message a second, until one is taken; then its pace grows as after a brake.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.model.meta_error import RetryRule
from waypost.model.sender import ClosedSender
from waypost.model.throughput import Bucket, full_bucket
from waypost.model.work import LaneKey

BURST_S = 0.1
AHEAD_S = 0.25
"""How much of a sender's work is worth having on lease: a quarter of a second's."""

LEAST_AHEAD = 8
SLOWEST = 1.0
"""Messages per second that are left to a sender, however often Meta refuses it."""

RECOVERY = 1 / 20
"""Of what is allowed, per second: from the floor to the full pace in 20 seconds."""

BRAKE_S = 1.0
"""Between two brakes: what was under way together is refused together, and counts once."""


@dataclass(slots=True)
class _Pace:
    """One sender's pace.

    allowed    what Meta allows it, in messages per second
    grown_at   when its pace last grew, in seconds of a monotonic clock
    braked_at  when Meta last said that it was too fast
    waba       of which WABA it is, as far as that is known
    """

    bucket: Bucket
    allowed: float
    grown_at: float = 0.0
    braked_at: float = -BRAKE_S
    waba: str = ""

    def set_rate(self, rate: float) -> None:
        """Goes at this rate from now on."""
        self.bucket.rate, self.bucket.capacity = rate, max(1.0, rate * BURST_S)

    def grow(self, now: float) -> None:
        """Goes faster again, by as much as the time since allows."""
        since_s = now - max(self.grown_at, self.braked_at + BRAKE_S)
        if since_s <= 0:
            return
        self.grown_at = now
        self.set_rate(min(self.allowed, self.bucket.rate + since_s * self.allowed * RECOVERY))

    def brake(self, now: float, rate: float) -> bool:
        """Goes at this rate at most; False if it was braked a moment ago."""
        if now - self.braked_at < BRAKE_S:
            return False
        self.braked_at = self.grown_at = now
        self.set_rate(max(min(SLOWEST, self.allowed), rate))
        return True


class Pacing:
    """The pace of all senders. `queue.worker.Admission`."""

    def __init__(self, default_rate: float) -> None:
        self._default_rate = default_rate
        self._paces: dict[LaneKey, _Pace] = {}
        # Replaced as a whole: they are read from the database on another thread.
        self._closed: frozenset[LaneKey] = frozenset()
        self._on_trial: frozenset[LaneKey] = frozenset()

    # ---- what is allowed ----------------------------------------------------------------------

    def learn(self, lane: LaneKey, rate: float, waba: str = "") -> None:
        """What this sender is allowed, in messages per second, and of which WABA it is."""
        pace = self._pace(lane)
        if waba:
            pace.waba = waba
        if pace.allowed != rate:
            is_braked = pace.bucket.rate < pace.allowed
            pace.allowed = rate
            if not is_braked or pace.bucket.rate > rate:
                pace.set_rate(rate)

    def slow_down(self, lane: LaneKey, rule: RetryRule, now: float) -> int:
        """Meta said that it was too fast; how many senders were braked."""
        origin = self._pace(lane)
        if rule is RetryRule.SLOW_SENDER:
            slowed = [origin]
        elif rule is RetryRule.SLOW_WABA:
            slowed = [
                pace
                for pace in self._paces.values()
                if pace is origin or (pace.waba and pace.waba == origin.waba)
            ]
        elif rule is RetryRule.SLOW_APP:
            slowed = list(self._paces.values())
        else:
            return 0
        return sum(pace.brake(now, pace.bucket.rate / 2) for pace in slowed)

    # ---- who is closed ------------------------------------------------------------------------

    def survey(self, senders: Sequence[ClosedSender], now: datetime) -> None:
        """Who is paused, held or on trial; all others are open."""
        closed = {LaneKey(one.account_id, one.sender_id) for one in senders if one.is_closed(now)}
        held = {
            LaneKey(one.account_id, one.sender_id) for one in senders if one.held_until is not None
        }
        self._closed, self._on_trial = frozenset(closed), frozenset(held)

    def close(self, lane: LaneKey) -> None:
        """Meta refused this sender as a whole: nothing more of it, before the next survey too."""
        self._closed |= {lane}
        self._on_trial |= {lane}

    def open(self, lane: LaneKey, now: float) -> None:
        """Meta took a message of a sender on trial: it goes on, and grows faster."""
        self._on_trial -= {lane}
        pace = self._pace(lane)
        pace.braked_at = pace.grown_at = now
        pace.set_rate(min(SLOWEST, pace.allowed))

    def is_closed(self, lane: LaneKey) -> bool:
        """Whether nothing is to leave from this sender now."""
        return lane in self._closed

    def is_on_trial(self, lane: LaneKey) -> bool:
        """Whether this sender was held, and nobody knows yet whether that is over."""
        return lane in self._on_trial

    # ---- who may go ---------------------------------------------------------------------------

    def wait_s(self, lane: LaneKey, now: float) -> float:
        """Seconds this sender must wait; 0 lets one message go and counts it."""
        pace = self._pace(lane)
        if lane in self._on_trial:
            pace.set_rate(min(SLOWEST, pace.allowed))
        elif pace.bucket.rate < pace.allowed:
            pace.grow(now)
        return pace.bucket.wait_s(now)

    def ended(self, lane: LaneKey) -> None:
        """A pace counts what begins, not what is under way."""

    def most_waiting(self, lane: LaneKey) -> int:
        """How many messages of this sender are worth having on lease."""
        if lane in self._on_trial:
            return 1
        return max(LEAST_AHEAD, int(self._pace(lane).bucket.rate * AHEAD_S))

    def _pace(self, lane: LaneKey) -> _Pace:
        pace = self._paces.get(lane)
        if pace is None:
            rate = self._default_rate
            pace = self._paces[lane] = _Pace(full_bucket(rate, rate * BURST_S, 0.0), rate)
        return pace
