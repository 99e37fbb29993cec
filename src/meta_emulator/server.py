"""The emulator as a program: it listens, says what it is, and ends when it is told."""

import asyncio
import errno
import gc
import os
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from granian.constants import Interfaces
from granian.server.embed import Server

from meta_emulator.emulator import Emulator
from meta_emulator.faults import Faults
from meta_emulator.runtime.chance import SeededChance
from meta_emulator.runtime.clock import Clock, SystemClock, VirtualClock
from meta_emulator.runtime.http import NetworkHttp
from meta_emulator.runtime.keeper import Keeper
from meta_emulator.runtime.state_file import StateFile
from meta_emulator.seed import Seed
from meta_emulator.settings import Settings
from meta_emulator.world.kept_time import TIME_AND_CHANCE

STDIN = 0

NEVER_BEHIND = TIME_AND_CHANCE | {"turbulence"}
"""Parts that are kept with every batch: what a plan holds back stands nowhere else."""

STOP_S = 0.8
"""Requests under way have this long to end; then the process ends within a second."""


class PortTakenError(OSError):
    """The address cannot be listened at."""


class ReadyFileError(OSError):
    """The ready file cannot be written; the text says why."""


async def serve(
    seed: Seed,
    settings: Settings,
    address: tuple[str, int],
    ready_file: Path | None,
    *,
    state_file: StateFile | None = None,
    until_stdin_closes: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT.

    address             host, and a port that is free (`free_port`)
    state_file          where the state is kept, and gone on with; raises StateFileError and
                        SnapshotError, some within an ExceptionGroup
    until_stdin_closes  end as well when whoever holds the other end of standard input, a pipe,
                        is gone: also when it was killed and could tell nobody
    """
    host, port = address
    async with NetworkHttp() as http, asyncio.TaskGroup() as group:
        emulator = Emulator(seed, settings, VirtualClock(), SeededChance(settings.chance), http)
        keeper = None if state_file is None else go_on(emulator, state_file)
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
        keeping = group.create_task(_forever() if keeper is None else keeper.run())
        serving = group.create_task(server.serve())
        await _until_listening(host, port, SystemClock())
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 50)
        if ready_file is not None:
            write_ready_file(ready_file, ready_facts(emulator, host, port))
        await stopping.wait()
        if keeper is not None:
            await keeper.end()
        emulator.disorder.faults = Faults()
        emulator.conversations.end()
        server.stop()  # type: ignore[no-untyped-call]  # granian leaves it without types
        running.cancel()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(serving), STOP_S)
        serving.cancel()
        keeping.cancel()


async def _forever() -> None:
    """Never return."""
    await asyncio.Event().wait()


def go_on(emulator: Emulator, state_file: StateFile) -> Keeper:
    """The emulator is as the file has it, and what changes is kept there from now on.

    The time that has passed meanwhile has passed for it too, unless its clock stood still.
    Raises StateFileError, SnapshotError.
    """
    keeper = Keeper(state_file, emulator.kept, lambda: emulator.state.changes.count, NEVER_BEHIND)
    kept = keeper.kept()
    if kept is not None:
        redirect(kept, emulator.settings.webhook_url)
        emulator.restore(kept)
        if isinstance(emulator.clock, VirtualClock):
            emulator.clock.catch_up()
    keeper.begin()
    emulator.app.settled = keeper.settled
    return keeper


def redirect(kept: dict[str, Any], url: str | None) -> None:
    """Webhooks that were on their way to the app's old address go to `url`, if one is given."""
    parts = kept["parts"]
    old, parts["webhook_url"] = parts.get("webhook_url"), url or parts.get("webhook_url")
    for piece in parts.get("deliveries", {}).values():
        if url is not None and piece.get("url") == old:
            piece["url"] = url


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


def check_ready_file(path: Path | None) -> None:
    """Raise ReadyFileError if the file cannot be written: now, and not only once all is ready."""
    if path is None:
        return
    draft = _draft(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        draft.touch(mode=0o600)
        draft.unlink()
    except OSError as error:
        raise ReadyFileError(
            f"the ready file {path} cannot be written: {error.strerror}; name one in a folder "
            "that is there and may be written"
        ) from error


def _draft(path: Path) -> Path:
    return path.with_name(f"{path.name}.draft")


def write_ready_file(path: Path, facts: dict[str, str]) -> None:
    """Write `facts` so that a reader sees the whole file or none; only the owner may read it."""
    draft = _draft(path)
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
