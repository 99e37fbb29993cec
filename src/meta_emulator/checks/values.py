"""Reading a JSON object key by key: what is missing, of the wrong kind or too long is refused.

What is missing is 131008, a value out of bounds is 131009, a value of the wrong JSON kind is
code 100, each with the place in Meta's own notation: `interactive['action']['buttons'][0]`.
"""

import re
from typing import Any

from meta_emulator.protocol.errors import RefusedError, invalid, refused

Object = dict[str, Any]


def place(where: str, key: str | int) -> str:
    """`interactive['body']` for the key of an object, `x[0]` for the item of an array."""
    return f"{where}[{key}]" if isinstance(key, int) else f"{where}['{key}']"


def needed(holder: Object, key: str, where: str) -> Any:
    """The value at `key`; raises RefusedError where there is none."""
    value = holder.get(key)
    if value is None:
        raise RefusedError(refused(131008, f"The parameter {place(where, key)} is required."))
    return value


def object_at(holder: Object, key: str, where: str) -> Object:
    """The object at `key`; raises RefusedError."""
    return as_object(needed(holder, key, where), place(where, key))


def as_object(value: Any, at: str) -> Object:
    """`value` if it is an object; raises RefusedError."""
    if type(value) is not dict:
        raise RefusedError(invalid(f"Param {at} must be an object."))
    return value


def objects_at(holder: Object, key: str, where: str, least: int, most: int) -> list[Object]:
    """The array of `least` to `most` objects at `key`; raises RefusedError."""
    items = needed(holder, key, where)
    at = place(where, key)
    if type(items) is not list:
        raise RefusedError(invalid(f"Param {at} must be an array."))
    if not least <= len(items) <= most:
        raise RefusedError(refused(131009, f"{at} must have {least} to {most} items"))
    return [as_object(item, place(at, number)) for number, item in enumerate(items)]


def text_at(holder: Object, key: str, where: str, most: int) -> str:
    """The text of 1 to `most` characters at `key`; raises RefusedError."""
    return bounded(needed(holder, key, where), place(where, key), most)


def optional_text(holder: Object, key: str, where: str, most: int) -> str | None:
    """The text at `key`, None where there is none; raises RefusedError."""
    value = holder.get(key)
    return None if value is None else bounded(value, place(where, key), most)


def bounded(value: Any, at: str, most: int) -> str:
    """`value` if it is a text of 1 to `most` characters; raises RefusedError."""
    if type(value) is not str:
        raise RefusedError(invalid(f"Param {at} must be a string."))
    if not 1 <= len(value) <= most:
        raise RefusedError(refused(131009, f"{at} must be 1 to {most} characters long"))
    return value


def word_at(holder: Object, key: str, where: str, words: tuple[str, ...]) -> str:
    """The one of `words` at `key`; raises RefusedError."""
    value = needed(holder, key, where)
    if type(value) is not str or value not in words:
        listed = ", ".join(words).upper()
        at = place(where, key)
        raise RefusedError(invalid(f'Param {at} must be one of {{{listed}}} - got "{value}".'))
    return value


def url_at(holder: Object, key: str, where: str) -> str:
    """The http or https address at `key`; raises RefusedError."""
    value = needed(holder, key, where)
    at = place(where, key)
    if type(value) is not str or not ADDRESS.fullmatch(value):
        raise RefusedError(invalid(f"Param {at} must be a valid URI."))
    return bounded(value, at, URL_LIMIT)


def whole_at(holder: Object, key: str, where: str, least: int = 0) -> int:
    """The whole number from `least` at `key`; raises RefusedError."""
    value = needed(holder, key, where)
    at = place(where, key)
    if type(value) is not int:
        raise RefusedError(invalid(f"Param {at} must be an integer."))
    if value < least:
        raise RefusedError(refused(131009, f"{at} must be at least {least}"))
    return value


def unrepeated(value: str, earlier: set[str], at: str) -> None:
    """Raise RefusedError if `value` is among the `earlier` ones; else it joins them."""
    if value in earlier:
        raise RefusedError(refused(131009, f"{at} must not repeat {value}"))
    earlier.add(value)


URL_LIMIT = 2000
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
