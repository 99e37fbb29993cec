"""Alarms: open ones and past ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.model.alarm import Alarm, AlarmKind
from waypost.store.driver import Driver
from waypost.store.repositories.instants import from_ms, from_ms_or_none, to_ms


@dataclass(frozen=True, slots=True)
class AlarmsRepository:
    """`ports.Alarms` over named queries."""

    driver: Driver

    async def raise_all(self, alarms: Sequence[Alarm]) -> set[tuple[int, AlarmKind, str]]:
        """Raises these; those that were not open before."""
        if not alarms:
            return set()
        rows = await self.driver.fetch_rows(
            "alarms.raise",
            [
                (
                    one.account_id,
                    one.kind.value,
                    one.subject,
                    to_ms(one.raised_at),
                    one.detail,
                    one.next_step,
                )
                for one in alarms
            ],
        )
        return {(account_id, AlarmKind(kind), subject) for account_id, kind, subject in rows}

    async def clear(
        self, keys: Sequence[tuple[int, AlarmKind, str]], at: datetime
    ) -> set[tuple[int, AlarmKind, str]]:
        """Clears these; those that were open."""
        if not keys:
            return set()
        rows = await self.driver.fetch_rows(
            "alarms.clear",
            [(account_id, kind.value, subject, to_ms(at)) for account_id, kind, subject in keys],
        )
        return {(account_id, AlarmKind(kind), subject) for account_id, kind, subject in rows}

    async def open(self, account_id: int | None, limit: int) -> list[Alarm]:
        """What is wrong now, the newest first."""
        return await self._list("alarms.open", account_id, limit)

    async def past(self, account_id: int | None, limit: int) -> list[Alarm]:
        """What was wrong, the newest first."""
        return await self._list("alarms.past", account_id, limit)

    async def _list(self, query: str, account_id: int | None, limit: int) -> list[Alarm]:
        rows = await self.driver.fetch(query, {"account_id": account_id, "limit": limit})
        return [
            Alarm(
                account_id=row[0],
                kind=AlarmKind(row[1]),
                subject=row[2],
                detail=row[3],
                next_step=row[4],
                raised_at=from_ms(row[5]),
                cleared_at=from_ms_or_none(row[6]),
            )
            for row in rows
        ]
