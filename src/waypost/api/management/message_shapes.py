"""What the operator is shown of messages and alarms: one struct for each noun."""

from datetime import datetime

from msgspec import Struct

from waypost.model.account import UnknownPolicy
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.failure import Failure
from waypost.model.lifecycle import State
from waypost.model.report import MessageSummary, UnknownMessage
from waypost.status.canceller import Cancellation
from waypost.status.resolver import Resolved


class TroubleShape(Struct, frozen=True):
    """Why a message has not arrived, or a number is refused."""

    code: str
    happened: str
    detail: str
    next_step: str


class StandingShape(Struct, frozen=True):
    """A message, and where it stands."""

    message_id: str
    recipient: str
    state: State


class CancellationShape(Struct, frozen=True):
    """What was cancelled, and what was too late: it is being given to Meta, was, or is over."""

    cancelled: list[StandingShape]
    too_late: list[StandingShape]


class UnknownShape(Struct, frozen=True):
    """A message whose outcome nobody knows.

    policy  what its account wants done with it
    due_at  when it is looked at again; null: never, unless it is resolved
    """

    message_id: str
    sender: str
    recipient: str
    since: datetime
    policy: UnknownPolicy
    attempts: int
    expires_at: datetime | None
    due_at: datetime | None


class ResolvedShape(Struct, frozen=True):
    """What became of one message that was to be resolved: done, or why not."""

    message_id: str
    is_done: bool
    said: str


class ResolutionShape(Struct, frozen=True):
    """What became of each of them."""

    messages: list[ResolvedShape]


class AlarmShape(Struct, frozen=True):
    """Something that goes on until a person acts.

    sid         the account it concerns; null: the deployment
    subject     what of it, in the kind's own words
    cleared_at  when it was over; null: it is not
    """

    kind: AlarmKind
    sid: str | None
    subject: str
    detail: str
    next_step: str
    raised_at: datetime
    cleared_at: datetime | None


def show_failure(failure: Failure) -> TroubleShape:
    """A failure in the words of the timeline."""
    return TroubleShape(failure.code, failure.title, failure.detail, failure.next_step)


def show_standing(message: MessageSummary) -> StandingShape:
    """A message and where it stands."""
    return StandingShape(message.message_id, message.recipient, message.state)


def show_cancellation(cancellation: Cancellation) -> CancellationShape:
    """What became of an attempt to cancel; what was cancelled is not sent now."""
    return CancellationShape(
        [
            StandingShape(one.message_id, one.recipient, State.NOT_SENT)
            for one in cancellation.cancelled
        ],
        [show_standing(one) for one in cancellation.too_late],
    )


def show_unknown(message: UnknownMessage) -> UnknownShape:
    """A message of unknown outcome."""
    return UnknownShape(
        message_id=message.message_id,
        sender=f"+{message.sender_id}",
        recipient=message.recipient,
        since=message.since,
        policy=message.policy,
        attempts=message.attempts,
        expires_at=message.expires_at,
        due_at=message.due_at,
    )


def show_resolved(resolved: tuple[Resolved, ...]) -> ResolutionShape:
    """What became of each."""
    return ResolutionShape(
        [ResolvedShape(one.message_id, one.is_done, one.said) for one in resolved]
    )


def show_alarm(alarm: Alarm, sid: str | None) -> AlarmShape:
    """An alarm with the SID of its account."""
    return AlarmShape(
        kind=alarm.kind,
        sid=sid,
        subject=alarm.subject,
        detail=alarm.detail,
        next_step=alarm.next_step,
        raised_at=alarm.raised_at,
        cleared_at=alarm.cleared_at,
    )
