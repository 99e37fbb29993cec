"""Events for customers as people look at them, and what is told once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.model.outbox import CallbackSummary
from waypost.store.driver import Driver
from waypost.store.repositories.callbacks import summary_of
from waypost.store.repositories.instants import to_ms


@dataclass(frozen=True, slots=True)
class EventLogRepository:
    """`ports.EventLog` over named queries."""

    driver: Driver

    async def page(
        self, account_id: int, since_id: str, before_id: str, limit: int
    ) -> list[CallbackSummary]:
        """Events whose ids are not before the one and before the other, the newest first."""
        rows = await self.driver.fetch(
            "event_log.page",
            {
                "account_id": account_id,
                "since_id": since_id,
                "before_id": before_id,
                "limit": limit,
            },
        )
        return [summary_of(columns) for columns in rows]

    async def given_up(
        self, account_id: int, profile_id: str, after: tuple[datetime, str], limit: int
    ) -> list[CallbackSummary]:
        """What a profile was told in vain behind an instant and an event of it, oldest first."""
        created_at, event_id = after
        rows = await self.driver.fetch(
            "event_log.given_up",
            {
                "account_id": account_id,
                "profile_id": profile_id,
                "created_at": to_ms(created_at),
                "after": event_id,
                "limit": limit,
            },
        )
        return [summary_of(columns) for columns in rows]

    async def attempted(
        self, account_id: int, profile_id: str, after: int, until: int, limit: int
    ) -> list[tuple[int, str]]:
        """Attempts at a profile between two ids of attempts, each with its event, oldest first."""
        rows = await self.driver.fetch(
            "event_log.attempted",
            {
                "account_id": account_id,
                "profile_id": profile_id,
                "after_number": after,
                "until": until,
                "limit": limit,
            },
        )
        return [(attempt_id, event_id) for attempt_id, event_id in rows]

    async def restart(
        self, account_id: int, event_ids: Sequence[str], until: datetime
    ) -> dict[str, str]:
        """Events settled until an instant wait once more: which of these, each with its profile."""
        rows = await self.driver.fetch_rows(
            "event_log.restart",
            [(account_id, event_id, to_ms(until)) for event_id in event_ids],
        )
        return dict(rows)
