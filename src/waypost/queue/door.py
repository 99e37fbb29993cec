"""The door of a queue for those who commit new work: places in memory, or a hint.

Where the worker runs in the same process, work is committed already on lease to it and handed
over in memory. Where it does not, work is committed for whoever takes it, and the workers of
other processes are given a hint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct

from waypost.model.work import LaneKey, Priority, QueueName
from waypost.queue.lease import Lease
from waypost.store.ports import Store

NO_LEASE = datetime(1970, 1, 1, tzinfo=UTC)
"""When the lease of no places ends."""


class Reservation(Struct, frozen=True):
    """Places promised in memory, and the lease that goes with them."""

    lane: LaneKey
    priority: Priority
    count: int
    token: str
    ends_at: datetime


class WorkDoor(Protocol):
    """What those who commit new work need of a queue."""

    def reserve(
        self,
        lane: LaneKey,
        count: int,
        priority: Priority = Priority.NORMAL,
        rate: float | None = None,
    ) -> Reservation:
        """Promises up to `count` places in memory; fewer, or none, when there is no room.

        Each reservation must be ended by `hand_over`, whatever became of the commit.

        rate  what the lane is allowed, in items per second, if the one who asks knows it
        """
        ...

    def hand_over(self, place: Reservation, leases: Sequence[Lease]) -> None:
        """Ends a reservation with what was committed on it."""
        ...

    def wake(self, lane: LaneKey, priority: Priority = Priority.NORMAL) -> None:
        """New work of this lane and priority stands in the store."""
        ...


@dataclass(frozen=True, slots=True)
class RemoteDoor:
    """The door of a queue whose workers run in other processes. `WorkDoor`."""

    store: Store
    queue: QueueName

    def reserve(
        self,
        lane: LaneKey,
        count: int,  # noqa: ARG002 - the protocol's shape
        priority: Priority = Priority.NORMAL,
        rate: float | None = None,  # noqa: ARG002
    ) -> Reservation:
        """No places: nobody here could take the work over."""
        return Reservation(lane, priority, 0, "", NO_LEASE)

    def hand_over(self, place: Reservation, leases: Sequence[Lease]) -> None:
        """Nothing was promised."""

    def wake(
        self,
        lane: LaneKey,  # noqa: ARG002
        priority: Priority = Priority.NORMAL,  # noqa: ARG002
    ) -> None:
        """Gives the workers elsewhere a hint."""
        self.store.hint(self.queue)
