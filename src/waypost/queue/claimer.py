"""Work from the store: what is due is looked for, taken on lease, and given back. Steps.

A claim names a lane and, of each priority, how many leases there is room for. Many claims
share one commit. What another process took between the look and the commit is not ours, and
is left out without a word.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import Struct

from waypost.model.work import DueItem, LaneKey, Priority, QueueItem, QueueName
from waypost.queue.lease import Lease
from waypost.store.ports import Key, Transaction

Loader = Callable[[Transaction, Sequence[Key]], Awaitable[Mapping[Key, Any]]]
"""Reads the cargo of items that are taken from the store, all at once; what is gone is left out."""


class Claim(Struct, frozen=True):
    """A wish for the oldest due work of a lane.

    room  how many items of each priority
    """

    lane: LaneKey
    room: tuple[tuple[Priority, int], ...]
    now: datetime
    token: str
    ends_at: datetime


class Claimed(NamedTuple):
    """What came of a claim.

    leases  what is ours now
    more    priorities of which there may be more: as many were found as there was room for
    """

    leases: list[Lease]
    more: tuple[Priority, ...]


async def claim_all(
    transaction: Transaction,
    queue: QueueName,
    claims: Sequence[Claim],
    load: Loader,
    is_in_hand: Callable[[Key], bool] = lambda _: False,
) -> list[Claimed]:
    """The oldest due work of each claim's lane, on lease; the cargo is read for all at once.

    is_in_hand  whether whoever claims has an item already, however it looks in the store
    """
    stored = transaction.queue
    find = stored.find if queue is QueueName.DISPATCH else stored.find_shared
    found: list[list[DueItem]] = []
    mores: list[tuple[Priority, ...]] = []
    for claim in claims:
        due: list[DueItem] = []
        more: list[Priority] = []
        for priority, room in claim.room:
            of_priority = await find(queue, claim.lane, priority, claim.now, room)
            fresh = [one for one in of_priority if not is_in_hand((one.account_id, one.item_id))]
            due += fresh
            if len(of_priority) == room and fresh:
                more.append(priority)
        found.append(due)
        mores.append(tuple(more))
    taken = await stored.take(
        [
            (lease_due(claim, queue, one).item(claim.ends_at), one)
            for claim, due in zip(claims, found, strict=True)
            for one in due
        ]
    )
    cargo = await load(transaction, list(taken)) if taken else {}
    return [
        Claimed(
            [
                lease_due(claim, queue, one, cargo.get((one.account_id, one.item_id)))
                for one in due
                if (one.account_id, one.item_id) in taken
            ],
            more,
        )
        for claim, due, more in zip(claims, found, mores, strict=True)
    ]


def lease_due(claim: Claim, queue: QueueName, due: DueItem, cargo: Any = None) -> Lease:
    """The lease on what was found due."""
    return Lease(
        account_id=due.account_id,
        queue=queue,
        lane=claim.lane.name,
        item_id=due.item_id,
        attempt=due.attempt + 1,
        token=claim.token,
        ends_at=claim.ends_at,
        was_lost=due.lease_token is not None,
        cargo=cargo,
        priority=due.priority,
        expires_at=due.expires_at,
    )


async def bring_back(
    transaction: Transaction, setbacks: Sequence[tuple[QueueName, datetime, datetime]]
) -> Sequence[None]:
    """A step: what a queue got while the clock was ahead by so much is due now."""
    for queue, now, until in setbacks:
        await transaction.queue.after_setback(queue, now, until)
    return [None] * len(setbacks)


async def put_back(
    transaction: Transaction, batches: Sequence[Sequence[QueueItem]]
) -> Sequence[None]:
    """A step: gives work back, each item under the lease it was held by."""
    await transaction.queue.put_back([item for batch in batches for item in batch])
    return [None] * len(batches)
