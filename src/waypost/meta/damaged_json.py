"""Reading JSON that a strict reader refuses: what a stranger says in it is worth knowing.

Law: one bad character costs itself. Half a surrogate pair, as a name that was cut in the middle
of an emoji has it, and bytes that are no UTF-8 become U+FFFD; numbers that nobody can hold become
null. What is no JSON at all stays refused. Pure.
"""

import json
from math import isfinite
from typing import Any

MOST_DIGITS = 18
"""Of a whole number that every reader behind us can hold."""


def read_damaged(body: bytes) -> Any:
    """The document. Raises ValueError if it is no JSON, RecursionError if it is too deep."""
    text = body.decode("utf-8-sig", "replace")
    return _mend(
        json.loads(text, parse_int=_whole, parse_float=_fraction, parse_constant=lambda _: None)
    )


def _mend(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_mend(item) for item in value]
    if isinstance(value, dict):
        return {_mend(key): _mend(item) for key, item in value.items()}
    return value


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS else None


def _fraction(digits: str) -> float | None:
    number = float(digits)
    return number if isfinite(number) else None
