"""Checkpoints on a thread of their own, so that no commit waits for one (p99: 12 to 1.9 ms)."""

import threading
from pathlib import Path

import apsw

from waypost.store.sqlite.connection import connect

PAGES = 2_000
"""Pages in the log that make a checkpoint worth its while: 16 MB."""

LARGE_PAGES = 24_000
"""Pages in the log that make it worth holding the writer up for a moment: 190 MB."""


class Checkpointer:
    """Moves the write-ahead log into the database whenever it has grown."""

    def __init__(self, path: Path, writing: apsw.Connection) -> None:
        self._path = path
        self._wake = threading.Event()
        self._is_closed = False
        self._pages = 0
        writing.set_wal_hook(self._grown)
        self._thread = threading.Thread(target=self._run, name="waypost-checkpoint", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread."""
        self._is_closed = True
        self._wake.set()
        self._thread.join()

    def _grown(self, _: apsw.Connection, __: str, pages: int) -> int:
        """SQLite tells the size of the log after each commit, on the writer's thread."""
        self._pages = pages
        if pages >= PAGES:
            self._wake.set()
        return apsw.SQLITE_OK

    def _run(self) -> None:
        connection = connect(self._path)
        while self._wake.wait():
            if self._is_closed:
                break
            self._wake.clear()
            mode = "RESTART" if self._pages >= LARGE_PAGES else "PASSIVE"
            try:
                connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
            except (apsw.BusyError, apsw.LockedError, apsw.FullError, apsw.IOError):
                continue  # the log still holds everything; the next commit asks again
        connection.close()
