"""One object of a message, looked at: each reader gives what stands there, or tells a finding.

Law: whatever JSON stands there, a value or None and a finding, never an exception. Lengths are
counted in code points. Meta's code is 131008 for what is missing, 100 for what is of another JSON
kind, no address, or none of the words that may stand there, 131009 for every other value that is
not valid: too long, too many, repeated (`reference` 3.3; seen in the field).
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

from waypost.model.finding import FindingCode, Findings

INVALID, MISSING, NOT_VALID = 100, 131008, 131009
TEXT_OBJECT = 'an object like {"text": "..."}'
_LONGEST_QUOTE = 40
_URL = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)

_KINDS: Mapping[type, str] = {
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
    dict: "an object",
    list: "an array",
}


class Count(Struct, frozen=True):
    """How many things an array may have, and what they are called: `reply buttons`.

    most  None if there is no limit to them
    """

    least: int
    most: int | None
    things: str


class Part:
    """An object of the message, the JSON pointer to it, and the findings that gather."""

    __slots__ = ("findings", "path", "value")

    def __init__(self, value: Mapping[str, Any], path: str, findings: Findings) -> None:
        self.value = value
        self.path = path
        self.findings = findings

    def at(self, key: str) -> str:
        """The pointer to the value under `key`."""
        return f"{self.path}/{key}"

    def add(self, key: str, code: FindingCode, meta_code: int, message: str, mend: str) -> None:
        """A finding about the value under `key`; `message` is a sentence without its full stop."""
        said = f"{message[:1].upper()}{message[1:]}."
        self.findings.add(self.at(key), code, meta_code, said, mend)

    def missing(self, key: str, right: str) -> None:
        """Something required is not there; `right` says what it should be."""
        self.add(
            key,
            FindingCode.REQUIRED,
            MISSING,
            f"the {key} is missing; it must be {right}",
            f"Add {key}, {right}.",
        )

    def wrong_kind(self, key: str, right: str) -> None:
        """The value under `key` is of another JSON kind than `right`."""
        self.add(
            key,
            FindingCode.WRONG_TYPE,
            INVALID,
            f"the {key} is {kind_of(self.value.get(key))}; it must be {right}",
            f"Make {key} {right}.",
        )

    def text(
        self,
        key: str,
        longest: int | None = None,
        *,
        is_required: bool = True,
        too_long_code: int = NOT_VALID,
    ) -> str | None:
        """A string that is not empty, of at most `longest` characters; None if it is not there."""
        if key not in self.value:
            if is_required:
                self.missing(key, _text_of(longest))
            return None
        value = self.value[key]
        if not isinstance(value, str):
            self.wrong_kind(key, _text_of(longest))
            return None
        if not value:
            self.add(
                key,
                FindingCode.EMPTY,
                NOT_VALID,
                f"the {key} is empty; it must be {_text_of(longest)}",
                f"Write something into {key}{'' if is_required else ', or leave it out'}.",
            )
            return None
        if longest is not None and len(value) > longest:
            self.add(
                key,
                FindingCode.TOO_LONG,
                too_long_code,
                f"the {key} has {len(value)} characters; at most {longest} are allowed",
                f"Shorten it by {len(value) - longest} or more.",
            )
        return value

    def word(self, key: str, allowed: Collection[str], *, is_required: bool = True) -> str | None:
        """One of a few words; None if it is not there or is none of them."""
        value = self.text(key, is_required=is_required)
        if value is None or value in allowed:
            return value
        listed = " or ".join(quoted(word) for word in allowed)
        self.add(
            key,
            FindingCode.WRONG_VALUE,
            INVALID,
            f"the {key} is {quoted(value)}; it must be {listed}",
            f"Make {key} {listed}.",
        )
        return None

    def url(self, key: str) -> None:
        """An address that begins with http:// or https://."""
        value = self.text(key)
        if value is not None and not _URL.fullmatch(value):
            self.add(
                key,
                FindingCode.WRONG_VALUE,
                INVALID,
                f"the {key} is {quoted(value)}; it must be an address that begins with https:// "
                "or http://, without spaces",
                f"Make {key} a whole address, like https://example.com/path.",
            )

    def part(
        self, key: str, right: str = "an object", *, is_required: bool = True
    ) -> "Part | None":
        """The object under `key`; `right` shows what it should look like."""
        if key not in self.value:
            if is_required:
                self.missing(key, right)
            return None
        value = self.value[key]
        if not isinstance(value, dict):
            self.wrong_kind(key, right)
            return None
        return Part(value, self.at(key), self.findings)

    def parts(self, key: str, count: Count, *, is_required: bool = True) -> "list[Part]":
        """The objects of the array under `key`; of more than there may be, the first ones."""
        if key not in self.value:
            if is_required:
                self.missing(key, f"an array of {_amount(count)}")
            return []
        value = self.value[key]
        if not isinstance(value, list):
            self.wrong_kind(key, f"an array of {_amount(count)}")
            return []
        self.check_count(key, len(value), count)
        found = []
        for position, item in enumerate(value[: count.most]):
            where = f"{self.at(key)}/{position}"
            if isinstance(item, dict):
                found.append(Part(item, where, self.findings))
            else:
                self.findings.add(
                    where,
                    FindingCode.WRONG_TYPE,
                    INVALID,
                    f"The item {position} of {key} is {kind_of(item)}; it must be an object.",
                    "Make it an object, or take it out.",
                )
        return found

    def check_count(self, key: str, given: int, count: Count) -> None:
        """Whether `given` things, which stand under `key`, are as many as there may be."""
        if given < count.least:
            self.add(
                key,
                FindingCode.TOO_FEW,
                NOT_VALID,
                f"there are {given} {count.things}; there must be {_amount(count)}",
                f"Add {count.least - given} at least.",
            )
        elif count.most is not None and given > count.most:
            self.add(
                key,
                FindingCode.TOO_MANY,
                NOT_VALID,
                f"there are {given} {count.things}; there must be {_amount(count)}",
                f"Take out {given - count.most} of them.",
            )

    def repeated(self, key: str, value: object, seen: set[Any], things: str) -> None:
        """Tells if `value`, which stands under `key`, is one of `seen`; and adds it to them."""
        if value is None:
            return
        if value in seen:
            shown = quoted(value) if isinstance(value, str) else str(value)
            self.add(
                key,
                FindingCode.REPEATED,
                NOT_VALID,
                f"the {key} is {shown}, as on another of the {things}",
                f"Give each of the {things} its own {key}.",
            )
        seen.add(value)


def kind_of(value: object) -> str:
    """The JSON kind of a value, in words: `a string`, `an object`."""
    return _KINDS.get(type(value), "something else")


def quoted(text: str) -> str:
    """The customer's text as a sentence may show it: short, and sendable as UTF-8."""
    short = text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "..."
    return f'"{short.encode("utf-8", "replace").decode()}"'


def _text_of(longest: int | None) -> str:
    return "a string" if longest is None else f"a string of 1 to {longest} characters"


def _amount(count: Count) -> str:
    if count.most is None:
        return f"at least {count.least} {count.things}" if count.least else count.things
    return f"{count.least} to {count.most} {count.things}"
