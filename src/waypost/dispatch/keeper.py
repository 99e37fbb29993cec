"""Steps for what waits for a person: messages whose outcome stays unknown, and the alarms of it."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from msgspec import Struct

from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.sender import Sender
from waypost.model.work import PARKED_AT, LaneKey
from waypost.queue.lease import Lease
from waypost.store.ports import Transaction

UNKNOWN_LIST = (
    "Operator: `waypost unknown list` shows them, `waypost unknown resolve` settles them."
)

log = structlog.get_logger("waypost.dispatch")


class Parking(Struct, frozen=True):
    """A message of unknown outcome; is_parked: its work stays, else nobody needs it any more."""

    lease: Lease
    sender: Sender
    is_parked: bool
    now: datetime


async def park(transaction: Transaction, parkings: Sequence[Parking]) -> Sequence[None]:
    """A step: their work is due no more, or over; of each sender a person is told once."""
    await transaction.queue.put_back(
        [one.lease.put_back(PARKED_AT, was_made=False) for one in parkings if one.is_parked]
    )
    await transaction.queue.finish(
        [
            (one.lease.account_id, one.lease.queue, one.lease.item_id, one.lease.token)
            for one in parkings
            if not one.is_parked
        ]
    )
    by_sender = {one.lease.lane_key: one for one in parkings}
    await raise_alarms(
        transaction,
        [unknown_held(lane, one.now) for lane, one in by_sender.items()],
    )
    return [None] * len(parkings)


def unknown_held(lane: LaneKey, now: datetime) -> Alarm:
    """Messages of this sender stay unknown until a person tells."""
    return Alarm(
        account_id=lane.account_id,
        kind=AlarmKind.UNKNOWN_HELD,
        subject=lane.name,
        detail=f"Messages of +{lane.name} were given to Meta, and whether it took them stays "
        "unknown.",
        next_step=UNKNOWN_LIST,
        raised_at=now,
    )


def silence_of(lease: Lease, now: datetime) -> Alarm:
    """Webhooks of this sender do not come."""
    return Alarm(
        account_id=lease.account_id,
        kind=AlarmKind.WEBHOOKS_SILENT,
        subject=lease.lane,
        detail=f"Messages of +{lease.lane} were given to Meta without an answer, and no webhook "
        "about this number comes: nothing is sent again until one does.",
        next_step="Operator: see that Meta's app calls this gateway's /webhooks/meta, and that "
        "meta_app_secret is the app's.",
        raised_at=now,
    )


async def raise_alarms(transaction: Transaction, alarms: Sequence[Alarm]) -> Sequence[None]:
    """A step: alarms, each told once."""
    raised = await transaction.alarms.raise_all(alarms)
    for account_id, kind, subject in raised:
        log.error("alarm.raised", account_id=account_id, kind=kind.value, subject=subject)
    return [None] * len(alarms)


async def finish(transaction: Transaction, leases: Sequence[Lease]) -> Sequence[None]:
    """A step: work that turned out to be over leaves the queue."""
    await transaction.queue.finish(
        [(one.account_id, one.queue, one.item_id, one.token) for one in leases]
    )
    return [None] * len(leases)
