"""Phone numbers as customers write them, to the digits of E.164.

Law: a number is never rewritten. It is either a possible number with its country code, and then
its own digits go on, or it is refused with a sentence. Whether it is possible is a matter of its
country code and its length, as phonenumbers' metadata has them; a full parse costs thirty
microseconds a number, so the lengths are read once, at first use.

Written forms: an optional `+`, then digits; spaces, hyphens and round brackets may stand anywhere
after the `+`, and a bracket before it, because Meta takes them in `to`
(reference/meta-cloud-api.md 1.2). They are left out; no digit ever is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

_SEPARATORS = str.maketrans("", "", " -()")
_LONGEST_CODE = 3
_LONGEST_SHOWN = 40

_ALSO_POSSIBLE: Mapping[str, frozenset[int]] = {"52": frozenset({11})}
"""Mexico: WhatsApp still knows its mobiles as 52, a 1 and ten digits, which the numbering plan
gave up in 2020 and the metadata with it."""


@dataclass(frozen=True, slots=True)
class PhoneProblem:
    """Why a text is no phone number: a sentence that names it and says what would be right."""

    message: str


def parse_phone(text: str) -> str | PhoneProblem:
    """The digits of a possible phone number with its country code, or what is wrong with it."""
    bare = text.strip()
    digits = bare.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        digits = bare.translate(_SEPARATORS).removeprefix("+")
        if not (digits.isascii() and digits.isdigit()):
            return _not_a_number(bare)
    lengths = national_lengths()
    for length in range(1, _LONGEST_CODE + 1):
        possible = lengths.get(digits[:length])
        if possible is not None:
            if len(digits) - length in possible:
                return digits
            return _wrong_length(bare, digits[:length], len(digits) - length, possible)
    return PhoneProblem(
        f"{_shown(bare)} does not begin with a country code; "
        "write it with its country code, like +919812345678"
    )


def parse_sender_number(text: str) -> str | None:
    """The digits of the business number in a path: `+91...`, `%2B91...` or bare digits.

    None if it cannot be a number; no such sender exists then.
    """
    bare = text.strip()
    if bare[:3].lower() == "%2b":
        bare = bare[3:]
    digits = bare.removeprefix("+")
    return digits if digits.isascii() and digits.isdigit() else None


@cache
def national_lengths() -> Mapping[str, frozenset[int]]:
    """Of every country calling code, how many digits can follow it.

    Lengths that can only be dialled within an area are left out: such a number has no country
    code. A code that several countries share has the lengths of its main country, as in
    phonenumbers' own `is_possible_number`.
    """
    lengths = {}
    for code, regions in COUNTRY_CODE_TO_REGION_CODE.items():
        metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, regions[0])
        if metadata is not None and metadata.general_desc is not None:
            possible = frozenset(metadata.general_desc.possible_length)
            lengths[str(code)] = possible | _ALSO_POSSIBLE.get(str(code), frozenset())
    return lengths


def _not_a_number(bare: str) -> PhoneProblem:
    if not bare:
        return PhoneProblem("a number is missing; write one like +919812345678")
    return PhoneProblem(
        f"{_shown(bare)} is not a phone number; write digits with the country code, "
        "like +919812345678"
    )


def _wrong_length(bare: str, code: str, given: int, possible: frozenset[int]) -> PhoneProblem:
    allowed = ", ".join(str(length) for length in sorted(possible))
    return PhoneProblem(
        f"{_shown(bare)} has {given} digits after the country code {code}; "
        f"a number there has {allowed}"
    )


def _shown(bare: str) -> str:
    """The text as a fault may show it: short, and sendable as UTF-8."""
    short = bare if len(bare) <= _LONGEST_SHOWN else bare[:_LONGEST_SHOWN] + "..."
    return f'"{short.encode("utf-8", "replace").decode()}"'
