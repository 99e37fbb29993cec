"""Every column of words is classified: personal, and how it is erased, or why it is not."""

import pytest

from support.nouns import NOW
from waypost.model.personal import IMPERSONAL, PERSONAL, Erasing, Kind
from waypost.store.postgres.connection import known_migrations
from waypost.store.postgres.dialect import read_schema
from waypost.store.querybook import load_queries
from waypost.store.sqlite.connection import bring_forward, connect

OURS = {"schema_versions", "writers"}
"""Tables of the store's own, beside the schema of both."""

NEVER_WRITTEN = {Kind.PARKED_STATUSES, Kind.OPT_OUTS, Kind.SERVICE_WINDOWS, Kind.REACHED_USERS}
"""Tables whose rows go as a whole."""


def of_sqlite(folder) -> set[tuple[str, str]]:
    connection = connect(folder / "columns.sqlite")
    bring_forward(connection, NOW)
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    columns = {
        (table, column)
        for (table,) in tables
        for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall()
        if kind in ("TEXT", "BLOB") and table not in OURS
    }
    connection.close()
    return columns


def of_postgres() -> set[tuple[str, str]]:
    schema = read_schema([migration.text for migration in known_migrations()])
    return {
        (table, column)
        for table, columns in schema.items()
        for column, kind in columns.items()
        if kind in ("text", "bytea") and table not in OURS
    }


PERSONALLY = [(kind.value, column) for kind, columns in PERSONAL.items() for column in columns]
IMPERSONALLY = [
    (table, column)
    for tables in IMPERSONAL.values()
    for table, columns in tables.items()
    for column in columns.split()
]


def test_every_column_stands_in_one_class(tmp_path):
    classified = PERSONALLY + IMPERSONALLY

    assert len(classified) == len(set(classified))
    assert of_sqlite(tmp_path) == set(classified)


def test_both_databases_have_the_same_columns(tmp_path):
    assert of_sqlite(tmp_path) == of_postgres()


@pytest.mark.parametrize("kind", Kind)
def test_a_table_has_a_query_for_what_becomes_of_it(kind):
    names = load_queries().keys()
    has_whole_rows = Erasing.ROW in PERSONAL[kind].values()

    assert f"erasure.page_{kind}" in names
    assert (f"erasure.write_{kind}" in names) is (kind not in NEVER_WRITTEN)
    assert (f"erasure.drop_{kind}" in names) is has_whole_rows
