"""A door before a server, on a port of its own: it can be shut, cut, slow, or lead elsewhere.

It runs on a thread with its own event loop, so that a test in plain functions can turn it.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from support.connections import let_go

HOST = "127.0.0.1"
CHUNK = 64 * 1024


@dataclass
class Proxy:
    """Connections to `port` go to `target`, a port of this machine.

    delay_s  how long every piece waits, in both directions
    resets   asked for each piece of an answer: whether the connection is reset instead
    """

    target: int
    port: int = 0
    delay_s: float = 0.0
    resets: Callable[[], bool] = lambda: False
    connections: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    # ---- what a test turns ----------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where an HTTP server behind it answers."""
        return f"http://{HOST}:{self.port}"

    def shut(self) -> None:
        """New connections are refused; those that are there go on."""
        self._call(self._shut())

    def open(self) -> None:
        """Connections are taken again, at the same port."""
        self._call(self._listen())

    def cut(self) -> None:
        """All connections are reset; new ones are taken."""
        self._call(self._cut())

    def lead_to(self, target: int) -> None:
        """New connections go to another port."""
        self.target = target

    # ---- its inside -----------------------------------------------------------------------------

    def _call(self, work) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, HOST, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _end(self) -> None:
        await self._shut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with let_go(writer):
            await self._carry(reader, writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, away = await asyncio.open_connection(HOST, self.target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, away}
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pass_on(reader, away, writer, is_asking=True))
                tasks.create_task(self._pass_on(there, writer, away, is_asking=False))
        finally:
            self._open -= {writer, away}
            for one in (writer, away):
                one.transport.abort()

    async def _pass_on(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        back: asyncio.StreamWriter,
        *,
        is_asking: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(CHUNK):
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if not is_asking and self.resets():
                    target.transport.abort()
                    break
                target.write(piece)
                await target.drain()
        for one in (target, back):
            one.close()


@contextmanager
def proxy(target: int = 0) -> Iterator[Proxy]:
    """A proxy that is open, until the block ends; without a target it leads nowhere yet."""
    made = Proxy(target)
    thread = threading.Thread(target=made._loop.run_forever, daemon=True)
    thread.start()
    try:
        made.open()
        yield made
    finally:
        made._call(made._end())
        made._loop.call_soon_threadsafe(made._loop.stop)
        thread.join(10)
        made._loop.close()
