"""Hints between processes: `NOTIFY` on a session of its own.

Never within a write: `NOTIFY` makes commits of the whole database wait for one another. So hints
are gathered for a moment and given beside the writes; they may be late, or lost with the session.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import asyncpg

from waypost.model.errors import StoreError
from waypost.model.work import QueueName
from waypost.store.postgres.connection import LOST, Connection, connect, hang_up

CHANNEL = "waypost"
GATHERING_S = 0.02
"""The shortest time between two hints given."""

LONGEST_PAUSE_S = 1.0


class Bell:
    """Rings for others, and hears them. Built and used on one event loop."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._heard: list[Callable[[QueueName], None]] = []
        self._hints: set[QueueName] = set()
        self._has_to_do = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def ring(self, queue: QueueName) -> None:
        """Tells other processes that new work stands in a queue."""
        self._hints.add(queue)
        self._wake()

    def on_ring(self, heard: Callable[[QueueName], None]) -> None:
        """Calls `heard` for each hint of another process."""
        self._heard.append(heard)
        self._wake()

    async def close(self) -> None:
        """Stops ringing and hearing."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _wake(self) -> None:
        self._has_to_do.set()
        if self._task is None:
            loop = asyncio.get_running_loop()
            self._task = loop.create_task(self._run(), name="waypost-bell")

    async def _run(self) -> None:
        """Keeps a session as long as the process lives."""
        pause = GATHERING_S
        while True:
            try:
                connection = await connect(self._url, "bell", {})
            except StoreError:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
                continue
            pause = GATHERING_S
            connection.add_termination_listener(lambda _: self._has_to_do.set())
            try:
                with suppress(asyncpg.PostgresError, *LOST):
                    await self._serve(connection)
            finally:
                await hang_up(connection)

    async def _serve(self, connection: Connection) -> None:
        """Rings and hears until the session is lost."""
        await connection.add_listener(CHANNEL, self._hear)
        while not connection.is_closed():
            await self._has_to_do.wait()
            self._has_to_do.clear()
            if self._hints:
                hints, self._hints = self._hints, set()
                await connection.execute(
                    "SELECT pg_notify($1, hint) FROM unnest($2::text[]) AS given (hint)",
                    CHANNEL,
                    [hint.value for hint in hints],
                    timeout=5.0,
                )
                await asyncio.sleep(GATHERING_S)

    def _hear(self, connection: Connection, sender_pid: int, _: str, payload: object) -> None:
        """Passes a hint on, unless it is one's own or of a queue that is not known here."""
        is_own = connection.get_server_pid() == sender_pid
        if not is_own and payload in {queue.value for queue in QueueName}:
            for heard in self._heard:
                heard(QueueName(payload))
