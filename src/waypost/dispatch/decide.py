"""Outcome and attempt to Decision. Pure.

What Meta refuses is judged by the row of its code (`status.verdict`); what never reached Meta is
tried again for as long as it takes; what may have reached Meta is unknown and waits for a status,
and so often. No message waits beyond its validity: then it comes back to be withheld.
"""

from datetime import datetime, timedelta
from typing import assert_never

from msgspec import Struct

from waypost.meta.outcome import Lost, NotReached, Outcome, Refused, Taken, TokenSealed
from waypost.model.failure import Failure
from waypost.model.message import Dispatchable
from waypost.model.meta_error import RetryRule
from waypost.queue.retry import RetryPolicy
from waypost.status.verdict import Circumstances, circumstances_of, judge

UNREACHABLE = RetryPolicy(first_s=0.5, factor=2.0, longest_s=30.0)


class Submitted(Struct, frozen=True):
    """Meta took it."""

    wamid: str | None
    wa_id: str | None


class RetryAt(Struct, frozen=True):
    """Not now: once more at this time.

    is_counted  whether the attempt is used up; not if nothing was asked of Meta, or too fast
    """

    at: datetime
    failure: Failure
    is_counted: bool = True


class Held(Struct, frozen=True):
    """Meta refuses the sender as a whole: it is held, and the message waits with it."""

    at: datetime
    failure: Failure


class TemplateStopped(Struct, frozen=True):
    """Meta stopped its template: the message waits until this time, and is looked at again."""

    at: datetime
    failure: Failure


class Failed(Struct, frozen=True):
    """Never."""

    failure: Failure


class Unknown(Struct, frozen=True):
    """Perhaps: wait until this time for a status that tells."""

    until: datetime
    failure: Failure


Decision = Submitted | RetryAt | Held | TemplateStopped | Failed | Unknown


class Policy(Struct, frozen=True):
    """How often a message is given to Meta, and how long an unknown outcome waits.

    attempts  the last one ends it, refused for now or lost: a message that Meta takes each time
              without our hearing of it must not reach its recipient for ever
    """

    attempts: int
    window: timedelta


def decide(
    outcome: Outcome,
    attempt: int,
    policy: Policy,
    now: datetime,
    jitter: float,
    message: Dispatchable | None = None,
) -> Decision:
    """What we do about this outcome of this attempt (from 1); jitter is a chance in [0, 1)."""
    match outcome:
        case Taken(wamid, wa_id):
            return Submitted(wamid, wa_id)
        case Refused():
            if message is None:
                case = Circumstances(attempt, policy.attempts)
            else:
                case = circumstances_of(message, attempt, policy.attempts)
            return decide_refusal(outcome, case, now, jitter)
        case NotReached() | TokenSealed():
            gap_s = UNREACHABLE.delay_s(attempt, jitter)
            return RetryAt(now + timedelta(seconds=gap_s), not_asked(outcome), is_counted=False)
        case Lost(why):
            if attempt >= policy.attempts:
                return Failed(answer_always_lost(why))
            return Unknown(now + policy.window, answer_lost(why))
        case never:
            assert_never(never)


def decide_refusal(
    refused: Refused, case: Circumstances, now: datetime, jitter: float
) -> Failed | RetryAt | Held | TemplateStopped:
    """What we do about a refusal of Meta's."""
    verdict = judge(refused.row, case, now, jitter)
    if verdict.retry_at is None:
        return Failed(refused.failure)
    if refused.row.rule is RetryRule.HOLD_SENDER:
        return Held(verdict.retry_at, refused.failure)
    if refused.row.rule is RetryRule.HOLD_TEMPLATE:
        return TemplateStopped(verdict.retry_at, refused.failure)
    return RetryAt(verdict.retry_at, refused.failure, verdict.is_counted)


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
        "Nothing: a status from Meta settles it, or it is sent again or held, as the account's "
        "`unknown_policy` says.",
    )


def answer_always_lost(why: str) -> Failure:
    """Why a message whose outcome stays unknown is not given to Meta once more, in words."""
    return Failure(
        "0",
        "Meta's answers were lost again and again, and no status came",
        why,
        "Operator: see whether Meta's webhooks arrive; a late status still settles it.",
    )
