"""What holds a message back now, and what follows by itself."""

from collections.abc import Iterator
from datetime import datetime

from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.lifecycle import State
from waypost.model.messaging_limit import start_of
from waypost.model.report import MessageReport
from waypost.model.sender import SenderState
from waypost.model.story import Line, Step, Teller
from waypost.model.template import STOPPED, Template
from waypost.model.work import PARKED_AT
from waypost.report.telling import Kept, Waiting
from waypost.report.words import FOR_A_PERSON, moment

TEMPLATE = "template"
"""The one kind of message that counts for a messaging limit."""


def lines_of_holding(kept: Kept) -> Iterator[Line]:
    """Everything that holds it back now; each by itself would be enough."""
    if kept.report.state not in (State.ACCEPTED, State.UNKNOWN):
        return
    for said in (_of_sender(kept), _of_template(kept), _of_limit(kept)):
        if said is not None:
            yield Line(None, Teller.GATEWAY, Step.WAITS, f"held back: {said}")


def lines_of_coming(kept: Kept) -> Iterator[Line]:
    """What is still to come; of a message of unknown outcome also that nothing will by itself."""
    report, item = kept.report, kept.waiting.item
    if item is None:
        if report.state is State.UNKNOWN:
            yield Line(None, Teller.GATEWAY, Step.COMES, FOR_A_PERSON)
        return
    yield Line(None, Teller.GATEWAY, Step.COMES, _coming(report, kept.waiting))
    if report.expires_at is not None and report.state is State.ACCEPTED:
        said = f"is not sent any more after {moment(report.expires_at)}"
        yield Line(None, Teller.GATEWAY, Step.COMES, said)


def stopped_template(kept: Kept) -> Template | None:
    """Its template, if Meta stopped it."""
    template = kept.waiting.template
    return template if template is not None and template.status in STOPPED else None


def where_alarmed(kept: Kept) -> Alarm | None:
    """The open alarm that tells the operator of its template."""
    template, sender = kept.waiting.template, kept.sender
    if template is None or sender is None:
        return None
    subject = f"{sender.waba_id} {template.name} {template.language}"
    return next(
        (
            alarm
            for alarm in kept.waiting.alarms
            if alarm.kind is AlarmKind.TEMPLATE_STOPPED and alarm.subject == subject
        ),
        None,
    )


def place_in_limit(report: MessageReport, waiting: Waiting) -> datetime | None:
    """From when on its place under the messaging limit is kept; None: it waits for none."""
    place = waiting.place
    is_waiting = place is not None and place.is_waiting
    if report.content.kind != TEMPLATE or place is None or not is_waiting:
        return None
    return start_of(place.hour)


def waits_for_its_time(report: MessageReport, waiting: Waiting) -> bool:
    """Whether it waits for nothing but the moment that was asked for."""
    item = waiting.item
    return item is not None and item.lease_token is None and item.due_at == report.send_at


def _of_sender(kept: Kept) -> str | None:
    sender = kept.sender
    if sender is None:
        return None
    if sender.state is SenderState.PAUSED:
        return f"its sender +{sender.sender_id} is paused by the operator"
    if sender.held_until is None or sender.held_for is None:
        return None
    return (
        f"Meta refuses its sender +{sender.sender_id} as a whole ({sender.held_for.title}); "
        f"it is tried again at {moment(sender.held_until)}"
    )


def _of_template(kept: Kept) -> str | None:
    template = stopped_template(kept)
    if template is None:
        return None
    alarm = where_alarmed(kept)
    told = "" if alarm is None else f"; the operator has an alarm since {moment(alarm.raised_at)}"
    return f"its template {template.name} ({template.language}) is {template.status}{told}"


def _of_limit(kept: Kept) -> str | None:
    since, limit = place_in_limit(kept.report, kept.waiting), kept.waiting.limit
    if since is None or limit is None:
        return None
    return (
        f"the messaging limit: portfolio {limit.portfolio_id} has written to the {limit.users} "
        f"users that Meta allows in 24 hours; its place is kept from {moment(since)} on"
    )


def _coming(report: MessageReport, waiting: Waiting) -> str:
    item = waiting.item
    assert item is not None
    due = moment(item.due_at)
    if item.lease_token is not None:
        return f"attempt {item.attempt} is under way"
    if report.state is State.UNKNOWN and item.due_at >= PARKED_AT:
        return FOR_A_PERSON
    if report.state is State.UNKNOWN:
        return f"waits until {due} for a status of Meta that settles it"
    if item.attempt:
        return f"attempt {item.attempt + 1} follows, not before {due}"
    if waits_for_its_time(report, waiting):
        return f"waits for its time, {due}"
    return f"waits for its turn, due {due}"
