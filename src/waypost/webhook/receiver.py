"""Verify, keep the raw body, answer 200; nothing else on this path.

Whatever Meta signed is kept and answered with 200, understood or not: anything else would
make Meta repeat it for days (`reference` 4.3). Only when the body could not be kept does Meta
get a 500, so that it comes again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from waypost.meta.signature import is_signed
from waypost.model.work import LaneKey, QueueItem, QueueName
from waypost.queue.door import WorkDoor
from waypost.queue.lease import Lease
from waypost.runtime.clock import Clock
from waypost.store.ports import Store, Transaction

DEPLOYMENT = 0
"""The account of what nobody has read yet."""

LANE = LaneKey(DEPLOYMENT, "meta")


class Received(StrEnum):
    """What came of a webhook request."""

    KEPT = "kept"
    UNSIGNED = "unsigned"


class Arrival(Struct, frozen=True):
    """A webhook to keep, and the lease it is kept under; no token: whoever takes it."""

    webhook_id: str
    body: bytes
    received_at: datetime
    lease_token: str | None
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Receiver:
    """Meta's door."""

    store: Store
    door: WorkDoor
    clock: Clock
    app_secret: str
    verify_token: str
    next_id: Callable[[], str]

    def verify(self, mode: str, token: str, challenge: str) -> str | None:
        """The handshake (`reference` 4.1): the challenge if the token is ours, else None."""
        is_ours = bool(self.verify_token) and token == self.verify_token
        return challenge if mode == "subscribe" and is_ours else None

    async def receive(self, body: bytes, signature: str) -> Received:
        """Keeps a signed body; returns when it is durable.

        Raises StoreError if it could not be kept.
        """
        if not self.app_secret or not is_signed(body, self.app_secret, signature):
            return Received.UNSIGNED
        now = self.clock.now()
        place = self.door.reserve(LANE, 1)
        leases: list[Lease] = []
        try:
            arrival = Arrival(
                webhook_id=self.next_id(),
                body=body,
                received_at=now,
                lease_token=place.token if place.count else None,
                due_at=place.ends_at if place.count else now,
            )
            await self.store.write(keep, arrival)
            if place.count:
                leases.append(
                    Lease(
                        account_id=DEPLOYMENT,
                        queue=QueueName.WEBHOOK,
                        lane=LANE.name,
                        item_id=arrival.webhook_id,
                        attempt=1,
                        token=place.token,
                        ends_at=place.ends_at,
                        cargo=body,
                    )
                )
            else:
                self.door.wake(LANE)
        finally:
            self.door.hand_over(place, leases)
        return Received.KEPT


async def keep(transaction: Transaction, arrivals: Sequence[Arrival]) -> Sequence[None]:
    """A step: bodies and the work of understanding them."""
    await transaction.webhooks.keep(
        [(one.webhook_id, one.body, one.received_at) for one in arrivals]
    )
    await transaction.queue.put(
        [
            QueueItem(
                account_id=DEPLOYMENT,
                queue=QueueName.WEBHOOK,
                lane=LANE.name,
                item_id=one.webhook_id,
                due_at=one.due_at,
                attempt=1 if one.lease_token else 0,
                lease_token=one.lease_token,
            )
            for one in arrivals
        ]
    )
    return [None] * len(arrivals)
