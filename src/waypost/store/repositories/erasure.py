"""Personal columns of every table: read in the order of their keys, written as they are erased."""

from collections.abc import Sequence
from dataclasses import dataclass

from waypost.model.personal import Kind, PersonalRow
from waypost.store.driver import Driver
from waypost.store.erasure_ports import LAST

ONE, NUMBERED, PAIR = ("after",), ("after", "after_number"), ("after", "after_second")
KEYS: dict[Kind, tuple[str, ...]] = {
    Kind.MESSAGES: ONE,
    Kind.FACTS: NUMBERED,
    Kind.SUBMISSIONS: ONE,
    Kind.CALLBACKS: ONE,
    Kind.CALLBACK_ATTEMPTS: NUMBERED,
    Kind.INBOUND_MESSAGES: ONE,
    Kind.ACCOUNT_EVENTS: ONE,
    Kind.WEBHOOKS: ONE,
    Kind.PARKED_STATUSES: NUMBERED,
    Kind.IDEMPOTENCY_KEYS: ONE,
    Kind.AUDIT_ENTRIES: ("after_number",),
    Kind.ALARMS: ("after", "after_second", "after_number"),
    Kind.MEDIA: ONE,
    Kind.OPT_OUTS: ONE,
    Kind.SERVICE_WINDOWS: PAIR,
    Kind.REACHED_USERS: PAIR,
}
"""What stands for each column of a table's primary key, behind the account."""

BOUNDED = frozenset(
    {
        Kind.MESSAGES,
        Kind.FACTS,
        Kind.SUBMISSIONS,
        Kind.CALLBACKS,
        Kind.CALLBACK_ATTEMPTS,
        Kind.INBOUND_MESSAGES,
        Kind.ACCOUNT_EVENTS,
        Kind.WEBHOOKS,
    }
)
"""Tables whose ids grow with time."""

PAGES = {kind: f"erasure.page_{kind}" for kind in Kind}
WRITES = {kind: f"erasure.write_{kind}" for kind in Kind}
DROPS = {kind: f"erasure.drop_{kind}" for kind in Kind}


@dataclass(frozen=True, slots=True)
class ErasureRepository:
    """`ports.Erasure` over named queries."""

    driver: Driver

    async def page(
        self,
        kind: Kind,
        account_id: int,
        after: tuple[str | int, ...] | None,
        limit: int,
        before_id: str = LAST,
    ) -> list[PersonalRow]:
        """Rows of an account behind a key; those with ids below `before_id`, if they have some."""
        names = KEYS[kind]
        start = after or tuple(-1 if name == "after_number" else "" for name in names)
        parameters = {
            "account_id": account_id,
            "limit": limit,
            **dict(zip(names, start, strict=True)),
        }
        if kind in BOUNDED:
            parameters["before_id"] = before_id
        size = len(names)
        return [
            PersonalRow(account_id, row[:size], row[size], bool(row[size + 1]), row[size + 2 :])
            for row in await self.driver.fetch(PAGES[kind], parameters)
        ]

    async def write(
        self, kind: Kind, rows: Sequence[PersonalRow], before: Sequence[PersonalRow]
    ) -> None:
        """Keeps what is left of rows.

        before  the same rows as they were read: a message whose wamid changed since stays
        """
        was = [(old.values[1],) if kind is Kind.MESSAGES else () for old in before]
        await self.driver.execute_rows(
            WRITES[kind],
            [
                (row.account_id, *row.key, *row.values, *wamid)
                for row, wamid in zip(rows, was, strict=True)
            ],
        )

    async def drop(self, kind: Kind, rows: Sequence[PersonalRow]) -> None:
        """Lets whole rows go."""
        await self.driver.execute_rows(DROPS[kind], [(row.account_id, *row.key) for row in rows])

    async def names_of(self, account_id: int, address: str) -> set[str]:
        """What a recipient is called beside this address, as far as it wrote to the account."""
        rows = await self.driver.fetch(
            "erasure.names_of", {"account_id": account_id, "recipient": address}
        )
        return {name for row in rows for name in row if name}

    async def place(self, account_id: int, name: str) -> str | None:
        """How far something has come; None: it has not begun."""
        rows = await self.driver.fetch("erasure.place", {"account_id": account_id, "name": name})
        return rows[0][0] if rows else None

    async def save_place(self, account_id: int, name: str, value: str) -> None:
        """Keeps how far something has come."""
        await self.driver.execute(
            "erasure.save_place", {"account_id": account_id, "name": name, "value": value}
        )
