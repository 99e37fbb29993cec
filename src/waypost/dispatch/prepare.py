"""Lease to Prepared, or why the message is not given to Meta now. Pure."""

from datetime import datetime, timedelta

from msgspec import Struct

from waypost.model.account import TemplatePolicy, UnknownPolicy
from waypost.model.failure import Failure
from waypost.model.lifecycle import State
from waypost.model.message import Dispatchable
from waypost.model.sender import Sender, SenderState
from waypost.model.submission import READ_RECEIPT
from waypost.model.template import STOPPED
from waypost.model.withheld import WithheldCode, withheld
from waypost.queue.lease import Lease
from waypost.status.verdict import TEMPLATE_LOOK

PAUSED_S = 5.0
"""How long a message of a closed sender waits, if it came before its sender was known closed."""

GRACE = timedelta(seconds=10)
"""`heard_at` is noted every few seconds, by Meta's clock: so much earlier is not earlier."""


class Prepared(Struct, frozen=True):
    """May be given to Meta: this attempt is durable already."""

    lease: Lease
    message: Dispatchable


class Over(Struct, frozen=True):
    """Nothing to give: a status has settled the message meanwhile, or it is gone."""


class Postponed(Struct, frozen=True):
    """Not now."""

    until: datetime


class Orphaned(Struct, frozen=True):
    """The one who had it was lost, and may have given it to Meta: its outcome is unknown."""

    message: Dispatchable


class Withheld(Struct, frozen=True):
    """Never: for a reason of our own."""

    message: Dispatchable
    failure: Failure


class Unheard(Struct, frozen=True):
    """Its outcome is unknown, and of its number no webhook comes: nothing can be told yet."""

    message: Dispatchable
    until: datetime


class Unresolved(Struct, frozen=True):
    """Its outcome stays unknown until a person, or a late status, tells.

    is_parked  it may be sent again, if somebody says so; else nobody needs it any more
    """

    message: Dispatchable
    is_parked: bool


Preparation = Prepared | Over | Postponed | Orphaned | Withheld | Unheard | Unresolved


def prepare(
    lease: Lease,
    message: Dispatchable | None,
    now: datetime,
    window: timedelta,
    taken_at: datetime | None = None,
) -> Preparation:
    """What to do with this lease.

    window    how long an unknown outcome waits for a status
    taken_at  when Meta last took a message of this sender, as far as this process knows
    """
    if message is None or message.state not in (State.ACCEPTED, State.UNKNOWN):
        return Over()
    if lease.was_lost:
        return Orphaned(message)
    hindrance = _of_outcome(message, now, window, taken_at) or _of_sender_and_template(message, now)
    return hindrance or Prepared(lease, message)


def is_heard(sender: Sender, now: datetime, window: timedelta, taken_at: datetime | None) -> bool:
    """Whether Meta's webhooks about this number are flowing, as far as can be told.

    They are if one came within the window; and if one came after the last message that Meta took:
    a number that nothing leaves from is silent without harm.
    """
    if sender.heard_at is None:
        return False
    is_fresh = sender.heard_at > now - max(window, GRACE)
    return is_fresh or taken_at is None or sender.heard_at >= taken_at - GRACE


def is_closed(sender: Sender, now: datetime) -> bool:
    """Whether nothing may leave from this sender."""
    is_held = sender.held_until is not None and sender.held_until > now
    return sender.state is SenderState.PAUSED or is_held


def within(message: Dispatchable, due_at: datetime) -> datetime:
    """When a message is looked at again: no later than its validity ends."""
    return due_at if message.expires_at is None else min(due_at, message.expires_at)


def _of_outcome(
    message: Dispatchable, now: datetime, window: timedelta, taken_at: datetime | None
) -> Withheld | Unheard | Unresolved | None:
    """What its validity and its unknown outcome stand for."""
    is_over = message.expires_at is not None and message.expires_at <= now
    if message.state is not State.UNKNOWN:
        return Withheld(message, withheld(WithheldCode.EXPIRED)) if is_over else None
    if is_over:
        return Unresolved(message, is_parked=False)
    if message.content.kind == READ_RECEIPT:  # no status tells of it, and twice does no harm
        return None
    if not is_heard(message.sender, now, window, taken_at):
        return Unheard(message, within(message, now + window))
    if message.policies.unknown is UnknownPolicy.HOLD:
        return Unresolved(message, is_parked=True)
    return None


def _of_sender_and_template(message: Dispatchable, now: datetime) -> Postponed | Withheld | None:
    """Whether Meta, or the operator, stopped its sender or its template."""
    if is_closed(message.sender, now):
        return Postponed(within(message, now + timedelta(seconds=PAUSED_S)))
    if message.template_status not in STOPPED:
        return None
    if message.policies.template is TemplatePolicy.FAIL and message.state is State.ACCEPTED:
        content = message.content
        detail = (
            f"{content.template_name} ({content.template_language}) is {message.template_status}."
        )
        return Withheld(message, withheld(WithheldCode.TEMPLATE_STOPPED, detail))
    return Postponed(within(message, now + TEMPLATE_LOOK))
