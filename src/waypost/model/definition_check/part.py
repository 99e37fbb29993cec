"""One object of a definition: its value, where it stands, and where findings about it go.

Whatever the JSON is, nothing is raised: a field that is not what it must be is a finding, and the
rules that would need it are not asked.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from waypost.model.finding import FindingCode, Findings

META_INVALID = 100
META_TEXT_TOO_LONG = 2388040
META_HEADER = 2388047
META_BODY = 2388072
META_FOOTER = 2388073
META_TOO_MANY_VARIABLES = 2388293
META_VARIABLE_AT_EDGE = 2388299
"""Meta's codes for what is wrong at creation: reference/meta-cloud-api.md 3.3, last paragraph."""

_LONGEST_QUOTE = 40
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (int, "a number"),
    (float, "a number"),
    (str, "a string"),
    (Mapping, "an object"),
    (list, "an array"),
)


class Part(Struct, frozen=True):
    """An object of the definition.

    value      the object
    path       where it stands, as a JSON pointer
    findings   where findings go
    name       what it is called at the start of a sentence: `The header`
    meta_code  what Meta answers when it is not what it must be
    """

    value: Mapping[str, Any]
    path: str
    findings: Findings
    name: str
    meta_code: int = META_INVALID

    @property
    def kind(self) -> str:
        """Its `type` in lower case; empty if it has none."""
        return lowered(self.value.get("type"))

    def add(
        self, key: str, code: FindingCode, message: str, mend: str, meta_code: int | None = None
    ) -> None:
        """A finding about one field, or about the whole object where `key` is empty.

        key  as a relative pointer: `text`, `example/body_text/0`
        """
        where = f"{self.path}/{key}" if key else self.path
        self.findings.add(where, code, meta_code or self.meta_code, message, mend)

    def missing(self, key: str, mend: str) -> None:
        """The finding that a field is not there."""
        self.add(key, FindingCode.REQUIRED, f"{self.name} has no {key}.", mend)

    def wrong_type(self, key: str, wanted: str, mend: str) -> None:
        """The finding that a field is of another JSON type."""
        self.add(
            key,
            FindingCode.WRONG_TYPE,
            f"{self.name} has {described(self.value.get(key))} as {key}; it must be {wanted}.",
            mend,
        )

    def string(self, key: str, mend: str) -> str | None:
        """A string that must be there and say something."""
        value = self.value.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            self.missing(key, mend)
            return None
        if not isinstance(value, str):
            self.wrong_type(key, "a string", mend)
            return None
        return value

    def word(self, key: str, words: tuple[str, ...], mend: str) -> str:
        """One of Meta's words, in any case, that must be there; empty if it is none of them."""
        value = self.string(key, mend)
        if value is None:
            return ""
        word = value.lower()
        if word in words:
            return word
        self.add(
            key,
            FindingCode.WRONG_VALUE,
            f"{self.name} has the {key} {quoted(value)}; it must be one of {listed(words)}.",
            mend,
        )
        return ""

    def array(self, key: str, mend: str) -> list[Any] | None:
        """An array that must be there and hold something."""
        value = self.value.get(key)
        if value is None or value == []:
            self.missing(key, mend)
            return None
        if not isinstance(value, list):
            self.wrong_type(key, "an array", mend)
            return None
        return value

    def integer(self, key: str, least: int, most: int, mend: str) -> None:
        """An integer within limits, if it is there."""
        value = self.value.get(key)
        if value is None:
            return
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong_type(key, f"an integer from {least} to {most}", mend)
        elif not least <= value <= most:
            self.add(
                key,
                FindingCode.OUT_OF_RANGE,
                f"{self.name} has the {key} {number(value)}; it must be {least} to {most}.",
                mend,
            )

    def check_length(self, key: str, most: int, length: int) -> None:
        """A finding if a text of this length is too long."""
        if length > most:
            self.add(
                key,
                FindingCode.TOO_LONG,
                f"{self.name} has a {key} of {length} characters; at most {most} are allowed.",
                f"Shorten it by {length - most} characters or more.",
                META_TEXT_TOO_LONG,
            )


def part_of(
    owner: Part, value: Any, key: str, name: str, meta_code: int = META_INVALID
) -> Part | None:
    """The object at `key`, a relative pointer; None, and a finding, if it is none."""
    path = f"{owner.path}/{key}"
    if isinstance(value, Mapping):
        return Part(value, path, owner.findings, name, meta_code)
    owner.add(
        key,
        FindingCode.WRONG_TYPE,
        f"{name} is {described(value)}; it must be an object.",
        "Write it as an object: { ... }, or take it out.",
    )
    return None


def lowered(value: Any) -> str:
    """A word in lower case; empty for what is no string."""
    return value.lower() if isinstance(value, str) else ""


def described(value: Any) -> str:
    """What kind of JSON a value is, as a sentence says it."""
    if value is None:
        return "null"
    return next((word for kind, word in _KINDS if isinstance(value, kind)), "a value")


def quoted(text: str) -> str:
    """A text as a sentence may show it: short, and sendable as UTF-8."""
    short = text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "..."
    return f'"{short.encode("utf-8", "replace").decode()}"'


def number(value: int) -> str:
    """An integer as a sentence may show it; one of thousands of digits cannot be printed."""
    return str(value) if abs(value) < 10**18 else "of more than 18 digits"


def listed(words: tuple[str, ...]) -> str:
    """The words as Meta writes them: `MARKETING, UTILITY or AUTHENTICATION`."""
    shown = [word.upper() for word in words]
    return " or ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
