"""Administrative acts: appended, never changed, read from the newest on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from waypost.model.audit import Actor, AuditEntry
from waypost.store.driver import Driver
from waypost.store.repositories.instants import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class AuditRepository:
    """`ports.Audit` over named queries."""

    driver: Driver

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Keeps acts, in this order; an id that is not the largest so far is raised to be."""
        for entry in entries:
            await self.driver.execute(
                "audit.append",
                {
                    "account_id": entry.account_id,
                    "audit_id": entry.audit_id,
                    "acted_at": to_ms(entry.acted_at),
                    "actor": entry.actor.name,
                    "address": entry.actor.address,
                    "act": entry.act,
                    "target": entry.target,
                    "detail": json.dumps(dict(entry.detail), ensure_ascii=False),
                },
            )

    async def entries(
        self, account_id: int | None, limit: int, before: int | None
    ) -> list[AuditEntry]:
        """The newest acts first, of one account or of all; those before the id `before`."""
        page = {"limit": limit, "before": before}
        if account_id is None:
            rows = await self.driver.fetch("audit.of_all", page)
        else:
            rows = await self.driver.fetch("audit.of_account", {"account_id": account_id, **page})
        return [
            AuditEntry(
                account_id=row[0],
                audit_id=row[1],
                acted_at=from_ms(row[2]),
                actor=Actor(row[3], row[4]),
                act=row[5],
                target=row[6],
                detail=json.loads(row[7]),
            )
            for row in rows
        ]
