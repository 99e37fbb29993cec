"""Whom a send is for: how `to` is read, and the user id that stands for a phone.

The business-scoped user id of a phone is derived from it, so that the same phone has the same
id in every webhook and after every restart (reference 4.7).
"""

from base64 import b64encode
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberParseException,
    is_valid_number,
)
from phonenumbers import parse as parse_phone

SHORTEST = 7
LONGEST = 15
NATIONAL = 10
"""Digits that a number has behind its country code where the code is not doubted."""

NINE_KEPT = frozenset({*range(11, 20), 21, 22, 24, 27, 28})
"""Areas of Brazil whose mobiles keep their ninth digit."""

_DECORATION = str.maketrans("", "", " +-().\u00a0")


def phone_digits(to: Any) -> str | None:
    """The digits of a phone given as text or as a JSON number; None if it is none."""
    if type(to) is int:
        digits = str(to)
    elif type(to) is str:
        digits = to.removeprefix("+")
        if not digits.isdigit():
            digits = to.translate(_DECORATION)
    else:
        return None
    if SHORTEST <= len(digits) <= LONGEST and digits.isascii() and digits.isdigit():
        return digits
    return None


def dialled(to: Any, own: str) -> str | None:
    """The WhatsApp id that `to` reaches from the business number `own`; None if it is no phone.

    Without `+` Meta prepends the business number's country code (reference 1.2). Clients send
    complete numbers without it all the same, and reach them; so digits that are a complete number
    stay what they are, and only others are completed. With signs between them, as in Meta's own
    example, they are always completed.
    """
    digits = phone_digits(to)
    if digits is None or str(to).startswith("+"):
        return None if digits is None else wa_id_of(digits)
    code = country_code(own)
    is_plain = type(to) is int or to.isdigit()
    if is_plain and (digits.startswith(code) and len(digits) > NATIONAL + len(code) - 1):
        return wa_id_of(digits)
    completed = code + digits
    if not is_plain:
        return wa_id_of(completed) if len(completed) <= LONGEST else None
    is_national = not is_whole(digits) and is_whole(completed)
    return wa_id_of(completed if is_national else digits)


def person_at(phone: Any) -> str | None:
    """The WhatsApp id of a phone that is written with its country code; None of no phone."""
    digits = phone_digits(phone)
    return None if digits is None else wa_id_of(digits)


def wa_id_of(digits: str) -> str:
    """A phone as WhatsApp knows it, which is not always as it is dialled (reference 1.2).

    Mexican mobiles have a 1 behind the country code; Brazilian ones of most areas lack their 9.
    """
    if digits.startswith("52") and len(digits) == len("52") + 10:
        return f"521{digits[2:]}"
    if digits.startswith("55") and len(digits) == len("55") + 11 and digits[4] == "9":
        return digits if int(digits[2:4]) in NINE_KEPT else digits[:4] + digits[5:]
    return digits


@lru_cache(maxsize=65536)
def is_whole(digits: str) -> bool:
    """Whether the digits are a phone number with its country code."""
    try:
        return is_valid_number(parse_phone(f"+{digits}"))
    except NumberParseException:
        return False


@lru_cache(maxsize=4096)
def country_code(digits: str) -> str:
    """The calling code that a number begins with; empty where it has none that is known."""
    codes = (digits[:length] for length in (1, 2, 3))
    return next((code for code in codes if int(code or 0) in COUNTRY_CODE_TO_REGION_CODE), "")


@lru_cache(maxsize=4096)
def identity_of(digits: str) -> str:
    """The hash of a user's identity key; it stays the same (reference 1.2)."""
    return b64encode(blake2b(digits.encode(), digest_size=8, person=b"identity").digest()).decode()


@lru_cache(maxsize=65536)
def user_id_of(digits: str) -> str:
    """`IN.13491208655302741918` for the phone `digits`."""
    number = int.from_bytes(blake2b(digits.encode(), digest_size=8).digest())
    return f"{country_of(digits)}.{number:020d}"


def country_of(digits: str) -> str:
    """Two letters for the country that the number's calling code leads to."""
    for length in (1, 2, 3):
        regions = COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length] or 0))
        if regions:
            return regions[0]
    return "US"
