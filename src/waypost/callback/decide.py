"""What an endpoint's answer, or its silence, means for the event. Pure."""

from datetime import datetime, timedelta

from msgspec import Struct

from waypost.model.outbox import CallbackState
from waypost.queue.retry import RetryPolicy

SCHEDULE = RetryPolicy(first_s=5, factor=5, longest_s=86_400)
"""5 s, 25 s, 2 min, 10 min, 52 min, 4 h, 22 h, then daily: ten attempts take three days."""


class Decision(Struct, frozen=True):
    """What is kept of an attempt.

    answer    in words, for the timeline
    retry_at  when to try again; None: it is over
    """

    state: CallbackState
    answer: str
    retry_at: datetime | None


class Attempted(Struct, frozen=True):
    """One attempt: its number from 1, and the HTTP status or, without one, why there is none."""

    attempt: int
    status: int | None
    problem: str = ""


def decide(attempted: Attempted, most: int, now: datetime, jitter: float) -> Decision:
    """Any 2xx ends it well. Anything else is tried again, up to `most` attempts."""
    if attempted.status is not None and 200 <= attempted.status < 300:  # noqa: PLR2004 - HTTP's
        return Decision(CallbackState.DELIVERED, f"HTTP {attempted.status}", None)
    answer = attempted.problem if attempted.status is None else f"HTTP {attempted.status}"
    if attempted.attempt >= most:
        return Decision(CallbackState.GIVEN_UP, answer, None)
    gap_s = SCHEDULE.delay_s(attempted.attempt, jitter)
    return Decision(CallbackState.PENDING, answer, now + timedelta(seconds=gap_s))
