"""Durations as people write them: `90s`, `24h`, `7d`, `1h30m`, or a number of seconds."""

import math
import re

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)")
WHOLE = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d|w))+")
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")

LONGEST_S = 3660 * 86400.0
"""Ten years."""


def parse_duration(given: str | float) -> float:
    """The seconds of `1h30m`, or of a number; raises ValueError with a sentence."""
    seconds = _seconds_of(given)
    if math.isnan(seconds) or seconds < 0:
        raise ValueError(f"{given!r} is no duration; time only goes forward")
    if seconds > LONGEST_S:
        raise ValueError(f"{given!r} is longer than ten years; the longest is 3660d")
    return seconds


def _seconds_of(given: str | float) -> float:
    if isinstance(given, bool):
        raise ValueError("a duration is written like 90s, 24h, 7d or 1h30m")  # noqa: TRY004 one kind of error for one kind of fault
    if not isinstance(given, str):
        return float(given)
    text = given.strip().lower().replace(" ", "")
    if NUMBER.fullmatch(text):
        return float(text)
    if not WHOLE.fullmatch(text):
        raise ValueError(
            f"{given!r} is no duration; write it like 90s, 24h, 7d or 1h30m (ms, s, m, h, d, w)"
        )
    return sum(float(number) * UNITS[unit] for number, unit in PART.findall(text))
