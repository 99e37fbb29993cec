"""A database is made, brought forward, or refused and left as it was; it is SQLite's twin."""

import asyncio
from collections.abc import Iterator
from typing import Any

import apsw
import asyncpg
import pytest

from support.nouns import NOW
from support.postgres import database
from waypost.model.errors import StoreError, UnknownSchemaError
from waypost.store.postgres.connection import OLDEST_SERVER, check_version, known_migrations
from waypost.store.postgres.store import PostgresStore
from waypost.store.sqlite.connection import bring_forward, connect

TYPES = {"INTEGER": "bigint", "TEXT": "text", "BLOB": "bytea"}
OWN = {"writers"}
"""Tables that one database alone needs."""


@pytest.fixture
def url() -> Iterator[str]:
    with database(is_empty=True) as url:
        yield url


def asked(url: str, *statements: str) -> list[Any]:
    """What the last of these gives."""

    async def run() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                rows = await connection.fetch(statement)
            return [tuple(row) for row in rows]
        finally:
            await connection.close()

    return asyncio.run(run())


def run(url: str, text: str) -> None:
    """Many statements, of which nothing is asked."""

    async def body() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(text)
        await connection.close()

    asyncio.run(body())


def open_and_close(url: str, count: int = 1) -> None:
    async def run() -> None:
        stores = await asyncio.gather(*(PostgresStore.open(url, now=NOW) for _ in range(count)))
        for store in stores:
            await store.close()

    asyncio.run(run())


def tables(url: str) -> set[str]:
    return {
        name
        for (name,) in asked(
            url,
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
            "AND relnamespace = current_schema()::regnamespace",
        )
    }


def refusal(url: str) -> str:
    """Why the database is refused; its tables are as they were."""
    before = tables(url)
    with pytest.raises(UnknownSchemaError) as refused:
        open_and_close(url)
    assert tables(url) == before
    return str(refused.value)


SCHEMA_VERSIONS = """
CREATE TABLE schema_versions (version BIGINT PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL,
    applied_at BIGINT NOT NULL);
"""
AS_RELEASED = """
INSERT INTO accounts (sid, name, kind, state, created_at)
    VALUES ('HX1', 'Shop', 'prepaid', 'active', 1);
INSERT INTO senders (account_id, sender_id, phone_number_id, waba_id, throughput, api_version,
    state, callback_url, created_at) VALUES
    (1, '9198', 'p', 'w', 80, 'v2', 'active', 'http://shop/s', 1),
    (1, '9199', 'q', 'w', 80, 'v2', 'active', NULL, 1);
INSERT INTO callbacks (account_id, event_id, message_id, status, url, body, state, created_at)
    VALUES (1, 'A1.sent', 'A1', 'sent', 'http://shop/s', '{}', 'pending', 1);
INSERT INTO queue (account_id, queue, lane, item_id, due_at, attempt)
    VALUES (1, 'callback', 'http://shop/s', 'A1.sent', 1, 0), (1, 'dispatch', '9198', 'A2', 1, 0);
"""
"""What the release before profiles was telling."""


def test_the_url_of_a_sender_becomes_a_profile_and_the_lane_of_what_it_was_to_be_told(url):
    first, *_ = known_migrations()
    run(url, SCHEMA_VERSIONS + first.text + AS_RELEASED)
    run(url, f"INSERT INTO schema_versions VALUES (1, '{first.name}', '{first.digest}', 1)")

    open_and_close(url)

    ((profile_id, told),) = asked(url, "SELECT profile_id, url FROM callback_profiles")
    assert told == "http://shop/s"
    assert asked(url, "SELECT target, profile_id FROM callback_attachments") == [
        ("sender/9198", profile_id)
    ]
    assert asked(url, "SELECT profile_id, kind FROM callbacks") == [(profile_id, "message_status")]
    assert asked(url, "SELECT lane FROM queue ORDER BY queue") == [(profile_id,), ("9198",)]


def test_processes_that_start_at_once_make_the_schema_once(url):
    open_and_close(url, count=4)

    assert {"messages", "facts", "queue"} <= tables(url)
    assert asked(url, "SELECT version, name FROM schema_versions") == [
        (1, "whole_schema"),
        (2, "answers"),
    ]


def test_a_newer_database_is_refused_and_left_as_it_was(url):
    open_and_close(url)
    asked(url, "INSERT INTO schema_versions VALUES (99, 'later', 'x', 0)")

    assert "newer Waypost" in refusal(url)


def test_a_database_made_with_another_migration_is_refused_and_left_as_it_was(url):
    open_and_close(url)
    asked(url, "UPDATE schema_versions SET digest = 'other'")

    assert "another migration 1" in refusal(url)


def test_a_foreign_database_is_refused_and_left_as_it_was(url):
    asked(url, "CREATE TABLE theirs (x int)")

    assert "not Waypost's" in refusal(url)


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory) -> Iterator[apsw.Connection]:
    connection = connect(tmp_path_factory.mktemp("twin") / "twin.sqlite")
    bring_forward(connection, NOW)
    yield connection
    connection.close()


def sqlite_tables(sqlite: apsw.Connection) -> list[str]:
    return [
        name
        for (name,) in sqlite.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
            "AND name <> 'schema_versions'"
        )
    ]


def test_a_server_that_is_too_old_is_refused_with_the_version_it_has():
    check_version(OLDEST_SERVER, "postgresql://one/waypost")

    with pytest.raises(StoreError, match=r"at postgresql://one/waypost is PostgreSQL 14. .* 15 or"):
        check_version(OLDEST_SERVER - 1, "postgresql://name:secret@one/waypost")


def test_both_databases_have_the_same_tables_and_columns(url, sqlite):
    open_and_close(url)
    here = {
        (table, column): (TYPES[type_], bool(not_null or in_key))
        for table in sqlite_tables(sqlite)
        for _, column, type_, not_null, _, in_key in sqlite.execute(f"PRAGMA table_info({table})")
    }
    ours = tables(url) - OWN
    there = {
        (table, column): (type_, nullable == "NO")
        for table, column, type_, nullable in asked(
            url,
            "SELECT table_name, column_name, data_type, is_nullable "
            "FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name <> 'schema_versions'",
        )
        if table in ours
    }

    assert there == here


def test_both_databases_have_the_same_keys(url, sqlite):
    open_and_close(url)
    here = {
        table: [
            column
            for _, column, in_key in sorted(
                (in_key, column, in_key)
                for _, column, _, _, _, in_key in sqlite.execute(f"PRAGMA table_info({table})")
                if in_key
            )
        ]
        for table in sqlite_tables(sqlite)
    }
    there: dict[str, list[str]] = {}
    for table, column in asked(
        url,
        "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint AS c "
        "CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k (attnum, place) "
        "JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum "
        "WHERE c.contype = 'p' ORDER BY c.conrelid, k.place",
    ):
        there.setdefault(table, []).append(column)

    assert {table: there[table] for table in here} == here


def test_text_is_ordered_by_its_bytes_as_on_sqlite(url):
    open_and_close(url)

    unordered = asked(
        url,
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND data_type = 'text' "
        "AND table_name <> 'schema_versions' AND collation_name IS DISTINCT FROM 'C'",
    )
    assert unordered == []


def test_a_gateway_that_commits_without_waiting_for_the_disk_is_made_to_wait(url):
    asked(url, f"ALTER DATABASE {url.rpartition('/')[2]} SET synchronous_commit = 'off'")

    async def run() -> str:
        store = await PostgresStore.open(url, now=NOW)
        session = await store._writer._line.open()
        found: str = await session.connection.fetchval("SHOW synchronous_commit")
        await store.close()
        return found

    assert asyncio.run(run()) == "on"
