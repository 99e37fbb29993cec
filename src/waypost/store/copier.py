"""Copies a data directory's SQLite into an empty PostgreSQL, table by table, and proves it.

Rows go in the order of their keys, by COPY, a chunk in each transaction together with the key it
ended at: a copy that was cut off goes on behind the last chunk that was committed. In the end
all rows of both sides are read and held against each other, by number and by a checksum.

Until then the table `copy_progress` stands in the target, and no gateway opens it. Left out are
rows of the moment (who works on what just now): a gateway makes its own.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw
import asyncpg
import msgspec
from msgspec import Struct

from waypost.model.errors import StoreError
from waypost.store.postgres.connection import (
    LOST,
    Connection,
    bring_forward,
    connect,
    hang_up,
    reason,
    shown,
)
from waypost.store.postgres.driver import without_nul
from waypost.store.postgres.parts import AHEAD, MAKING, make_parts
from waypost.store.repositories.instants import from_ms
from waypost.store.sqlite.connection import connect as open_file
from waypost.store.sqlite.store import FILE, SqliteStore

CHUNK = 20_000
"""Rows of one transaction."""

OF_THE_MOMENT = frozenset({"processes", "lane_owners", "writers"})
OURS = frozenset({"schema_versions", "copy_progress"})
MASK = (1 << 64) - 1

Row = tuple[Any, ...]
Progress = Callable[[str, str, int, int], None]
"""Told what is done, with which table, how many rows of it are done, and how many there are."""


class Table(Struct, frozen=True):
    """One table as it is copied: its columns, and those of its key in order."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


class Copied(Struct, frozen=True):
    """What became of one table: how many rows stand in the target, and on how many it agrees."""

    table: str
    rows: int


class Sum(Struct):
    """Rows counted, and a checksum that does not depend on their order."""

    rows: int = 0
    checksum: int = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Counts these rows as well. Both sides are summed by one process: so may hashes be."""
        self.rows += len(rows)
        self.checksum = (self.checksum + sum(map(hash, rows))) & MASK


async def copy_to_postgres(
    folder: Path, url: str, now: datetime, part_days: int, progress: Progress
) -> list[Copied]:
    """Copies the database of a data directory; the tables, once both sides are found equal.

    Raises StoreBusyError while a gateway runs on the directory, and StoreError if the target
    holds anything else, cannot be reached, or differs in the end.
    """
    store = SqliteStore(folder, now=now, is_gateway=True)  # brought up to date, and locked
    source = open_file(folder / FILE)
    try:
        await bring_forward(url, now, part_days, is_copying=True)
        settings = {"synchronous_commit": "off", "idle_in_transaction_session_timeout": "0"}
        target = await connect(url, "copy", settings, is_patient=True)
        try:
            return await _Copy(source, target, progress).run(now, part_days)
        except (asyncpg.PostgresError, *LOST) as error:
            raise StoreError(
                f"The copy to {shown(url)} was cut off: {reason(error)}. "
                "Begin it again: it goes on where it was."
            ) from error
        finally:
            await hang_up(target)
    finally:
        source.close()
        await store.close()


class _Copy:
    def __init__(self, source: apsw.Connection, target: Connection, progress: Progress) -> None:
        self._source = source
        self._target = target
        self._progress = progress

    async def run(self, now: datetime, part_days: int) -> list[Copied]:
        tables = await self._tables()
        done = await self._begin(tables)
        ((oldest,),) = self._ask(
            "SELECT coalesce(min((SELECT min(accepted_at) FROM submissions), "
            "(SELECT min(received_at) FROM webhooks)), (SELECT min(accepted_at) FROM submissions))"
        )
        begin = now if oldest is None else from_ms(oldest)
        await self._target.execute("SELECT pg_advisory_lock($1)", MAKING)
        await make_parts(self._target, begin, now + AHEAD, part_days)
        for table in tables:
            await self._copy(table, *done.get(table.name, (None, 0)))
        await self._target.execute(
            "SELECT setval(pg_get_serial_sequence('accounts', 'account_id'), "
            "greatest((SELECT max(account_id) FROM accounts), 1))"
        )
        copied = [await self._verify(table) for table in tables]
        await self._target.execute("ANALYZE")
        # The last commit waits for the disk, and with it all before it are there.
        await self._target.execute("SET synchronous_commit = on; DROP TABLE copy_progress")
        return copied

    async def _tables(self) -> list[Table]:
        """What both sides have. Raises StoreError if one has what the other has not."""
        tables = []
        for (name,) in self._ask(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
        ):
            if name in OURS | OF_THE_MOMENT or name.startswith("sqlite_"):
                continue
            info = self._ask(f"PRAGMA table_info({name})")
            keyed = sorted((column[5], column[1]) for column in info if column[5])
            table = Table(
                name, tuple(column[1] for column in info), tuple(column for _, column in keyed)
            )
            there = await self._target.fetch(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_schema = current_schema() AND table_name = $1",
                name,
            )
            if {row[0] for row in there} != set(table.columns):
                raise StoreError(f"The table {name} has other columns in the target: {there}.")
            tables.append(table)
        return tables

    async def _begin(self, tables: Sequence[Table]) -> dict[str, tuple[str | None, int]]:
        """How far each table is. Raises StoreError for a target that is not empty, or another's."""
        source_id = self._source_id()
        if await self._target.fetchval("SELECT to_regclass('copy_progress')") is None:
            for table in tables:
                if await self._target.fetchval(f"SELECT 1 FROM {table.name} LIMIT 1"):  # noqa: S608 - a table of ours
                    raise StoreError(
                        f"The target is not empty: {table.name} has rows. Name an empty database."
                    )
            await self._target.execute(
                "CREATE TABLE copy_progress (table_name TEXT PRIMARY KEY, source_id TEXT NOT NULL, "
                "last_key TEXT, copied BIGINT NOT NULL)"
            )
            await self._target.executemany(
                "INSERT INTO copy_progress VALUES ($1, $2, NULL, 0)",
                [(table.name, source_id) for table in tables],
            )
        rows = await self._target.fetch(
            "SELECT table_name, source_id, last_key, copied FROM copy_progress"
        )
        if any(row[1] != source_id for row in rows):
            raise StoreError(
                "A copy of another data directory was begun in the target. Name an empty database."
            )
        return {row[0]: (row[2], row[3]) for row in rows}

    def _source_id(self) -> str:
        """What tells this directory's database from every other, whatever is added to it."""
        made = self._ask("SELECT digest, applied_at FROM schema_versions WHERE version = 1")
        first = self._ask("SELECT sid FROM accounts ORDER BY account_id LIMIT 1")
        return hashlib.sha256(repr((made, first)).encode()).hexdigest()

    async def _copy(self, table: Table, last_key: str | None, copied: int) -> None:
        total = self._count(table)
        chunks = self._chunks(table, None if last_key is None else msgspec.json.decode(last_key))
        self._progress("copied", table.name, copied, total)
        chunk = await asyncio.to_thread(next, chunks, None)
        while chunk:
            copied += len(chunk)
            # Both to their end: nobody may close the source while a chunk is being read.
            kept, following = await asyncio.gather(
                self._keep(table, chunk, copied),
                asyncio.to_thread(next, chunks, None),
                return_exceptions=True,
            )
            if isinstance(kept, BaseException):
                raise kept
            if isinstance(following, BaseException):
                raise following
            self._progress("copied", table.name, copied, total)
            chunk = following

    async def _keep(self, table: Table, chunk: list[Row], copied: int) -> None:
        """Writes a chunk and how far the table is with it, in one transaction."""
        last = [_plain(chunk[-1][table.columns.index(column)]) for column in table.key]
        async with self._target.transaction():
            await self._target.copy_records_to_table(
                table.name, records=chunk, columns=table.columns
            )
            await self._target.execute(
                "UPDATE copy_progress SET last_key = $1, copied = $2 WHERE table_name = $3",
                msgspec.json.encode(last).decode(),
                copied,
                table.name,
            )

    async def _verify(self, table: Table) -> Copied:
        """Reads all rows of both sides. Raises StoreError if they differ."""
        total = self._count(table)
        ours = await asyncio.to_thread(self._sum_source, table)
        theirs = await self._sum_target(table, total)
        if ours != theirs:
            raise StoreError(
                f"The table {table.name} differs: {ours.rows} rows here and {theirs.rows} in the "
                "target, or their contents. Did a gateway run here since the copy was begun? Copy "
                "anew into an empty database."
            )
        return Copied(table.name, theirs.rows)

    def _sum_source(self, table: Table) -> Sum:
        found = Sum()
        for chunk in self._chunks(table, None):
            found.add(chunk)
        return found

    async def _sum_target(self, table: Table, total: int) -> Sum:
        found = Sum()
        columns = ", ".join(table.columns)
        async with self._target.transaction(readonly=True):
            cursor = await self._target.cursor(f"SELECT {columns} FROM {table.name}")  # noqa: S608 - a table of ours
            while rows := await cursor.fetch(CHUNK):
                found.add([tuple(row) for row in rows])
                self._progress("compared", table.name, found.rows, total)
        return found

    def _count(self, table: Table) -> int:
        ((count,),) = self._ask(f"SELECT count(*) FROM {table.name}")  # noqa: S608 - a table of ours
        return int(count)

    def _ask(self, statement: str) -> list[Row]:
        return self._source.execute(statement).fetchall()

    def _chunks(self, table: Table, after: Sequence[Any] | None) -> Iterator[list[Row]]:
        """The rows of a table in the order of their keys, behind one of them."""
        cursor = self._source.cursor()
        columns, key = ", ".join(table.columns), ", ".join(table.key)
        places = [table.columns.index(column) for column in table.key]
        marks = ", ".join("?" * len(table.key))
        last = None if after is None else [_from_plain(value) for value in after]
        while True:
            where = "" if last is None else f"WHERE ({key}) > ({marks})"
            found = cursor.execute(
                f"SELECT {columns} FROM {table.name} {where} ORDER BY {key} LIMIT {CHUNK}",  # noqa: S608 - a table of ours
                last or (),
            ).fetchall()
            if not found:
                return
            last = [found[-1][place] for place in places]
            yield [_clean(row) for row in found]


def _clean(row: Row) -> Row:
    """A row as PostgreSQL can keep it."""
    if any(type(value) is str and "\0" in value for value in row):
        return tuple(without_nul(value) for value in row)
    return row


def _plain(value: Any) -> Any:
    """A value of a key as JSON has it."""
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _from_plain(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value
