"""A database is made, brought forward, or refused and left as it was."""

import asyncio
import hashlib
from pathlib import Path

import apsw
import pytest

from support.nouns import NOW
from support.stored import opened
from waypost.model.errors import StoreBusyError, StoreError, UnknownSchemaError
from waypost.store.migrate import Migration, load_migrations, pending
from waypost.store.sqlite.connection import APPLICATION_ID
from waypost.store.sqlite.store import FILE, SqliteStore

FIRST = Migration(1, "first", "CREATE TABLE a (x)")
SECOND = Migration(2, "second", "CREATE TABLE b (x)")


def alter(folder: Path, statement: str) -> None:
    """Changes a closed database behind the gateway's back; all of it is in the one file."""
    connection = apsw.Connection(str(folder / FILE))
    connection.execute(statement)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()


def tables(folder: Path) -> set[str]:
    connection = apsw.Connection(str(folder / FILE))
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    connection.close()
    return names


def made(folder: Path) -> Path:
    with opened(folder):
        pass
    return folder


def refusal(folder: Path) -> str:
    """Why the folder is refused; its file is as it was, and the lock is free."""
    before = hashlib.sha256((folder / FILE).read_bytes()).digest()

    async def run() -> None:
        store = SqliteStore(folder, now=NOW, is_gateway=True)
        await store.close()

    with pytest.raises(UnknownSchemaError) as refused:
        asyncio.run(run())
    assert hashlib.sha256((folder / FILE).read_bytes()).digest() == before
    with pytest.raises(UnknownSchemaError):
        asyncio.run(run())
    return str(refused.value)


def test_a_new_folder_is_made_with_everything_above_it(tmp_path):
    folder = made(tmp_path / "deep" / "data")

    assert {"messages", "facts", "queue", "schema_versions"} <= tables(folder)


def test_a_database_says_whose_it_is_and_how_it_is_kept(tmp_path):
    connection = apsw.Connection(str(made(tmp_path) / FILE))

    assert connection.pragma("application_id") == APPLICATION_ID
    assert connection.pragma("journal_mode") == "wal"
    connection.close()


def test_a_database_that_is_opened_again_is_not_migrated_again(tmp_path):
    for _ in range(2):
        with opened(tmp_path) as stored:
            stored.do(lambda t: t.webhooks.keep([(str(id(t)), b"", NOW)]))

    connection = apsw.Connection(str(tmp_path / FILE))
    versions = connection.execute("SELECT version, name FROM schema_versions").fetchall()
    connection.close()
    assert versions == [(1, "first_floor"), (2, "the_door"), (3, "trust"), (4, "answers")]


def test_a_newer_database_is_refused_and_left_as_it_was(tmp_path):
    made(tmp_path)
    alter(tmp_path, "INSERT INTO schema_versions VALUES (5, 'later', 'x', 0)")

    assert "newer Waypost" in refusal(tmp_path)


def test_a_database_made_with_another_migration_is_refused_and_left_as_it_was(tmp_path):
    made(tmp_path)
    alter(tmp_path, "UPDATE schema_versions SET digest = 'other'")

    assert "another migration 1" in refusal(tmp_path)


def test_a_foreign_database_is_refused_and_left_as_it_was(tmp_path):
    alter(tmp_path, "CREATE TABLE theirs (x)")

    assert "not Waypost's" in refusal(tmp_path)
    assert tables(tmp_path) == {"theirs"}


def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path):
    (tmp_path / FILE).write_bytes(b"These are my notes, and no database at all.\n" * 100)

    assert "not a SQLite database" in refusal(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")

    async def run():
        SqliteStore(tmp_path / "file" / "data", now=NOW, is_gateway=True)

    with pytest.raises(StoreError, match="cannot be made"):
        asyncio.run(run())


def test_a_second_gateway_is_refused_until_the_first_is_gone(tmp_path):
    with opened(tmp_path) as first:
        with pytest.raises(StoreBusyError, match="Another gateway"), opened(tmp_path):
            pass
        first.do(lambda t: t.webhooks.keep([("w", b"", NOW)]))
    with opened(tmp_path) as next_one:
        assert next_one.ask(lambda t: t.webhooks.load(["w"])) == {"w": b""}


def test_an_operators_command_works_beside_the_gateway(tmp_path):
    with opened(tmp_path) as gateway:
        with opened(tmp_path, is_gateway=False) as command:
            command.do(lambda t: t.webhooks.keep([("w", b"", NOW)]))
        assert gateway.ask(lambda t: t.webhooks.load(["w"])) == {"w": b""}


def test_all_migrations_are_pending_for_a_new_database():
    assert pending([FIRST, SECOND], []) == [FIRST, SECOND]


def test_what_was_applied_is_not_pending():
    assert pending([FIRST, SECOND], [(1, "first", FIRST.digest)]) == [SECOND]
    assert pending([FIRST], [(1, "first", FIRST.digest)]) == []


@pytest.mark.parametrize(
    "applied",
    [
        [(1, "first", "other")],
        [(1, "other", FIRST.digest)],
        [(1, "first", FIRST.digest), (2, "second", SECOND.digest), (3, "third", "x")],
    ],
)
def test_a_database_with_other_or_more_migrations_is_unknown(applied):
    with pytest.raises(UnknownSchemaError):
        pending([FIRST, SECOND], applied)


@pytest.mark.parametrize("names", [["0002_late.sql"], ["0001_a.sql", "0003_c.sql"], ["first.sql"]])
def test_migrations_have_no_gaps_and_speaking_names(tmp_path, names):
    for name in names:
        (tmp_path / name).write_text("SELECT 1")

    with pytest.raises(ValueError, match="expected 000"):
        load_migrations(tmp_path)


def test_other_files_beside_migrations_are_passed_over(tmp_path):
    (tmp_path / "README.md").write_text("read me")
    (tmp_path / "0001_first.sql").write_text("SELECT 1")

    assert load_migrations(tmp_path) == [Migration(1, "first", "SELECT 1")]
