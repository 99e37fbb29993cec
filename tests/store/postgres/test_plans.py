"""The common texts on PostgreSQL: each prepares, and no hot one walks through a table."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from support.nouns import NOW
from support.postgres import database
from waypost.store.postgres.connection import BY_KEY, HOT, bring_forward, known_migrations
from waypost.store.postgres.dialect import Statement, compile_query, read_schema
from waypost.store.querybook import load_queries, parse_queries

QUERIES = load_queries("postgres")
SCHEMA = read_schema([migration.text for migration in known_migrations()])
HOT_QUERIES = sorted(name for name, query in QUERIES.items() if not query.is_cold)


BY_KEY_QUERIES = [name for name in HOT_QUERIES if compile_query(QUERIES[name], SCHEMA).is_by_key]

FILL = """
INSERT INTO {table} ({names}) SELECT {values} FROM generate_series(1::bigint, 2000) AS n
ON CONFLICT DO NOTHING
"""
VALUES = {"bigint": ("1", "n"), "text": ("'a'", "'a' || n"), "bytea": ("''", "int8send(n)")}
"""The value of each row by type: the same in all, or in a key another in each."""
KEYED = """
SELECT i.indrelid::regclass::text, a.attname FROM pg_index AS i
JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])
"""


class Asked:
    """A session as the gateway has it, on a database of its own.

    Nothing but the test counts its tables: a server that comes and finds them empty would plan
    otherwise from then on.
    """

    def __init__(self, runner: asyncio.Runner, connection: Any) -> None:
        self.run = runner.run
        self.connection = connection

    def prepare(self, statement: Statement) -> Any:
        return self.run(self.connection.prepare(statement.text))

    def plan(self, statement: Statement) -> dict[str, Any]:
        """The plan that is kept for it, whatever the values are."""

        async def explain() -> Any:
            for name, value in BY_KEY.items():
                await self.connection.execute(
                    f"SET {name} = {value if statement.is_by_key else 'on'}"
                )
            await self.connection.execute(f"PREPARE planned AS {statement.text}")
            try:
                nothing = ", ".join("NULL" for _ in statement.parameters)
                values = f"({nothing})" if nothing else ""
                return await self.connection.fetchval(
                    f"EXPLAIN (FORMAT JSON) EXECUTE planned{values}"
                )
            finally:
                await self.connection.execute("DEALLOCATE planned")

        plan: dict[str, Any] = json.loads(self.run(explain()))[0]["Plan"]
        return plan

    def count(self) -> None:
        """Counts all tables, as the server does by itself after a while."""
        self.run(self.connection.execute("VACUUM ANALYZE"))

    def fill(self) -> None:
        """Puts rows of one account into all tables, and counts them."""

        async def fill() -> None:
            keyed = {tuple(row) for row in await self.connection.fetch(KEYED)}
            for table, columns in SCHEMA.items():
                own = {"accounts", "wallets", "rate_cards", "rates"}  # a row of each account
                values = ", ".join(
                    VALUES[kind][(table, name) in keyed and (name != "account_id" or table in own)]
                    for name, kind in columns.items()
                )
                await self.connection.execute(
                    FILL.format(table=table, names=", ".join(columns), values=values)
                )

        self.run(fill())
        self.count()

    def empty(self) -> None:
        """Takes all rows out again, and counts none."""
        for table in SCHEMA:
            self.run(self.connection.execute(f"DELETE FROM {table}"))
        self.count()


@contextlib.contextmanager
def asking() -> Iterator[Asked]:
    with database(is_empty=True) as url, asyncio.Runner() as runner:
        runner.run(bring_forward(url, NOW))
        connection = runner.run(asyncpg.connect(url, server_settings=HOT))
        yield Asked(runner, connection)
        runner.run(connection.close())


@pytest.fixture(scope="module")
def asked() -> Iterator[Asked]:
    """On tables that were made just now."""
    with asking() as asked:
        yield asked


@pytest.fixture(scope="module", params=["empty", "full", "emptied"])
def counted(request) -> Iterator[Asked]:
    """On tables that were counted while they were empty, are full, or were."""
    with asking() as asked:
        if request.param == "empty":
            asked.count()
        else:
            asked.fill()
        if request.param == "emptied":
            asked.empty()
        yield asked


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and all plans within it."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_prepares(asked, name):
    asked.prepare(compile_query(QUERIES[name], SCHEMA))


@pytest.mark.parametrize("name", HOT_QUERIES)
def test_a_hot_query_walks_through_no_table(asked, name):
    plan = asked.plan(compile_query(QUERIES[name], SCHEMA))

    walked = [node for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
    assert [node["Relation Name"] for node in walked] == []


@pytest.mark.parametrize("name", HOT_QUERIES)
def test_an_index_is_entered_by_a_key_and_not_read_from_end_to_end(asked, name):
    plan = asked.plan(compile_query(QUERIES[name], SCHEMA))

    assert read_whole(plan) <= ENTERED_WHOLE.get(name, set())


@pytest.mark.parametrize("name", BY_KEY_QUERIES)
def test_given_rows_are_looked_up_by_their_keys_however_large_a_table_is_believed(counted, name):
    plan = counted.plan(compile_query(QUERIES[name], SCHEMA))

    walked = [node for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
    assert [node["Relation Name"] for node in walked] == []
    assert read_whole(plan) <= ENTERED_WHOLE.get(name, set())


@pytest.mark.parametrize("name", ["take", "finish", "drop", "put_back", "bring_forward", "cancel"])
def test_an_item_of_the_queue_is_found_by_its_whole_key_and_not_among_its_account(
    asked, counted, name
):
    for state in (asked, counted):
        plan = state.plan(compile_query(QUERIES[f"queue.{name}"], SCHEMA))

        assert {node["Index Name"] for node in nodes(plan) if "Index Name" in node} == {
            "queue_pkey"
        }


def read_whole(plan: dict[str, Any]) -> set[str]:
    """The indexes that are not entered by a key."""
    return {
        node["Index Name"]
        for node in nodes(plan)
        if node["Node Type"] in {"Index Scan", "Index Only Scan", "Bitmap Index Scan"}
        and "Index Cond" not in node
    }


ENTERED_WHOLE: dict[str, set[str]] = {
    # The few senders that are paused or held, and nothing else, are in this index.
    "directory.closed_senders": {"senders_closed"},
    # The few profiles that fail or are not called, and nothing else, are in this index.
    "endpoints.closed": {"callback_profiles_failing"},
    "endpoints.recover": {"callback_profiles_failing"},
    # What is wrong now, and nothing else, is in this index.
    "alarms.open": {"alarms_open"},
    "alarms.clear": {"alarms_open"},
    # The largest id: one step from the index's end.
    "audit.append": {"audit_entries_by_id"},
}


def test_due_work_is_found_in_order_without_sorting(asked):
    plan = asked.plan(compile_query(QUERIES["queue.find"], SCHEMA))

    assert {node["Node Type"] for node in nodes(plan)} <= {"Limit", "Index Scan"}
    assert {node["Index Name"] for node in nodes(plan) if "Index Name" in node} == {"queue_by_due"}


def test_lanes_are_leapt_over_also_in_a_queue_that_was_just_filled(asked):
    """Of a table without statistics; an EXISTS once had all of it read to answer for 500 lanes."""

    async def filled():
        await asked.connection.execute(
            "INSERT INTO queue (account_id, queue, lane, item_id, due_at, attempt) "
            "SELECT n, 'dispatch', n::text, n::text, 1, 0 FROM generate_series(1, 20000) AS n"
        )

    asked.run(asked.connection.execute("BEGIN"))
    try:
        asked.run(filled())
        plan = asked.plan(compile_query(QUERIES["queue.lanes"], SCHEMA))
    finally:
        asked.run(asked.connection.execute("ROLLBACK"))

    entered = [node["Index Cond"] for node in nodes(plan) if "Index Cond" in node]
    assert len(entered) == 6
    assert [one for one in entered if "account_id" not in one] == []


TEXTS = """\
-- name: things.find
-- One thing.
SELECT sid FROM accounts WHERE account_id = :account_id AND created_at > :from_when AND :is_any

-- name: things.save
-- Things;
-- Looks at whole tables: for no reason.
INSERT INTO accounts (sid, name, created_at)
VALUES
(:sid, :name, :before) -- each
ON CONFLICT (sid) DO UPDATE SET name = excluded.name

-- name: things.move
-- Things, moved.
UPDATE accounts SET name = v.column2
FROM (VALUES
(:account_id, :other) -- each
) AS v
WHERE accounts.account_id = v.column1

-- name: things.wrong
-- Nobody knows what this is.
SELECT :anything
"""


def test_a_named_parameter_becomes_a_number_with_the_type_of_its_column():
    find, *_ = parse_queries(TEXTS)

    assert compile_query(find, SCHEMA) == Statement(
        "SELECT sid FROM accounts WHERE account_id = $1::bigint AND created_at > $2::bigint "
        "AND $3::boolean",
        ("account_id", "from_when", "is_any"),
        (),
        (),
        is_cold=False,
    )


def test_rows_become_one_array_for_each_column():
    _, save, move, _ = parse_queries(TEXTS)

    assert compile_query(save, SCHEMA) == Statement(
        "INSERT INTO accounts (sid, name, created_at)\n"
        "SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) "
        "AS given (column1, column2, column3)\n"
        "ON CONFLICT (sid) DO UPDATE SET name = excluded.name",
        ("sid", "name", "before"),
        (0, 1),
        (0,),
        is_cold=True,
    )
    assert "unnest($1::bigint[], $2::text[]) AS given (column1, column2)" in (
        compile_query(move, SCHEMA).text
    )


def test_a_parameter_of_unknown_type_is_named():
    *_, wrong = parse_queries(TEXTS)

    with pytest.raises(ValueError, match=r"things\.wrong has a parameter :anything"):
        compile_query(wrong, SCHEMA)
