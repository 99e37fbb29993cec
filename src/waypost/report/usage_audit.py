"""Holds the figures by the hour against the messages that history still holds.

Only hours that history holds whole are held: of older ones messages were let go, and their
figures stay.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from msgspec import Struct

from waypost.model.usage import HOUR_S, NOTHING, OF_STATES, UsageCounts, hour_of
from waypost.model.usage_query import Group, Recounted, UsageFailures, UsageFilter, UsageTotals
from waypost.store.ports import Store, Transaction

LATEST_HOUR = hour_of(datetime(5000, 1, 1, tzinfo=UTC))
MOST = 100
"""How many differences are named: enough to know."""

ALL_KEYS = (Group.HOUR, Group.SENDER, Group.TEMPLATE, Group.COUNTRY, Group.CATEGORY)
Key = tuple[int, str, str, str, str]


class _Read(Struct, frozen=True):
    """All of one account, as of one moment."""

    totals: Sequence[UsageTotals]
    failures: Sequence[UsageFailures]
    messages: Sequence[Recounted]


async def find_differences(store: Store) -> list[str]:
    """What the figures say otherwise than the messages themselves, in words. Raises StoreError.

    Each account is read as of one moment, and compared when its transaction is over: a database
    ends one that does nothing for seconds.
    """
    found: list[str] = []
    for account in await store.read(lambda transaction: transaction.directory.accounts()):
        id_ = account.account_id
        read = await store.study(partial(_read, account_id=id_))
        kept = {
            (one.hour, one.sender_id, one.template, one.country, one.category): one.counts
            for one in read.totals
        }
        told = {
            (one.hour, one.sender_id, one.template, one.country, one.code): one.failures
            for one in read.failures
        }
        differences = (
            *_of_counts(kept, count_again(read.messages)),
            *_of_failures(told, fail_again(read.messages)),
        )
        found += [f"account {id_}: {difference}" for difference in differences[:MOST]]
        if len(found) >= MOST:
            break
    return found[:MOST]


async def _read(transaction: Transaction, account_id: int) -> _Read:
    reach = await transaction.usage.reach()
    wanted = UsageFilter(0 if reach is None else hour_of(reach) + 2, LATEST_HOUR)
    return _Read(
        await transaction.usage.totals(account_id, wanted, ALL_KEYS),
        await transaction.usage.failures(account_id, wanted, ALL_KEYS),
        await transaction.usage.recount(account_id, wanted),
    )


def _of_counts(
    kept: Mapping[Key, UsageCounts], counted: Mapping[Key, UsageCounts]
) -> Iterator[str]:
    for key in sorted(kept.keys() | counted.keys()):
        says, is_ = kept.get(key, NOTHING), counted.get(key, NOTHING)
        if says != is_:
            yield f"{_named(key)}: {_differs(says, is_)}"


def _of_failures(told: Mapping[Key, int], failed: Mapping[Key, int]) -> Iterator[str]:
    for key in sorted(told.keys() | failed.keys()):
        says, is_ = told.get(key, 0), failed.get(key, 0)
        if says != is_:
            yield f"{_named(key)}: failures: the figures say {says}, the messages {is_}"


def count_again(rows: Iterable[Recounted]) -> dict[Key, UsageCounts]:
    """The figures of messages, by hour, sender, template, country and category."""
    counted: dict[Key, UsageCounts] = {}
    for row in rows:
        key = (row.hour, row.sender_id, row.template, row.country, row.category)
        counted[key] = counted.get(key, NOTHING) + counts_of(row)
    return counted


def fail_again(rows: Iterable[Recounted]) -> dict[Key, int]:
    """The failures of messages, by hour, sender, template, country and code."""
    failed: dict[Key, int] = {}
    for row in rows:
        if row.code:
            key = (row.hour, row.sender_id, row.template, row.country, row.code)
            failed[key] = failed.get(key, 0) + row.messages
    return failed


def counts_of(row: Recounted) -> UsageCounts:
    """What messages of one state add to the figures."""
    return OF_STATES[row.state].times(row.messages) + UsageCounts(spend_minor=row.spend_minor)


def _named(key: Key) -> str:
    at = datetime.fromtimestamp(key[0] * HOUR_S, UTC)
    rest = " ".join(part or "-" for part in key[1:])
    return f"{at:%Y-%m-%dT%H}:00Z {rest}"


def _differs(says: UsageCounts, is_: UsageCounts) -> str:
    return "; ".join(
        f"{name}: the figures say {one}, the messages {other}"
        for name, one, other in zip(
            says.__struct_fields__, says.values(), is_.values(), strict=True
        )
        if one != other
    )
