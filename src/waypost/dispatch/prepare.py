"""Lease to Prepared, or why the message is not given to Meta now. Pure."""

from datetime import datetime, timedelta

from msgspec import Struct

from waypost.model.lifecycle import State
from waypost.model.message import Dispatchable
from waypost.model.sender import SenderState
from waypost.queue.lease import Lease

PAUSED_S = 5.0
"""How often a paused sender's messages are looked at again."""


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
    """The one who had it was lost, and may have given it to Meta: its outcome is unknown.

    until  when, without a status that tells, it may be given to Meta again
    """

    message: Dispatchable
    until: datetime


Preparation = Prepared | Over | Postponed | Orphaned


def prepare(
    lease: Lease, message: Dispatchable | None, now: datetime, window: timedelta
) -> Preparation:
    """What to do with this lease. `window` is how long an unknown outcome waits for a status."""
    if message is None or message.state not in (State.ACCEPTED, State.UNKNOWN):
        return Over()
    if lease.was_lost:
        return Orphaned(message, now + window)
    if message.sender.state is SenderState.PAUSED:
        return Postponed(now + timedelta(seconds=PAUSED_S))
    return Prepared(lease, message)
