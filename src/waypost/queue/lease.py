"""A lease: the time-bound right to work on an item. Not a state of the item.

Whoever holds the token may settle the item; whoever lost it may not, whatever it still
believes: every settling statement names the token. A lease that ends unsettled means that its
holder was lost while it had the item, and the next one to take it is told.

A lease ends by the time of day, for it must outlive its process. A clock that is set forward
ends leases early: what its own worker has in hand stays with it (`queue/in_hand.py`); another
process takes it anew, marked as lost, and whoever still has it may settle the message and no longer
the item. A clock that is set back keeps messages waiting that were to wait; work of the other
queues that was put meanwhile is due at once (`Worker`). Neither has anything done twice that was
known to be done.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from waypost.model.work import LaneKey, Priority, QueueItem, QueueName


class Lease(Struct, frozen=True):
    """The right to one attempt at one item.

    attempt     which attempt this is, from 1; counted in the store before it is made
    was_lost    whoever had it before was lost, and may have done the work
    cargo       the work itself; None: it is gone
    priority    before whom it goes within its lane
    expires_at  when nobody needs it any more; None: never
    """

    account_id: int
    queue: QueueName
    lane: str
    item_id: str
    attempt: int
    token: str
    ends_at: datetime
    was_lost: bool = False
    cargo: Any = None
    priority: Priority = Priority.NORMAL
    expires_at: datetime | None = None

    @property
    def lane_key(self) -> LaneKey:
        """Its lane, with the account that the lane belongs to."""
        return LaneKey(self.account_id, self.lane)

    def item(self, due_at: datetime) -> QueueItem:
        """The item under this lease."""
        return QueueItem(
            self.account_id,
            self.queue,
            self.lane,
            self.item_id,
            due_at,
            self.attempt,
            self.token,
            priority=self.priority,
            expires_at=self.expires_at,
        )

    def put_back(self, due_at: datetime, *, was_made: bool) -> QueueItem:
        """The item, to be due again; an attempt that was not made is not counted.

        Nor does it forget that an earlier holder was lost: the next one must be told as well.
        """
        item = self.item(due_at)
        if was_made:
            return item
        return replace(item, attempt=self.attempt - 1, was_lost=self.was_lost)
