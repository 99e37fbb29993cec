"""The emulator as a process of its own, which ends with this one, whatever ends this one."""

import asyncio
import contextlib
import os
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from waypost.cli.emulate import EMULATOR
from waypost.cli.output import UnreachableError
from waypost.runtime.clock import Clock

LOOK_EVERY_S = 0.02
START_S = 30.0
STOP_S = 5.0


class EmulatorEndedError(UnreachableError):
    """The emulator is gone although nobody told it to go."""


@dataclass(frozen=True, slots=True)
class EmulatorProcess:
    """A running emulator.

    facts  its ready file: `waba_id`, `phone_number_id`, `display_phone_number`, ...
    log    what it printed
    """

    process: Process
    facts: Mapping[str, Any]
    log: Path

    async def watch(self) -> None:
        """Returns never; raises EmulatorEndedError when it ends."""
        code = await self.process.wait()
        raise _ended(code, self.log)


@asynccontextmanager
async def emulator_process(
    folder: Path, options: Mapping[str, str], secrets: Mapping[str, str], clock: Clock
) -> AsyncIterator[EmulatorProcess]:
    """An emulator that answers; it is stopped at the end.

    folder   for its log and its ready file
    options  of `meta-emulator serve`
    secrets  `META_EMULATOR_*`: in its environment, where `ps` does not show them

    Raises EmulatorEndedError.
    """
    log, ready_file = folder / "emulator.log", folder / "emulator.json"
    ready_file.unlink(missing_ok=True)
    arguments = [word for flag, value in options.items() for word in (f"--{flag}", value)]
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *EMULATOR,
            "serve",
            "--quiet",
            "--until-stdin-closes",
            "--renew-state",
            "--ready-file",
            str(ready_file),
            *arguments,
            stdin=PIPE,
            stdout=output,
            stderr=STDOUT,
            env={**os.environ, **secrets},
            # A Ctrl-C is for the gateway, which stops the emulator last.
            start_new_session=True,
        )
    try:
        await _until_ready(process, ready_file, log, clock)
        yield EmulatorProcess(process, msgspec.json.decode(ready_file.read_bytes()), log)
    finally:
        await _stop(process)
        ready_file.unlink(missing_ok=True)


async def _until_ready(process: Process, ready_file: Path, log: Path, clock: Clock) -> None:
    end = clock.monotonic() + START_S
    while not await asyncio.to_thread(ready_file.exists):
        if process.returncode is not None:
            raise _ended(process.returncode, log)
        if clock.monotonic() > end:
            raise EmulatorEndedError(f"The emulator does not answer; {log} may say why.")
        await clock.sleep(LOOK_EVERY_S)


async def _stop(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()


def _ended(code: int, log: Path) -> EmulatorEndedError:
    words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
    how = f"was killed by signal {-code}" if code < 0 else f"ended by itself with {code}"
    said = "\n  ".join([f"The emulator {how}, and with it this pair.", *words])
    return EmulatorEndedError(said)
