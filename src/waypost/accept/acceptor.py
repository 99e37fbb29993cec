"""Makes us answerable: messages, their money and their place in the queue, in one commit.

All requests that arrive together share that commit; none is answered before it is on the disk.
While the dispatcher of this process has room, a message is committed already on lease to it
and handed over in memory: its first attempt is durable before it is made. One that waits for a
moment to come never is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

from waypost.accept.admittance import Admittance, Admitted, accepted_of, lane_of
from waypost.accept.day_counter import DayCounter
from waypost.accept.idempotency import (
    Accepted,
    Asked,
    Recalled,
    remember,
    resolve,
)
from waypost.accept.order import Order
from waypost.accept.screener import Screener
from waypost.accept.terms import terms_of
from waypost.model.lifecycle import Fact
from waypost.model.message import Observation
from waypost.model.refusal import Reason, Refusal
from waypost.model.usage import count_accepted
from waypost.model.withheld import WithheldCode, withheld
from waypost.model.work import LaneKey
from waypost.queue.door import WorkDoor
from waypost.queue.lease import Lease
from waypost.runtime.clock import Clock
from waypost.runtime.ids import IdMaker, trace_id_of
from waypost.status.recorder import Recorder
from waypost.store.ports import Store, Transaction
from waypost.wallet.bookkeeper import Bookkeeper


class Outcome(Struct, frozen=True):
    """What became of one request.

    admitted  what was kept of it; None if nothing was, or it was kept before
    lanes     callbacks of those that were withheld stand in these
    """

    answer: Accepted | Refusal
    admitted: Admitted | None = None
    lanes: frozenset[LaneKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Acceptor:
    """From here on the gateway is answerable.

    validity  how long a message may wait, where neither its request nor its account says
    lifetime  how long an answer is promised under an Idempotency-Key
    """

    store: Store
    door: WorkDoor
    bookkeeper: Bookkeeper
    day_counter: DayCounter
    screener: Screener
    recorder: Recorder
    clock: Clock
    ids: IdMaker
    validity: timedelta
    lifetime: timedelta

    async def accept(self, order: Order) -> Accepted | Refusal:
        """Takes the messages of one request, all or none; returns when they are durable.

        Raises StoreError if they could not be kept: then nothing was.
        """
        count = len(order.submission.recipients)
        submission_id = self.ids.message_id()
        now = self.clock.now()
        terms = terms_of(order, now, self.validity)
        place = self.door.reserve(
            lane_of(order),
            count if terms.send_at is None else 0,
            terms.priority,
            order.sender.throughput,
        )
        leases: list[Lease] = []
        try:
            admittance = Admittance(
                order=order,
                submission_id=submission_id,
                message_ids=(submission_id,)
                if count == 1
                else tuple(f"{submission_id}:{number}" for number in range(count)),
                trace_id=trace_id_of(submission_id),
                terms=terms,
                place=place,
                at=now,
            )
            outcome = await self.store.write(self._keep, admittance)
            admitted = outcome.admitted
            if admitted is not None:
                leases = admitted.leases()
                if admitted.leased < admitted.room and terms.send_at is None:
                    self.door.wake(place.lane, terms.priority)
                self.recorder.wake_lanes(outcome.lanes)
        finally:
            self.door.hand_over(place, leases)
        return outcome.answer

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
    ) -> Sequence[Outcome]:
        """A step."""
        now = self.clock.now()
        recalled = await self._recall(transaction, admittances, now)
        outcomes = {position: Outcome(answer) for position, answer in recalled.answers.items()}
        fresh = [
            position
            for position in range(len(admittances))
            if position not in outcomes and position not in recalled.followers
        ]
        screened = await self.screener.screen(
            transaction, [admittances[position].order for position in fresh], now
        )
        noted: dict[int, Admittance] = {}
        for position, one in zip(fresh, screened, strict=True):
            if one.refusing:
                outcomes[position] = Outcome(Refusal(Reason.PAYLOAD, one.refusing))
            else:
                noted[position] = admittances[position].noting(one.noted)
        kept = await self._set_aside(transaction, list(noted.values()), now)
        admitted = [one for one in kept if one is not None]
        await insert(transaction, admitted)
        await transaction.usage.add(count_accepted(accepted_of(admitted)), self.recorder.shard)
        lanes = await self._withhold(transaction, admitted, now)
        for position, one_kept in zip(noted, kept, strict=True):
            if one_kept is None:
                outcomes[position] = Outcome(Refusal(Reason.BALANCE))
            else:
                outcomes[position] = Outcome(one_kept.admittance.accepted, one_kept, lanes)
        for follower, first in recalled.followers.items():
            outcomes[follower] = Outcome(outcomes[first].answer)
        return [outcomes[position] for position in range(len(admittances))]

    async def _recall(
        self, transaction: Transaction, admittances: Sequence[Admittance], now: datetime
    ) -> Recalled:
        """What was asked before under the same Idempotency-Key, or is asked twice right now."""
        asked = [
            Asked(position, one.account_id, one.order.idempotency)
            for position, one in enumerate(admittances)
            if one.order.idempotency is not None
        ]
        if not asked:
            return Recalled({}, {})
        remembered = await transaction.messages.answered(
            [(one.account_id, one.key.key) for one in asked]
        )
        await transaction.messages.drop_answers(
            [one for one in remembered.values() if now - one.created_at >= self.lifetime]
        )
        return resolve(asked, remembered, now, self.lifetime)

    async def _set_aside(
        self, transaction: Transaction, admittances: Sequence[Admittance], now: datetime
    ) -> list[Admitted | None]:
        """The room of the day and the money of each request, in order; None without the money."""
        rooms = await self.day_counter.admit(transaction, admittances, now)
        admitted = [Admitted(one, room) for one, room in zip(admittances, rooms, strict=True)]
        granted = await self.bookkeeper.hold(
            transaction, [one.hold_request for one in admitted], now
        )
        refused: dict[int, int] = {}
        for one, is_granted in zip(admitted, granted, strict=True):
            account = one.admittance.order.account
            if not is_granted and account.daily_limit is not None:
                refused[account.account_id] = refused.get(account.account_id, 0) + one.room
        if refused:
            await self.day_counter.take_back(transaction, refused, now)
        return [
            one if is_granted else None for one, is_granted in zip(admitted, granted, strict=True)
        ]

    async def _withhold(
        self, transaction: Transaction, kept: Sequence[Admitted], now: datetime
    ) -> frozenset[LaneKey]:
        """Ends the messages that the day has no room for; where their callbacks stand."""
        observations = [
            Observation(
                account_id=one.admittance.account_id,
                message_id=message_id,
                fact=Fact.WITHHELD,
                occurred_at=now,
                failure=withheld(
                    WithheldCode.DAILY_LIMIT,
                    f"The account may have {one.admittance.order.account.daily_limit} messages "
                    "accepted on a day (UTC).",
                ),
            )
            for one in kept
            for message_id in one.withheld_ids
        ]
        if not observations:
            return frozenset()
        return frozenset(await self.recorder.apply(transaction, observations))


async def insert(transaction: Transaction, kept: Sequence[Admitted]) -> None:
    """Keeps what was asked, its messages, their place in the queue, and remembered answers."""
    await transaction.messages.insert_submissions([one.submission() for one in kept])
    await transaction.messages.insert([row for one in kept for row in one.messages()])
    await transaction.queue.put([item for one in kept for item in one.queue_items()])
    await transaction.messages.remember_answers(
        [
            remember(
                one.admittance.account_id,
                one.admittance.order.idempotency,
                one.admittance.accepted,
                one.admittance.at,
            )
            for one in kept
            if one.admittance.order.idempotency is not None
        ]
    )
