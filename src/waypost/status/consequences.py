"""What follows from facts: a new state, money moved, customers told. Pure.

A fact is told to the customer the first time it is seen, also when it is late: `sent` after
`delivered` is news. A failure is told only if it ended the message, for a `failed` after a
`delivered` is a contradiction and is kept as evidence alone. That a message was returned is told
to nobody: it is not over.

A message that was given to Meta more than once has several wamids there. What Meta says of an
earlier one moves nothing any more, unless it tells of a delivery: the phone is the better witness.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from waypost.model.callback import StatusEvent
from waypost.model.ledger import EntryKind, LedgerEntry
from waypost.model.lifecycle import Fact, State, apply
from waypost.model.message import MessageChange, MessageRecord, Observation
from waypost.model.rate import NO_CARDS, RateCards
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

LEADS_BACK = (State.ACCEPTED, State.UNKNOWN, State.SUBMITTED, State.SENT)
"""States in which RETURNED has the message given to Meta again; in ACCEPTED it moves nothing."""

NEWEST = (Fact.TAKEN, Fact.RETURNED)
"""Facts that name the wamid of the newest attempt."""

OF_ONE_ATTEMPT = (Fact.TAKEN, Fact.SENT, Fact.FAILED, Fact.RETURNED)
"""Facts that tell of one attempt and not of the message; a delivery is the message's."""


class Consequences(Struct, frozen=True):
    """What the facts of one batch do to one message.

    change       where it stands now; None if nothing of it changed
    entries      lines for the ledger
    events       callbacks, in the order of the facts
    is_settled   nobody has to give it to Meta any more
    returned_at  when it is to be given to Meta again, if one of these facts returned it
    attempts     how often it was given to Meta so far
    """

    change: MessageChange | None
    entries: tuple[LedgerEntry, ...]
    events: tuple[StatusEvent, ...]
    is_settled: bool
    returned_at: datetime | None = None
    attempts: int = 0


def draw_consequences(
    record: MessageRecord,
    observations: Sequence[Observation],
    now: datetime,
    cards: RateCards = NO_CARDS,
) -> Consequences:
    """What these facts, in this order, do to this message; `cards` say what it costs."""
    state, seen, payment = record.state, record.facts_seen, record.payment
    wamid, wa_id = record.wamid, None
    failure, attempts = record.failure, record.attempts
    returned_at: datetime | None = None
    entries: list[LedgerEntry] = []
    events: list[StatusEvent] = []
    for observation in observations:
        is_new = not seen & BITS[observation.fact]
        told = TOLD.get(observation.fact)
        transition = None
        if is_past(observation, state, wamid, seen):
            observation = replace(observation, pricing=None)  # noqa: PLW2901 - of another attempt
        else:
            transition = apply(state, observation.fact)
            if observation.fact is Fact.RETURNED and state in LEADS_BACK:
                returned_at = observation.retry_at
            attempts = count_attempts(attempts, observation, state)
            if observation.fact in NEWEST or wamid is None or state in UNSETTLED:
                wamid = observation.wamid or wamid
        wa_id = wa_id or observation.wa_id
        seen |= BITS[observation.fact]
        if transition is not None:
            state = transition.after
            failure = observation.failure if state in ENDINGS else None
        if told is not None and (transition if told in ENDINGS else is_new):
            events.append(tell(record, observation, told, wamid, seen.bit_count()))
        payment, moved = settle_money(record, payment, state, observation, now, cards)
        if told is State.DELIVERED and is_new and (cost := spent_of(moved)):
            events[-1] = replace(events[-1], price_minor=cost)
        entries += moved
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
        before=record.standing,
    )
    return Consequences(
        change if has_changed(record, change) else None,
        tuple(entries),
        tuple(events),
        state not in UNSETTLED,
        returned_at if state is State.ACCEPTED else None,
        attempts,
    )


def spent_of(entries: Sequence[LedgerEntry]) -> int:
    """What a fact's lines took from the account for the message; 0: nothing."""
    return sum(
        one.amount_minor for one in entries if one.kind in {EntryKind.CAPTURE, EntryKind.SURCHARGE}
    )


def may_have_arrived(state: State, seen: int) -> bool:
    """Whether Meta may have had a message that is to be given to it once more."""
    return state is State.UNKNOWN or bool(seen & BITS[Fact.RETURNED])


def was_lost(seen: int) -> bool:
    """Whether an answer to the message was ever lost: then not all of its wamids are known."""
    return bool(seen & BITS[Fact.LOST])


def is_past(observation: Observation, state: State, wamid: str | None, seen: int) -> bool:
    """Whether this fact is of an attempt that is over, and moves nothing any more.

    wamid  the newest that is known. While the message waits after it was returned, that is the
           returned one's; else it is the one that counts
    """
    fact = observation.fact
    if observation.is_past:
        return True
    if fact not in OF_ONE_ATTEMPT or observation.wamid is None or wamid is None:
        return False
    is_newest = observation.wamid == wamid
    if state in UNSETTLED:
        return is_newest and bool(seen & BITS[Fact.RETURNED])
    if fact is Fact.SENT:
        return not is_newest and bool(seen & BITS[Fact.RETURNED])
    return fact is not Fact.TAKEN and not is_newest


def count_attempts(attempts: int, observation: Observation, state: State) -> int:
    """How often the message was given to Meta, this fact included.

    A `failed` that overtakes our own record of its attempt stands for it; one for a reason that
    is no fault of the message uses up nothing.
    """
    if observation.fact is Fact.RETURNED and observation.wamid is not None:
        given = attempts + 1 if state in UNSETTLED else attempts
        return given if observation.was_made else max(0, given - 1)
    return max(attempts, observation.attempt or 0) if observation.was_made else attempts


def has_changed(record: MessageRecord, change: MessageChange) -> bool:
    """Whether anything of a message is to be kept anew."""
    return (change.state, change.facts_seen, change.payment, change.attempts) != (
        record.state,
        record.facts_seen,
        record.payment,
        record.attempts,
    ) or change.wamid != record.wamid


def tell(
    record: MessageRecord,
    observation: Observation,
    status: State,
    wamid: str | None,
    sequence: int,
) -> StatusEvent:
    """The event that tells the customer of this fact; `sequence` is how many it has by now."""
    return StatusEvent(
        account_id=record.account_id,
        message_id=record.message_id,
        submission_id=record.submission_id,
        trace_id=record.trace_id,
        waba_id=record.waba_id,
        phone_number_id=record.phone_number_id,
        sender_id=record.sender_id,
        recipient=record.recipient.address,
        references=record.references,
        track_body=record.track_body,
        track_button=record.track_button,
        status=status,
        occurred_at=observation.occurred_at,
        sequence=sequence,
        profile_id=record.callback_profile_id,
        wamid=wamid,
        failure=observation.failure,
        meta_value=observation.meta_value,
    )
