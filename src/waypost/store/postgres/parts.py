"""The parts by time in which tables of history stand: how they are named, bounded and made.

Ids of requests, messages and webhooks grow with time (`runtime/ids.py`), so a range of ids is a
range of time: a look-up by id touches one part, and new rows gather in the newest.

A part is named after its table, its first day and the day behind its last:
`messages_20261116_20261123`. What belongs to no part stands in `<table>_rest`.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import asyncpg
from msgspec import Struct

from waypost.runtime.ids import first_message_id, first_webhook_id

OF_MESSAGES = {
    "submissions": "submission_id",
    "messages": "message_id",
    "facts": "message_id",
    "callbacks": "event_id",
    "callback_attempts": "event_id",
    "ledger_entries": "reference",
}
"""Tables whose parts are made and dropped together, and by which column they are parted."""
WEBHOOKS = "webhooks"
KEYS = {**OF_MESSAGES, WEBHOOKS: "webhook_id"}

DAYS = 7

GUIDE = "messages"
"""The table whose parts those of OF_MESSAGES have the bounds of: also one that is newer."""

AHEAD = timedelta(days=28)
"""A gateway whose rounds fail for as long still has a part for every new row."""

MAKING = 0x57595001
"""The advisory lock of whoever makes or drops parts: one process at a time."""

LOCK_S = 3
"""How long a statement waits for a table that others work on: they wait behind it."""

_NAME = re.compile(r"^(?P<table>[a-z_]+)_(?P<first>\d{8})_(?P<end>\d{8})$")


class Part(Struct, frozen=True, order=True):
    """One part of a table: from its first day up to, and without, its end (UTC)."""

    table: str
    first: date
    end: date

    @property
    def name(self) -> str:
        """The name of its own table."""
        return f"{self.table}_{self.first:%Y%m%d}_{self.end:%Y%m%d}"

    @property
    def bounds(self) -> tuple[str, str]:
        """The ids it begins with, and ends before."""
        first_id = first_webhook_id if self.table == WEBHOOKS else first_message_id
        return first_id(midnight(self.first)), first_id(midnight(self.end))


def midnight(day: date) -> datetime:
    """When a day begins, in UTC."""
    return datetime.combine(day, time(), UTC)


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def parse_part(name: str) -> Part | None:
    """The part of this name; None for a table that is none."""
    match = _NAME.match(name)
    if match is None or match["table"] not in KEYS:
        return None
    days = [date.fromisoformat(match[which]) for which in ("first", "end")]
    return Part(match["table"], *days)


def missing_parts(
    table: str, parts: Iterable[Part], begin: date, until: date, days: int
) -> list[Part]:
    """The parts that a table lacks between two days, each of so many days, or what is room for.

    The first begins on a Monday.
    """
    there = sorted(parts)
    first, missing = monday(begin), []
    while first < until:
        covering = next((part for part in there if part.first <= first < part.end), None)
        if covering is not None:
            first = covering.end
            continue
        end = min(
            [first + timedelta(days=days), *(part.first for part in there if part.first > first)]
        )
        missing.append(Part(table, first, end))
        first = end
    return missing


async def parts_of(connection: asyncpg.Connection, table: str) -> list[Part]:
    """The parts that a table has, besides its rest."""
    rows = await connection.fetch(
        "SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = to_regclass($1)",
        table,
    )
    return [part for (name,) in rows if (part := parse_part(name)) is not None]


async def make_parts(
    connection: asyncpg.Connection, begin: datetime, until: datetime, days: int
) -> list[str]:
    """Makes what parts are missing from one instant to another; their names.

    Rows that stand in the rest of a table already, and are a part's, are moved into it. Not to be
    called in a transaction, nor by two at a time: whoever calls holds the lock of MAKING.
    """
    made = []
    for table in sorted(KEYS, key=lambda one: one != GUIDE):
        for part in await lacking_parts(connection, table, begin.date(), until.date(), days):
            await make_part(connection, part)
            made.append(part.name)
    return made


async def lacking_parts(
    connection: asyncpg.Connection, table: str, begin: date, until: date, days: int
) -> list[Part]:
    """The parts that a table lacks between two days, as `missing_parts` says."""
    parts = await parts_of(connection, table)
    if table not in OF_MESSAGES or table == GUIDE:
        return missing_parts(table, parts, begin, until, days)
    return [
        Part(table, guide.first, guide.end)
        for guide in sorted(await parts_of(connection, GUIDE))
        if guide.first < until
        and begin < guide.end
        and not any(one.first < guide.end and guide.first < one.end for one in parts)
    ]


async def make_part(connection: asyncpg.Connection, part: Part) -> None:
    """Makes one part, with the rows of it that stand in the rest; see `make_parts`."""
    async with connection.transaction():
        await _pretend(connection, part)
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_S}s'")
        await _attach(connection, part)


async def _pretend(connection: asyncpg.Connection, part: Part) -> None:
    """Makes the table of a part, and tells the planner what its rows will be like.

    Of a table that it has no figures of it believes that an account has one row, and then any
    index that begins with the account is as good as the one with the whole key: on the first day
    of a part every look-up would walk through all rows of an account. So rows of one account are
    written and counted, before anybody sees the table. Real figures take their place as rows come.
    """
    await connection.execute(f"DROP TABLE IF EXISTS {part.name}")  # of a round that was cut off
    await connection.execute(f"CREATE TABLE {part.name} (LIKE {part.table} INCLUDING ALL)")
    keyed = {
        name
        for (name,) in await connection.fetch(
            "SELECT a.attname FROM pg_index AS i JOIN pg_attribute AS a "
            "ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[]) "
            "WHERE i.indrelid = $1::regclass AND a.attname <> 'account_id'",
            part.name,
        )
    }
    columns = await connection.fetch(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
        "WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped",
        part.name,
    )
    values = ", ".join(PRETENDED[kind][name in keyed] for name, kind in columns)
    names = ", ".join(name for name, _ in columns)
    await connection.execute(
        PRETEND.format(name=part.name, names=names, values=values, rows=PRETENDED_ROWS)
    )


async def _attach(connection: asyncpg.Connection, part: Part) -> None:
    """Empties the table of a part and makes it one.

    In a transaction of its own: only so does the planner count it as new instead of empty.
    """
    first_id, end_id = part.bounds
    names = {"name": part.name, "table": part.table, "key": KEYS[part.table]}
    await connection.execute(ATTACH.format(first_id=first_id, end_id=end_id, **names))


PRETENDED_ROWS = 40
"""Fewer than the news after which a server counts a table by itself: it would find it empty."""
PRETENDED = {"bigint": ("1", "n"), "text": ("'a'", "'a' || n"), "bytea": ("'a'", "int8send(n)")}
"""The value of each row by type: the same in all, or another in each."""

PRETEND = """
INSERT INTO {name} ({names}) SELECT {values} FROM generate_series(1::bigint, {rows}) AS n;
ANALYZE {name};
"""

ATTACH = """
TRUNCATE {name};
LOCK TABLE {table}_rest IN ACCESS EXCLUSIVE MODE;
WITH moved AS (
    DELETE FROM {table}_rest WHERE {key} >= '{first_id}' AND {key} < '{end_id}' RETURNING *)
INSERT INTO {name} SELECT * FROM moved;
ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ('{first_id}') TO ('{end_id}');
"""
