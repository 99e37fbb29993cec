"""The single fields of the message object: strings, words, indexes.

Each function gives the value as Meta is to read it, or None when it is not what it must be; then
the fault is already told.
"""

from typing import Any

from waypost.wire.faults import ABSENT, FaultCode, Faults, quoted

MOST_INDEX = 9
_INDEX = "an integer from 0 to 9, or the same as a string"


def text_field(container: dict[str, Any], key: str, path: str, faults: Faults) -> str | None:
    """A string that must be there and not empty."""
    value = container.get(key, ABSENT)
    if not isinstance(value, str):
        faults.absent_or_wrong(f"{path}/{key}", value, "a string")
        return None
    if not value:
        faults.add(f"{path}/{key}", FaultCode.EMPTY, f"{key} is empty; it must be a string")
        return None
    return value


def looked_up_field(container: dict[str, Any], key: str, path: str, faults: Faults) -> str | None:
    """A text field that is looked up in the database, which cannot hold U+0000."""
    value = text_field(container, key, path, faults)
    if value is not None and "\0" in value:
        faults.add(
            f"{path}/{key}",
            FaultCode.NUL_CHARACTER,
            f"{key} has the character U+0000; leave it out",
        )
        return None
    return value


def word_field(container: dict[str, Any], key: str, path: str, faults: Faults) -> str | None:
    """One of Meta's words, in any case; it is put back into the container in lower case."""
    value = text_field(container, key, path, faults)
    if value is None or value.islower():
        return value
    word = value.lower()
    container[key] = word
    return word


def object_field(
    container: dict[str, Any], key: str, path: str, faults: Faults
) -> dict[str, Any] | None:
    """An object that must be there."""
    value = container.get(key, ABSENT)
    if isinstance(value, dict):
        return value
    faults.absent_or_wrong(f"{path}/{key}", value, "an object")
    return None


def array_field(container: dict[str, Any], key: str, path: str, faults: Faults) -> list[Any] | None:
    """An array that must be there."""
    value = container.get(key, ABSENT)
    if isinstance(value, list):
        return value
    faults.absent_or_wrong(f"{path}/{key}", value, "an array")
    return None


def index_field(container: dict[str, Any], key: str, path: str, faults: Faults) -> int | None:
    """An index from 0 to 9, put back into the container as an integer."""
    value = container.get(key, ABSENT)
    index = _index_of(value)
    if index is None:
        if isinstance(value, str):
            faults.add(
                f"{path}/{key}",
                FaultCode.WRONG_VALUE,
                f"{key} is {quoted(value)}; it must be {_INDEX}",
            )
        else:
            faults.absent_or_wrong(f"{path}/{key}", value, _INDEX)
        return None
    if not 0 <= index <= MOST_INDEX:
        faults.add(
            f"{path}/{key}", FaultCode.OUT_OF_RANGE, f"{key} is {index}; it must be {_INDEX}"
        )
        return None
    container[key] = index
    return index


def _index_of(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= len("-9223372036854775808"):
        return int(value) if value.isascii() and value.isdigit() else None
    return None
