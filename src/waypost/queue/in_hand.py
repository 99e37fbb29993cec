"""What a worker has in hand right now, whatever the time of day says of its leases. Pure.

A clock that is set forward ends every lease at once. Work that its own worker waits with, or is
doing, is not lost for that: as long as its lease would have lasted by a clock that nobody sets,
it is not taken anew.
"""

from waypost.queue.lease import Lease
from waypost.store.ports import Key


class InHand:
    """The items of one worker's leases, each until when it may be in hand (monotonic seconds)."""

    def __init__(self, lease_s: float) -> None:
        self._lease_s = lease_s
        self._until: dict[Key, float] = {}

    def take(self, lease: Lease, now: float) -> None:
        """This lease is in hand from now on."""
        self._until[lease.account_id, lease.item_id] = now + self._lease_s

    def let_go(self, lease: Lease) -> None:
        """It was done, given back, or its handler failed."""
        self._until.pop((lease.account_id, lease.item_id), None)

    def holds(self, key: Key, now: float) -> bool:
        """Whether an item is in hand."""
        until = self._until.get(key)
        return until is not None and now < until
