"""The one writer of a process: one session that commits what arrives together.

Law 1: everything written goes through here, as items of steps (see `store/ports.py`).
Law 2: all items that wait are taken together, grouped by step, and share one commit.
Law 3: nobody is answered before the server has answered that commit.
Law 4: an item whose step fails costs only itself. The batch is then run again, each item
       behind a savepoint of its own.
Law 5: what another process changed meanwhile costs nobody anything: the batch is rolled back and
       run again, a few times, at last item by item. So a step may run many times, and touches
       only its transaction.
Law 6: a commit whose answer was lost is looked up, and those who wait are told the truth. Each
       batch notes its number in the writer's own row of `writers`, within its transaction; who
       locks that row afterwards, in another session, waits until the lost one is over and then
       reads whether it was kept. That stands a crash and a failover, where the number of a
       transaction may be given out again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

import asyncpg

from waypost.model.errors import ConflictError, StoreError
from waypost.store.ports import Step
from waypost.store.postgres.connection import LOST, reason, roll_back
from waypost.store.postgres.driver import OnlyItsTransaction
from waypost.store.postgres.session import Line, Session
from waypost.store.repositories.instants import to_ms
from waypost.store.waiting import Settled, Waiting, settle

OUTAGE_S = 3.0
"""How long those who wait are kept waiting for a server that is away."""

CONFLICT_S = 10.0
"""How long a batch is run again because of what other processes do."""

DOUBT_S = 30.0
"""How long a commit whose answer was lost is looked up."""

COMMIT_S = 60.0
"""How long a commit may take before its answer counts as lost."""

GROUP_TRIES = 3
"""Conflicts after which a batch is run item by item."""

ITEM_TRIES = 4
"""How often one item is run because of conflicts of its own."""


class Trouble(Enum):
    """Whose doing an error is."""

    CONFLICT = "another process's"
    CONTENTION = "another process's, and its rows are still held"
    LOST = "the connection's"
    MACHINE = "the server's"
    ITEM = "an item's"


class AwayError(StoreError):
    """The server cannot be reached; nothing was kept."""


class Writer:
    """The writing session. Built and used on one event loop.

    linger_s  how long to wait for company once an item has come
    limit     how many items may share a commit
    observe   told the number of items and the seconds of each commit
    """

    def __init__(
        self,
        line: Line,
        *,
        now: datetime,
        linger_s: float,
        limit: int,
        observe: Callable[[int, float], None],
    ) -> None:
        self._line = line
        self._now = now
        self._linger_s = linger_s
        self._limit = limit
        self._observe = observe
        self._name = ""
        self._batch = 0
        self._waiting: deque[Waiting] = deque()
        self._arrived = asyncio.Event()
        self._is_closed = False
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(), name="waypost-writer")

    def submit(self, step: Step[Any, Any], item: Any) -> "asyncio.Future[Any]":
        """Hands an item over; the future is settled after its commit."""
        if self._is_closed:
            raise StoreError("The store is closed.")
        answer = self._loop.create_future()
        self._waiting.append(Waiting(step, item, answer))
        self._arrived.set()
        return answer

    async def close(self) -> None:
        """Commits what waits, then lets the session go."""
        if not self._is_closed:
            self._is_closed = True
            self._arrived.set()
            await self._task
            await self._line.close()

    async def _run(self) -> None:
        while self._waiting or not self._is_closed:
            await self._arrived.wait()
            if self._linger_s and len(self._waiting) < self._limit and not self._is_closed:
                await asyncio.sleep(self._linger_s)
            size = min(len(self._waiting), self._limit)
            batch = [self._waiting.popleft() for _ in range(size)]
            if not self._waiting and not self._is_closed:
                self._arrived.clear()
            if batch:
                started = self._loop.time()
                settled_all = await self._commit(batch)
                self._observe(len(batch), self._loop.time() - started)
                settle(batch, settled_all)
                if isinstance(settled_all[-1].error, AwayError):
                    self._refuse_all(settled_all[-1])

    def _refuse_all(self, away: Settled) -> None:
        """Nobody waits longer for a server than those who came first."""
        waiting = list(self._waiting)
        self._waiting.clear()
        settle(waiting, [away] * len(waiting))

    async def _commit(self, waiting: Sequence[Waiting]) -> list[Settled]:
        """What became of each; raises nothing."""
        end = self._loop.time() + CONFLICT_S
        is_alone, tries = False, 0
        while True:
            try:
                return await self._attempt(waiting, is_alone=is_alone)
            except StoreError as error:
                if not isinstance(error, ConflictError):
                    return [Settled(None, error) for _ in waiting]
                failed: BaseException = error
            except Exception as error:  # noqa: BLE001 - some item's own fault: found out below
                failed = error
            trouble = trouble_of(failed)
            tries += 1
            is_last = trouble is Trouble.ITEM and is_alone
            if trouble is Trouble.MACHINE or is_last or self._loop.time() > end:
                return [Settled(None, told(failed)) for _ in waiting]
            if trouble is Trouble.LOST:
                self._line.drop()
            is_alone = (
                is_alone
                or trouble is Trouble.ITEM
                or (trouble is Trouble.CONFLICT and tries >= GROUP_TRIES)
            )
            await self._pause(tries)

    async def _attempt(self, waiting: Sequence[Waiting], *, is_alone: bool) -> list[Settled]:
        """Runs all groups in one transaction; what they came to, once it is committed.

        Raises StoreError if the server cannot be reached, or will not tell what it kept.
        """
        groups: dict[Step[Any, Any], list[int]] = {}
        for position, entry in enumerate(waiting):
            groups.setdefault(entry.step, []).append(position)
        settled_all: list[Settled] = [Settled(None, None)] * len(waiting)
        try:
            session = await self._line.open_within(OUTAGE_S)
        except StoreError as error:
            raise AwayError(str(error)) from error
        await self._begin(session)
        try:
            for step, positions in groups.items():
                items = [waiting[position].item for position in positions]
                results = await (self._run_alone if is_alone else _run_group)(session, step, items)
                for position, settled in zip(positions, results, strict=True):
                    settled_all[position] = settled
        except BaseException:
            await roll_back(session.connection)
            raise
        if not await self._end(session):
            raise ConnectionResetError("the connection was lost before the commit")
        return settled_all

    async def _begin(self, session: Session) -> None:
        """Begins a transaction that carries this writer's mark."""
        self._batch += 1
        if self._name:
            # In one message; made of a number of ours and of a name that the database gave.
            mark = f"batch = {self._batch} WHERE account_id = 0 AND writer = '{self._name}'"
            done = await session.connection.execute(
                f"BEGIN; UPDATE writers SET {mark}"  # noqa: S608
            )
            if done == "UPDATE 1":
                return
            await session.connection.execute("ROLLBACK")
        self._name = await session.connection.fetchval(
            "INSERT INTO writers (account_id, writer, batch, started_at) "
            "VALUES (0, gen_random_uuid()::text, 0, $1) RETURNING writer",
            to_ms(self._now),
        )
        await self._begin(session)

    async def _end(self, session: Session) -> bool:
        """Commits; whether it is kept. Raises what the server says against it."""
        # Not by a deadline of the driver: it would have the server stop waiting for its standbys.
        committing = self._loop.create_task(
            session.connection.execute("COMMIT", timeout=2 * COMMIT_S)
        )
        await asyncio.wait({committing}, timeout=COMMIT_S)
        if not committing.done():
            session.connection.terminate()
        try:
            done = await committing
        except LOST:
            self._line.drop()
            return await self._was_kept()
        if done != "COMMIT":  # a step went on after an error of the database
            raise RuntimeError("a step swallowed an error of the database")
        return True

    async def _was_kept(self) -> bool:
        """Whether the batch whose answer was lost is kept, once the database knows.

        Raises StoreError if that could not be found out.
        """
        end = self._loop.time() + DOUBT_S
        while True:
            try:
                session = await self._line.open_within(max(0.0, end - self._loop.time()))
                async with session.connection.transaction():
                    await session.connection.execute(
                        f"SET LOCAL lock_timeout = {int(DOUBT_S * 1000)}"
                    )
                    noted = await session.connection.fetchval(
                        "SELECT batch FROM writers WHERE account_id = 0 AND writer = $1 FOR UPDATE",
                        self._name,
                        timeout=DOUBT_S,
                    )
            except (asyncpg.PostgresError, *LOST, StoreError) as error:
                self._line.drop()
                if self._loop.time() > end:
                    raise StoreError(
                        "The connection to the database was lost while it committed, and it "
                        "cannot be asked what it kept: this may be kept, or not. Try again with "
                        "the same Idempotency-Key."
                    ) from error
                await asyncio.sleep(0.1)
            else:
                return bool(noted == self._batch)

    async def _run_alone(
        self, session: Session, step: Step[Any, Any], items: list[Any]
    ) -> Sequence[Settled]:
        return [await self._run_item(session, step, item) for item in items]

    async def _run_item(self, session: Session, step: Step[Any, Any], item: Any) -> Settled:
        """One item behind a savepoint. Raises what is no item's fault."""
        for tries in range(1, ITEM_TRIES + 1):
            await session.connection.execute("SAVEPOINT item")
            try:
                (settled,) = await _run_group(session, step, [item])
            except Exception as error:
                trouble = trouble_of(error)
                if trouble not in {Trouble.ITEM, Trouble.CONFLICT}:
                    raise
                await session.connection.execute("ROLLBACK TO item; RELEASE item")
                settled = Settled(None, error)
                if trouble is Trouble.ITEM:
                    break
                await self._pause(tries)
            else:
                await session.connection.execute("RELEASE item")
                break
        return settled

    async def _pause(self, tries: int) -> None:
        """A few milliseconds, not the same ones in each process and at each time."""
        uneven = hash((self._name, self._batch)) % 16
        await asyncio.sleep(0.001 * (1 + uneven) * min(tries, 8))


async def _run_group(session: Session, step: Step[Any, Any], items: list[Any]) -> Sequence[Settled]:
    results = await OnlyItsTransaction(step(session.transaction, items), session.driver)
    if len(results) != len(items):
        raise ValueError("a step gave another number of results than it was given items")
    return [Settled(result, None) for result in results]


def trouble_of(error: BaseException) -> Trouble:
    """Whose doing an error is, and so what is done about it."""
    if isinstance(error, (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)):
        return Trouble.CONTENTION
    if isinstance(error, (ConflictError, asyncpg.SerializationError, asyncpg.UniqueViolationError)):
        return Trouble.CONFLICT
    if isinstance(error, (asyncpg.DataError, asyncpg.exceptions.UnsupportedClientFeatureError)):
        return Trouble.ITEM
    if isinstance(error, LOST):
        return Trouble.LOST
    if isinstance(
        error,
        (
            asyncpg.InsufficientResourcesError,
            asyncpg.OperatorInterventionError,
            asyncpg.PostgresSystemError,
            asyncpg.InsufficientPrivilegeError,
        ),
    ):
        return Trouble.MACHINE
    return Trouble.ITEM


def told(error: BaseException) -> BaseException:
    """The error as those who wait are told it."""
    if isinstance(error, asyncpg.DiskFullError):
        return StoreError(
            "The database's disk is full: nothing of this was kept. Make room, then try again."
        )
    if isinstance(error, ConflictError):
        return error
    trouble = trouble_of(error)
    if trouble in {Trouble.CONTENTION, Trouble.CONFLICT}:
        return ConflictError(
            "Other processes write the same all the time: nothing of this was kept, try again."
        )
    return StoreError(f"The database did not keep this: {reason(error)}.")
