"""A port of this machine at which emulators answer, one after the other, on a thread of its own.

Law: everything of an emulator happens on this thread's loop; whoever else wants something of it
hands a coroutine over.
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from granian.constants import Interfaces
from granian.server.embed import Server

from meta_emulator.app import Receive, Scope, Send
from meta_emulator.emulator import Emulator
from meta_emulator.runtime.clock import SystemClock
from meta_emulator.runtime.http import Http
from meta_emulator.runtime.stream_http import StreamHttp

T = TypeVar("T")

HOST = "127.0.0.1"
START_S = 30.0
STOP_S = 2.0
"""Requests under way have so long to end."""


class LocalServer:
    """Listens from `start` to `stop`."""

    def __init__(self) -> None:
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="meta-emulator")
        self._stopping = asyncio.Event()
        self._held = socket.socket()
        self._emulator: Emulator | None = None
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Take a free port and listen; returns when it answers."""
        # Held until the end, without listening: nobody else is given the port meanwhile.
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._held.bind((HOST, 0))
        self.port: int = self._held.getsockname()[1]
        self._thread.start()
        try:
            self._ready.result(START_S)
        except BaseException:
            self._held.close()
            raise

    def stop(self) -> None:
        """Listen no more; returns when thread and port are given back."""
        with suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._held.close()

    @property
    def url(self) -> str:
        """The base of all addresses."""
        return f"http://{HOST}:{self.port}"

    def host(self, make: Callable[[Http], tuple[Emulator, T]]) -> tuple[Emulator, T]:
        """Have a new emulator answer, and what is made with it; the one before runs no more."""
        return self.call(lambda: self._host(make))

    def call(self, wanted: Callable[[], Awaitable[T]]) -> T:
        """What a coroutine of the emulator's loop returns; raises what it raises."""
        return self.begin(wanted).result()

    def begin(self, wanted: Callable[[], Awaitable[T]]) -> Future[T]:
        """Start a coroutine on the emulator's loop."""
        return asyncio.run_coroutine_threadsafe(_awaited(wanted), self._loop)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except ExceptionGroup as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as group:
            self._group = group
            server = Server(
                self._answer,
                address=HOST,
                port=self.port,
                interface=Interfaces.ASGINL,
                log_enabled=False,
                websockets=False,
            )
            serving = group.create_task(server.serve())
            await self._listening()
            self._ready.set_result(None)
            await self._stopping.wait()
            await self._end_running()
            server.stop()  # type: ignore[no-untyped-call]  # granian leaves it without types
            await asyncio.wait([serving], timeout=STOP_S)
            serving.cancel()

    async def _listening(self) -> None:
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(HOST, self.port)
                writer.transport.abort()
                return
            await SystemClock().sleep(0.001)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._emulator is not None:
            await self._emulator.app(scope, receive, send)

    async def _host(self, make: Callable[[Http], tuple[Emulator, T]]) -> tuple[Emulator, T]:
        await self._end_running()
        emulator, made = make(StreamHttp())
        self._emulator = emulator
        self._running = self._group.create_task(emulator.run())
        return emulator, made

    async def _end_running(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
            self._running = None


async def _awaited(wanted: Callable[[], Awaitable[Any]]) -> Any:
    return await wanted()
