"""A look into the gateway's database from outside, whichever of the two it is."""

import asyncio
from pathlib import Path
from typing import Any, Protocol

import apsw
import asyncpg


class Book(Protocol):
    """What the measurements ask; counting reads whole tables, so it is done before and after."""

    def is_idle(self, queue: str) -> bool:
        """Nothing is left in the queue."""
        ...

    def taken(self) -> int:
        """Messages that Meta took, by their facts."""
        ...

    def told(self) -> int:
        """Callbacks that a customer's endpoint took."""
        ...

    def close(self) -> None:
        """Let the database go."""
        ...


class SqliteBook:
    """The file of a data directory."""

    def __init__(self, folder: Path) -> None:
        path = str(folder / "waypost.sqlite")
        self._connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
        self._connection.set_busy_timeout(10_000)

    def is_idle(self, queue: str) -> bool:
        """Nothing is left in the queue."""
        return not self._ask("SELECT EXISTS (SELECT 1 FROM queue WHERE queue = ?)", queue)

    def taken(self) -> int:
        """Messages that Meta took, by their facts."""
        return self._ask("SELECT count(*) FROM facts WHERE fact = ?", "taken")

    def told(self) -> int:
        """Callbacks that a customer's endpoint took."""
        return self._ask("SELECT count(*) FROM callbacks WHERE state = ?", "delivered")

    def submitted(self) -> list[tuple[str, str, str]]:
        """Our id, Meta's id and the recipient of each message that Meta took."""
        rows = self._connection.execute(
            "SELECT message_id, wamid, recipient FROM messages WHERE wamid IS NOT NULL"
        )
        return [(str(one), str(two), str(three)) for one, two, three in rows]

    def in_state(self, state: str) -> int:
        """Messages in a state."""
        return self._ask("SELECT count(*) FROM messages WHERE state = ?", state)

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def _ask(self, sql: str, value: str) -> int:
        ((answer,),) = self._connection.execute(sql, (value,)).fetchall()
        return int(answer)


class PostgresBook:
    """A database of a PostgreSQL server, over a connection of its own."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._connection: Any = self._runner.run(asyncpg.connect(url))

    def is_idle(self, queue: str) -> bool:
        """Nothing is left in the queue."""
        return not self._ask("SELECT EXISTS (SELECT 1 FROM queue WHERE queue = $1)", queue)

    def taken(self) -> int:
        """Messages that Meta took, by their facts."""
        return int(self._ask("SELECT count(*) FROM facts WHERE fact = $1", "taken"))

    def told(self) -> int:
        """Callbacks that a customer's endpoint took."""
        return int(self._ask("SELECT count(*) FROM callbacks WHERE state = $1", "delivered"))

    def close(self) -> None:
        """Let the server go."""
        self._runner.run(self._connection.close())
        self._runner.close()

    def _ask(self, sql: str, value: str) -> Any:
        return self._runner.run(self._connection.fetchval(sql, value))
