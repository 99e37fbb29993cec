"""The country of a recipient, for its price: by the numbering plan, or as Meta's user id says.

Most calling codes are one country's. A shared one (+1, +7, +44, ...) is told apart by the digits
that follow it; that costs tens of microseconds a number, so what was found is remembered by the
first seven digits, within which no plan mixes countries in a way that a price could tell.
"""

from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumber, region_code_for_number

from waypost.model.recipient import Recipient

UNKNOWN = ""
"""The country of numbers that belong to none, such as satellite phones."""

_LONGEST_CODE = 3
_LEADING = 7
_CODE_LENGTH = 2


def country_of(recipient: Recipient) -> str:
    """ISO 3166, two capitals; UNKNOWN if nothing tells it."""
    if recipient.phone is not None:
        return country_of_number(recipient.phone)
    code = (recipient.user_id or "").partition(".")[0]
    is_code = len(code) == _CODE_LENGTH and code.isascii() and code.isalpha()
    return code.upper() if is_code else UNKNOWN


def country_of_number(digits: str) -> str:
    """The country of a number in E.164, digits alone."""
    codes = _calling_codes()
    for length in range(1, _LONGEST_CODE + 1):
        regions = codes.get(digits[:length])
        if regions is not None:
            return regions[0] if len(regions) == 1 else _shared(digits, length, regions[0])
    return UNKNOWN


_remembered: dict[str, str] = {}
_MOST_REMEMBERED = 100_000


def _shared(digits: str, code_length: int, main: str) -> str:
    leading = digits[:_LEADING]
    found = _remembered.get(leading)
    if found is None:
        number = PhoneNumber(
            country_code=int(digits[:code_length]), national_number=int(digits[code_length:] or 0)
        )
        found = region_code_for_number(number) or main
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[leading] = found
    return found


@cache
def _calling_codes() -> dict[str, tuple[str, ...]]:
    """Regions by calling code; those that are no country's are left out."""
    return {
        str(code): regions
        for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()
        if regions != ("001",)
    }


@cache
def known_countries() -> frozenset[str]:
    """Every country that a rate may name."""
    return frozenset(region for regions in _calling_codes().values() for region in regions)
