"""An order with its ids and terms, and the rows that it is kept as. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from waypost.accept.idempotency import Accepted
from waypost.accept.order import Order
from waypost.accept.terms import Terms
from waypost.model.lifecycle import State
from waypost.model.message import (
    Dispatchable,
    NewMessage,
    NewSubmission,
    Payment,
    Policies,
)
from waypost.model.refusal import Fault
from waypost.model.usage import UsageKey, hour_of
from waypost.model.work import LaneKey, QueueItem, QueueName
from waypost.queue.door import Reservation
from waypost.queue.lease import Lease
from waypost.wallet.bookkeeper import HoldRequest


class Admittance(Struct, frozen=True):
    """An order with its ids, ready to be kept.

    place  how many of its messages are promised a place in memory, and their lease
    at     when it is accepted
    """

    order: Order
    submission_id: str
    message_ids: tuple[str, ...]
    trace_id: str
    terms: Terms
    place: Reservation
    at: datetime

    @property
    def account_id(self) -> int:
        """Whose it is."""
        return self.order.account.account_id

    @property
    def accepted(self) -> Accepted:
        """What the customer is told."""
        addresses = (recipient.address for recipient in self.order.submission.recipients)
        return Accepted(
            self.submission_id,
            tuple(zip(addresses, self.message_ids, strict=True)),
            self.order.findings,
        )

    def noting(self, findings: tuple[Fault, ...]) -> "Admittance":
        """The same with more findings to note."""
        if not findings:
            return self
        return replace(self, order=replace(self.order, findings=self.order.findings + findings))


class Admitted(Struct, frozen=True):
    """An admittance, and how many of its messages the account's day has room for: the first."""

    admittance: Admittance
    room: int

    @property
    def leased(self) -> int:
        """How many of its messages are kept on lease to this process."""
        return min(self.admittance.place.count, self.room)

    @property
    def hold_request(self) -> HoldRequest:
        """The money of those messages that go."""
        estimates = self.admittance.order.estimates
        return HoldRequest(
            self.admittance.account_id,
            self.admittance.message_ids[: self.room],
            tuple(one.price_minor for one in estimates[: self.room]),
        )

    @property
    def withheld_ids(self) -> tuple[str, ...]:
        """The messages that the day has no room for."""
        return self.admittance.message_ids[self.room :]

    def submission(self) -> NewSubmission:
        """The row of the request."""
        one, submission = self.admittance, self.admittance.order.submission
        return NewSubmission(
            account_id=one.account_id,
            submission_id=one.submission_id,
            sender_id=one.order.sender.sender_id,
            content=submission.content,
            references=submission.references,
            source=submission.source,
            track_body=submission.track_body,
            track_button=submission.track_button,
            trace_id=one.trace_id,
            accepted_at=one.at,
            findings=one.order.findings,
            callback_profile_id=submission.callback_profile_id,
        )

    def messages(self) -> Iterator[NewMessage]:
        """The rows of its messages."""
        one, order, terms = self.admittance, self.admittance.order, self.admittance.terms
        for number, (recipient, message_id, found) in enumerate(
            zip(order.submission.recipients, one.message_ids, order.estimates, strict=True)
        ):
            price_minor = found.price_minor if number < self.room else 0
            yield NewMessage(
                account_id=one.account_id,
                message_id=message_id,
                submission_id=one.submission_id,
                sender_id=order.sender.sender_id,
                recipient=recipient.address,
                payment=Payment.HELD if price_minor else Payment.FREE,
                price_minor=price_minor,
                accepted_at=one.at,
                country=found.country,
                category=found.category,
                priority=terms.priority,
                expires_at=terms.expires_at,
                send_at=terms.send_at,
            )

    def queue_items(self) -> Iterator[QueueItem]:
        """The work of those messages that go."""
        one, terms = self.admittance, self.admittance.terms
        leased = self.leased
        due_at = terms.send_at or one.at
        for number, message_id in enumerate(one.message_ids[: self.room]):
            is_leased = number < leased
            yield QueueItem(
                account_id=one.account_id,
                queue=QueueName.DISPATCH,
                lane=one.place.lane.name,
                item_id=message_id,
                due_at=one.place.ends_at if is_leased else due_at,
                attempt=1 if is_leased else 0,
                lease_token=one.place.token if is_leased else None,
                priority=terms.priority,
                expires_at=terms.expires_at,
            )

    def leases(self) -> list[Lease]:
        """The leases of those messages that were promised a place in memory."""
        one, order, terms = self.admittance, self.admittance.order, self.admittance.terms
        return [
            Lease(
                account_id=one.account_id,
                queue=QueueName.DISPATCH,
                lane=one.place.lane.name,
                item_id=message_id,
                attempt=1,
                token=one.place.token,
                ends_at=one.place.ends_at,
                cargo=Dispatchable(
                    account_id=one.account_id,
                    message_id=message_id,
                    sender=order.sender,
                    recipient=recipient,
                    content=order.submission.content,
                    state=State.ACCEPTED,
                    priority=terms.priority,
                    expires_at=terms.expires_at,
                    policies=policies_of(order),
                    template_status=order.template_status,
                ),
                priority=terms.priority,
                expires_at=terms.expires_at,
            )
            for message_id, recipient in zip(
                one.message_ids[: self.leased], order.submission.recipients, strict=False
            )
        ]


def accepted_of(admitted: Sequence[Admitted]) -> dict[UsageKey, int]:
    """How many messages each key of the figures gains."""
    counts: dict[UsageKey, int] = {}
    for one in admitted:
        order, at = one.admittance.order, one.admittance.at
        hour, template = hour_of(at), order.submission.content.template_name or ""
        alike: dict[tuple[str, str], int] = {}
        for found in order.estimates:
            place = (found.country, found.category)
            alike[place] = alike.get(place, 0) + 1
        for place, number in alike.items():
            key = UsageKey(order.account.account_id, hour, order.sender.sender_id, template, *place)
            counts[key] = counts.get(key, 0) + number
    return counts


def lane_of(order: Order) -> LaneKey:
    """The lane of its messages: their sender."""
    return LaneKey(order.account.account_id, order.sender.sender_id)


def policies_of(order: Order) -> Policies:
    """What its account wants done where a message may go on in two ways."""
    account = order.account
    return Policies(account.unknown_policy, account.template_policy, account.capped_policy)
