"""Work that waits, and who has it on lease."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.model.work import DueItem, QueueItem, QueueName
from waypost.store.driver import Driver
from waypost.store.repositories.instants import from_ms, from_ms_or_none, to_ms


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
                )
                for item in items
            ],
        )

    async def due_lanes(self, queue: QueueName, now: datetime) -> list[str]:
        """Lanes that have work due."""
        rows = await self.driver.fetch("queue.due_lanes", {"queue": queue.value, "now": to_ms(now)})
        return [lane for (lane,) in rows]

    async def next_due(self, queue: QueueName) -> datetime | None:
        """When the next work falls due."""
        ((due_at,),) = await self.driver.fetch("queue.next_due", {"queue": queue.value})
        return from_ms_or_none(due_at)

    async def find(self, queue: QueueName, lane: str, now: datetime, limit: int) -> list[DueItem]:
        """The oldest due work of a lane."""
        rows = await self.driver.fetch(
            "queue.find",
            {"queue": queue.value, "lane": lane, "now": to_ms(now), "limit": limit},
        )
        return [
            DueItem(account_id, item_id, attempt, from_ms(due_at), lease_token)
            for account_id, item_id, attempt, due_at, lease_token in rows
        ]

    async def take(self, items: Sequence[QueueItem]) -> None:
        """Takes work on lease."""
        await self.driver.execute_rows(
            "queue.take",
            [
                (
                    item.account_id,
                    item.queue.value,
                    item.item_id,
                    to_ms(item.due_at),
                    item.attempt,
                    item.lease_token,
                )
                for item in items
            ],
        )

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

    async def orphans(self, now: datetime) -> None:
        """All work on lease is due at once: whoever had it is gone."""
        await self.driver.execute("queue.orphans", {"now": to_ms(now)})

    async def backlog(self) -> dict[str, int]:
        """How much waits in each queue."""
        return dict(await self.driver.fetch("queue.backlog", {}))
