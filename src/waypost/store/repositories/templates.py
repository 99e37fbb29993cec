"""Templates as Meta knows them, and what became of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waypost.model.template import ChangeSource, Template, TemplateChange, TemplateChangeKind
from waypost.store.driver import Driver
from waypost.store.repositories.instants import from_ms, to_ms


def template_of(columns: Sequence[Any]) -> Template:
    """A template from its nine columns, as the queries name them."""
    name, language, category, status, components, *more = columns
    return Template(name, language, category, status, tuple(json.loads(components)), *more)


@dataclass(frozen=True, slots=True)
class TemplatesRepository:
    """`ports.Templates` over named queries."""

    driver: Driver

    async def of_waba(self, account_id: int, waba_id: str) -> list[Template]:
        """All templates of a WABA."""
        rows = await self.driver.fetch(
            "templates.of_waba", {"account_id": account_id, "waba_id": waba_id}
        )
        return [template_of(row) for row in rows]

    async def save(
        self, account_id: int, waba_id: str, templates: Sequence[Template], synced_at: datetime
    ) -> None:
        """Templates, new or changed."""
        at = to_ms(synced_at)
        await self.driver.execute_rows(
            "templates.save",
            [
                (
                    account_id,
                    waba_id,
                    one.name,
                    one.language,
                    one.category,
                    one.status,
                    json.dumps(one.components),
                    one.template_id,
                    one.parameter_format,
                    one.quality,
                    one.rejected_reason,
                    at,
                )
                for one in templates
            ],
        )

    async def drop(self, account_id: int, waba_id: str, names: Sequence[tuple[str, str]]) -> None:
        """Forgets templates, by name and language."""
        for name, language in names:
            await self.driver.execute(
                "templates.drop",
                {
                    "account_id": account_id,
                    "waba_id": waba_id,
                    "name": name,
                    "language": language,
                },
            )

    async def insert_changes(self, changes: Sequence[TemplateChange]) -> None:
        """Keeps what changed."""
        await self.driver.execute_rows(
            "templates.insert_changes",
            [
                (
                    one.account_id,
                    one.waba_id,
                    one.change_id,
                    one.name,
                    one.language,
                    one.what.value,
                    one.before,
                    one.after,
                    one.reason,
                    one.source.value,
                    to_ms(one.changed_at),
                )
                for one in changes
            ],
        )

    async def changes(
        self, account_id: int, waba_id: str, limit: int, before: int | None
    ) -> list[TemplateChange]:
        """The newest changes first."""
        rows = await self.driver.fetch(
            "templates.changes",
            {"account_id": account_id, "waba_id": waba_id, "limit": limit, "before": before},
        )
        return [
            TemplateChange(
                *row[:5],
                TemplateChangeKind(row[5]),
                *row[6:9],
                ChangeSource(row[9]),
                from_ms(row[10]),
            )
            for row in rows
        ]
