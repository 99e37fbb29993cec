"""What an endpoint's answer, or its silence, means for the event and for the endpoint. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from msgspec import Struct

from waypost.model.outbox import CallbackState
from waypost.queue.retry import RetryPolicy

SCHEDULE = RetryPolicy(first_s=5, factor=5, longest_s=86_400)
"""5 s, 25 s, 2 min, 10 min, 52 min, 4 h, 22 h, then daily: ten attempts take three days."""

LONGEST_WAIT = timedelta(days=1)
"""How far an endpoint's `Retry-After` is followed."""

GONE = 410
SLOW_DOWN = (429, 502, 503, 504)
REDIRECT = range(300, 400)


class Decision(Struct, frozen=True):
    """What is kept of an attempt, and what it says of the endpoint.

    answer    in words, for the timeline
    retry_at  when to try again; None: it is over
    is_slow   the endpoint has too much to do, or did not answer: it gets less at once
    lull      how long it asked to be left alone; None: it did not say
    is_gone   it wants nothing more, ever
    """

    state: CallbackState
    answer: str
    retry_at: datetime | None
    is_slow: bool = False
    lull: timedelta | None = None
    is_gone: bool = False


class Attempted(Struct, frozen=True):
    """One attempt.

    attempt  from 1
    status   the HTTP status; None: no answer came, for the reason that `problem` tells
    headers  of the answer, by lower-case name
    """

    attempt: int
    status: int | None
    problem: str = ""
    headers: Mapping[str, str] = {}


def decide(attempted: Attempted, most: int, now: datetime, jitter: float) -> Decision:
    """Any 2xx ends it well. Anything else is tried again, up to `most` attempts."""
    status = attempted.status
    if status is not None and 200 <= status < 300:  # noqa: PLR2004 - HTTP's
        return Decision(CallbackState.DELIVERED, f"HTTP {status}", None)
    answer = say(attempted)
    if status == GONE:
        return Decision(CallbackState.PENDING, answer, now, is_gone=True)
    is_slow = status is None or status in SLOW_DOWN
    lull = _retry_after(attempted.headers, now) if status in SLOW_DOWN else None
    if attempted.attempt >= most:
        return Decision(CallbackState.GIVEN_UP, answer, None, is_slow, lull)
    gap = timedelta(seconds=SCHEDULE.delay_s(attempted.attempt, jitter))
    retry_at = now + (gap if lull is None else max(gap, lull))
    return Decision(CallbackState.PENDING, answer, retry_at, is_slow, lull)


def say(attempted: Attempted) -> str:
    """The answer in words."""
    status = attempted.status
    if status is None:
        return attempted.problem
    if status in REDIRECT:
        where = attempted.headers.get("location", "")
        return (
            f"HTTP {status}: redirects are not followed; the profile's URL must be the last one"
            + (f" ({where[:200]})" if where else "")
        )
    return f"HTTP {status}"


def _retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """What `Retry-After` asks for: seconds or a date (RFC 9110, 10.2.3), a day at most."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the second: a year or a zone beyond all numbers
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(timedelta(), min(until - now, LONGEST_WAIT))
