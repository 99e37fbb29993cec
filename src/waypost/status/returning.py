"""A `failed` that comes after Meta took the message, and what it is by our table. Pure.

For a reason that passes the message is returned: it waits, and is given to Meta again under the
same id of ours. What cannot be mended, has been tried often enough, or would come after the
message's validity, stays failed.
"""

from datetime import datetime

from msgspec.structs import replace

from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact
from waypost.model.message import Dispatchable, MessageRecord, Observation
from waypost.model.meta_error import ErrorRow, RetryRule
from waypost.model.meta_error_table import classify
from waypost.status.consequences import BITS, LEADS_BACK, UNSETTLED, is_past, was_lost
from waypost.status.verdict import THROTTLES, circumstances_of, judge

MIDDLE = 0.5
"""In place of chance: those who are returned together pass their sender's pace one by one."""

STOPPING = frozenset({RetryRule.HOLD_SENDER, RetryRule.HOLD_TEMPLATE})
"""Rules that stop more than the one message."""

TELLING = frozenset({Fact.ATTEMPTED, Fact.REFUSED, Fact.FAILED, Fact.RETURNED})
"""Facts whose failure may be Meta's."""


def row_of(failure: Failure | None) -> ErrorRow | None:
    """The row of Meta's code, if the failure has one; a reason of our own has none."""
    if failure is None or not failure.code.isdecimal():
        return None
    row = classify(int(failure.code), http_status=200)
    # 0 is a code of Meta's, and ours for what Meta did not say.
    return None if failure.code == "0" and failure.title != row.title else row


def may_return(observation: Observation) -> bool:
    """Whether a `failed` may be one that passes."""
    row = row_of(observation.failure) if observation.fact is Fact.FAILED else None
    return row is not None and row.rule is not RetryRule.END


def is_throttled_again(observation: Observation, record: MessageRecord) -> bool:
    """Whether a message was too fast for Meta, and was returned before."""
    row = row_of(observation.failure) if observation.fact is Fact.FAILED else None
    has_returned = bool(record.facts_seen & BITS[Fact.RETURNED])
    return row is not None and row.rule in THROTTLES and has_returned


def stops_more(observation: Observation, record: MessageRecord) -> bool:
    """Whether a fact stops its sender or its template; a failure that is told again does not.

    Meta may tell it days later, when what it stopped has long been mended.
    """
    is_told_again = bool(record.facts_seen & BITS[Fact.FAILED])
    if observation.fact is Fact.FAILED and is_told_again:
        return False
    row = row_of(observation.failure) if observation.fact in TELLING else None
    return row is not None and row.rule in STOPPING


def needs_history(observation: Observation, record: MessageRecord) -> bool:
    """Whether only the timeline tells if this fact is of an earlier attempt.

    A message that waits after it was returned may hear of its newest attempt before the answer
    to it is recorded, and of one before the returned one.
    """
    return (
        observation.fact in (Fact.SENT, Fact.FAILED)
        and record.state in UNSETTLED
        and bool(record.facts_seen & BITS[Fact.RETURNED])
        and observation.wamid not in (None, record.wamid)
    )


def needs_lease(observation: Observation, record: MessageRecord) -> bool:
    """Whether only the queue tells if a lost answer is of an attempt that was returned.

    Where one was lost before, nothing tells which attempt was returned.
    """
    if observation.fact is not Fact.LOST or observation.lease_token is None:
        return False
    return bool(record.facts_seen & BITS[Fact.RETURNED]) and not was_lost(record.facts_seen)


def return_or_fail(
    observation: Observation,
    record: MessageRecord,
    message: Dispatchable,
    most_attempts: int,
    now: datetime,
    returns: int = 0,
) -> Observation:
    """The observation as it counts: RETURNED with the time of the next attempt, or as it is.

    returns  how often the message was returned so far: throttled ones wait longer each time
    """
    row = row_of(observation.failure)
    is_over = observation.is_past or is_past(
        observation, record.state, record.wamid, record.facts_seen
    )
    if row is None or record.state not in LEADS_BACK or is_over:
        return observation
    attempt = record.attempts + 1 if record.state in UNSETTLED else record.attempts
    if row.rule in THROTTLES:
        attempt = max(attempt, returns + 1)
    verdict = judge(row, circumstances_of(message, attempt, most_attempts), now, MIDDLE)
    if verdict.retry_at is None:
        return observation
    if message.expires_at is not None and verdict.retry_at >= message.expires_at:
        return observation
    return replace(
        observation,
        fact=Fact.RETURNED,
        retry_at=verdict.retry_at,
        was_made=verdict.is_counted,
        pricing=None,  # of an attempt, and not of the message
    )
