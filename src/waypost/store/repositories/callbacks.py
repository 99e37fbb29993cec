"""Events for customers, and the log of attempts at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from waypost.model.callback import EventKind, without_user
from waypost.model.outbox import (
    CallbackAttempt,
    CallbackRow,
    CallbackSettlement,
    CallbackState,
    CallbackSummary,
    DueCallback,
)
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.instants import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from waypost.store.repositories.profiles import profile_of


@dataclass(frozen=True, slots=True)
class CallbacksRepository:
    """`ports.Callbacks` over named queries."""

    driver: Driver

    async def insert(self, rows: Sequence[CallbackRow]) -> set[Key]:
        """Writes events, those that are written already not again; account and id of the others."""
        if not rows:
            return set()
        new = await self.driver.fetch_rows(
            "callbacks.insert",
            [
                (
                    row.account_id,
                    row.event_id,
                    row.profile_id,
                    row.kind.value,
                    row.message_id,
                    row.status,
                    row.body,
                    row.state.value,
                    to_ms(row.created_at),
                    row.sequence,
                    row.variables,
                )
                for row in rows
            ],
        )
        return {(account_id, event_id) for account_id, event_id in new}

    async def load(self, keys: Sequence[Key]) -> dict[Key, DueCallback]:
        """Events to deliver, each with its profile and what should go before it."""
        rows = [_row(columns) for columns in await self.driver.fetch_rows("callbacks.load", keys)]
        profiles = {
            (columns[0], columns[1]): profile_of(columns)
            for columns in await self.driver.fetch_rows(
                "profiles.load", list({(row.account_id, row.profile_id) for row in rows})
            )
        }
        waiting: dict[tuple[int, str, str], list[tuple[int, str, int]]] = {}
        of_messages = {
            (row.account_id, row.message_id, row.profile_id) for row in rows if row.message_id
        }
        for account_id, message_id, profile_id, *columns in await self.driver.fetch_rows(
            "callbacks.earlier", list(of_messages)
        ):
            event_id, sequence, attempts = columns
            key = account_id, message_id, profile_id
            waiting.setdefault(key, []).append((sequence, event_id, attempts))
        return {
            (row.account_id, row.event_id): DueCallback(
                row,
                profiles.get((row.account_id, row.profile_id)),
                tuple(
                    (event_id, attempts)
                    for sequence, event_id, attempts in sorted(
                        waiting.get((row.account_id, row.message_id, row.profile_id), ())
                    )
                    if sequence < row.sequence
                ),
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

    async def insert_attempts(self, attempts: Sequence[CallbackAttempt]) -> None:
        """Writes the log."""
        await self.driver.execute_rows(
            "callbacks.insert_attempts",
            [
                (
                    one.account_id,
                    one.event_id,
                    one.attempt_id,
                    one.profile_id,
                    one.attempt,
                    one.url,
                    one.duration_ms,
                    one.status,
                    one.problem,
                    one.answer,
                )
                for one in attempts
            ],
        )

    async def of_message(self, account_id: int, message_id: str) -> list[CallbackSummary]:
        """The events of one message, oldest first."""
        rows = await self.driver.fetch(
            "callbacks.of_message", {"account_id": account_id, "message_id": message_id}
        )
        return [summary_of(columns) for columns in rows]

    async def attempts_of(self, account_id: int, event_id: str) -> list[CallbackAttempt]:
        """Every attempt at one event, oldest first."""
        rows = await self.driver.fetch(
            "callbacks.attempts_of", {"account_id": account_id, "event_id": event_id}
        )
        return [attempt_of(account_id, columns) for columns in rows]


def summary_of(columns: Sequence[Any]) -> CallbackSummary:
    """An event of its columns, as `callbacks.of_message` names them."""
    return CallbackSummary(
        event_id=columns[0],
        profile_id=columns[1],
        kind=EventKind(columns[2]),
        message_id=columns[3],
        status=columns[4],
        state=CallbackState(columns[5]),
        attempts=columns[6],
        last_answer=columns[7],
        created_at=from_ms(columns[8]),
        settled_at=from_ms_or_none(columns[9]),
        sequence=columns[10],
        url=without_user(columns[11] or ""),
    )


def attempt_of(account_id: int, columns: Sequence[Any]) -> CallbackAttempt:
    """An attempt of its columns, as `callbacks.attempts_of` names them."""
    return CallbackAttempt(
        account_id=account_id,
        event_id=columns[0],
        attempt_id=columns[1],
        profile_id=columns[2],
        attempt=columns[3],
        url=columns[4],
        duration_ms=columns[5],
        status=columns[6],
        problem=columns[7],
        answer=columns[8] or b"",
    )


def _row(columns: Sequence[Any]) -> CallbackRow:
    return CallbackRow(
        account_id=columns[0],
        event_id=columns[1],
        profile_id=columns[2],
        kind=EventKind(columns[3]),
        message_id=columns[4],
        status=columns[5],
        body=columns[6],
        created_at=from_ms(columns[7]),
        variables=columns[8],
        sequence=columns[9],
        state=CallbackState(columns[10]),
        attempts=columns[11],
    )
