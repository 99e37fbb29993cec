"""What stands between a message and its recipient, and whose turn it is."""

from collections.abc import Sequence

from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact, State
from waypost.model.meta_error import Party
from waypost.model.report import MessageReport, TimelineFact
from waypost.model.sender import SenderState
from waypost.model.story import Trouble
from waypost.model.turn import link_of, turn_of, when_over
from waypost.model.work import PARKED_AT, DueItem
from waypost.report.holding import (
    place_in_limit,
    stopped_template,
    waits_for_its_time,
    where_alarmed,
)
from waypost.report.telling import Kept, Waiting
from waypost.report.words import moment

ARRIVED = frozenset({State.DELIVERED, State.READ})
ON_ITS_WAY = frozenset({State.SUBMITTED, State.SENT})
OPEN = frozenset({State.ACCEPTED, State.UNKNOWN})


def find_trouble(kept: Kept) -> Trouble | None:
    """Why a message has not arrived, or what it waits for; None: nothing is in its way.

    An ending's own failure; of a message that still waits, its sender, its template, its portfolio
    or its time; else the newest attempt's failure.
    """
    report = kept.report
    if report.state in ARRIVED:
        return None
    if report.failure is not None:
        return _of_failure(kept, report.failure)
    if report.state in ON_ITS_WAY:
        return _of_silence(kept.facts)
    if report.state not in OPEN:
        return Trouble("", "It was told as failed, without a reason", "", Party.NOBODY, "")
    failure = newest_failure(kept.facts)
    return (
        _of_sender(kept)
        or _of_template(kept, failure)
        or _of_limit(report, kept.waiting)
        or _of_schedule(report, kept.waiting)
        or (None if failure is None else _of_failure(kept, failure))
    )


def newest_failure(facts: Sequence[TimelineFact]) -> Failure | None:
    """What the newest fact that has a failure tells."""
    return next((fact.failure for fact in reversed(facts) if fact.failure), None)


def waits_for_a_person(item: DueItem | None) -> bool:
    """Whether nothing will be done by itself about a message of unknown outcome.

    item  its place in the queue; None if it has none any more
    """
    return item is None or (item.lease_token is None and item.due_at >= PARKED_AT)


def trouble_of(failure: Failure) -> Trouble:
    """A failure as it is shown: with whose turn it is, and where more stands."""
    return Trouble(
        failure.code,
        failure.title,
        failure.detail,
        turn_of(failure),
        failure.next_step,
        link_of(failure.code),
    )


def _of_failure(kept: Kept, failure: Failure) -> Trouble:
    report = kept.report
    if report.state is State.FAILED:
        failure = when_over(failure)
    step, turn = failure.next_step, turn_of(failure)
    if report.state is State.UNKNOWN and waits_for_a_person(kept.waiting.item):
        step = f"Operator: say what is true with `waypost unknown resolve {report.message_id}`."
        turn = Party.OPERATOR
    detail = kept.words(failure.detail)
    return Trouble(failure.code, failure.title, detail, turn, step, link_of(failure.code))


def _of_silence(facts: Sequence[TimelineFact]) -> Trouble | None:
    if not any(fact.fact is Fact.SILENT for fact in facts):
        return None
    return Trouble(
        "",
        "Meta took it and has told nothing more of it for so long that it tries no longer",
        "",
        Party.CUSTOMER,
        "Customer: it may have arrived all the same; send it again only if that does no harm.",
    )


def _of_sender(kept: Kept) -> Trouble | None:
    report, sender = kept.report, kept.sender
    if sender is None:
        return None
    if sender.state is SenderState.PAUSED:
        return Trouble(
            "",
            f"The sender +{report.sender_id} is paused: nothing leaves from it",
            "",
            Party.OPERATOR,
            f"Operator: `waypost sender resume {report.sid} +{report.sender_id}`.",
        )
    if sender.held_until is None or sender.held_for is None:
        return None
    held = sender.held_for
    return Trouble(
        held.code,
        f"Meta refuses the sender +{report.sender_id} as a whole: {held.title}",
        kept.words(held.detail),
        turn_of(held),
        f"{held.next_step} It is tried again at {moment(sender.held_until)}.",
        link_of(held.code),
    )


def _of_template(kept: Kept, failure: Failure | None) -> Trouble | None:
    template = stopped_template(kept)
    if template is None:
        return None
    code = "" if failure is None else failure.code
    alarm = where_alarmed(kept)
    return Trouble(
        code,
        f"Its template {template.name} ({template.language}) is {template.status}: "
        "Meta stopped it, and what waits for it is not given to Meta",
        "" if alarm is None else alarm.detail,
        Party.CUSTOMER,
        "Customer: see to the template in WhatsApp Manager; the message goes by itself once it is "
        "approved again. Or cancel it and send another template.",
        link_of(code),
    )


def _of_limit(report: MessageReport, waiting: Waiting) -> Trouble | None:
    since = place_in_limit(report, waiting)
    if since is None or waiting.limit is None:
        return None
    return Trouble(
        "",
        "The portfolio of its sender has written to as many users as Meta allows in 24 hours",
        f"portfolio {waiting.limit.portfolio_id}: {waiting.limit.users} users; "
        f"its place is kept from {moment(since)} on",
        Party.NOBODY,
        "Nobody: it goes by itself as places become free; Meta raises the limit as quality and use "
        "grow.",
    )


def _of_schedule(report: MessageReport, waiting: Waiting) -> Trouble | None:
    if not waits_for_its_time(report, waiting):
        return None
    assert report.send_at is not None
    return Trouble(
        "",
        f"It waits for its time, {moment(report.send_at)}",
        "",
        Party.NOBODY,
        "Nobody: it goes by itself then; it can be cancelled until then.",
    )
