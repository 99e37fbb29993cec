"""Whether the moment that a customer asks for can be kept. Pure.

`extra_info.send_at` lies in the body, so whoever asks for a moment that cannot be is told as of
any other fault of it; only the present decides which moments those are.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from waypost.model.refusal import Fault
from waypost.model.submission import Submission

PLACE = "/extra_info/send_at"
TOLERANCE = timedelta(minutes=1)
"""A moment that passed so little ago is now: clocks differ, and requests travel."""


def check_schedule(submission: Submission, now: datetime, furthest: timedelta) -> tuple[Fault, ...]:
    """Why it cannot go when it is asked to; nothing if it can."""
    at = submission.send_at
    if at is None:
        return ()
    said = f"send_at is {at:%Y-%m-%d %H:%M:%S}Z, and it is {now:%Y-%m-%d %H:%M:%S}Z now"
    if at < now - TOLERANCE:
        return (
            Fault(
                PLACE,
                "out_of_range",
                f"{said}: the moment has passed.",
                mend="Send a moment to come, or leave send_at out to send at once.",
            ),
        )
    if at - now > furthest:
        days = furthest // timedelta(days=1)
        return (
            Fault(
                PLACE,
                "out_of_range",
                f"{said}: that is more than {days} days ahead.",
                mend=f"Send a moment of the next {days} days; Unix times are in seconds, "
                "not in milliseconds.",
            ),
        )
    return ()


def without_past(submission: Submission, now: datetime) -> Submission:
    """The same; a moment that has just passed is no moment to wait for."""
    at = submission.send_at
    if at is not None and now - TOLERANCE <= at <= now:
        return replace(submission, send_at=None)
    return submission
