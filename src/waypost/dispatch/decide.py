"""Outcome and attempt to Decision. Pure.

Meta's refusals follow the class of their code; what never reached Meta is tried again for as
long as it takes; what may have reached Meta is unknown and waits for a status, and so often.
"""

from datetime import datetime, timedelta
from typing import assert_never

from msgspec import Struct

from waypost.meta.errors import ErrorClass
from waypost.meta.outcome import Lost, NotReached, Outcome, Refused, Taken, TokenSealed
from waypost.model.failure import Failure
from waypost.queue.retry import RetryPolicy

REFUSALS = RetryPolicy(first_s=1.0, factor=2.0, longest_s=300.0)
UNREACHABLE = RetryPolicy(first_s=0.5, factor=2.0, longest_s=30.0)

AGAIN = frozenset({ErrorClass.THROTTLE, ErrorClass.TRANSIENT, ErrorClass.ACCOUNT})
"""Classes that time, or an operator, can mend."""


class Submitted(Struct, frozen=True):
    """Meta took it."""

    wamid: str | None
    wa_id: str | None


class RetryAt(Struct, frozen=True):
    """Not now: once more at this time."""

    at: datetime
    failure: Failure


class Failed(Struct, frozen=True):
    """Never."""

    failure: Failure


class Unknown(Struct, frozen=True):
    """Perhaps: wait until this time for a status that tells."""

    until: datetime
    failure: Failure


Decision = Submitted | RetryAt | Failed | Unknown


class Policy(Struct, frozen=True):
    """How often a message is given to Meta, and how long an unknown outcome waits.

    attempts  the last one ends it, refused for now or lost: a message that Meta takes each time
              without our hearing of it must not reach its recipient for ever
    """

    attempts: int
    window: timedelta


def decide(
    outcome: Outcome, attempt: int, policy: Policy, now: datetime, jitter: float
) -> Decision:
    """What we do about this outcome of this attempt (from 1)."""
    match outcome:
        case Taken(wamid, wa_id):
            return Submitted(wamid, wa_id)
        case Refused(failure, error_class):
            # Too fast is no fault of the message: it waits for as long as it takes.
            is_last = attempt >= policy.attempts and error_class is not ErrorClass.THROTTLE
            if error_class not in AGAIN or is_last:
                return Failed(failure)
            gap_s = REFUSALS.delay_s(attempt, jitter)
            return RetryAt(now + timedelta(seconds=gap_s), failure)
        case NotReached() | TokenSealed():
            gap_s = UNREACHABLE.delay_s(attempt, jitter)
            return RetryAt(now + timedelta(seconds=gap_s), not_asked(outcome))
        case Lost(why):
            if attempt >= policy.attempts:
                return Failed(answer_always_lost(why))
            return Unknown(now + policy.window, answer_lost(why))
        case never:
            assert_never(never)


def not_asked(outcome: NotReached | TokenSealed) -> Failure:
    """Why Meta was asked nothing, in words."""
    if isinstance(outcome, NotReached):
        return Failure(
            "0",
            "Meta could not be reached",
            outcome.why,
            "Operator: look at the network; Waypost keeps trying.",
        )
    return Failure(
        "0",
        "The WABA's access token cannot be opened; Meta was not asked",
        outcome.why,
        "Operator: set secret_keys, or the file secret.key in data_dir, to the key that sealed it "
        "and restart; if that key is lost, `waypost waba add` gives a new token. "
        "Waypost keeps trying.",
    )


def answer_lost(why: str) -> Failure:
    """Why a message's outcome is unknown, in words."""
    return Failure(
        "0",
        "Meta's answer was lost; it may have taken the message",
        why,
        "Nothing: a status from Meta settles it, or Waypost sends it again after a while.",
    )


def answer_always_lost(why: str) -> Failure:
    """Why a message whose outcome stays unknown is not given to Meta once more, in words."""
    return Failure(
        "0",
        "Meta's answers were lost again and again, and no status came",
        why,
        "Operator: see whether Meta's webhooks arrive; a late status still settles it.",
    )
