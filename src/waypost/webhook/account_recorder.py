"""Keeps what Meta told of WABAs, numbers and templates, and has their accounts told of it.

Each account that has the number, or else the WABA, keeps it once, whatever Meta repeats. What
belongs to nobody is kept for the deployment. A trouble that only a person can end is an alarm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import structlog
from msgspec import Struct

from waypost.callback.publisher import Publisher
from waypost.meta.account_events import AccountTold
from waypost.meta.account_health import Health
from waypost.model.alarm import Alarm
from waypost.model.callback import AccountEvent
from waypost.model.inbound import KeptAccountEvent
from waypost.model.work import LaneKey
from waypost.store.ports import Transaction
from waypost.webhook.receiver import DEPLOYMENT

log = structlog.get_logger("waypost.webhook")


class NumberedEvent(Struct, frozen=True):
    """An account event out of a webhook, with the ids that it gets if it is new."""

    told: AccountTold
    webhook_id: str
    account_event_id: str
    trace_id: str


class RecordedEvents(Struct, frozen=True):
    """What a batch came to.

    lanes   callback lanes that have work now
    new     ids of what was not there before, of any account
    parked  those of them that belong to no account
    """

    lanes: frozenset[LaneKey] = frozenset()
    new: frozenset[str] = frozenset()
    parked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AccountRecorder:
    """Writes account events and what follows from them."""

    publisher: Publisher

    async def record(
        self,
        transaction: Transaction,
        numbered: Sequence[NumberedEvent],
        owners: Mapping[str, Sequence[tuple[int, str]]],
        now: datetime,
    ) -> RecordedEvents:
        """Keeps and tells them.

        owners  accounts and senders of each of Meta's numbers
        """
        if not numbered:
            return RecordedEvents()
        of_wabas = {
            waba_id: await transaction.directory.waba_owners(waba_id) if waba_id else []
            for waba_id in {one.told.waba_id for one in numbered}
        }
        rows = [
            (one, make_event_row(one, account_id, sender_id, now))
            for one in numbered
            for account_id, sender_id in owners.get(one.told.phone_number_id)
            or [(account_id, one.told.number) for account_id in of_wabas[one.told.waba_id]]
            or [(DEPLOYMENT, one.told.number)]
        ]
        # In one order everywhere: two processes that keep the same rows do not block each other.
        ordered = sorted((row for _, row in rows), key=lambda row: (row.account_id, row.digest))
        kept = await transaction.inbound.insert_events(ordered)
        new = [(one, row) for one, row in rows if (row.account_id, row.account_event_id) in kept]
        ours = [(one, row) for one, row in new if row.account_id != DEPLOYMENT]
        for one, row in ours:
            if one.told.health is not None:
                await note_health(transaction, row.account_id, one.told.health, now)
        lanes = await self.publisher.publish(
            transaction, [event_of(one, row) for one, row in ours], now
        )
        return RecordedEvents(
            frozenset(lanes),
            frozenset(row.account_event_id for _, row in new),
            frozenset(row.account_event_id for _, row in new if row.account_id == DEPLOYMENT),
        )


def make_event_row(
    numbered: NumberedEvent, account_id: int, sender_id: str, now: datetime
) -> KeptAccountEvent:
    """What one account keeps of it."""
    told = numbered.told
    return KeptAccountEvent(
        account_id=account_id,
        account_event_id=numbered.account_event_id,
        waba_id=told.waba_id,
        sender_id=sender_id,
        field=told.field,
        value=told.value,
        occurred_at=told.occurred_at or now,
        received_at=now,
        digest=digest_of(numbered),
    )


def digest_of(numbered: NumberedEvent) -> str:
    """The same for what Meta tells again.

    What has no time of its own may truly happen twice: then it is another in each webhook.
    """
    told = numbered.told
    if told.occurred_at is None:
        when = f"{numbered.webhook_id}{told.place}"
    else:
        when = str(int(told.occurred_at.timestamp()))
    digest = sha256()
    for part in (told.waba_id, told.phone_number_id, told.field, when):
        digest.update(part.encode() + b"\0")
    digest.update(told.value)
    return digest.hexdigest()


def event_of(numbered: NumberedEvent, row: KeptAccountEvent) -> AccountEvent:
    """What its account is told of it."""
    return AccountEvent(
        account_id=row.account_id,
        account_event_id=row.account_event_id,
        kind=numbered.told.kind,
        waba_id=row.waba_id,
        field=row.field,
        value=row.value,
        occurred_at=row.occurred_at,
        trace_id=numbered.trace_id,
        sender_id=row.sender_id,
    )


async def note_health(
    transaction: Transaction, account_id: int, health: Health, now: datetime
) -> None:
    """Raises an alarm for a trouble, once; ends it when it is over."""
    if health.is_over:
        cleared = await transaction.alarms.clear([(account_id, health.kind, health.subject)], now)
        for _, kind, subject in cleared:
            log.info("alarm.cleared", account_id=account_id, kind=kind.value, subject=subject)
        return
    raised = await transaction.alarms.raise_all(
        [Alarm(account_id, health.kind, health.subject, health.detail, health.next_step, now)]
    )
    for _, kind, subject in raised:
        log.error("alarm.raised", account_id=account_id, kind=kind.value, subject=subject)
