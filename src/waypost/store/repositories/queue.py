"""Work that waits, and who has it on lease."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.model.work import DueItem, LaneKey, Priority, QueueItem, QueueName, SeenLane
from waypost.store.driver import Driver, Row
from waypost.store.ports import Key
from waypost.store.repositories.instants import from_ms, from_ms_or_none, to_ms, to_ms_or_none


@dataclass(frozen=True, slots=True)
class QueueRepository:
    """`ports.Queue` over named queries."""

    driver: Driver

    async def put(self, items: Iterable[QueueItem]) -> None:
        """Puts work in; what is in already stays as it is."""
        await self.driver.execute_rows(
            "queue.put",
            [
                (
                    item.account_id,
                    item.queue.value,
                    item.lane,
                    item.item_id,
                    to_ms(item.due_at),
                    item.attempt,
                    item.lease_token,
                    int(item.priority),
                    to_ms_or_none(item.expires_at),
                )
                for item in items
            ],
        )

    async def lanes(
        self, queue: QueueName, now: datetime, after: LaneKey, limit: int
    ) -> list[SeenLane]:
        """So many of the lanes behind this one that have work, in order."""
        rows = await self.driver.fetch(
            "queue.lanes",
            {
                "queue": queue.value,
                "now": to_ms(now),
                "after_account_id": after.account_id,
                "after": after.name,
                "limit": limit,
            },
        )
        return [
            SeenLane(
                LaneKey(account_id, name),
                tuple(one for one, is_due in zip(Priority, due, strict=True) if is_due),
                from_ms_or_none(next_due),
            )
            for account_id, name, *due, next_due in rows
        ]

    async def find(
        self, queue: QueueName, lane: LaneKey, priority: Priority, now: datetime, limit: int
    ) -> list[DueItem]:
        """The oldest due work of a lane and priority."""
        return await self._find("queue.find", queue, (lane, priority), now, limit)

    async def find_shared(
        self, queue: QueueName, lane: LaneKey, priority: Priority, now: datetime, limit: int
    ) -> list[DueItem]:
        """The same, to be taken in this transaction; without what others are just taking."""
        return await self._find("queue.find_shared", queue, (lane, priority), now, limit)

    async def _find(
        self,
        query: str,
        queue: QueueName,
        of: tuple[LaneKey, Priority],
        now: datetime,
        limit: int,
    ) -> list[DueItem]:
        lane, priority = of
        rows = await self.driver.fetch(
            query,
            {
                "queue": queue.value,
                "account_id": lane.account_id,
                "lane": lane.name,
                "priority": int(priority),
                "now": to_ms(now),
                "limit": limit,
            },
        )
        return [due_item(row) for row in rows]

    async def take(self, items: Sequence[tuple[QueueItem, DueItem]]) -> set[Key]:
        """Takes work on lease that still is as it was found; what was taken."""
        rows = await self.driver.fetch_rows(
            "queue.take",
            [
                (
                    item.account_id,
                    item.queue.value,
                    item.item_id,
                    to_ms(item.due_at),
                    item.attempt,
                    item.lease_token,
                    to_ms(found.due_at),
                    found.lease_token,
                )
                for item, found in items
            ],
        )
        return {(account_id, item_id) for account_id, item_id in rows}

    async def finish(self, items: Sequence[tuple[int, QueueName, str, str]]) -> None:
        """Done work leaves: account, queue, item, and the lease it was done under."""
        await self.driver.execute_rows("queue.finish", items)

    async def drop(self, items: Sequence[tuple[int, QueueName, str]]) -> None:
        """Work no longer needed leaves: account, queue, item."""
        await self.driver.execute_rows("queue.drop", items)

    async def put_back(self, items: Sequence[QueueItem]) -> None:
        """Gives work back; the item carries the lease it was held under."""
        await self.driver.execute_rows(
            "queue.put_back",
            [
                (
                    item.account_id,
                    item.queue.value,
                    item.item_id,
                    item.lease_token,
                    to_ms(item.due_at),
                    item.attempt,
                    item.was_lost,
                )
                for item in items
            ],
        )

    async def expired(
        self, queue: QueueName, lane: LaneKey, now: datetime, limit: int
    ) -> list[DueItem]:
        """Work of a lane that waits, was never lost, and is needed no more."""
        rows = await self.driver.fetch(
            "queue.expired",
            {
                "queue": queue.value,
                "account_id": lane.account_id,
                "lane": lane.name,
                "now": to_ms(now),
                "limit": limit,
            },
        )
        return [due_item(row) for row in rows]

    async def cancel(self, account_id: int, queue: QueueName, item_ids: Sequence[str]) -> set[str]:
        """Takes work out that nobody has begun; what was taken out.

        Whatever is on lease, or was when its owner was lost, stays. What waits may have been
        tried before: ask for its state in the same transaction.
        """
        rows = await self.driver.fetch_rows(
            "queue.cancel", [(account_id, queue.value, item_id) for item_id in item_ids]
        )
        return {item_id for (item_id,) in rows}

    async def bring_forward(
        self, account_id: int, queue: QueueName, item_ids: Sequence[str], due_at: datetime
    ) -> set[str]:
        """Gives work that waits another time; what waits and belongs to nobody."""
        rows = await self.driver.fetch_rows(
            "queue.bring_forward",
            [(account_id, queue.value, item_id, to_ms(due_at)) for item_id in item_ids],
        )
        return {item_id for (item_id,) in rows}

    async def after_setback(self, queue: QueueName, now: datetime, until: datetime) -> None:
        """Work of a queue that is due after `now` and no later than `until` is due now.

        Messages are told apart: one that was asked for at a time of day, or was begun and waits
        for its status or its next attempt, keeps its time.
        """
        is_dispatch = queue is QueueName.DISPATCH
        await self.driver.execute(
            "queue.messages_after_setback" if is_dispatch else "queue.after_setback",
            {"queue": queue.value, "now": to_ms(now), "until": to_ms(until)},
        )

    async def orphans(self, now: datetime) -> None:
        """All work on lease is due at once: whoever had it is gone."""
        await self.driver.execute("queue.orphans", {"now": to_ms(now)})

    async def orphans_of(
        self, queue: QueueName, lanes: Sequence[LaneKey], now: datetime, until: datetime
    ) -> None:
        """Work on lease in these lanes is due at once: whoever owned them is gone.

        until  all their leases end before
        """
        await self.driver.execute_rows(
            "queue.orphans_of",
            [
                (queue.value, lane.account_id, lane.name, priority.value, to_ms(now), to_ms(until))
                for lane in lanes
                for priority in Priority
            ],
        )

    async def backlog(self) -> dict[str, int]:
        """How much waits in each queue."""
        return dict(await self.driver.fetch("queue.backlog", {}))


def due_item(row: Row) -> DueItem:
    """A row of what waits."""
    account_id, item_id, attempt, due_at, lease_token, priority, expires_at = row
    return DueItem(
        account_id,
        item_id,
        attempt,
        from_ms(due_at),
        lease_token,
        Priority(priority),
        from_ms_or_none(expires_at),
    )
