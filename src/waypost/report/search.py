"""Messages looked for, page by page, the newest first.

Law: a page begins right behind the last row that was looked at, by its id. Ids grow with time, so
what comes in later stands before the first page: no page repeats or leaves out a message that was
there when the first was read. What is rare may be far away: a page looks at so many rows at most,
and then says how far it came.
"""

import base64
import hashlib
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from waypost.model.search import FoundMessage, Lead, MessageFilters, Stretch, lead_of
from waypost.report.filters import FilterError
from waypost.runtime.ids import first_message_id
from waypost.store.ports import Transaction

SCANNED = 20_000
"""How many rows a page looks at, at most."""

SCANNED_REQUESTS = 2_000
"""How many requests a page looks at, at most, where a reference leads to them."""

STEP = 5_000
STEP_OF_REQUESTS = 100
"""How many rows one question looks at, at most; a request may have a thousand messages."""

FIRST_REQUESTS = 8
"""How many requests are looked at first: of those with a thousand messages each is a page."""

BEHIND_ALL = "B"
"""Behind every id: they begin with an A."""

CHECK_BYTES = 6
TIME_DIGITS = slice(1, 10)


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Messages, the newest first.

    next        the cursor of the page that follows; None: there is none
    scanned_to  the page ended because it had looked at enough: until when it came
    """

    messages: tuple[FoundMessage, ...]
    currency: str
    next: str | None
    scanned_to: datetime | None


async def find_page(
    transaction: Transaction, account_id: int, filters: MessageFilters, limit: int, cursor: str
) -> FoundPage:
    """One page. `cursor` is `next` of the one before; empty at first. Raises FilterError."""
    stretch = stretch_of(filters)
    if cursor:
        before_id = min(stretch.before_id, read_cursor(cursor, account_id, filters))
        stretch = Stretch(stretch.from_id, before_id)
    found, stopped_at = await find_ids(transaction, account_id, filters, stretch, limit)
    messages = await transaction.search.messages([(account_id, one) for one in found])
    wallets = await transaction.wallets.load([account_id])
    is_whole = len(found) <= limit
    shown = [messages[one] for one in found[:limit] if one in messages]
    last = (stopped_at if is_whole else found[limit - 1]) or None
    return FoundPage(
        tuple(shown),
        wallets[account_id].currency,
        None if last is None else make_cursor(last, account_id, filters),
        instant_of(stopped_at) if is_whole and stopped_at else None,
    )


async def find_ids(
    transaction: Transaction,
    account_id: int,
    filters: MessageFilters,
    stretch: Stretch,
    limit: int,
) -> tuple[list[str], str | None]:
    """Ids, one more than the limit if there are more; and where it stopped looking, if it did."""
    is_by_request = lead_of(filters) in (Lead.REF, Lead.REF1, Lead.REF2)
    budget, most = (SCANNED_REQUESTS, STEP_OF_REQUESTS) if is_by_request else (SCANNED, STEP)
    count = min(limit + 1, FIRST_REQUESTS if is_by_request else most)
    ids: list[str] = []
    while True:
        found = await transaction.search.ids(account_id, filters, stretch, count)
        ids += found.ids
        budget -= count
        if len(ids) > limit:
            return ids[: limit + 1], None
        if found.scanned_from is None:
            return ids, None
        if budget <= 0:
            return ids, found.scanned_from
        stretch = Stretch(stretch.from_id, found.scanned_from)
        count = max(1, min(4 * count, most, budget))


def stretch_of(filters: MessageFilters) -> Stretch:
    """The ids of a time."""
    return Stretch(
        "" if filters.since is None else first_message_id(filters.since),
        BEHIND_ALL if filters.until is None else first_message_id(filters.until),
    )


def instant_of(message_id: str) -> datetime | None:
    """When an id was made; None for one that is not of ours."""
    try:
        milliseconds = int(message_id[TIME_DIGITS], 36)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except (ValueError, OverflowError):
        return None


def make_cursor(message_id: str, account_id: int, filters: MessageFilters) -> str:
    """The place behind a message, in this search alone."""
    told = _check(account_id, filters) + message_id.encode()
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def read_cursor(cursor: str, account_id: int, filters: MessageFilters) -> str:
    """The id that a cursor stands behind. Raises FilterError for one of another search."""
    try:
        told = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        check, message_id = told[:CHECK_BYTES], told[CHECK_BYTES:].decode("ascii")
    except (Base64Error, ValueError):
        check, message_id = b"", ""
    if check != _check(account_id, filters) or not message_id.isprintable():
        raise FilterError(
            {
                "cursor": "cursor is none of this search. Give `next` of the page before as it is, "
                "with the same filters."
            }
        )
    return message_id


def _check(account_id: int, filters: MessageFilters) -> bytes:
    """What tells a search from others: a cursor under other filters would leave messages out."""
    return hashlib.sha256(msgspec.json.encode((account_id, filters))).digest()[:CHECK_BYTES]
