"""Templates as Meta knows them, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waypost.model.components import Components
from waypost.model.template import ChangeSource, Template, TemplateChange, TemplateChangeKind
from waypost.store.driver import Driver
from waypost.store.repositories.instants import from_ms, to_ms


def template_of(columns: Sequence[Any]) -> Template:
    """A template from its nine columns, as the queries name them."""
    name, language, category, status, components, *more = columns
    return Template(name, language, category, status, Components(components), *more)


def change_of(columns: Sequence[Any]) -> TemplateChange:
    """A change from its eleven columns."""
    return TemplateChange(
        account_id=columns[0],
        waba_id=columns[1],
        change_id=columns[2],
        name=columns[3],
        language=columns[4],
        what=TemplateChangeKind(columns[5]),
        before=columns[6],
        after=columns[7],
        reason=columns[8],
        source=ChangeSource(columns[9]),
        changed_at=from_ms(columns[10]),
    )


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

    async def find(
        self, account_id: int, waba_id: str, keys: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], Template]:
        """Those of these names and languages that are known."""
        found: dict[tuple[str, str], Template] = {}
        for name, language in keys:
            rows = await self.driver.fetch(
                "templates.find",
                {
                    "account_id": account_id,
                    "waba_id": waba_id,
                    "name": name,
                    "language": language,
                },
            )
            if rows:
                found[name, language] = template_of(rows[0])
        return found

    async def of_name(
        self, account_id: int, waba_id: str, name: str
    ) -> list[tuple[Template, datetime]]:
        """All languages of a template, each with the time as of which it is known."""
        rows = await self.driver.fetch(
            "templates.of_name", {"account_id": account_id, "waba_id": waba_id, "name": name}
        )
        return [(template_of(columns), from_ms(at)) for at, *columns in rows]

    async def saved_after(
        self, account_id: int, waba_id: str, instant: datetime
    ) -> set[tuple[str, str]]:
        """Names and languages of those that were saved later than this."""
        rows = await self.driver.fetch(
            "templates.saved_after",
            {"account_id": account_id, "waba_id": waba_id, "instant": to_ms(instant)},
        )
        return {(name, language) for name, language in rows}

    async def save(
        self, account_id: int, waba_id: str, templates: Sequence[Template], synced_at: datetime
    ) -> None:
        """Templates, new or changed; `synced_at`: as of when they are known so."""
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
                    one.components_json,
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
        return [change_of(row) for row in rows]
