"""A connection that is made again when it was lost, and the transaction over it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from waypost.model.errors import StoreError
from waypost.store.postgres.connection import Connection, connect, hang_up
from waypost.store.postgres.driver import PostgresDriver, Statements
from waypost.store.repositories.transaction import RepositoryTransaction

SHORTEST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Session:
    """One session: its connection, its prepared statements, and the nouns over them."""

    connection: Connection
    driver: PostgresDriver
    transaction: RepositoryTransaction


class Line:
    """The way to the database for one purpose; at most one session at a time."""

    def __init__(
        self, url: str, purpose: str, settings: Mapping[str, str], statements: Statements
    ) -> None:
        self._url = url
        self._purpose = purpose
        self._settings = settings
        self._statements = statements
        self._session: Session | None = None

    async def open(self) -> Session:
        """The session, made if there is none. Raises StoreError if it cannot be, at once."""
        if self._session is None or self._session.connection.is_closed():
            connection = await connect(self._url, self._purpose, self._settings)
            driver = PostgresDriver(connection, self._statements)
            self._session = Session(connection, driver, RepositoryTransaction(driver))
        return self._session

    async def open_within(self, patience_s: float) -> Session:
        """The same, tried again for so long, less and less often. Raises StoreError."""
        loop = asyncio.get_running_loop()
        end, pause = loop.time() + patience_s, SHORTEST_PAUSE_S
        while True:
            try:
                return await self.open()
            except StoreError:
                if loop.time() + pause > end:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def drop(self) -> None:
        """Ends the session at once: the server rolls back what it had not committed."""
        if self._session is not None:
            self._session.connection.terminate()
            self._session = None

    async def close(self) -> None:
        """Ends the session politely."""
        if self._session is not None:
            await hang_up(self._session.connection)
            self._session = None
