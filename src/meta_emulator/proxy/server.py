"""The proxy as a program: it listens, and ends when it is told."""

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server

from meta_emulator.faults import Faults
from meta_emulator.protocol.answers import Responder
from meta_emulator.proxy.app import FromRecording, HandOn, ProxyApp
from meta_emulator.proxy.mishaps import Mishaps
from meta_emulator.proxy.recorder import Recorder, load_replay
from meta_emulator.runtime.chance import SeededChance
from meta_emulator.runtime.clock import SystemClock
from meta_emulator.runtime.http import NetworkHttp
from meta_emulator.server import write_ready_file

LOOK_EVERY_S = 0.005
STOP_S = 0.8


@dataclass(frozen=True, slots=True)
class Plan:
    """What a proxy is told when it starts: an upstream, or a recording to replay."""

    upstream: str | None
    record: Path | None
    replay: Path | None
    faults: Faults
    host: str
    port: int
    ready_file: Path | None


async def serve_proxy(plan: Plan) -> None:
    """Serve until SIGTERM or SIGINT; `port` is a free one. Raises RecordingError, FaultsError."""
    clock = SystemClock()
    mishaps = Mishaps(plan.faults, clock)
    recorder = None if plan.record is None else Recorder(plan.record, clock)
    try:
        async with NetworkHttp() as http:
            source = (
                FromRecording(load_replay(plan.replay))
                if plan.replay is not None
                else HandOn(http, plan.upstream or "", recorder)
            )
            app = ProxyApp(source, mishaps, Responder(SeededChance()), clock)
            await _listen(app, plan, clock)
    finally:
        if recorder is not None:
            recorder.close()


async def _listen(app: ProxyApp, plan: Plan, clock: SystemClock) -> None:
    server = Server(
        app,
        address=plan.host,
        port=plan.port,
        interface=Interfaces.ASGINL,
        log_enabled=False,
        websockets=False,
    )
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve())
        await _until_listening(plan, clock)
        if plan.ready_file is not None:
            write_ready_file(plan.ready_file, {"url": f"http://{plan.host}:{plan.port}"})
        await stopping.wait()
        server.stop()  # type: ignore[no-untyped-call]  # granian leaves it without types
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(serving), STOP_S)
        serving.cancel()


async def _until_listening(plan: Plan, clock: SystemClock) -> None:
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(plan.host, plan.port)
            writer.close()
            return
        await clock.sleep(LOOK_EVERY_S)
