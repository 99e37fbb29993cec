"""What a database driver answers: four calls, each a named query in an open transaction.

The calls are coroutines so that one text of the repositories can run on a database across
the network. On SQLite they never suspend: the writer thread runs a step to its end.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Row = tuple[Any, ...]


class Driver(Protocol):
    """One transaction of one database."""

    async def execute(self, query: str, parameters: Mapping[str, object]) -> None:
        """Run a statement once."""
        ...

    async def fetch(self, query: str, parameters: Mapping[str, object]) -> list[Row]:
        """Run a statement once; all its rows."""
        ...

    async def execute_rows(self, query: str, rows: Sequence[Sequence[object]]) -> None:
        """Run an `-- each` statement for these rows."""
        ...

    async def fetch_rows(self, query: str, rows: Sequence[Sequence[object]]) -> list[Row]:
        """Run an `-- each` statement for these rows; all its rows."""
        ...
