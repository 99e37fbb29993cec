"""Parts of history are made ahead of time, and let go whole when they are old.

What is old goes by dropping its table, whose cost does not grow with its rows. What is not over
of it, and entries of a ledger that are about no message, go to the rest.

Each part goes in one transaction. What is kept of it is found first, and meanwhile nothing of it
can change, but of every other: whoever changes a message writes its timeline, and that of the part
is locked. Messages and callbacks are not, for an update of any of them touches the locks of all
parts. The tables above are locked for the moment of taking the parts off, and only if that lock
is had within LOCK_S: else it is tried again with the next round.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import asyncpg

from waypost.model.errors import StoreError
from waypost.model.history import carry
from waypost.model.ledger import EntryKind, LedgerEntry
from waypost.store.postgres.connection import LOST, Connection, connect, hang_up, reason
from waypost.store.postgres.parts import (
    AHEAD,
    GUIDE,
    KEYS,
    LOCK_S,
    MAKING,
    OF_MESSAGES,
    WEBHOOKS,
    Part,
    lacking_parts,
    make_part,
    make_parts,
    midnight,
    parts_of,
)
from waypost.store.repositories.instants import from_ms, to_ms

SOON = timedelta(days=7)


class TimedPartitions:
    """`ports.Partitions` on PostgreSQL.

    days  the length of a new part
    """

    def __init__(self, url: str, days: int) -> None:
        self._url = url
        self._days = days

    async def make_ahead(self, now: datetime) -> list[str]:
        """See `ports.Partitions.make_ahead`."""
        async with self._round() as connection:
            if connection is None:
                return []
            return await make_parts(connection, now, now + AHEAD, self._days)

    async def drop_before(self, before: datetime, now: datetime) -> list[str]:
        """See `ports.Partitions.drop_before`."""
        dropped: list[str] = []
        async with self._round() as connection:
            if connection is None:
                return []
            parts = [
                part
                for table in (GUIDE, WEBHOOKS)
                for part in sorted(await parts_of(connection, table))
                if midnight(part.end) <= before
            ]
            for part in parts:
                if part.table == GUIDE:
                    await _make_whole(connection, part)
                async with connection.transaction():
                    await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_S}s'")
                    if part.table == WEBHOOKS:
                        await _drop_webhooks(connection, part)
                    else:
                        await _drop_messages(connection, part, now)
                dropped.append(part.name)
        return dropped

    async def wipe(self) -> None:
        """Nothing: the server's own vacuum overwrites what was erased, in its time."""

    async def find_faults(self, now: datetime) -> list[str]:
        """What is missing of the parts that the coming week needs."""
        async with self._round() as connection:
            if connection is None:
                return []
            return [
                f"{part.name}: a part that the coming week needs is missing"
                for table in KEYS
                for part in await lacking_parts(
                    connection, table, now.date(), (now + SOON).date(), self._days
                )
            ]

    @asynccontextmanager
    async def _round(self) -> AsyncIterator[Connection | None]:
        """A connection for a round; None while another process has one. Raises StoreError."""
        connection = await connect(self._url, "history", {}, is_patient=True)
        try:
            mine = await connection.fetchval("SELECT pg_try_advisory_lock($1)", MAKING)
            yield connection if mine else None
        except (asyncpg.PostgresError, *LOST) as error:
            raise StoreError(
                f"Parts of the history could not be made or let go: {reason(error)}. "
                "It is tried again with the next round."
            ) from error
        finally:
            await hang_up(connection)


async def _make_whole(connection: Connection, part: Part) -> None:
    """Makes what a span of messages lacks: a table that is newer than it had no part of it."""
    for table in OF_MESSAGES:
        own = Part(table, part.first, part.end)
        if own not in await parts_of(connection, table):
            await make_part(connection, own)


async def _drop_messages(connection: Connection, part: Part, now: datetime) -> None:
    """Lets one span of messages go, with all that belongs to them."""
    parts = {table: Part(table, part.first, part.end).name for table in OF_MESSAGES}
    still = ", ".join(parts[table] for table in ONLY_ADDED_TO)
    await connection.execute(f"LOCK TABLE {still} IN SHARE MODE")
    await connection.execute(KEPT.format(**parts))
    sums = await connection.fetch(SUMS.format(**parts))
    for table, name in parts.items():
        await connection.execute(f"ALTER TABLE {table} DETACH PARTITION {name}")
    await connection.execute(RESCUE.format(**parts))
    entries = [
        LedgerEntry(account_id, "", EntryKind(kind), int(amount), from_ms(0))
        for account_id, kind, amount in sums
    ]
    await connection.executemany(
        CARRY,
        [
            (
                one.account_id,
                one.reference,
                one.kind.value,
                one.amount_minor,
                one.reason,
                to_ms(now),
            )
            for one in carry(entries, now)
        ],
    )
    for name in parts.values():
        await connection.execute(f"DROP TABLE {name}")


async def _drop_webhooks(connection: Connection, part: Part) -> None:
    await connection.execute(WEBHOOKS_GO.format(name=part.name))


WEBHOOKS_GO = """
CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
SELECT account_id, webhook_id FROM {name} WHERE processed_at IS NULL;
ANALYZE kept;
ALTER TABLE webhooks DETACH PARTITION {name};
INSERT INTO webhooks SELECT w.* FROM {name} AS w
JOIN kept AS k ON k.account_id = w.account_id AND k.webhook_id = w.webhook_id
WHERE w.processed_at IS NULL;
DROP TABLE {name}, kept;
"""
"""Those that nobody has understood yet are kept; of a week that is over they only grow fewer."""

ONLY_ADDED_TO = ("submissions", "facts", "ledger_entries")
"""What is written with every change of a message, and itself changed by nobody but retention."""

KEPT = """
CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
SELECT account_id, message_id, submission_id FROM {messages}
WHERE state IN ('accepted', 'unknown') OR payment = 'held'
UNION
SELECT m.account_id, m.message_id, m.submission_id
FROM {callbacks} AS c
JOIN {messages} AS m ON m.account_id = c.account_id AND m.message_id = c.message_id
WHERE c.state = 'pending';
CREATE INDEX ON kept (account_id, message_id);
ANALYZE kept;
CREATE TEMPORARY TABLE lines ON COMMIT DROP AS
SELECT e.* FROM {ledger_entries} AS e
WHERE NOT EXISTS (
    SELECT 1 FROM {messages} AS m
    WHERE m.account_id = e.account_id AND m.message_id = e.reference)
OR EXISTS (
    SELECT 1 FROM kept AS k WHERE k.account_id = e.account_id AND k.message_id = e.reference);
"""
"""What is not over of a part: `repositories/history.py` has the same rule for single rows. And the
lines of its ledger that stay: of those messages, and of none. What walks through whole parts is
done here, while nobody waits for the tables above."""

SUMS = """
SELECT e.account_id, e.kind, sum(e.amount_minor)
FROM {ledger_entries} AS e
JOIN {messages} AS m ON m.account_id = e.account_id AND m.message_id = e.reference
WHERE NOT EXISTS (
    SELECT 1 FROM kept AS k WHERE k.account_id = e.account_id AND k.message_id = e.reference)
GROUP BY e.account_id, e.kind
"""

RESCUE = """
INSERT INTO messages SELECT m.* FROM {messages} AS m WHERE EXISTS (
    SELECT 1 FROM kept AS k WHERE k.account_id = m.account_id AND k.message_id = m.message_id);
INSERT INTO submissions SELECT b.* FROM {submissions} AS b WHERE EXISTS (
    SELECT 1 FROM kept AS k
    WHERE k.account_id = b.account_id AND k.submission_id = b.submission_id);
INSERT INTO facts SELECT f.* FROM {facts} AS f WHERE EXISTS (
    SELECT 1 FROM kept AS k WHERE k.account_id = f.account_id AND k.message_id = f.message_id);
WITH stayed AS (
    INSERT INTO callbacks SELECT c.* FROM {callbacks} AS c WHERE c.state = 'pending' OR EXISTS (
        SELECT 1 FROM kept AS k WHERE k.account_id = c.account_id AND k.message_id = c.message_id)
    RETURNING account_id, event_id)
INSERT INTO callback_attempts SELECT t.* FROM {callback_attempts} AS t
JOIN stayed AS s ON s.account_id = t.account_id AND s.event_id = t.event_id;
INSERT INTO ledger_entries SELECT * FROM lines;
DROP TABLE kept, lines;
"""
"""What is kept of a part goes back through the table above it, into the rest."""

CARRY = """
INSERT INTO ledger_entries (account_id, reference, kind, amount_minor, reason, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id, reference, kind) DO UPDATE
SET amount_minor = ledger_entries.amount_minor + excluded.amount_minor
"""
