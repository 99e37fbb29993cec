"""What has been over for long enough, and what goes with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.model.history import OldMessage, Passing
from waypost.model.ledger import EntryKind, LedgerEntry
from waypost.model.lifecycle import State
from waypost.model.message import Payment
from waypost.model.work import PARKED_AT
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.instants import from_ms, to_ms
from waypost.store.repositories.webhooks import DEPLOYMENT

NOT_OVER = (State.ACCEPTED, State.UNKNOWN)
"""States in which a message is still on its way out."""

PAST = {
    Passing.ACCOUNT_DAYS: ("history.past_account_days", "history.drop_account_days"),
    Passing.ACCOUNT_EVENTS: ("history.past_account_events", "history.drop_account_events"),
    Passing.ALARMS: ("history.past_alarms", "history.drop_alarms"),
    Passing.CALLBACKS: ("history.past_callbacks", "history.drop_past_callbacks"),
    Passing.IDEMPOTENCY_KEYS: ("history.past_idempotency_keys", "history.drop_idempotency_keys"),
    Passing.INBOUND_MESSAGES: ("history.past_inbound_messages", "history.drop_inbound_messages"),
    Passing.OPT_OUTS: ("history.past_opt_outs", "history.drop_opt_outs"),
    Passing.PARKED_STATUSES: ("history.past_parked_statuses", "history.drop_parked_statuses"),
    Passing.REACHED_HOURS: ("history.past_reached_hours", "history.drop_reached_hours"),
    Passing.REACHED_USERS: ("history.past_reached_users", "history.drop_reached_users"),
    Passing.SERVICE_WINDOWS: ("history.past_service_windows", "history.drop_service_windows"),
    Passing.TEMPLATE_CHANGES: ("history.past_template_changes", "history.drop_template_changes"),
    Passing.WEBHOOKS: ("history.past_webhooks", "history.drop_webhooks"),
}
"""By which queries rows are found that have served their time, and let go."""


@dataclass(frozen=True, slots=True)
class HistoryRepository:
    """`ports.History` over named queries."""

    driver: Driver

    async def messages_before(self, before_id: str, after_id: str, limit: int) -> list[OldMessage]:
        """Messages with ids below `before_id`, behind `after_id`, in order."""
        rows = await self.driver.fetch(
            "history.messages_before",
            {"before_id": before_id, "after_id": after_id, "limit": limit},
        )
        return [
            OldMessage(
                account_id,
                message_id,
                submission_id,
                State(state) not in NOT_OVER and Payment(payment) is not Payment.HELD,
            )
            for account_id, message_id, submission_id, state, payment in rows
        ]

    async def silent(self, before: datetime, before_id: str, limit: int) -> list[Key]:
        """Messages that Meta was given, unpaid, and not heard of since; their ids are lower."""
        rows = await self.driver.fetch(
            "history.silent",
            {
                "before": to_ms(before),
                "before_id": before_id,
                "parked_at": to_ms(PARKED_AT),
                "limit": limit,
            },
        )
        return [(account_id, message_id) for account_id, message_id in rows]

    async def untold(self, keys: Sequence[Key]) -> set[Key]:
        """Which of these messages have an event that is still to be delivered."""
        rows = await self.driver.fetch_rows("history.untold", keys)
        return {(account_id, message_id) for account_id, message_id in rows}

    async def drop_messages(self, keys: Sequence[Key]) -> list[Key]:
        """Lets messages go with their timelines and events; those that were over."""
        rows = await self.driver.fetch_rows("history.drop_messages", keys)
        dropped = [(account_id, message_id) for account_id, message_id in rows]
        await self.driver.execute_rows("history.drop_facts", dropped)
        events = await self.driver.fetch_rows("history.drop_callbacks", dropped)
        await self.driver.execute_rows("history.drop_attempts", events)
        return dropped

    async def drop_submissions(self, keys: Sequence[Key]) -> None:
        """Lets go what was asked, where no message of it is left."""
        await self.driver.execute_rows("history.drop_submissions", keys)

    async def drop_entries(self, keys: Sequence[Key]) -> list[LedgerEntry]:
        """Lets the lines of messages go; what they were, without their times."""
        rows = await self.driver.fetch_rows("history.drop_entries", keys)
        return [
            LedgerEntry(account_id, reference, EntryKind(kind), amount_minor, from_ms(0))
            for account_id, reference, kind, amount_minor in rows
        ]

    async def carry_forward(self, entries: Sequence[LedgerEntry]) -> None:
        """Adds what was let go to the lines of these references."""
        await self.driver.execute_rows(
            "history.carry_forward",
            [
                (
                    entry.account_id,
                    entry.reference,
                    entry.kind.value,
                    entry.amount_minor,
                    entry.reason,
                    to_ms(entry.created_at),
                )
                for entry in entries
            ],
        )

    async def past(self, kind: Passing, before: datetime, limit: int) -> list[tuple[object, ...]]:
        """The keys of rows that had served their time before this instant."""
        return await self.driver.fetch(PAST[kind][0], {"before": to_ms(before), "limit": limit})

    async def past_webhooks(self, before_id: str, limit: int) -> list[tuple[object, ...]]:
        """The keys of webhooks older than this id that were understood."""
        return await self.driver.fetch(
            "history.past_webhooks",
            {"account_id": DEPLOYMENT, "before_id": before_id, "limit": limit},
        )

    async def drop(self, kind: Passing, keys: Sequence[tuple[object, ...]]) -> None:
        """Lets such rows go, unless they changed since they were found."""
        if kind is Passing.CALLBACKS:
            events = await self.driver.fetch_rows(PAST[kind][1], keys)
            await self.driver.execute_rows("history.drop_attempts", events)
        elif kind is Passing.INBOUND_MESSAGES:  # each with the key of its bytes
            await self.driver.execute_rows(PAST[kind][1], [key[:2] for key in keys])
        else:
            await self.driver.execute_rows(PAST[kind][1], keys)

    async def parked_of_known(self, since: datetime, limit: int) -> dict[Key, str]:
        """Our message ids by account and wamid, where a status of it stands parked."""
        rows = await self.driver.fetch(
            "history.parked_of_known", {"since": to_ms(since), "limit": limit}
        )
        return {(account_id, wamid): message_id for account_id, wamid, message_id in rows}

    async def orphans(self) -> list[str]:
        """Rows without those that they belong to, in words; nothing if there are none."""
        return [
            f"account {account_id}: {id_}: {what}"
            for account_id, id_, what in await self.driver.fetch("history.orphans", {})
        ]
