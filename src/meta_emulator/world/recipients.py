"""Whom a send is for: how `to` is read, and the user id that stands for a phone.

The business-scoped user id of a phone is derived from it, so that the same phone has the same
id in every webhook and after every restart (reference 4.7).
"""

from functools import lru_cache
from hashlib import blake2b
from typing import Any

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

SHORTEST = 7
LONGEST = 15
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
