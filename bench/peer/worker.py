"""The peer's dispatcher: claims with SKIP LOCKED, posts with aiohttp, records each result.

Run as `python -m bench.peer.worker`; the database and the upstream stand in the environment.
As many messages are claimed at once as there is room for, in one commit; every result is one
statement and one commit. When the queue is empty it looks again after a moment.
"""

import asyncio
import os
import signal
import sys

import aiohttp
import asyncpg
import uvloop

IN_FLIGHT = 128
POOL = 16
LEAST_CLAIM = 32
IDLE_S = 0.005

CLAIM = """
WITH due AS (
    SELECT item_id FROM queue WHERE due_at <= now()
    ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE queue SET due_at = now() + interval '60 seconds', attempt = queue.attempt + 1
FROM due JOIN messages ON messages.message_id = due.item_id
WHERE queue.item_id = due.item_id
RETURNING queue.item_id, messages.content
"""
RECORD = """
WITH done AS (DELETE FROM queue WHERE item_id = $1)
UPDATE messages SET state = 'submitted', wamid = $2, changed_at = now() WHERE message_id = $1
"""


class Worker:
    """The loop and what it needs."""

    def __init__(self, pool: asyncpg.Pool, session: aiohttp.ClientSession, url: str) -> None:
        self._pool = pool
        self._session = session
        self._url = url
        self._in_flight = 0
        self._room = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Works until told to stop."""
        async with asyncio.TaskGroup() as tasks:
            while not stopping.is_set():
                room = IN_FLIGHT - self._in_flight
                if room < LEAST_CLAIM:
                    self._room.clear()
                    await self._room.wait()
                    continue
                claimed = await self._pool.fetch(CLAIM, room)
                self._in_flight += len(claimed)
                for item_id, content in claimed:
                    tasks.create_task(self._send(item_id, content))
                if not claimed:
                    await asyncio.sleep(IDLE_S)

    async def _send(self, item_id: str, content: str) -> None:
        headers = {"content-type": "application/json", "authorization": "Bearer token"}
        async with self._session.post(self._url, data=content.encode(), headers=headers) as answer:
            document = await answer.json()
        await self._pool.execute(RECORD, item_id, document["messages"][0]["id"])
        self._in_flight -= 1
        self._room.set()


async def main(database: str, url: str) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with (
        asyncpg.create_pool(database, min_size=POOL, max_size=POOL) as pool,
        aiohttp.ClientSession(connector=connector) as session,
    ):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await Worker(pool, session, url).run(stopping)


if __name__ == "__main__":
    uvloop.run(main(os.environ["PEER_DATABASE"], os.environ["PEER_UPSTREAM"]))
