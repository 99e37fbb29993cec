"""Leases that wait in memory, lane by lane, and whose turn it is. Pure: told the time.

Lanes take turns: one lease of each in its turn, so that a long lane does not hold up a short
one. Within a lane the more urgent goes first; but whoever was passed over often enough goes
next, so that nobody waits for ever.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from waypost.model.work import LaneKey, Priority
from waypost.queue.lease import Lease

PATIENCE = 7
"""How often the less urgent is passed over before it goes: every eighth turn is its own."""


def _deques() -> dict[Priority, deque[Lease]]:
    return {priority: deque() for priority in Priority}


def _zeros() -> dict[Priority, int]:
    return dict.fromkeys(Priority, 0)


@dataclass(slots=True)
class Lane:
    """What waits of one lane, by priority.

    reserved  places promised to work that is being committed right now
    passed    how often the more urgent went before it since its own last turn
    """

    waiting: dict[Priority, deque[Lease]] = field(default_factory=_deques)
    reserved: dict[Priority, int] = field(default_factory=_zeros)
    passed: dict[Priority, int] = field(default_factory=_zeros)

    def has_waiting(self) -> bool:
        """Whether anything waits."""
        return any(self.waiting.values())

    def is_idle(self) -> bool:
        """Whether nothing waits and nothing is promised."""
        return not self.has_waiting() and not any(self.reserved.values())

    def held(self, priority: Priority) -> int:
        """How many places of this priority are taken or promised."""
        return len(self.waiting[priority]) + self.reserved[priority]

    def pop(self) -> Lease:
        """The next lease of the lane; there must be one."""
        candidates = [priority for priority in Priority if self.waiting[priority]]
        chosen = next(
            (one for one in reversed(candidates) if self.passed[one] >= PATIENCE), candidates[0]
        )
        for one in candidates:
            if one > chosen:
                self.passed[one] += 1
        self.passed[chosen] = 0
        return self.waiting[chosen].popleft()


class Lanes:
    """All lanes of one worker.

    backlog  of each priority the lanes of which the store may hold more, older than anything
             that comes now; in the order in which they are to be looked at
    """

    def __init__(self) -> None:
        self.backlog: dict[Priority, OrderedDict[LaneKey, None]] = {
            priority: OrderedDict() for priority in Priority
        }
        self._lanes: dict[LaneKey, Lane] = {}
        self._turns: deque[LaneKey] = deque()
        self.waiting: dict[Priority, int] = _zeros()

    def __contains__(self, key: LaneKey) -> bool:
        return key in self._lanes

    def held(self, key: LaneKey, priority: Priority) -> int:
        """How many places of this lane and priority are taken or promised."""
        lane = self._lanes.get(key)
        return 0 if lane is None else lane.held(priority)

    def has_waiting(self) -> bool:
        """Whether any lease waits."""
        return any(self.waiting.values())

    def promise(self, key: LaneKey, priority: Priority, count: int) -> None:
        """Promises places; a negative count takes a promise back."""
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane()
        lane.reserved[priority] += count
        if lane.is_idle():
            del self._lanes[key]

    def put(self, lease: Lease) -> None:
        """Adds a lease at the end of its lane and priority."""
        key = lease.lane_key
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = Lane()
        if not lane.has_waiting():
            self._turns.append(key)
        lane.waiting[lease.priority].append(lease)
        self.waiting[lease.priority] += 1

    def next(self, wait_s: Callable[[LaneKey], float]) -> Lease | float | None:
        """The next lease whose lane may go now.

        wait_s tells how long a lane must wait, and counts the lease as gone if it is 0.
        If none may go: the shortest wait of all in seconds; None if nothing waits at all.
        """
        shortest: float | None = None
        for _ in range(len(self._turns)):
            key = self._turns[0]
            wait = wait_s(key)
            if wait <= 0:
                self._turns.popleft()
                lane = self._lanes[key]
                lease = lane.pop()
                self.waiting[lease.priority] -= 1
                if lane.has_waiting():
                    self._turns.append(key)
                elif lane.is_idle():
                    del self._lanes[key]
                return lease
            self._turns.rotate(-1)
            shortest = wait if shortest is None else min(shortest, wait)
        return shortest

    def take_out(self, is_out: Callable[[LaneKey], bool] = lambda _: True) -> list[Lease]:
        """Takes everything that waits of the lanes that are out; of all, if none are named."""
        out = [key for key in self._turns if is_out(key)]
        leases: list[Lease] = []
        for key in out:
            lane = self._lanes[key]
            for priority, waiting in lane.waiting.items():
                leases += waiting
                self.waiting[priority] -= len(waiting)
                waiting.clear()
            if lane.is_idle():
                del self._lanes[key]
        if out:
            gone = set(out)
            self._turns = deque(key for key in self._turns if key not in gone)
        return leases
