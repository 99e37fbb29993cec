"""Events to callback rows, in the caller's transaction: what is recorded is also told."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from waypost.model.callback import StatusEvent
from waypost.model.outbox import CallbackRow
from waypost.model.work import LaneKey, QueueItem, QueueName
from waypost.store.ports import Transaction
from waypost.wire.callbacks import render_status, status_word


class Publication(Struct, frozen=True):
    """One event and where it goes."""

    account_id: int
    url: str
    event: StatusEvent


class Publisher:
    """Writes the outbox."""

    async def publish(
        self, transaction: Transaction, publications: Sequence[Publication], now: datetime
    ) -> set[LaneKey]:
        """Keeps these events and queues their delivery; the lanes that have work now.

        An event's id names its message and status, so the same event is never told as two.
        """
        rows = [
            CallbackRow(
                account_id=one.account_id,
                event_id=f"{one.event.message_id}.{one.event.status}",
                message_id=one.event.message_id,
                status=status_word(one.event.status),
                url=one.url,
                body=render_status(one.event),
                created_at=now,
            )
            for one in publications
        ]
        if not rows:
            return set()
        await transaction.callbacks.insert(rows)
        await transaction.queue.put(
            [
                QueueItem(row.account_id, QueueName.CALLBACK, row.url, row.event_id, now, attempt=0)
                for row in rows
            ]
        )
        return {LaneKey(row.account_id, row.url) for row in rows}
