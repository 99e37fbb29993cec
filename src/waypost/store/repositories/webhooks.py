"""What Meta told, as it came. Kept under account 0: nobody knows yet whom it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.store.driver import Driver
from waypost.store.repositories.instants import to_ms

DEPLOYMENT = 0


@dataclass(frozen=True, slots=True)
class WebhooksRepository:
    """`ports.Webhooks` over named queries."""

    driver: Driver

    async def keep(self, webhooks: Sequence[tuple[str, bytes, datetime]]) -> None:
        """Keeps bodies: id, bytes, when they came."""
        await self.driver.execute_rows(
            "webhooks.keep",
            [(DEPLOYMENT, id_, body, to_ms(received_at)) for id_, body, received_at in webhooks],
        )

    async def load(self, webhook_ids: Sequence[str]) -> dict[str, bytes]:
        """Bodies by id."""
        rows = await self.driver.fetch_rows(
            "webhooks.load", [(DEPLOYMENT, id_) for id_ in webhook_ids]
        )
        return dict(rows)

    async def mark(self, marks: Sequence[tuple[str, datetime, str]]) -> None:
        """Webhooks that were understood: id, when, and what they came to."""
        await self.driver.execute_rows(
            "webhooks.mark",
            [(DEPLOYMENT, id_, to_ms(at), outcome) for id_, at, outcome in marks],
        )
