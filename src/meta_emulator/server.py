"""The composition root: a seed and settings become a running emulator.

In process: `Emulator(...)`, its `.app`, `run()` and `wait_for()`. As a program: `serve()`.
"""

import asyncio
import gc
import os
import signal
import socket
from contextlib import suppress
from pathlib import Path

import msgspec
from granian.constants import Interfaces
from granian.server.embed import Server

from meta_emulator.app import App
from meta_emulator.chance import Chance, SeededChance
from meta_emulator.changes import Predicate
from meta_emulator.clock import Clock, SystemClock
from meta_emulator.control import Parts
from meta_emulator.delivery import Deliverer
from meta_emulator.faults import Faults
from meta_emulator.graph import Responder
from meta_emulator.http import Http, NetworkHttp
from meta_emulator.limits import Limits
from meta_emulator.messages import Sends
from meta_emulator.messaging_limit import MessagingLimit
from meta_emulator.reporter import Reporter
from meta_emulator.review import Reviewer
from meta_emulator.schedule import Scheduler
from meta_emulator.seed import Seed
from meta_emulator.settings import Settings
from meta_emulator.state import State

STDIN = 0

STOP_S = 0.8
"""Requests under way have this long to end; then the process ends within a second."""


class PortTakenError(OSError):
    """The address cannot be listened at."""


class Emulator:
    """One emulated Cloud API. Nothing leaves it but by `http`, and only while `run` runs."""

    def __init__(
        self, seed: Seed, settings: Settings, clock: Clock, chance: Chance, http: Http
    ) -> None:
        self.settings = settings
        self.state = State(seed, settings.kept, clock, chance)
        responder = Responder(chance)
        self.deliverer = Deliverer(settings, clock, http, self.state.changes.happened)
        self.reporter = Reporter(self.state, self.deliverer, settings.webhook_version)
        self.reporter.webhook_url = settings.webhook_url
        self.scheduler = Scheduler(settings.status_delays, clock, self.reporter.report)
        limits = Limits(clock) if settings.keeps_limits else None
        code = settings.messaging_limit_code
        users = MessagingLimit(self.state, code) if code is not None else None
        self.sends = Sends(self.state, responder, self.scheduler.add, limits, users)
        self.reviewer = Reviewer(self.state, self.reporter, clock, settings.review_delay_s)
        parts = Parts(
            self.state,
            settings,
            self.sends,
            self.scheduler,
            self.deliverer,
            self.reporter,
            self.reviewer,
            http,
        )
        self.app = App(parts, responder)

    async def run(self) -> None:
        """Let statuses fall due and deliver webhooks, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.scheduler.run())
            group.create_task(self.deliverer.run())
            group.create_task(self.reviewer.run())

    async def wait_for(self, predicate: Predicate) -> None:
        """Return once `predicate` is true; it is asked again after every change."""
        await self.state.changes.wait_for(predicate)


async def serve(
    seed: Seed,
    settings: Settings,
    host: str,
    port: int,
    ready_file: Path | None,
    *,
    until_stdin_closes: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT. `port` is a free one (`free_port`).

    until_stdin_closes  end as well when whoever holds the other end of standard input, a pipe,
                        is gone: also when it was killed and could tell nobody
    """
    async with NetworkHttp() as http, asyncio.TaskGroup() as group:
        emulator = Emulator(seed, settings, SystemClock(), SeededChance(), http)
        server = Server(
            emulator.app,
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            log_enabled=False,
            websockets=False,
            backlog=2048,
            backpressure=4096,
        )
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        if until_stdin_closes:
            loop.add_reader(STDIN, _stop_when_closed, stopping)
        running = group.create_task(emulator.run())
        serving = group.create_task(server.serve())
        await _until_listening(host, port, emulator.state.clock)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 50)
        if ready_file is not None:
            write_ready_file(ready_file, ready_facts(emulator, host, port))
        await stopping.wait()
        emulator.sends.faults = Faults()
        server.stop()  # type: ignore[no-untyped-call]  # granian leaves it without types
        running.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(serving), STOP_S)
        serving.cancel()


def _stop_when_closed(stopping: asyncio.Event) -> None:
    """Standard input has something to read, or its end."""
    if not os.read(STDIN, 4096):
        asyncio.get_running_loop().remove_reader(STDIN)
        stopping.set()


def ready_facts(emulator: Emulator, host: str, port: int) -> dict[str, str]:
    """What a client must know to use the emulator."""
    number = emulator.state.first_number
    return {
        "url": f"http://{host}:{port}",
        "access_token": emulator.settings.access_token,
        "app_secret": emulator.settings.app_secret,
        "verify_token": emulator.settings.verify_token,
        "waba_id": number.waba.id,
        "phone_number_id": number.id,
        "display_phone_number": number.digits,
    }


def write_ready_file(path: Path, facts: dict[str, str]) -> None:
    """Write `facts` so that a reader sees the whole file or none; only the owner may read it."""
    draft = path.with_name(f"{path.name}.draft")
    draft.touch(mode=0o600)
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(facts)))
    draft.replace(path)


def free_port(host: str, port: int) -> int:
    """`port` if it can be listened at, any free one for 0; raises PortTakenError.

    The server shares ports with its like, so that a second one would start without a word:
    therefore it is asked here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(f"cannot listen at {host}:{port}: {error.strerror}") from error
        taken: int = probe.getsockname()[1]
        return taken


async def _until_listening(host: str, port: int, clock: Clock) -> None:
    """Return when the server answers; it listens within milliseconds of its start."""
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return
        await clock.sleep(0.005)
