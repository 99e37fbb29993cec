"""The processes that work on this database, and which of them owns which lane."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.model.work import LaneKey, LaneOwner, ProcessBeat, QueueName
from waypost.store.driver import Driver
from waypost.store.repositories.instants import to_ms


@dataclass(frozen=True, slots=True)
class OwnersRepository:
    """`ports.Owners` over named queries."""

    driver: Driver

    async def register(self, process_id: str, roles: str, started_at: datetime) -> None:
        """A process begins."""
        await self.driver.execute(
            "owners.register",
            {"process_id": process_id, "roles": roles, "started_at": to_ms(started_at)},
        )

    async def beat(self, process_id: str) -> bool:
        """A process lives; False if it was taken for dead."""
        return bool(await self.driver.fetch("owners.beat", {"process_id": process_id}))

    async def processes(self) -> list[ProcessBeat]:
        """All of them, by their ids."""
        return [ProcessBeat(*row) for row in await self.driver.fetch("owners.processes", {})]

    async def bury(self, process_id: str, beats: int) -> bool:
        """Takes a process for dead; False if it has beaten meanwhile, or is gone already."""
        return bool(
            await self.driver.fetch("owners.bury", {"process_id": process_id, "beats": beats})
        )

    async def leave(self, process_id: str) -> None:
        """A process ends in order."""
        await self.driver.execute("owners.leave", {"process_id": process_id})

    async def of_lanes(
        self, queue: QueueName, lanes: Sequence[LaneKey]
    ) -> dict[LaneKey, LaneOwner]:
        """Whose these lanes are; those that never had an owner are left out."""
        rows = await self.driver.fetch_rows(
            "owners.of_lanes", [(lane.account_id, queue.value, lane.name) for lane in lanes]
        )
        return {
            LaneKey(account_id, name): LaneOwner(process_id, fence)
            for account_id, name, process_id, fence in rows
        }

    async def left_behind(
        self, queue: QueueName, process_id: str, now: datetime, until: datetime
    ) -> list[LaneKey]:
        """Lanes of a process that is gone in which it had work on lease.

        until  all leases end before
        """
        rows = await self.driver.fetch(
            "owners.left_behind",
            {
                "queue": queue.value,
                "process_id": process_id,
                "now": to_ms(now),
                "until": to_ms(until),
            },
        )
        return [LaneKey(account_id, name) for account_id, name in rows]

    async def claim(
        self, queue: QueueName, lanes: Sequence[LaneKey], process_id: str
    ) -> set[LaneKey]:
        """Gives lanes their first owner; those that had none until now."""
        rows = await self.driver.fetch_rows(
            "owners.claim",
            [(lane.account_id, queue.value, lane.name, process_id, 1) for lane in lanes],
        )
        return {LaneKey(account_id, name) for account_id, name in rows}

    async def take_over(
        self, queue: QueueName, lanes: Sequence[tuple[LaneKey, LaneOwner]], process_id: str
    ) -> set[LaneKey]:
        """Gives lanes another owner; those that were still whose they were found to be."""
        rows = await self.driver.fetch_rows(
            "owners.take_over",
            [
                (lane.account_id, queue.value, lane.name, process_id, was.process_id, was.fence)
                for lane, was in lanes
            ],
        )
        return {LaneKey(account_id, name) for account_id, name in rows}

    async def give_up(self, queue: QueueName, lanes: Sequence[LaneKey], process_id: str) -> None:
        """Lanes of this process are nobody's."""
        await self.driver.execute_rows(
            "owners.give_up",
            [(lane.account_id, queue.value, lane.name, process_id) for lane in lanes],
        )
