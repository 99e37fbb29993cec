"""Makes us answerable: messages, their money and their place in the queue, in one commit.

All requests that arrive together share that commit; none is answered before it is on the disk.
While the dispatcher of this process has room, a message is committed already on lease to it
and handed over in memory: its first attempt is durable before it is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from waypost.accept.idempotency import (
    Accepted,
    Asked,
    Recalled,
    remember,
    resolve,
)
from waypost.accept.order import Order
from waypost.accept.screener import Screener
from waypost.model.lifecycle import State
from waypost.model.message import (
    Dispatchable,
    NewMessage,
    NewSubmission,
    Payment,
)
from waypost.model.refusal import Fault, Reason, Refusal
from waypost.model.work import QueueItem, QueueName
from waypost.queue.lease import Lease
from waypost.queue.worker import Reservation, Worker
from waypost.runtime.clock import Clock
from waypost.runtime.ids import IdMaker
from waypost.store.ports import Store, Transaction
from waypost.wallet.bookkeeper import Bookkeeper, HoldRequest


class Admittance(Struct, frozen=True):
    """An order with its ids, ready to be kept.

    place  how many of its messages are promised a place in memory, and their lease
    """

    order: Order
    submission_id: str
    message_ids: tuple[str, ...]
    trace_id: str
    place: Reservation
    at: datetime

    def noting(self, findings: tuple[Fault, ...]) -> "Admittance":
        """The same with more findings to note."""
        if not findings:
            return self
        return replace(self, order=replace(self.order, findings=self.order.findings + findings))

    @property
    def accepted(self) -> Accepted:
        """What the customer is told."""
        addresses = (recipient.address for recipient in self.order.submission.recipients)
        return Accepted(
            self.submission_id,
            tuple(zip(addresses, self.message_ids, strict=True)),
            self.order.findings,
        )


@dataclass(frozen=True, slots=True)
class Acceptor:
    """From here on the gateway is answerable.

    lifetime  how long an answer is promised under an Idempotency-Key
    """

    store: Store
    worker: Worker
    bookkeeper: Bookkeeper
    screener: Screener
    clock: Clock
    ids: IdMaker
    lifetime: timedelta

    async def accept(self, order: Order) -> Accepted | Refusal:
        """Takes the messages of one request, all or none; returns when they are durable.

        Raises StoreError if they could not be kept: then nothing was.
        """
        count = len(order.submission.recipients)
        submission_id = self.ids.message_id()
        lane = order.sender.sender_id
        place = self.worker.reserve(lane, count, order.sender.throughput)
        leases: list[Lease] = []
        try:
            admittance = Admittance(
                order=order,
                submission_id=submission_id,
                message_ids=(submission_id,)
                if count == 1
                else tuple(f"{submission_id}:{number}" for number in range(count)),
                trace_id=self.ids.trace_id(),
                place=place,
                at=self.clock.now(),
            )
            answer = await self.store.write(self._keep, admittance)
            if isinstance(answer, Accepted) and answer.submission_id == submission_id:
                leases = lease_messages(admittance)
                if place.count < count:
                    self.worker.wake(lane)
        finally:
            self.worker.hand_over(lane, leases, place.count)
        return answer

    async def recall(self, order: Order) -> Accepted | Refusal | None:
        """What was answered before under the order's Idempotency-Key; None if nothing was.

        Asked for an order that would be refused now: what was accepted stays accepted.
        """
        if order.idempotency is None:
            return None
        asked = [Asked(0, order.account.account_id, order.idempotency)]
        key = (order.account.account_id, order.idempotency.key)
        remembered = await self.store.read(lambda transaction: transaction.messages.answered([key]))
        recalled = resolve(asked, remembered, self.clock.now(), self.lifetime)
        return recalled.answers.get(0)

    async def _keep(
        self, transaction: Transaction, admittances: Sequence[Admittance]
    ) -> Sequence[Accepted | Refusal]:
        """A step."""
        recalled = await self._recall(transaction, admittances)
        answers: dict[int, Accepted | Refusal] = dict(recalled.answers)
        fresh = [
            position
            for position in range(len(admittances))
            if position not in answers and position not in recalled.followers
        ]
        now = self.clock.now()
        screened = await self.screener.screen(
            transaction, [admittances[position].order for position in fresh], now
        )
        noted: dict[int, tuple[Fault, ...]] = {}
        for position, one in zip(fresh, screened, strict=True):
            if one.refusing:
                answers[position] = Refusal(Reason.PAYLOAD, one.refusing)
            else:
                noted[position] = one.noted
        new = list(noted)
        granted = await self.bookkeeper.hold(
            transaction,
            [
                HoldRequest(
                    admittances[position].order.account.account_id,
                    admittances[position].message_ids,
                    admittances[position].order.price_minor,
                )
                for position in new
            ],
            now,
        )
        kept = []
        for position, is_granted in zip(new, granted, strict=True):
            if is_granted:
                kept.append(admittances[position].noting(noted[position]))
                answers[position] = kept[-1].accepted
            else:
                answers[position] = Refusal(Reason.BALANCE)
        await insert(transaction, kept)
        for follower, first in recalled.followers.items():
            answers[follower] = answers[first]
        return [answers[position] for position in range(len(admittances))]

    async def _recall(
        self, transaction: Transaction, admittances: Sequence[Admittance]
    ) -> Recalled:
        """What was asked before under the same Idempotency-Key, or is asked twice right now."""
        asked = [
            Asked(position, one.order.account.account_id, one.order.idempotency)
            for position, one in enumerate(admittances)
            if one.order.idempotency is not None
        ]
        if not asked:
            return Recalled({}, {})
        remembered = await transaction.messages.answered(
            [(one.account_id, one.key.key) for one in asked]
        )
        return resolve(asked, remembered, self.clock.now(), self.lifetime)


async def insert(transaction: Transaction, admittances: Sequence[Admittance]) -> None:
    """Keeps what was asked, its messages, their place in the queue, and remembered answers."""
    await transaction.messages.insert_submissions(
        [
            NewSubmission(
                account_id=one.order.account.account_id,
                submission_id=one.submission_id,
                sender_id=one.order.sender.sender_id,
                content=one.order.submission.content,
                references=one.order.submission.references,
                source=one.order.submission.source,
                track_body=one.order.submission.track_body,
                track_button=one.order.submission.track_button,
                trace_id=one.trace_id,
                accepted_at=one.at,
                findings=one.order.findings,
            )
            for one in admittances
        ]
    )
    await transaction.messages.insert(
        [
            NewMessage(
                account_id=one.order.account.account_id,
                message_id=message_id,
                submission_id=one.submission_id,
                sender_id=one.order.sender.sender_id,
                recipient=recipient.address,
                payment=Payment.HELD if one.order.price_minor else Payment.FREE,
                price_minor=one.order.price_minor,
                accepted_at=one.at,
            )
            for one in admittances
            for recipient, message_id in zip(
                one.order.submission.recipients, one.message_ids, strict=True
            )
        ]
    )
    await transaction.queue.put(
        [
            QueueItem(
                account_id=one.order.account.account_id,
                queue=QueueName.DISPATCH,
                lane=one.order.sender.sender_id,
                item_id=message_id,
                due_at=one.place.ends_at if number < one.place.count else one.at,
                attempt=1 if number < one.place.count else 0,
                lease_token=one.place.token if number < one.place.count else None,
            )
            for one in admittances
            for number, message_id in enumerate(one.message_ids)
        ]
    )
    await transaction.messages.remember_answers(
        [
            remember(one.order.account.account_id, one.order.idempotency, one.accepted, one.at)
            for one in admittances
            if one.order.idempotency is not None
        ]
    )


def lease_messages(admittance: Admittance) -> list[Lease]:
    """The leases of those messages that were promised a place in memory."""
    order, place = admittance.order, admittance.place
    return [
        Lease(
            account_id=order.account.account_id,
            queue=QueueName.DISPATCH,
            lane=order.sender.sender_id,
            item_id=message_id,
            attempt=1,
            token=place.token,
            ends_at=place.ends_at,
            cargo=Dispatchable(
                account_id=order.account.account_id,
                message_id=message_id,
                sender=order.sender,
                recipient=recipient,
                content=order.submission.content,
                state=State.ACCEPTED,
            ),
        )
        for message_id, recipient in zip(
            admittance.message_ids[: place.count],
            order.submission.recipients,
            strict=False,
        )
    ]
