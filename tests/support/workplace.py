"""A worker on a real store, with a clock that stands still and a handler that takes notes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from support.nouns import ACCOUNT, NOW, queue_item
from support.stored import Stored
from waypost.model.work import LaneKey, Priority, QueueItem, QueueName
from waypost.queue.admission import Admission, OpenAdmission
from waypost.queue.claimer import Loader
from waypost.queue.door import Reservation
from waypost.queue.duty import Duty, Plan
from waypost.queue.lease import Lease
from waypost.queue.looker import Survey
from waypost.queue.owner import Ownership, SoleOwner
from waypost.queue.worker import Worker
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.store.ports import Key, Store, Transaction

Handler = Callable[[Lease], Awaitable[datetime | None]]


async def put(transaction: Transaction, items: Sequence[QueueItem]) -> Sequence[None]:
    """A step."""
    await transaction.queue.put(items)
    return [None] * len(items)


async def nothing(_transaction: Transaction, _keys: Sequence[Key]) -> dict[Key, Any]:
    """A loader for work without cargo."""
    return {}


async def finish(transaction: Transaction, leases: Sequence[Lease]) -> Sequence[None]:
    """A step."""
    await transaction.queue.finish(
        [(one.account_id, one.queue, one.item_id, one.token) for one in leases]
    )
    return [None] * len(leases)


class Workplace:
    """One worker; `handled` are its leases in the order in which they were begun."""

    def __init__(
        self,
        stored: Stored,
        *,
        handler: Handler | None = None,
        admission: Admission | None = None,
        store: Store | None = None,
        concurrency: int = 10,
        load: Loader | None = None,
        survey: Survey | None = None,
        ownership: Ownership | None = None,
        clock: TestClock | None = None,
        entropy: SeededEntropy | None = None,
        queue: QueueName = QueueName.DISPATCH,
    ) -> None:
        self.stored = stored
        self.store = stored.store if store is None else store
        self.clock = TestClock(NOW) if clock is None else clock
        self.handled: list[Lease] = []
        self._handler = handler
        self._news = asyncio.Event()
        self.worker = Worker(
            Plan(
                queue,
                concurrency,
                lease_s=60,
                budget_s=5,
                ownership=SoleOwner() if ownership is None else ownership,
            ),
            store=self.store,
            clock=self.clock,
            entropy=SeededEntropy(1) if entropy is None else entropy,
            duty=Duty(nothing if load is None else load, self._handle, survey),
            admission=OpenAdmission(100) if admission is None else admission,
        )

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """The worker runs, and is stopped in order when the block ends."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.worker.run())
            await self.rest()
            yield
            self.worker.stop()

    async def rest(self) -> None:
        """Until the worker has nothing to do now."""
        await self.clock.wait_for_sleepers(1)

    async def until(self, count: int) -> list[Lease]:
        """The leases handled so far, once there are so many."""
        while len(self.handled) < count:
            self._news.clear()
            await self._news.wait()
        return self.handled

    async def put(self, *items: QueueItem) -> None:
        """Stands work in the store; nobody tells the worker."""
        for item in items:
            await self.store.write(put, item)

    def reserve(self, lane: str, count: int, priority: Priority = Priority.NORMAL) -> Reservation:
        """Promises places of a lane of the account."""
        return self.worker.reserve(LaneKey(ACCOUNT, lane), count, priority)

    async def hand_over(
        self, lane: str, *ids: str, cargo: Any = None, priority: Priority = Priority.NORMAL
    ) -> int:
        """Commits new work as those do who let it in; how much was handed over in memory."""
        worker = self.worker
        place = self.reserve(lane, len(ids), priority)
        for number, item_id in enumerate(ids):
            is_promised = number < place.count
            await self.put(
                queue_item(
                    item_id,
                    lane=lane,
                    due_at=place.ends_at if is_promised else self.clock.now(),
                    attempt=1 if is_promised else 0,
                    lease_token=place.token if is_promised else None,
                    priority=priority,
                )
            )
        leases = [
            Lease(
                account_id=ACCOUNT,
                queue=QueueName.DISPATCH,
                lane=lane,
                item_id=item_id,
                attempt=1,
                token=place.token,
                ends_at=place.ends_at,
                cargo=cargo,
                priority=priority,
            )
            for item_id in ids[: place.count]
        ]
        if place.count < len(ids):
            worker.wake(place.lane, priority)
        worker.hand_over(place, leases)
        return place.count

    async def _handle(self, lease: Lease) -> datetime | None:
        self.handled.append(lease)
        self._news.set()
        if self._handler is not None:
            return await self._handler(lease)
        await self.store.write(finish, lease)
        return None
