"""What follows from facts: a new state, money moved, customers told. Pure.

A fact is told to the customer the first time it is seen, also when it is late: `sent` after
`delivered` is news. A failure is told only if it ended the message, for a `failed` after a
`delivered` is a contradiction and is kept as evidence alone.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from waypost.model.callback import StatusEvent
from waypost.model.ledger import LedgerEntry
from waypost.model.lifecycle import Fact, State, apply
from waypost.model.message import MessageChange, MessageRecord, Observation
from waypost.wallet.settlement import ENDINGS, settle_money

BITS = {fact: 1 << position for position, fact in enumerate(Fact)}
"""`messages.facts_seen`. The order of Fact is therefore law: new facts go to its end."""

TOLD = {
    Fact.SENT: State.SENT,
    Fact.DELIVERED: State.DELIVERED,
    Fact.READ: State.READ,
    Fact.FAILED: State.FAILED,
    Fact.REFUSED: State.FAILED,
    Fact.WITHHELD: State.NOT_SENT,
}
UNSETTLED = (State.ACCEPTED, State.UNKNOWN)
"""States in which the message may still have to be given to Meta."""


class Consequences(Struct, frozen=True):
    """What the facts of one batch do to one message.

    change   where it stands now; None if nothing of it changed
    entries  lines for the ledger
    events   callbacks, in the order of the facts
    is_settled  nobody has to give it to Meta any more
    """

    change: MessageChange | None
    entries: tuple[LedgerEntry, ...]
    events: tuple[StatusEvent, ...]
    is_settled: bool


def draw_consequences(
    record: MessageRecord, observations: Sequence[Observation], now: datetime
) -> Consequences:
    """What these facts, in this order, do to this message."""
    state, seen, payment = record.state, record.facts_seen, record.payment
    wamid: str | None = None
    wa_id: str | None = None
    failure, attempts = record.failure, record.attempts
    has_moved = False
    entries: list[LedgerEntry] = []
    events: list[StatusEvent] = []
    for observation in observations:
        if observation.fact is Fact.TAKEN or record.wamid is None:
            wamid = observation.wamid or wamid
        wa_id = wa_id or observation.wa_id
        attempts = max(attempts, observation.attempt or 0)
        transition = apply(state, observation.fact)
        if transition is not None:
            state, has_moved = transition.after, True
            failure = observation.failure if state in ENDINGS else None
        is_new = not seen & BITS[observation.fact]
        seen |= BITS[observation.fact]
        told = TOLD.get(observation.fact)
        if told is not None and (transition if told in ENDINGS else is_new):
            events.append(tell(record, observation, told, wamid or record.wamid))
        payment, moved = settle_money(record, payment, state, observation, now)
        entries += moved
    change = None
    if has_moved or seen != record.facts_seen or payment is not record.payment:
        change = MessageChange(
            account_id=record.account_id,
            message_id=record.message_id,
            state=state,
            facts_seen=seen,
            payment=payment,
            wamid=wamid,
            wa_id=wa_id,
            failure=failure,
            changed_at=now,
            attempts=attempts,
            before=(record.state, record.facts_seen),
        )
    return Consequences(change, tuple(entries), tuple(events), state not in UNSETTLED)


def tell(
    record: MessageRecord, observation: Observation, status: State, wamid: str | None
) -> StatusEvent:
    """The event that tells the customer of this fact."""
    return StatusEvent(
        message_id=record.message_id,
        submission_id=record.submission_id,
        trace_id=record.trace_id,
        waba_id=record.waba_id,
        phone_number_id=record.phone_number_id,
        display_phone_number=record.sender_id,
        recipient=record.recipient.address,
        references=record.references,
        track_body=record.track_body,
        track_button=record.track_button,
        status=status,
        occurred_at=observation.occurred_at,
        wamid=wamid,
        failure=observation.failure,
        meta_value=observation.meta_value,
    )
