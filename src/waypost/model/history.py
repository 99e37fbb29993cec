"""What is kept for a while only, beside messages: each kind of row, and for how long."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from waypost.model.ledger import EntryKind, LedgerEntry, changes_of


class Passing(StrEnum):
    """Rows that serve for a time, by the table they stand in."""

    ACCOUNT_DAYS = "account_days"
    ACCOUNT_EVENTS = "account_events"
    ALARMS = "alarms"
    CALLBACKS = "callbacks"
    """Those of no message that was sent: the others go with their messages."""
    IDEMPOTENCY_KEYS = "idempotency_keys"
    INBOUND_MESSAGES = "inbound_messages"
    OPT_OUTS = "opt_outs"
    PARKED_STATUSES = "parked_statuses"
    REACHED_HOURS = "reached_hours"
    REACHED_USERS = "reached_users"
    SERVICE_WINDOWS = "service_windows"
    TEMPLATE_CHANGES = "template_changes"
    WEBHOOKS = "webhooks"


SERVED: dict[Passing, timedelta] = {
    # Meta repeats a webhook for seven days: an older opt-out that comes late must find the
    # newer return, and a status the message that it is of.
    Passing.OPT_OUTS: timedelta(days=30),
    Passing.PARKED_STATUSES: timedelta(days=30),
    # 24 hours, 72 after an advertisement (`reference` 3.4); two days more for late webhooks.
    Passing.SERVICE_WINDOWS: timedelta(days=5),
    # A limit counts a moving day; what is older counts for nothing.
    Passing.REACHED_USERS: timedelta(days=2),
    Passing.REACHED_HOURS: timedelta(days=30),
}
"""Rows that serve for a time of their own. All others stay as long as messages do."""


class OldMessage(Struct, frozen=True):
    """A message older than the history that is kept.

    is_over  whether nothing is owed any more: neither an answer of Meta's nor its money
    """

    account_id: int
    message_id: str
    submission_id: str
    is_over: bool


def carry(entries: Sequence[LedgerEntry], now: datetime) -> list[LedgerEntry]:
    """What these lines had taken from each account, as one line of the day."""
    return [
        LedgerEntry(
            change.account_id,
            f"carried.{now:%Y-%m-%d}",
            EntryKind.CARRIED,
            -change.balance_minor,
            now,
            "messages older than the history that is kept",
        )
        for change in changes_of(entries)
        if change.balance_minor
    ]
