"""The store on SQLite: one file, one writer thread, one reader thread.

What it promises: a write that was answered is on the disk. What it cannot do: two gateways on
one file; the lock beside the file refuses the second.
"""

import asyncio
import fcntl
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

import apsw

from waypost.model.errors import StoreBusyError, StoreError
from waypost.model.work import QueueName
from waypost.store.ports import Step, Transaction
from waypost.store.querybook import load_queries
from waypost.store.repositories.transaction import RepositoryTransaction
from waypost.store.sqlite.checkpointer import Checkpointer
from waypost.store.sqlite.connection import bring_forward, connect
from waypost.store.sqlite.driver import SqliteDriver, run_to_end
from waypost.store.sqlite.writer import Writer


class WholeFile:
    """`ports.Partitions` of a file that has none: its rows are let go in small batches."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def make_ahead(self, now: datetime) -> list[str]:
        """None are made."""
        del now
        return []

    async def drop_before(self, before: datetime, now: datetime) -> list[str]:
        """None are let go."""
        del before, now
        return []

    async def find_faults(self, now: datetime) -> list[str]:
        """What SQLite itself finds wrong with the file."""
        del now
        return await asyncio.to_thread(self._examine)

    async def wipe(self) -> None:
        """The log behind the file is moved into it, over what was erased, and emptied."""
        await asyncio.to_thread(self._wipe)

    def _wipe(self) -> None:
        try:
            with closing(connect(self._path)) as connection:
                ((is_busy, _, _),) = connection.execute(
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                ).fetchall()
        except apsw.Error as error:
            raise StoreError(f"The log of the database could not be emptied: {error}.") from error
        if is_busy:
            raise StoreError(
                "What was erased is gone from the tables, but its bytes still stand in the log of "
                "the database, for somebody reads it. Ask again in a moment."
            )

    def _examine(self) -> list[str]:
        with closing(connect(self._path)) as connection:
            found = connection.execute("PRAGMA integrity_check(20)").fetchall()
        return [f"the file: {what}" for (what,) in found if what != "ok"]


Item = TypeVar("Item")
Result = TypeVar("Result")

FILE = "waypost.sqlite"
LOCK = "gateway.lock"


class SqliteStore:
    """`ports.Store` in one directory. Open it on the event loop that uses it."""

    def __init__(
        self,
        directory: Path,
        *,
        now: datetime,
        is_gateway: bool,
        linger_s: float = 0.0,
        batch: int = 512,
        observe: Callable[[int, float], None] = lambda _, __: None,
    ) -> None:
        """Opens, and makes what is missing.

        is_gateway  True for the one process that may be the gateway of this directory; False
                    for a command that works beside it

        Raises StoreBusyError if there is one already, UnknownSchemaError for a database this
        program does not know, StoreError if the directory cannot be used.
        """
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{directory} cannot be made: {error.strerror}.") from error
        path = self._path = directory / FILE
        queries = self._queries = load_queries()
        with ExitStack() as opened:
            self._lock = opened.enter_context(_lock(directory)) if is_gateway else None
            self._writing = opened.enter_context(closing(connect(path)))
            bring_forward(self._writing, now)
            self._reading = connect(path)
            opened.pop_all()  # all went well: what is open stays open
        self._checkpointer = Checkpointer(path, self._writing) if is_gateway else None
        self._writer = Writer(
            self._writing,
            RepositoryTransaction(SqliteDriver(self._writing, queries)),
            linger_s=linger_s,
            limit=batch,
            observe=observe,
        )
        self._reader = RepositoryTransaction(SqliteDriver(self._reading, queries))
        self.partitions = WholeFile(path)
        self._readers = ThreadPoolExecutor(1, thread_name_prefix="waypost-reader")

    async def write(self, step: Step[Item, Result], item: Item) -> Result:
        """See `ports.Store.write`."""
        result: Result = await self._writer.submit(step, item)
        return result

    async def read(self, query: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        """See `ports.Store.read`."""
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, _read, self._reading, self._reader, query
        )

    async def study(self, query: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        """See `ports.Store.study`: on a connection and a thread of its own."""
        return await asyncio.to_thread(self._study, query)

    def _study(self, query: Callable[[Transaction], Coroutine[Any, Any, Result]]) -> Result:
        with closing(connect(self._path)) as connection:
            reader = RepositoryTransaction(SqliteDriver(connection, self._queries))
            return _read(connection, reader, query)

    def hint(self, queue: QueueName) -> None:
        """See `ports.Store.hint`: one process works on a file, and wakes itself."""

    def on_hint(self, heard: Callable[[QueueName], None]) -> None:
        """See `ports.Store.on_hint`: there is nobody to hear from."""

    async def close(self) -> None:
        """Commits what waits and lets the file go."""
        await self._writer.close()
        self._readers.shutdown()
        if self._checkpointer is not None:
            self._checkpointer.close()
        self._reading.close()
        self._writing.close()
        if self._lock is not None:
            self._lock.close()


def _read(
    connection: apsw.Connection,
    reader: RepositoryTransaction,
    query: Callable[[Transaction], Coroutine[Any, Any, Result]],
) -> Result:
    """All of the query sees one state of the database."""
    try:
        connection.execute("BEGIN")
        try:
            return run_to_end(query(reader))
        finally:
            connection.execute("ROLLBACK")
    except apsw.Error as error:
        raise StoreError(f"The database could not be read: {error}.") from error


def _lock(directory: Path) -> TextIOWrapper:
    """The directory's lock, held until the file is closed or the process ends."""
    lock = (directory / LOCK).open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise StoreBusyError(
            f"Another gateway is running on {directory}. Stop it, or name another --data directory."
        ) from None
    return lock
