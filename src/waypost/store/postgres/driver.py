"""Named queries on one PostgreSQL connection, each prepared once."""

import asyncio
from collections.abc import Coroutine, Generator, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg

from waypost.store.driver import Row
from waypost.store.postgres.connection import BY_KEY, COLD, HOT
from waypost.store.postgres.dialect import Schema, Statement, compile_query
from waypost.store.querybook import Query

Result = TypeVar("Result")

STATEMENT_S = 30.0
"""How long one statement may take before its connection counts as lost."""

LONG_STATEMENT_S = 600.0
"""The same, of one that may look at whole tables."""

PLANS_S = 5.0
"""How long plans are kept. A plan is made of how large tables are just then: one for a queue that
was empty over night reads all of it for each row, and a campaign fills it within seconds."""

PLAN_FREELY = "; ".join(f"SET LOCAL {name} = {value}" for name, value in COLD.items())
PLAN_BY_INDEX = "; ".join(f"SET LOCAL {name} = {HOT[name]}" for name in COLD)
PLAN_BY_KEY = "; ".join(f"SET LOCAL {name} = {value}" for name, value in BY_KEY.items())
PLAN_BY_ANY_INDEX = "; ".join(f"SET LOCAL {name} = on" for name in BY_KEY)


class Statements:
    """All named queries as PostgreSQL reads them, each compiled when it is first asked for."""

    def __init__(self, queries: Mapping[str, Query], schema: Schema) -> None:
        self._queries = queries
        self._schema = schema
        self._compiled: dict[str, Statement] = {}

    def find(self, name: str) -> Statement:
        """The statement of this name. Raises KeyError, or ValueError for one that is wrong."""
        found = self._compiled.get(name)
        if found is None:
            found = self._compiled[name] = compile_query(self._queries[name], self._schema)
        return found


class PostgresDriver:
    """`driver.Driver` on a connection; transactions are its owner's affair.

    is_waiting  whether the step that holds this driver waits for the database just now
    """

    def __init__(self, connection: asyncpg.Connection, statements: Statements) -> None:
        self.is_waiting = False
        self._connection = connection
        self._statements = statements
        self._prepared: dict[str, Any] = {}
        self._planned: set[str] = set()
        self._planned_at = asyncio.get_running_loop().time()

    async def execute(self, query: str, parameters: Mapping[str, object]) -> None:
        """Run a statement once."""
        await self.fetch(query, parameters)

    async def fetch(self, query: str, parameters: Mapping[str, object]) -> list[Row]:
        """Run a statement once; all its rows."""
        statement = self._statements.find(query)
        values = [without_nul(parameters[name]) for name in statement.parameters]
        return await self._run(query, statement, values)

    async def execute_rows(self, query: str, rows: Sequence[Sequence[object]]) -> None:
        """Run an `-- each` statement for these rows."""
        await self.fetch_rows(query, rows)

    async def fetch_rows(self, query: str, rows: Sequence[Sequence[object]]) -> list[Row]:
        """Run an `-- each` statement for these rows; all rows it gives."""
        statement = self._statements.find(query)
        found: list[Row] = []
        for distinct in rounds(rows, statement.key):
            columns: list[Sequence[object]] = list(zip(*distinct, strict=True))
            for position in statement.texts:
                column = columns[position]
                if any(isinstance(value, str) and "\0" in value for value in column):
                    columns[position] = [without_nul(value) for value in column]
            found += await self._run(query, statement, columns)
        return found

    async def _run(self, query: str, statement: Statement, values: Sequence[object]) -> list[Row]:
        self.is_waiting = True
        try:
            await self._plan_anew()
            is_first = statement.is_by_key and query not in self._planned
            if statement.is_cold:
                await self._connection.execute(PLAN_FREELY)
            elif is_first:
                await self._connection.execute(PLAN_BY_KEY)
            prepared = self._prepared.get(query)
            if prepared is None:
                prepared = await self._connection.prepare(statement.text, timeout=STATEMENT_S)
                self._prepared[query] = prepared
            patience = LONG_STATEMENT_S if statement.is_cold else STATEMENT_S
            rows = await prepared.fetch(*values, timeout=patience)
            if statement.is_cold:
                await self._connection.execute(PLAN_BY_INDEX)
            elif is_first:
                self._planned.add(query)
                await self._connection.execute(PLAN_BY_ANY_INDEX)
            return [tuple(row) for row in rows]
        finally:
            self.is_waiting = False

    async def _plan_anew(self) -> None:
        """Lets all plans go once they are PLANS_S old; each is made again when it is needed."""
        now = asyncio.get_running_loop().time()
        if now - self._planned_at > PLANS_S:
            self._planned_at = now
            await self._connection.execute("DISCARD PLANS")
            self._planned.clear()


def without_nul(value: object) -> object:
    """The same, without what PostgreSQL cannot keep in a text.

    A character of no meaning is dropped rather than a whole message that is accepted, or a whole
    webhook that is answered.
    """
    if isinstance(value, str) and "\0" in value:
        return value.replace("\0", "")
    return value


def rounds(
    rows: Sequence[Sequence[object]], key: Sequence[int]
) -> Iterator[Sequence[Sequence[object]]]:
    """Rows in as few lots as can be, in none of which a key stands twice; in their order.

    One statement of PostgreSQL refuses to replace a row that it has just written, where SQLite
    takes one after the other.
    """
    if not key:
        if rows:
            yield rows
        return
    waiting = rows
    while waiting:
        distinct: dict[tuple[object, ...], Sequence[object]] = {}
        waiting = [
            row
            for row in waiting
            if distinct.setdefault(tuple(row[position] for position in key), row) is not row
        ]
        yield list(distinct.values())


class OnlyItsTransaction:
    """Runs a coroutine, and ends it as soon as it waits for anything but its driver.

    Raises RuntimeError then: a step, or a query, must not.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, Result], driver: PostgresDriver) -> None:
        self._coroutine = coroutine
        self._driver = driver

    def __await__(self) -> Generator[Any, Any, Any]:
        """What the coroutine gives."""
        inner, answer = self._coroutine, None
        while True:
            try:
                waits_for = inner.send(answer)
            except StopIteration as finished:
                return finished.value
            while True:
                if not self._driver.is_waiting:
                    inner.close()
                    raise RuntimeError("a step waited for something other than its transaction")
                try:
                    answer = yield waits_for
                    break
                except BaseException as error:  # noqa: BLE001 # lint-skip: broad-except - handed on to where it belongs
                    try:
                        waits_for = inner.throw(error)
                    except StopIteration as finished:
                        return finished.value
