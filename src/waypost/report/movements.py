"""What happened around a message: money, callbacks, and what its recipient wrote back."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from waypost.model.inbound import MediaState
from waypost.model.ledger import EntryKind
from waypost.model.money import Money
from waypost.model.outbox import CallbackAttempt, CallbackState, CallbackSummary
from waypost.model.report import IncomingSummary
from waypost.model.story import CallbackTry, Line, Step, Teller, View
from waypost.report.telling import Kept
from waypost.report.words import MONEY
from waypost.runtime.redaction import redact_answer

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MEDIA = {
    MediaState.NONE: "",
    MediaState.PENDING: "; its file is being fetched",
    MediaState.STORED: "; its file is kept here",
    MediaState.FAILED: "; its file could not be fetched",
}


def lines_of_money(kept: Kept, *, held: bool) -> Iterator[Line]:
    """The ledger's lines: what was set aside at the door, or all else."""
    for entry in kept.entries:
        if (entry.kind is EntryKind.HOLD) is held:
            amount = Money(entry.amount_minor, kept.report.price.currency)
            reason = f": {entry.reason}" if entry.reason else ""
            said = f"{amount} {MONEY[entry.kind]}{reason}"
            yield Line(entry.created_at, Teller.MONEY, Step.MONEY, said)


def lines_of_callbacks(kept: Kept) -> Iterator[Line]:
    """One line for each event and profile, with every attempt at it."""
    address = "" if kept.view is View.REVEALED else kept.report.recipient
    for callback in kept.callbacks:
        yield line_of_callback(callback, kept.attempts.get(callback.event_id, ()), address)


def line_of_callback(
    callback: CallbackSummary, attempts: Sequence[CallbackAttempt], address: str
) -> Line:
    """What became of an event.

    address  of the recipient, who is masked in what endpoints answer; empty: nobody is
    """
    count = f"{callback.attempts} attempt{'' if callback.attempts == 1 else 's'}"
    answer = callback.last_answer
    match callback.state:
        case CallbackState.DELIVERED:
            outcome = f"taken after {count}, {answer}"
        case CallbackState.GIVEN_UP:
            outcome = f"given up after {count}; the last answer: {answer}"
        case CallbackState.PENDING if callback.attempts:
            outcome = f"waiting after {count}; the last answer: {answer}"
        case CallbackState.PENDING:
            outcome = "waiting for its first attempt"
    return Line(
        callback.settled_at or callback.created_at,
        Teller.CALLBACK,
        Step.CALLBACK,
        f"'{callback.status}' to {callback.url or 'a profile that was removed'}: {outcome}",
        tries=tuple(_try_of(one, address) for one in attempts),
    )


def lines_of_replies(kept: Kept) -> Iterator[Line]:
    """What its recipient wrote back."""
    for reply in kept.replies:
        yield line_of_incoming(reply)


def line_of_incoming(incoming: IncomingSummary) -> Line:
    """That a message came from a recipient."""
    what = f"the recipient wrote: {incoming.kind}, as {incoming.inbound_id}"
    if incoming.reply_to is None:
        what = f"{what}; it answers no message that is known here"
    elif incoming.is_probable:
        what = f"{what}; that it answers {incoming.reply_to} follows from what was ordered"
    elif incoming.reply_to:
        what = f"{what}, in answer to {incoming.reply_to}"
    failed = f": {incoming.media_failure}" if incoming.media_failure else ""
    said = f"{what}{MEDIA[incoming.media_state]}{failed}"
    return Line(incoming.received_at, Teller.RECIPIENT, Step.REPLY, said)


def _try_of(attempt: CallbackAttempt, address: str) -> CallbackTry:
    return CallbackTry(
        EPOCH + timedelta(microseconds=attempt.attempt_id),
        attempt.attempt,
        attempt.url,
        attempt.duration_ms,
        attempt.status,
        attempt.problem,
        redact_answer(attempt.answer, address)
        if address
        else attempt.answer.decode(errors="replace"),
    )
