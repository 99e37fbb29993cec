"""The one writer: a thread that owns the writing connection and commits what arrives together.

Law 1: everything written goes through here, as items of steps (see `store/ports.py`).
Law 2: all items that wait are taken together, grouped by step, and share one commit.
Law 3: nobody is answered before that commit is on the disk (`synchronous = FULL`).
Law 4: an item whose step fails costs only itself. The batch is then run again, each item
       behind a savepoint of its own; so a step may run twice, and touches only its transaction.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import apsw

from waypost.model.errors import StoreError
from waypost.store.ports import Step, Transaction
from waypost.store.sqlite.driver import run_to_end
from waypost.store.waiting import Settled, Waiting, settle


class Writer:
    """The writing thread. Built and used on one event loop.

    linger_s  how long to wait for company once an item has come
    limit     how many items may share a commit
    observe   told the number of items and the seconds of each commit
    """

    def __init__(
        self,
        connection: apsw.Connection,
        transaction: Transaction,
        *,
        linger_s: float,
        limit: int,
        observe: Callable[[int, float], None],
    ) -> None:
        self._connection = connection
        self._transaction = transaction
        self._linger_s = linger_s
        self._limit = limit
        self._observe = observe
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="waypost-writer", daemon=True)
        self._is_closed = False
        self._thread.start()

    def submit(self, step: Step[Any, Any], item: Any) -> "asyncio.Future[Any]":
        """Hands an item over; the future is settled after its commit."""
        if self._is_closed:
            raise StoreError("The store is closed.")
        answer = self._loop.create_future()
        self._queue.put(Waiting(step, item, answer))
        return answer

    async def close(self) -> None:
        """Commits what waits, then ends the thread."""
        if not self._is_closed:
            self._is_closed = True
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)

    # ---- on the thread ----------------------------------------------------------------------

    def _run(self) -> None:
        is_open = True
        while is_open:
            batch = self._gather()
            if batch[-1] is None:
                is_open = False
            waiting = [entry for entry in batch if entry is not None]
            if waiting:
                started = time.monotonic()
                settled_all = self._commit(waiting)
                self._observe(len(waiting), time.monotonic() - started)
                self._loop.call_soon_threadsafe(settle, waiting, settled_all)

    def _gather(self) -> list[Waiting | None]:
        """Waits for the first item, then takes all that came with it; None ends the thread."""
        batch = [self._queue.get()]
        if self._linger_s and batch[0] is not None:
            time.sleep(self._linger_s)
        while len(batch) < self._limit and batch[-1] is not None:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return batch

    def _commit(self, waiting: Sequence[Waiting]) -> list[Settled]:
        settled_all: list[Settled] | None = None
        try:
            settled_all = self._attempt(waiting, self._run_group)
        except apsw.Error as error:
            if is_of_the_machine(error):
                return [Settled(None, told(error)) for _ in waiting]
        except Exception:  # noqa: BLE001, S110 - some item's own fault: found out below
            pass
        if settled_all is not None:
            return settled_all
        try:
            return self._attempt(waiting, self._run_one_by_one)
        except apsw.Error as error:
            return [Settled(None, told(error)) for _ in waiting]

    def _attempt(
        self,
        waiting: Sequence[Waiting],
        run: Callable[[Step[Any, Any], list[Any]], Sequence[Settled]],
    ) -> list[Settled]:
        """Runs all groups in one transaction; what they came to, once it is committed."""
        groups: dict[Step[Any, Any], list[int]] = {}
        for position, entry in enumerate(waiting):
            groups.setdefault(entry.step, []).append(position)
        settled_all: list[Settled] = [Settled(None, None)] * len(waiting)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for step, positions in groups.items():
                results = run(step, [waiting[position].item for position in positions])
                for position, settled in zip(positions, results, strict=True):
                    settled_all[position] = settled
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        return settled_all

    def _run_group(self, step: Step[Any, Any], items: list[Any]) -> Sequence[Settled]:
        return [Settled(result, None) for result in run_to_end(step(self._transaction, items))]

    def _run_one_by_one(self, step: Step[Any, Any], items: list[Any]) -> Sequence[Settled]:
        settled_all = []
        for item in items:
            self._connection.execute("SAVEPOINT item")
            try:
                (result,) = run_to_end(step(self._transaction, [item]))
            except Exception as error:
                if isinstance(error, apsw.Error) and is_of_the_machine(error):
                    raise
                self._connection.execute("ROLLBACK TO item")
                settled_all.append(Settled(None, error))
            else:
                settled_all.append(Settled(result, None))
            self._connection.execute("RELEASE item")
        return settled_all


def is_of_the_machine(error: apsw.Error) -> bool:
    """Whether this is the disk's or another process's doing, and no item's fault."""
    return isinstance(
        error,
        (
            apsw.BusyError,
            apsw.LockedError,
            apsw.FullError,
            apsw.IOError,
            apsw.CorruptError,
            apsw.ReadOnlyError,
            apsw.CantOpenError,
            apsw.NoMemError,
            apsw.InterruptError,
        ),
    )


def told(error: apsw.Error) -> StoreError:
    """The error as those who wait are told it."""
    if isinstance(error, apsw.FullError):
        return StoreError("The disk is full: nothing of this was kept. Make room, then try again.")
    if isinstance(error, (apsw.BusyError, apsw.LockedError)):
        return StoreError("Another process is writing to the database: try again.")
    return StoreError(f"The database did not keep this: {error}.")
