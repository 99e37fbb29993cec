"""Events for customers."""

from collections.abc import Sequence
from dataclasses import dataclass

from waypost.model.outbox import CallbackRow, CallbackSettlement, CallbackState
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.instants import from_ms, from_ms_or_none, to_ms, to_ms_or_none


@dataclass(frozen=True, slots=True)
class CallbacksRepository:
    """`ports.Callbacks` over named queries."""

    driver: Driver

    async def insert(self, rows: Sequence[CallbackRow]) -> None:
        """Writes events; one that is written already stays as it is."""
        await self.driver.execute_rows(
            "callbacks.insert",
            [
                (
                    row.account_id,
                    row.event_id,
                    row.message_id,
                    row.status,
                    row.url,
                    row.body,
                    row.state.value,
                    to_ms(row.created_at),
                )
                for row in rows
            ],
        )

    async def load(self, keys: Sequence[Key]) -> dict[Key, CallbackRow]:
        """Events to deliver."""
        rows = await self.driver.fetch_rows("callbacks.load", keys)
        return {
            (row[0], row[1]): CallbackRow(
                row[0], row[1], row[2], row[3], row[4], row[5], from_ms(row[6])
            )
            for row in rows
        }

    async def settle(self, settlements: Sequence[CallbackSettlement]) -> None:
        """What attempts came to."""
        await self.driver.execute_rows(
            "callbacks.settle",
            [
                (
                    settlement.account_id,
                    settlement.event_id,
                    settlement.state.value,
                    settlement.attempts,
                    settlement.last_answer,
                    to_ms_or_none(settlement.settled_at),
                )
                for settlement in settlements
            ],
        )

    async def of_message(self, account_id: int, message_id: str) -> list[CallbackSettlement]:
        """The events of one message, oldest first."""
        rows = await self.driver.fetch(
            "callbacks.of_message", {"account_id": account_id, "message_id": message_id}
        )
        return [
            CallbackSettlement(
                account_id=account_id,
                event_id=event_id,
                status=status,
                url=url,
                state=CallbackState(state),
                attempts=attempts,
                last_answer=last_answer,
                created_at=from_ms(created_at),
                settled_at=from_ms_or_none(settled_at),
            )
            for event_id, status, url, state, attempts, last_answer, created_at, settled_at in rows
        ]
