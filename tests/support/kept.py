"""What a gateway's database holds, read from beside the gateway: SQLite or PostgreSQL."""

import asyncio
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import apsw
import asyncpg

from support.operating import operate
from waypost.assembly import OperatorTools
from waypost.report.usage_audit import find_differences

AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""How a PostgreSQL shows that it is not there now."""


class Kept:
    """The rows of one database. `rows` is what differs between the two."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        connection = apsw.Connection(
            str(self._directory / "waypost.sqlite"), apsw.SQLITE_OPEN_READWRITE
        )
        try:
            connection.set_busy_timeout(10_000)
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def tables(self) -> list[str]:
        """The names of all tables."""
        return [name for (name,) in self.rows("SELECT name FROM sqlite_schema WHERE type='table'")]

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        return [row[1] for row in self.rows(f"PRAGMA table_info({table})")]

    def close(self) -> None:
        """Nothing is held open."""

    def number(self, sql: str) -> int:
        """The one number of a query."""
        ((found,),) = self.rows(sql)
        return int(found)

    def states(self) -> Counter[str]:
        """How many messages are in each state."""
        return Counter(dict(self.rows("SELECT state, count(*) FROM messages GROUP BY state")))

    def message_ids(self) -> set[str]:
        """All messages."""
        return {id_ for (id_,) in self.rows("SELECT message_id FROM messages")}

    def facts(self) -> Counter[str]:
        """How often each fact stands in the timelines."""
        return Counter(dict(self.rows("SELECT fact, count(*) FROM facts GROUP BY fact")))

    def messages_with(self, *facts: str) -> set[str]:
        """Messages with one of these facts in their timeline."""
        named = ", ".join(f"'{fact}'" for fact in facts)
        rows = self.rows(f"SELECT DISTINCT message_id FROM facts WHERE fact IN ({named})")
        return {message_id for (message_id,) in rows}

    def is_idle(self) -> bool:
        """Whether nothing waits in any queue."""
        return self.number("SELECT count(*) FROM queue") == 0

    def wallet(self) -> tuple[int, int]:
        """Balance and held money of the account."""
        ((balance, held),) = self.rows("SELECT balance_minor, held_minor FROM wallets")
        return balance, held

    def sizes(self) -> dict[str, int]:
        """How many rows each table has."""
        return {name: self.number(f"SELECT count(*) FROM {name}") for name in self.tables()}

    def audit(self) -> list[str]:
        """What the gateway's own auditors find wrong with the money and the figures."""

        async def look(tools: OperatorTools) -> list[str]:
            money = await tools.store.read(lambda transaction: transaction.wallets.audit())
            return money + await find_differences(tools.store)

        found: list[str] = operate(self.settings(), look)
        return found

    def settings(self) -> dict[str, Any]:
        """Which database an operator's command must be told."""
        return {"data_dir": self._directory}


class KeptInPostgres(Kept):
    """The same in a PostgreSQL: on one connection, made anew when it was lost."""

    def __init__(self, directory: Path, url: str) -> None:
        super().__init__(directory)
        self._url = url
        self._turn = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection | None = None

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._turn:
            return self._loop.run_until_complete(self._rows(sql))

    def tables(self) -> list[str]:
        """The names of all tables."""
        sql = "SELECT relname::text FROM pg_stat_user_tables ORDER BY relname"
        return [name for (name,) in self.rows(sql)]

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        sql = (
            "SELECT column_name::text FROM information_schema.columns "
            f"WHERE table_name = '{table}' AND table_schema = current_schema() "
            "ORDER BY ordinal_position"
        )
        return [name for (name,) in self.rows(sql)]

    def close(self) -> None:
        """Lets go of the connection."""
        with self._turn:
            if self._connection is not None:
                self._connection.terminate()
                self._loop.run_until_complete(asyncio.sleep(0))
            self._loop.close()

    def settings(self) -> dict[str, Any]:
        """Which database an operator's command must be told."""
        return {**super().settings(), "database_url": self._url}

    async def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        for is_last in (False, True):
            if self._connection is None or self._connection.is_closed():
                self._connection = await asyncpg.connect(self._url, timeout=20)
            try:
                return [tuple(row) for row in await self._connection.fetch(sql)]
            except AWAY:
                self._connection.terminate()
                self._connection = None
                if is_last:
                    raise
        raise AssertionError


def kept_in(directory: Path, database_url: str) -> Kept:
    """What is kept there."""
    return KeptInPostgres(directory, database_url) if database_url else Kept(directory)
