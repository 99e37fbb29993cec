"""Whose turn it is after a failure, and where the documents say more. Pure.

The first word of a failure's `next_step` says whose turn it is; one that begins with `Nothing` is
Meta's where the fault is Meta's, and else nobody's.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from waypost.model.failure import Failure
from waypost.model.meta_error import Party
from waypost.model.meta_error_table import CALLING, PERMISSIONS, TABLE
from waypost.model.withheld import WithheldCode

ERRORS_PAGE = "docs/reference/meta-errors.md"
REASONS = "docs/api.md#reasons-of-our-own"

_PARTIES: Mapping[str, Party] = {
    "Customer": Party.CUSTOMER,
    "Operator": Party.OPERATOR,
    "Account owner": Party.OWNER,
    "Recipient": Party.RECIPIENT,
    "Meta": Party.META,
    "Nobody": Party.NOBODY,
}
BY_ITSELF = "Nothing:"
"""How a step begins that nobody has to take."""


TRIED_ENOUGH = "Customer: send it again later; Waypost has tried as often as it may."


def when_over(failure: Failure) -> Failure:
    """A failure as it is told once it has ended its message: nothing follows by itself any more."""
    if not failure.next_step.startswith(BY_ITSELF):
        return failure
    return replace(failure, next_step=TRIED_ENOUGH)


def turn_of(failure: Failure) -> Party:
    """Who has to do something; by Meta's table for what an older release worded otherwise."""
    for word, party in _PARTIES.items():
        if failure.next_step.startswith(word):
            return party
    row = TABLE.get(_row_of(failure.code) or -1)
    if row is None:  # a code of Meta's that is in no table, or none at all
        return Party.META if failure.code not in ("", "0") else Party.NOBODY
    if failure.next_step.startswith(BY_ITSELF) and row.fault is not Party.META:
        return Party.NOBODY
    return row.fault


def link_of(code: str) -> str:
    """The page that says more of a code, with the place on it; empty if no page does."""
    if code in set(WithheldCode):
        return REASONS
    if not code.isdecimal() or code == "0":  # 0 is told of troubles of our own too
        return ""
    row = _row_of(code)
    return f"{ERRORS_PAGE}#{row}" if row is not None else ERRORS_PAGE


def _row_of(code: str) -> int | None:
    """The code of the row that judges this one; None if it has none."""
    if not code.isdecimal():
        return None
    number = int(code)
    if number in TABLE:
        return number
    if number in PERMISSIONS:
        return PERMISSIONS.start
    return CALLING.start if number in CALLING else None
