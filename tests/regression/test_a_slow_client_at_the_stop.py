"""A client that never ended its request once took the whole time for an orderly stop.

The workers were then cut off at once, and messages that were being given to Meta became unknown.
"""

import asyncio
import os
import signal

from waypost.runtime.supervisor import Part, supervise


class Server:
    """Its stop waits for a request that never ends."""

    async def run(self):
        await asyncio.Event().wait()

    def stop(self):
        """Nothing makes the client go."""


class Worker:
    """Ends in order what it began, which takes a moment."""

    def __init__(self):
        self.stopping = asyncio.Event()
        self.has_ended = False

    async def run(self):
        await self.stopping.wait()
        for _ in range(3):
            await asyncio.to_thread(os.getpid)
        self.has_ended = True

    def stop(self):
        self.stopping.set()


def test_those_who_stop_after_the_server_have_their_time():
    async def body():
        server, worker = Server(), Worker()

        async def started():
            os.kill(os.getpid(), signal.SIGTERM)

        parts = [
            Part("server", server.run, server.stop, patience_s=0.05),
            Part("worker", worker.run, worker.stop),
        ]
        async with asyncio.timeout(4):
            await supervise(parts, grace_s=5, started=started)
        return worker.has_ended

    assert asyncio.run(body())
