"""What must not stand in a log as it is: recipients and secrets, hidden by their type.

Law: a log line never shows whom a message is for, only the country and the last two digits,
enough to tell two recipients apart on the phone with a customer; and never a secret at all.
A value is hidden by its type first; names and spellings that give it away are the second net.
"""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

STARS = "********"
GAP = "****"
ERASED = "erased:"
"""What stands in the place of a recipient that was erased begins so (`model.personal`)."""

_NUMBER = re.compile(r"\+\d{7,15}\b")
_DIGITS = re.compile(r"\+?\d+")
_LONGEST_COUNTRY_CODE = 3
_TAIL = 2
_TOKEN = re.compile(r"\bEA[A-Za-z0-9]{18,}|(?<=Bearer )\S+", re.IGNORECASE)
"""Meta's access tokens begin with EA; whoever repeats one in an answer does so with its scheme."""

MOST_OF_AN_ANSWER = 2048
"""How much of another side's answer is kept, in characters."""

_RECIPIENT_NAMES = frozenset({"recipient", "to", "phone", "wa_id", "user_id"})
_SECRET_NAME = re.compile(
    r"(?:.*[-_])?(?:secret|password|credentials|authorization|operator_token|verify_token|"
    r"access_token|api[-_]key)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A recipient's address (`+91...` or a user id) that prints masked, whoever prints it."""

    address: str

    def __str__(self) -> str:
        """Country and last two digits."""
        return mask_recipient(self.address)

    def __repr__(self) -> str:
        """Likewise."""
        return f"Masked({mask_recipient(self.address)!r})"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that prints as stars, whoever prints it."""

    value: str

    def __str__(self) -> str:
        """Stars."""
        return STARS

    def __repr__(self) -> str:
        """Likewise."""
        return f"Secret({STARS!r})"


def mask_recipient(address: str) -> str:
    """`+919876543210` is `+91****10`; `US.13491208655302741918` is `US.****18`."""
    if address.startswith(ERASED):
        return address  # a keyed hash: it tells nothing, and two of them apart
    country, dot, user = address.partition(".")
    if dot and not _DIGITS.fullmatch(country):
        return f"{country}.{GAP}{_tail(user)}"
    digits = address.lstrip("+")
    for length in range(1, _LONGEST_COUNTRY_CODE + 1):
        if digits[:length].isdigit() and int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE:
            return f"+{digits[:length]}{GAP}{_tail(digits[length:])}"
    return f"{GAP}{_tail(digits)}"


def redact(_logger: object, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A structlog processor: every value of a line, to any depth, as it may be shown."""
    return {name: _redact_value(name, value) for name, value in line.items()}


def redact_answer(body: bytes, recipient: str) -> str:
    """What another side answered, as it may be kept: bounded, recipient and tokens masked.

    recipient  whom it may name, as `+91...` or `91...`
    """
    text = body[: 2 * MOST_OF_AN_ANSWER].decode(errors="replace").replace("\0", "")
    return redact_words(text, recipient)[:MOST_OF_AN_ANSWER]


def redact_words(text: str, recipient: str) -> str:
    """Another side's words with recipient, numbers and tokens masked."""
    digits = recipient.removeprefix("+")
    if digits:
        masked = mask_recipient(f"+{digits}" if digits.isdecimal() else digits)
        text = text.replace(f"+{digits}", masked).replace(digits, masked)
    return _TOKEN.sub(STARS, _NUMBER.sub(lambda found: mask_recipient(found.group()), text))


def _tail(digits: str) -> str:
    # A tail of what is hardly longer than a tail would show it all.
    return digits[-_TAIL:] if len(digits) > 2 * _TAIL else ""


def _redact_value(name: str, value: object) -> object:
    if isinstance(value, Masked | Secret):
        return str(value)
    if _SECRET_NAME.fullmatch(name):
        return STARS if value else value  # an empty one tells only that it is not set
    if isinstance(value, str):
        return _redact_text(name, value)
    if isinstance(value, Mapping):
        return {key: _redact_value(str(key), each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redact_value(name, each) for each in value]
    return value


def _redact_text(name: str, text: str) -> str:
    if name in _RECIPIENT_NAMES:
        return mask_recipient(text)
    return _NUMBER.sub(lambda found: mask_recipient(found.group()), text)
