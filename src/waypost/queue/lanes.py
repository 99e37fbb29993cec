"""Leases that wait in memory, lane by lane, and whose turn it is. Pure: told the time.

Lanes take turns: one lease of each in its turn, so that a long lane does not hold up a short
one.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from waypost.queue.lease import Lease


@dataclass(slots=True)
class Lane:
    """What waits of one lane.

    reserved  places promised to work that is being committed right now
    """

    waiting: deque[Lease] = field(default_factory=deque)
    reserved: int = 0


class Lanes:
    """All lanes of one worker.

    backlog  lanes of which the store may hold more, older than anything that comes now
    """

    def __init__(self) -> None:
        self.backlog: set[str] = set()
        self._lanes: dict[str, Lane] = {}
        self._turns: deque[str] = deque()
        self.waiting = 0

    def __getitem__(self, name: str) -> Lane:
        """The lane of this name, new if need be."""
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane()
        return lane

    def put(self, lease: Lease) -> None:
        """Adds a lease at the end of its lane."""
        lane = self[lease.lane]
        if not lane.waiting:
            self._turns.append(lease.lane)
        lane.waiting.append(lease)
        self.waiting += 1

    def next(self, wait_s: Callable[[str], float]) -> Lease | float | None:
        """The next lease whose lane may go now.

        wait_s tells how long a lane must wait, and counts the lease as gone if it is 0.
        If none may go: the shortest wait of all in seconds; None if nothing waits at all.
        """
        shortest: float | None = None
        for _ in range(len(self._turns)):
            name = self._turns[0]
            lane = self._lanes[name]
            wait = wait_s(name)
            if wait <= 0:
                self._turns.popleft()
                lease = lane.waiting.popleft()
                self.waiting -= 1
                if lane.waiting:
                    self._turns.append(name)
                elif not lane.reserved:
                    del self._lanes[name]
                return lease
            self._turns.rotate(-1)
            shortest = wait if shortest is None else min(shortest, wait)
        return shortest

    def has_room_for_backlog(self, room: Callable[[str], int]) -> bool:
        """Whether a lane with more in the store has run dry and could take some."""
        return any(not self[name].waiting and room(name) > 0 for name in self.backlog)

    def drain(self) -> list[Lease]:
        """Takes everything that waits."""
        leases = [lease for lane in self._lanes.values() for lease in lane.waiting]
        self._lanes.clear()
        self._turns.clear()
        self.waiting = 0
        return leases
