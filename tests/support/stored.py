"""A store of one engine, opened for a folder, spoken to from tests that are not coroutines.

A folder stands for a database on PostgreSQL too: who opens the same one again finds the same.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import apsw
import asyncpg

from support.nouns import (
    NOW,
    PROFILE_ID,
    account,
    callback_profile,
    new_message,
    new_submission,
    sender,
    waba,
)
from support.postgres import give_back, new_database
from waypost.model.callback import Attachment, sender_target
from waypost.store.ports import Store, Transaction
from waypost.store.postgres.store import PostgresStore
from waypost.store.sqlite.store import FILE, SqliteStore

Found = TypeVar("Found")


class OpenedStore(Store, Protocol):
    """A store that is closed by whoever opened it."""

    async def close(self) -> None: ...


class Engine(Protocol):
    """One kind of database."""

    @property
    def name(self) -> str: ...

    def url(self, folder: Path) -> str:
        """What the setting `database_url` is for it."""
        ...

    async def open(self, folder: Path, **options: Any) -> OpenedStore: ...

    def drop(self, folder: Path) -> None:
        """Lets go of the database behind a folder."""
        ...

    def holding(self, folder: Path) -> AbstractAsyncContextManager[None]:
        """Within it no write is committed; reads go on."""
        ...


@dataclass(frozen=True)
class SqliteEngine:
    """SQLite in a folder."""

    name: str = "sqlite"

    def url(self, folder: Path) -> str:  # noqa: ARG002 # the folder is all there is
        return ""

    async def open(self, folder: Path, **options: Any) -> OpenedStore:
        options = {"now": NOW, "is_gateway": True, **options}
        return SqliteStore(folder, **options)

    def drop(self, folder: Path) -> None:
        """The folder is pytest's."""

    @asynccontextmanager
    async def holding(self, folder: Path) -> AsyncIterator[None]:
        connection = apsw.Connection(str(folder / FILE))
        connection.set_busy_timeout(10_000)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
            connection.close()


@dataclass(frozen=True)
class PostgresEngine:
    """PostgreSQL: a database for each folder, made when it is first opened."""

    name: str = "postgres"
    urls: dict[Path, str] = field(default_factory=dict, hash=False, compare=False)

    def url(self, folder: Path) -> str:
        """The address of the folder's database."""
        if folder not in self.urls:
            self.urls[folder] = new_database()
        return self.urls[folder]

    async def open(self, folder: Path, **options: Any) -> OpenedStore:
        options = {"now": NOW, **options}
        options.pop("is_gateway", None)
        return await PostgresStore.open(self.url(folder), **options)

    def drop(self, folder: Path) -> None:
        if (url := self.urls.pop(folder, None)) is not None:
            give_back(url)

    @asynccontextmanager
    async def holding(self, folder: Path) -> AsyncIterator[None]:
        connection = await asyncpg.connect(self.url(folder))
        await connection.execute("BEGIN; LOCK TABLE writers IN EXCLUSIVE MODE")
        try:
            yield
        finally:
            await connection.execute("ROLLBACK")
            await connection.close()


SQLITE, POSTGRES = SqliteEngine(), PostgresEngine()
ENGINES: tuple[Engine, ...] = (SQLITE, POSTGRES)
CHOSEN: Engine = {engine.name: engine for engine in ENGINES}[
    os.environ.get("WAYPOST_TEST_DATABASE", "sqlite")
]
"""What tests of the whole gateway run on; they are run once for each."""


@dataclass
class Stored:
    """An open store and the loop it runs on.

    commits  how many items shared each commit
    """

    store: OpenedStore
    runner: asyncio.Runner
    commits: list[int] = field(default_factory=list)
    engine: Engine = SQLITE
    folder: Path = Path()

    def run(self, coroutine: Coroutine[Any, Any, Found]) -> Found:
        return self.runner.run(coroutine)

    def do(self, change: Callable[[Transaction], Awaitable[Found]]) -> Found:
        """One change in a commit of its own."""

        async def step(transaction: Transaction, items: Sequence[None]) -> list[Found]:
            return [await change(transaction) for _ in items]

        return self.run(self.store.write(step, None))

    def ask(self, query: Callable[[Transaction], Coroutine[Any, Any, Found]]) -> Found:
        return self.run(self.store.read(query))

    def furnish(self, **sender_changes: Any) -> None:
        """An account with a wallet of 1000, a WABA, a sender and its callback profile."""

        async def change(transaction: Transaction) -> None:
            account_id = await transaction.directory.insert_account(account(), NOW)
            await transaction.wallets.open(account_id, "USD", 0)
            made = sender(**sender_changes)
            owned = waba(
                account_id=account_id, waba_id=made.waba_id, access_token=made.access_token
            )
            await transaction.directory.save_waba(owned, NOW)
            await transaction.directory.save_sender(account_id, made, NOW)
            profile = callback_profile(account_id=account_id)
            await transaction.profiles.save(profile)
            target = sender_target(made.sender_id)
            await transaction.profiles.attach([Attachment(account_id, target, PROFILE_ID)])

        self.do(change)

    def keep_message(self, message_id: str, **changes: Any) -> None:
        """One message of a submission of its own."""

        async def change(transaction: Transaction) -> None:
            await transaction.messages.insert_submissions(
                [new_submission(submission_id=message_id)]
            )
            await transaction.messages.insert(
                [new_message(message_id=message_id, submission_id=message_id, **changes)]
            )

        self.do(change)


@contextmanager
def opened(folder: Path, engine: Engine = ENGINES[0], **options: Any) -> Iterator[Stored]:
    """A store, open until the block ends."""
    commits: list[int] = []

    def observe(items: int, _: float) -> None:
        commits.append(items)

    with asyncio.Runner() as runner:
        store = runner.run(engine.open(folder, **{"observe": observe, **options}))
        try:
            yield Stored(store, runner, commits, engine, folder)
        finally:
            runner.run(store.close())
