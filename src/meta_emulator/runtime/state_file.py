"""The file in which an emulator's state is kept: pieces of a snapshot, by part and key.

SQLite in WAL mode without waiting for the disk: what was written is there after the process was
killed; after a power cut the last moments may be missing, never more, and never half a write.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from meta_emulator.runtime.snapshot import VERSION

APPLICATION = 0x57504D45
"""SQLite's `application_id` of these files."""

BUSY_S = 3.0
"""How long one that is just being stopped may still hold the file."""

CREATE = """
    CREATE TABLE pieces (
        place INTEGER PRIMARY KEY,
        part TEXT NOT NULL,
        key TEXT NOT NULL,
        value BLOB NOT NULL,
        UNIQUE (part, key)
    ) STRICT
"""
READ = "SELECT part, key, value FROM pieces ORDER BY place"
REMOVE = "DELETE FROM pieces WHERE part = ? AND key = ?"
PUT = """
    INSERT INTO pieces (part, key, value) VALUES (?, ?, ?)
    ON CONFLICT (part, key) DO UPDATE SET value = excluded.value
"""

Row = tuple[str, str, bytes | None]
"""Part, key and JSON of a piece; None: it is gone."""


class StateFileError(OSError):
    """The file cannot be used, or be written any more; the text says why, and what to do."""


class UnreadableError(StateFileError):
    """The file is another version's, or broken."""


class StateFile:
    """One file, of one emulator at a time. For one thread at a time."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Self:
        """The file at `path`, made if there is none, for its owner alone; raises StateFileError."""
        try:
            path.touch(mode=0o600)
            database = sqlite3.connect(
                path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
            )
        except (sqlite3.Error, OSError) as error:
            raise StateFileError(f"the state file {path} cannot be opened: {error}") from error
        try:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            application = database.execute("PRAGMA application_id").fetchone()[0]
            version = database.execute("PRAGMA user_version").fetchone()[0]
            tables = database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            if tables:
                _look_at(path, application, version)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("BEGIN IMMEDIATE")
            if not tables:
                database.execute(CREATE)
                database.execute(f"PRAGMA application_id = {APPLICATION}")
                database.execute(f"PRAGMA user_version = {VERSION}")
            database.execute("COMMIT")
        except sqlite3.Error as error:
            database.close()
            raise _fault(path, error) from error
        except StateFileError:
            database.close()
            raise
        return cls(path, database)

    def read(self) -> dict[str, dict[str, bytes]]:
        """All pieces by part and key, each part's in the order they came; raises StateFileError."""
        parts: dict[str, dict[str, bytes]] = {}
        try:
            for part, key, value in self._database.execute(READ):
                parts.setdefault(part, {})[key] = value
        except sqlite3.Error as error:
            raise _fault(self.path, error) from error
        return parts

    def write(self, rows: Iterable[Row]) -> None:
        """Put and remove pieces, all or none; raises StateFileError."""
        put, removed = [], []
        for part, key, value in rows:
            if value is None:
                removed.append((part, key))
            else:
                put.append((part, key, value))
        try:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany(REMOVE, removed)
            self._database.executemany(PUT, put)
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise _fault(self.path, error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def _look_at(path: Path, application: int, version: int) -> None:
    """Raises StateFileError for a file that is not for this emulator."""
    if application != APPLICATION:
        raise StateFileError(
            f"the state file {path} is a database of something else: name another file"
        )
    if version != VERSION:
        raise UnreadableError(
            f"the state file {path} is of version {version}, and this emulator reads"
            f" version {VERSION}: use the emulator that made it, or move the file away"
        )


def _fault(path: Path, error: sqlite3.Error) -> StateFileError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_BUSY"):
        return StateFileError(
            f"the state file {path} is in use by another emulator: stop it, or name another file"
        )
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return UnreadableError(
            f"the state file {path} is broken ({error}): move it away to begin anew"
        )
    if name.startswith("SQLITE_FULL"):
        return StateFileError(
            f"the state file {path} cannot be written, as the disk is full: make room"
        )
    return StateFileError(
        f"the state file {path} cannot be used ({error}): look at its folder and its owner"
    )
