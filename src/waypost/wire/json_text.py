"""The text of a body, to JSON values: strict, but for trailing commas.

Law: any bytes give a document or one fault with line and column; never an exception, never more
than linear time, never deeper than 64 levels. The last of repeated keys counts. Numbers with a
fraction or an exponent keep their own text (msgspec.Raw), so that they go on as they came; those
that other programs cannot hold become OutsizeNumber, to be reported where they stand.
Source: design contract, "Body": JSON.
"""

import re
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from math import isfinite
from typing import Any

import msgspec

from waypost.model.refusal import Fault
from waypost.wire.faults import FaultCode, OutsizeNumber

MAX_DEPTH = 64
_MOST_SURE_DIGITS = 18
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1

# A string, closed or running to the end of the text: so no place is looked at twice.
_STRING = r'"[^"\\]*+(?:\\(?:.|\Z)[^"\\]*+)*+(?:"|\Z)'
# A comma right behind an opening bracket or a comma ends nothing, so it is no trailing comma.
_TRAILING_COMMA = re.compile(_STRING + r"|[\[{,][ \t\n\r]*+,|,(?=[ \t\n\r]*+[}\]])", re.DOTALL)
_BRACKET = re.compile(_STRING + r"|[\[{]|[\]}]", re.DOTALL)
_NO_NUMBER = re.compile(_STRING + r"|NaN|-?Infinity", re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

_SENTENCES = {
    "Expecting value": "a value is expected here",
    "Expecting property name enclosed in double quotes": "a key in double quotes is expected here",
    "Expecting ':' delimiter": "a colon is expected here, between key and value",
    "Expecting ',' delimiter": "a comma or a closing bracket is expected here",
    "Extra data": "the JSON value ends before this place; nothing may follow it",
    "Unterminated string starting at": "the string that starts here is never closed",
    "Invalid control character at": (
        "a line break, tab or other control character stands bare in a string; "
        r"write it as an escape, like \n"
    ),
    "Invalid \\escape": r"this escape does not exist; a lone backslash is written \\",
    "Invalid \\uXXXX escape": r"\u must be followed by four hexadecimal digits",
}


@dataclass(frozen=True, slots=True)
class Document:
    """What a body says.

    is_suspect     it may hold an OutsizeNumber or a lone surrogate somewhere
    has_fractions  it has numbers that keep their own text
    """

    value: Any
    is_suspect: bool
    has_fractions: bool


class _NotJsonError(ValueError):
    """NaN or an Infinity stands in the text."""


class _Numbers:
    """How the numbers of one text are read."""

    __slots__ = ("has_fractions", "has_outsize")

    def __init__(self) -> None:
        self.has_outsize = False
        self.has_fractions = False

    def integer(self, text: str) -> int | OutsizeNumber:
        if len(text) <= _MOST_SURE_DIGITS:
            return int(text)
        if len(text) <= len(str(_SMALLEST)) and _SMALLEST <= int(text) <= _LARGEST:
            return int(text)
        self.has_outsize = True
        return OutsizeNumber(text)

    def fraction(self, text: str) -> msgspec.Raw | OutsizeNumber:
        if isfinite(float(text)):
            self.has_fractions = True
            return msgspec.Raw(text)
        self.has_outsize = True
        return OutsizeNumber(text)

    def constant(self, text: str) -> Any:
        raise _NotJsonError(text)


def read_json(body: bytes) -> Document | Fault:
    """The document, or the one thing that keeps the body from being one."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        return _not_utf8(body, error.start)
    if text.startswith("\ufeff"):
        return _at(
            text,
            0,
            FaultCode.BYTE_ORDER_MARK,
            "the body begins with a byte order mark; leave it out",
        )
    numbers = _Numbers()
    value = _read_text(text, numbers)
    if isinstance(value, Fault):
        return value
    is_suspect = numbers.has_outsize or _SURROGATE.search(text) is not None
    return Document(value, is_suspect, numbers.has_fractions)


def _read_text(text: str, numbers: _Numbers) -> Any:
    try:
        value = _decode(text, numbers)
    except JSONDecodeError as error:
        return _not_json(text, error)
    except _NotJsonError as error:
        return _no_number(text, str(error))
    except RecursionError:
        return _too_deep(text)
    if text.count("{") + text.count("[") > MAX_DEPTH and _is_too_deep(value):
        return _too_deep(text)
    return value


def _decode(text: str, numbers: _Numbers) -> Any:
    decoder = JSONDecoder(
        parse_int=numbers.integer,
        parse_float=numbers.fraction,
        parse_constant=numbers.constant,
    )
    try:
        return decoder.decode(text)
    except JSONDecodeError:
        mended = _TRAILING_COMMA.sub(_blank_comma, text)
        if mended == text:
            raise
    # Every comma became a space: lines and columns are still the customer's.
    return decoder.decode(mended)


def _blank_comma(match: re.Match[str]) -> str:
    found = match[0]
    return " " if found == "," else found


def _is_too_deep(value: Any) -> bool:
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(MAX_DEPTH):
        level = [
            child
            for container in level
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True


def _not_utf8(body: bytes, start: int) -> Fault:
    before = body[:start].decode()
    return _at(
        before,
        len(before),
        FaultCode.INVALID_UTF8,
        f"byte {start + 1} of the body is not UTF-8; send the body in UTF-8",
    )


def _not_json(text: str, error: JSONDecodeError) -> Fault:
    if not text.strip(" \t\n\r"):
        return Fault(
            "",
            FaultCode.EMPTY_BODY.value,
            "the body is empty; send a JSON object",
            line=1,
            column=1,
        )
    what = _SENTENCES.get(error.msg.rstrip(":"), "this is not JSON")
    return _at(text, error.pos, FaultCode.INVALID_JSON, f"the body is not JSON: {what}")


def _no_number(text: str, name: str) -> Fault:
    position = next((found.start() for found in _NO_NUMBER.finditer(text) if found[0][0] != '"'), 0)
    return _at(
        text,
        position,
        FaultCode.INVALID_JSON,
        f"the body is not JSON: {name} is no JSON number",
    )


def _too_deep(text: str) -> Fault:
    depth = 0
    position = 0
    for found in _BRACKET.finditer(text):
        if found[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                position = found.start()
                break
        elif found[0] in "]}":
            depth -= 1
    return _at(
        text,
        position,
        FaultCode.TOO_DEEP,
        f"the body is nested deeper than {MAX_DEPTH} levels here",
    )


def _at(text: str, position: int, code: FaultCode, message: str) -> Fault:
    """A fault at a place of the text; line and column from 1, columns in characters."""
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return Fault(
        "", code.value, f"{message} (line {line}, column {column})", line=line, column=column
    )
