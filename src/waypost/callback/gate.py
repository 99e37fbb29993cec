"""How much each endpoint may have at once, and which get nothing. `queue.admission.Admission`.

An endpoint may hold a quarter of all places at first: whichever hangs, others go on. One that says
that it has too much to do, or does not answer, gets half as many from then on and a lull that grows
with each time in a row; each whole round of places that went well gives it one more, up to three
quarters. What it asks for itself (`Retry-After`) is a lull too.

While a lull lasts, or a profile is paused, suspended or gone, its lane is closed: its
events stay in the store and nothing of them is counted. A suspended one whose next probe is due
is open for one event at a time.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import inf

from waypost.model.callback import ClosedEndpoint, ProfileState
from waypost.model.work import LaneKey

SLOW_AGAIN_S = 1.0
"""Between two brakes: what was under way together fails together, and counts once."""

LONGEST_LULL_S = 60.0
"""The longest lull that an endpoint is given without asking for one."""

GROWTH = 3
"""How many times its first places an endpoint may have that takes everything."""

LEAST_AHEAD = 8
"""How many events of one endpoint are worth having on lease at least."""

FORGOTTEN = 10_000
"""Of how many endpoints something is remembered before those at their best are forgotten."""


@dataclass(slots=True)
class _Pace:
    """One endpoint.

    most      how many events it may have at once
    went      how many went well since `most` last changed
    slowed    how often in a row it was too slow
    slowed_at, lull_ends  in seconds of the monotonic clock
    """

    most: int
    went: int = 0
    slowed: int = 0
    slowed_at: float = -inf
    lull_ends: float = -inf


class Gate:
    """What each endpoint may have.

    most       how many events an endpoint may have at once of which nothing is known
    monotonic  the clock's
    """

    def __init__(self, most: int, monotonic: Callable[[], float]) -> None:
        self._most = max(1, most)
        self._monotonic = monotonic
        self._paces: dict[LaneKey, _Pace] = {}
        self._busy: Counter[LaneKey] = Counter()
        # Replaced as wholes: they are read from the database on another thread.
        self._closed: frozenset[LaneKey] = frozenset()
        self._on_probe: frozenset[LaneKey] = frozenset()

    # ---- what endpoints answered --------------------------------------------------------------

    def went_well(self, lane: LaneKey) -> None:
        """It took one: it may have one more at once after a whole round of them."""
        pace = self._pace(lane)
        pace.slowed, pace.went = 0, pace.went + 1
        if pace.went >= pace.most and pace.most < GROWTH * self._most:
            pace.most, pace.went = pace.most + 1, 0

    def slow_down(self, lane: LaneKey, now: float, lull_s: float | None) -> None:
        """It has too much to do; lull_s: how long it asked to be left alone."""
        pace = self._pace(lane)
        if lull_s is not None:
            pace.lull_ends = max(pace.lull_ends, now + lull_s)
        if now - pace.slowed_at < SLOW_AGAIN_S:
            return
        pace.most, pace.went = max(1, pace.most // 2), 0
        pace.slowed, pace.slowed_at = pace.slowed + 1, now
        if lull_s is None:
            lull_s = min(LONGEST_LULL_S, 2.0 ** (pace.slowed - 2))
        pace.lull_ends = max(pace.lull_ends, now + lull_s)

    # ---- who is closed ------------------------------------------------------------------------

    def survey(self, profiles: Iterable[ClosedEndpoint], now: datetime) -> None:
        """Which profiles are not active; all others are open.

        One that a person resumed has its lull behind it, however long it had asked for.
        """
        closed, on_probe = set(), set()
        for one in profiles:
            lane = LaneKey(one.account_id, one.profile_id)
            if one.state is ProfileState.SUSPENDED and is_probe_due(one, now):
                on_probe.add(lane)
            elif one.state is not ProfileState.ACTIVE:
                closed.add(lane)
        resumed = self._closed - closed - on_probe
        self._closed, self._on_probe = frozenset(closed), frozenset(on_probe)
        for lane in resumed:
            self.reopen(lane)

    def close(self, lane: LaneKey) -> None:
        """Nothing more goes there, before the next survey too."""
        self._closed |= {lane}
        self._on_probe -= {lane}

    def reopen(self, lane: LaneKey) -> None:
        """It answers again: what waits goes out, one at a time at first."""
        self._closed -= {lane}
        self._on_probe -= {lane}
        pace = self._pace(lane)
        pace.most, pace.went, pace.slowed, pace.lull_ends = 1, 0, 0, -inf

    def is_closed(self, lane: LaneKey) -> bool:
        """Whether nothing goes there now."""
        if lane in self._closed:
            return True
        pace = self._paces.get(lane)
        return pace is not None and pace.lull_ends > self._monotonic()

    # ---- who may go ---------------------------------------------------------------------------

    def wait_s(self, lane: LaneKey, now: float) -> float:  # noqa: ARG002 - the protocol's shape
        """0 lets one event go and counts it; else the endpoint has all that it may have."""
        if self._busy[lane] >= self._places(lane):
            return inf
        self._busy[lane] += 1
        return 0.0

    def ended(self, lane: LaneKey) -> None:
        """One that was let go has ended."""
        self._busy[lane] -= 1
        if self._busy[lane] <= 0:
            del self._busy[lane]

    def most_waiting(self, lane: LaneKey) -> int:
        """How many events of this endpoint are worth having on lease."""
        return 1 if lane in self._on_probe else max(LEAST_AHEAD, 2 * self._places(lane))

    def learn(self, lane: LaneKey, rate: float) -> None:
        """An endpoint tells no rate."""

    def _places(self, lane: LaneKey) -> int:
        if lane in self._on_probe:
            return 1
        pace = self._paces.get(lane)
        return self._most if pace is None else pace.most

    def _pace(self, lane: LaneKey) -> _Pace:
        pace = self._paces.get(lane)
        if pace is None:
            if len(self._paces) >= FORGOTTEN:
                self._forget()
            pace = self._paces[lane] = _Pace(self._most)
        return pace

    def _forget(self) -> None:
        now = self._monotonic()
        self._paces = {
            lane: pace
            for lane, pace in self._paces.items()
            if pace.most < self._most or pace.lull_ends > now
        }


def is_probe_due(profile: ClosedEndpoint, now: datetime) -> bool:
    """Whether a suspended profile is to be tried again."""
    return profile.probe_at is None or profile.probe_at <= now
