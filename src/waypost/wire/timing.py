"""When a message is to go, for how long, and before whom: three keys of `extra_info` of our own.

Law: pure, so nothing here is held against the present; what is too early or too late is told by
`accept/schedule.py`. The forms that are taken are few, and each is unmistakable: a time of day
without a zone is none.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from waypost.model.work import Priority
from waypost.wire.faults import FaultCode, Faults, quoted

SHORTEST_VALIDITY_S = 30
LONGEST_VALIDITY_S = 2_592_000
"""30 days: what Meta itself keeps a message for at most (`reference` 11)."""

PRIORITIES: Mapping[str, Priority] = {
    "high": Priority.HIGH,
    "normal": Priority.NORMAL,
    "bulk": Priority.BULK,
}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""

_LONGEST_DIGITS = 18
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(?P<zone>Z|[+-]\d{2}(:?\d{2})?)?",
    re.ASCII | re.IGNORECASE,
)
_MOMENT = 'ISO 8601 with a time zone, like "2027-01-31T18:00:00+05:30", or whole Unix seconds'
_VALIDITY = f"whole seconds from {SHORTEST_VALIDITY_S} to {LONGEST_VALIDITY_S}"
_WORDS = '"high", "normal" or "bulk"'


def moment_of(value: int | str) -> datetime | None:
    """The moment in UTC that a number or a text names; None if it names none."""
    seconds = _whole(value)
    if seconds is not None:
        return _EPOCH + timedelta(seconds=seconds) if 0 <= seconds <= _LAST_SECOND else None
    if not isinstance(value, str):
        return None
    found = _ISO.fullmatch(value.strip())
    if found is None or found["zone"] is None:
        return None
    try:
        return datetime.fromisoformat(found[0].upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # the 31st of February; the year 0 in another zone
        return None


def parse_send_at(value: Any, path: str, faults: Faults) -> datetime | None:
    """When it is to be given to Meta, in UTC; None for null, and for what is told as a fault."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        faults.wrong_kind(path, value, _MOMENT)
        return None
    moment = moment_of(value)
    if moment is None:
        found = _ISO.fullmatch(value.strip()) if isinstance(value, str) else None
        lacks_zone = found is not None and found["zone"] is None
        said = "has no time zone" if lacks_zone else f"is {_shown(value)}"
        faults.add(path, FaultCode.WRONG_VALUE, f"send_at {said}; it must be {_MOMENT}")
    return moment


def parse_validity(value: Any, path: str, faults: Faults) -> int | None:
    """How long it may wait, in seconds; None for null, and for what is told as a fault."""
    if value is None:
        return None
    seconds = _whole(value)
    if seconds is None:
        if isinstance(value, str):
            faults.add(
                path,
                FaultCode.WRONG_VALUE,
                f"validity_period is {quoted(value)}; it must be {_VALIDITY}",
            )
        else:
            faults.wrong_kind(path, value, _VALIDITY)
        return None
    if not SHORTEST_VALIDITY_S <= seconds <= LONGEST_VALIDITY_S:
        faults.add(
            path,
            FaultCode.OUT_OF_RANGE,
            f"validity_period is {seconds}; it must be {_VALIDITY}",
        )
        return None
    return seconds


def parse_priority(value: Any, path: str, faults: Faults) -> Priority | None:
    """Before whom it goes; None for null, and for what is told as a fault."""
    if value is None:
        return None
    if not isinstance(value, str):
        faults.wrong_kind(path, value, _WORDS)
        return None
    priority = PRIORITIES.get(value.strip().lower())
    if priority is None:
        faults.add(path, FaultCode.WRONG_VALUE, f"priority is {quoted(value)}; it must be {_WORDS}")
    return priority


def _whole(value: object) -> int | None:
    """A whole number, or the digits of one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= _LONGEST_DIGITS:
        digits = value.strip()
        return int(digits) if digits.isascii() and digits.isdigit() else None
    return None


def _shown(value: int | str) -> str:
    return quoted(value) if isinstance(value, str) else str(value)
