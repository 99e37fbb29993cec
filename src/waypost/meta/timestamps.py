"""Meta's timestamps: seconds since 1970, written in two ways. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST_S = 253_402_300_799
"""The last second of the year 9999: a larger timestamp is none."""


def instant_of(timestamp: Any) -> datetime | None:
    """The instant of Unix seconds, in a text or, from some senders, a number; None for others."""
    try:
        seconds = int(timestamp)
    except (TypeError, ValueError, OverflowError):
        return None
    return EPOCH + timedelta(seconds=seconds) if 0 <= seconds <= LATEST_S else None
