"""Named queries on one SQLite connection. Its coroutines never suspend: `run_to_end` runs them."""

from collections.abc import Coroutine, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import apsw

from waypost.store.driver import Row
from waypost.store.querybook import Query, chunk_sizes

Result = TypeVar("Result")


def run_to_end(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Runs a coroutine that waits for nothing but this driver.

    Raises RuntimeError if it waits for anything else: a step must not.
    """
    try:
        coroutine.send(None)
    except StopIteration as finished:
        result: Result = finished.value
        return result
    coroutine.close()
    raise RuntimeError("a step waited for something other than its transaction")


class SqliteDriver:
    """`driver.Driver` on a connection; transactions are its owner's affair."""

    def __init__(self, connection: apsw.Connection, queries: Mapping[str, Query]) -> None:
        self._cursor = connection.cursor()
        self._queries = queries

    async def execute(self, query: str, parameters: Mapping[str, object]) -> None:
        """Run a statement once."""
        self._cursor.execute(self._queries[query].text, parameters)

    async def fetch(self, query: str, parameters: Mapping[str, object]) -> list[Row]:
        """Run a statement once; all its rows."""
        found = self._cursor.execute(self._queries[query].text, parameters)
        return found.fetchall()

    async def execute_rows(self, query: str, rows: Sequence[Sequence[object]]) -> None:
        """Run an `-- each` statement for these rows, in chunks."""
        named = self._queries[query]
        start = 0
        for size in chunk_sizes(len(rows)):
            values = tuple(chain.from_iterable(rows[start : start + size]))
            self._cursor.execute(named.for_rows(size), values)
            start += size

    async def fetch_rows(self, query: str, rows: Sequence[Sequence[object]]) -> list[Row]:
        """Run an `-- each` statement for these rows, in chunks; all rows it gives."""
        named = self._queries[query]
        found: list[Row] = []
        start = 0
        for size in chunk_sizes(len(rows)):
            values = tuple(chain.from_iterable(rows[start : start + size]))
            found += self._cursor.execute(named.for_rows(size), values)
            start += size
        return found
