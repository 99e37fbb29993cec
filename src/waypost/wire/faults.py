"""The faults of one body: every one is listed, with where it stands and how to mend it.

Law: a code, once published, never changes; a path is a JSON pointer (RFC 6901) into the body as
the customer sent it. An answer stays small whatever was sent: at most 100 faults, short quotes,
and a pointer too long to show names the nearest value around it that is not.
"""

from enum import StrEnum
from typing import Any

import msgspec

from waypost.model.refusal import Fault

MAX_FAULTS = 100
_LONGEST_PATH = 512
_LONGEST_QUOTE = 40


class FaultCode(StrEnum):
    """Every kind of fault a send body can have."""

    EMPTY_BODY = "empty_body"
    INVALID_UTF8 = "invalid_utf8"
    BYTE_ORDER_MARK = "byte_order_mark"
    INVALID_JSON = "invalid_json"
    TOO_DEEP = "too_deep"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    LONE_SURROGATE = "lone_surrogate"
    NUL_CHARACTER = "nul_character"
    REQUIRED = "required"
    WRONG_TYPE = "wrong_type"
    WRONG_VALUE = "wrong_value"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    OUT_OF_RANGE = "out_of_range"
    OUT_OF_SEQUENCE = "out_of_sequence"
    INVALID_PHONE_NUMBER = "invalid_phone_number"
    INVALID_USER_ID = "invalid_user_id"
    TOO_MANY_RECIPIENTS = "too_many_recipients"
    AMBIGUOUS_TYPE = "ambiguous_type"
    MISPLACED = "misplaced"
    TOO_MANY_FAULTS = "too_many_faults"


class OutsizeNumber:
    """A number of the body that other programs cannot hold: its text, unread.

    Beyond the range of a double, or an integer beyond 64 bits.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


_KINDS = {
    str: "a string",
    int: "a number",
    msgspec.Raw: "a number",
    OutsizeNumber: "a number",
    bool: "a boolean",
    type(None): "null",
    dict: "an object",
    list: "an array",
}


class Faults:
    """Gathers faults in the order they are found."""

    __slots__ = ("_count", "_listed", "_paths")

    def __init__(self) -> None:
        self._listed: list[Fault] = []
        self._paths: set[str] = set()
        self._count = 0

    def __bool__(self) -> bool:
        """Whether there is any."""
        return self._count > 0

    def add(self, path: str, code: FaultCode, message: str) -> None:
        """One more fault."""
        self._count += 1
        if self._count <= MAX_FAULTS:
            self._listed.append(Fault(_shown_path(path), code.value, message))
            self._paths.add(path)

    def missing(self, path: str, right: str) -> None:
        """Something required is not there; `right` says what it should be."""
        name = path.rpartition("/")[2]
        self.add(path, FaultCode.REQUIRED, f"{name} is missing; it must be {right}")

    def wrong_kind(self, path: str, value: object, right: str) -> None:
        """Something is of another JSON kind than it should be.

        Of a number out of range that is told already, nothing more is said.
        """
        if isinstance(value, OutsizeNumber) and path in self._paths:
            return
        name = path.rpartition("/")[2] or "the body"
        self.add(path, FaultCode.WRONG_TYPE, f"{name} is {kind_of(value)}; it must be {right}")

    def absent_or_wrong(self, path: str, value: object, right: str) -> None:
        """Something required is None because it is not there or null, or is of another kind."""
        if value is ABSENT:
            self.missing(path, right)
        else:
            self.wrong_kind(path, value, right)

    @property
    def is_full(self) -> bool:
        """Whether looking for more is idle: no further fault will be listed."""
        return self._count > MAX_FAULTS

    def listed(self) -> tuple[Fault, ...]:
        """All faults; or, of more than 100, the first 99 and a last that says there are more."""
        if not self.is_full:
            return tuple(self._listed)
        return (
            *self._listed[: MAX_FAULTS - 1],
            Fault(
                "",
                FaultCode.TOO_MANY_FAULTS.value,
                f"there are more faults than these {MAX_FAULTS - 1}; mend these first",
            ),
        )


class _Absent:
    """The type of ABSENT."""


ABSENT: Any = _Absent()
"""What stands for a key that is not there, where null is something else."""


def kind_of(value: object) -> str:
    """The JSON kind of a value, in words: `a string`, `an object`."""
    return _KINDS.get(type(value), "nothing")


def quoted(text: str) -> str:
    """The customer's text as a sentence may show it: short, and sendable as UTF-8."""
    short = text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "..."
    return f'"{short.encode("utf-8", "replace").decode()}"'


def _shown_path(path: str) -> str:
    if len(path) > _LONGEST_PATH:
        path = path[: path.rfind("/", 0, _LONGEST_PATH)]
    return path if path.isascii() else path.encode("utf-8", "replace").decode()
