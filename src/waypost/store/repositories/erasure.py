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

PAGES = {
    Kind.MESSAGES: "erasure.page_messages",
    Kind.FACTS: "erasure.page_facts",
    Kind.SUBMISSIONS: "erasure.page_submissions",
    Kind.CALLBACKS: "erasure.page_callbacks",
    Kind.CALLBACK_ATTEMPTS: "erasure.page_callback_attempts",
    Kind.INBOUND_MESSAGES: "erasure.page_inbound_messages",
    Kind.ACCOUNT_EVENTS: "erasure.page_account_events",
    Kind.WEBHOOKS: "erasure.page_webhooks",
    Kind.PARKED_STATUSES: "erasure.page_parked_statuses",
    Kind.IDEMPOTENCY_KEYS: "erasure.page_idempotency_keys",
    Kind.AUDIT_ENTRIES: "erasure.page_audit_entries",
    Kind.ALARMS: "erasure.page_alarms",
    Kind.MEDIA: "erasure.page_media",
    Kind.OPT_OUTS: "erasure.page_opt_outs",
    Kind.SERVICE_WINDOWS: "erasure.page_service_windows",
    Kind.REACHED_USERS: "erasure.page_reached_users",
}
WRITES = {
    Kind.MESSAGES: "erasure.write_messages",
    Kind.FACTS: "erasure.write_facts",
    Kind.SUBMISSIONS: "erasure.write_submissions",
    Kind.CALLBACKS: "erasure.write_callbacks",
    Kind.CALLBACK_ATTEMPTS: "erasure.write_callback_attempts",
    Kind.INBOUND_MESSAGES: "erasure.write_inbound_messages",
    Kind.ACCOUNT_EVENTS: "erasure.write_account_events",
    Kind.WEBHOOKS: "erasure.write_webhooks",
    Kind.IDEMPOTENCY_KEYS: "erasure.write_idempotency_keys",
    Kind.AUDIT_ENTRIES: "erasure.write_audit_entries",
    Kind.ALARMS: "erasure.write_alarms",
    Kind.MEDIA: "erasure.write_media",
}
DROPS = {
    Kind.PARKED_STATUSES: "erasure.drop_parked_statuses",
    Kind.IDEMPOTENCY_KEYS: "erasure.drop_idempotency_keys",
    Kind.OPT_OUTS: "erasure.drop_opt_outs",
    Kind.SERVICE_WINDOWS: "erasure.drop_service_windows",
    Kind.REACHED_USERS: "erasure.drop_reached_users",
}


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
