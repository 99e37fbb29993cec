"""The store on PostgreSQL: one writing session and a few reading ones for each process.

What it promises: a write that was answered is committed, and on the disk of the server (and of
its standbys, if the server waits for them). Any number of processes may share one database: what
each of them draws from rows is kept only if the rows still stand so (see `ports.Store.write`).
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Self, TypeVar

import asyncpg

from waypost.model.errors import StoreError
from waypost.model.work import QueueName
from waypost.store.ports import Step, Transaction
from waypost.store.postgres.bell import Bell
from waypost.store.postgres.connection import (
    HOT,
    LOST,
    bring_forward,
    known_migrations,
    reason,
    roll_back,
)
from waypost.store.postgres.dialect import read_schema
from waypost.store.postgres.driver import OnlyItsTransaction, Statements
from waypost.store.postgres.partitions import TimedPartitions
from waypost.store.postgres.parts import DAYS
from waypost.store.postgres.session import Line, Session
from waypost.store.postgres.writer import OUTAGE_S, Writer
from waypost.store.querybook import load_queries

Item = TypeVar("Item")
Result = TypeVar("Result")

TRIES = 2
"""How often a read is tried before it is tried for the last time."""

READERS = 4
"""How many reads run at once in one process."""


class PostgresStore:
    """`ports.Store` on one database. Open it on the event loop that uses it, by `open`."""

    def __init__(
        self,
        writer: Writer,
        readers: "asyncio.Queue[Line]",
        bell: Bell,
        partitions: TimedPartitions,
        new_line: Callable[[], Line],
    ) -> None:
        self._new_line = new_line
        self.partitions = partitions
        self._writer = writer
        self._readers = readers
        self._bell = bell

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        now: datetime,
        linger_s: float = 0.0,
        batch: int = 512,
        part_days: int = DAYS,
        observe: Callable[[int, float], None] = lambda _, __: None,
    ) -> Self:
        """Opens, and brings the schema up to date.

        url        `postgresql://…`; of several servers in it, the one that takes writes is used
        part_days  how many days of history stand in one part

        Raises StoreError if the database cannot be reached, UnknownSchemaError for one this
        program does not know.
        """
        await bring_forward(url, now, part_days)
        migrations = [migration.text for migration in known_migrations()]
        statements = Statements(load_queries("postgres"), read_schema(migrations))
        line = Line(url, "writer", HOT, statements)
        await line.open()
        readers: asyncio.Queue[Line] = asyncio.Queue()
        for _ in range(READERS):
            readers.put_nowait(Line(url, "reader", HOT, statements))
        writer = Writer(line, now=now, linger_s=linger_s, limit=batch, observe=observe)
        return cls(
            writer,
            readers,
            Bell(url),
            TimedPartitions(url, part_days),
            lambda: Line(url, "study", HOT, statements),
        )

    async def write(self, step: Step[Item, Result], item: Item) -> Result:
        """See `ports.Store.write`."""
        result: Result = await self._writer.submit(step, item)
        return result

    async def read(self, query: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        """See `ports.Store.read`. All of the query sees one state of the database."""
        line = await self._readers.get()
        try:
            for _ in range(TRIES):
                session = await line.open_within(OUTAGE_S)
                try:
                    return await _read(session, query)
                except LOST:  # found out only now; a read may be tried again
                    line.drop()
                except asyncpg.LockNotAvailableError:
                    pass  # a part of history is made or let go, which is a matter of moments
            return await _read(await line.open_within(OUTAGE_S), query)
        except (asyncpg.PostgresError, *LOST) as error:
            line.drop()
            raise StoreError(f"The database could not be read: {reason(error)}.") from error
        finally:
            self._readers.put_nowait(line)

    async def study(self, query: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        """See `ports.Store.study`: on a session of its own."""
        line = self._new_line()
        try:
            return await _read(await line.open_within(OUTAGE_S), query)
        except (asyncpg.PostgresError, *LOST) as error:
            raise StoreError(f"The database could not be read: {reason(error)}.") from error
        finally:
            line.drop()

    def hint(self, queue: QueueName) -> None:
        """See `ports.Store.hint`."""
        self._bell.ring(queue)

    def on_hint(self, heard: Callable[[QueueName], None]) -> None:
        """See `ports.Store.on_hint`."""
        self._bell.on_ring(heard)

    async def close(self) -> None:
        """Commits what waits and lets all sessions go."""
        await self._writer.close()
        await self._bell.close()
        for _ in range(READERS):
            line = await self._readers.get()
            await line.close()
            self._readers.put_nowait(line)


async def _read(
    session: Session, query: Callable[[Transaction], Coroutine[Any, Any, Result]]
) -> Result:
    try:
        await session.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        result: Result = await OnlyItsTransaction(query(session.transaction), session.driver)
        await session.connection.execute("COMMIT")
    except asyncio.CancelledError:
        session.connection.terminate()  # nobody knows how far it is
        raise
    except BaseException:
        if not session.connection.is_closed():
            await roll_back(session.connection)
        raise
    return result
