"""Several processes of one command: started, started again when they die, and stopped together.

Law 1: a child that dies takes nobody along. It is started again, after a gap that grows while its
children keep dying young; each time the log says so.
Law 2: a child that cannot agree with its configuration never will: then all are stopped.
Law 3: no child outlives its parent. The parent holds the other end of the child's standard input,
which ends when the parent does, however that ended; `stop_with_parent` sees it.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from waypost.runtime.clock import Clock

MISUSED = 2
"""The exit code of a process whose configuration is refused."""

FIRST_GAP_S, LONGEST_GAP_S = 0.5, 30.0
OLD_S = 30.0
"""A child that lived so long did not die young: the gap begins anew."""

SPARE_S = 5.0

_log = structlog.get_logger("waypost.children")


@dataclass(slots=True)
class Children:
    """`count` processes of one command, each with its number behind it, from 0.

    grace_s  how long a child takes to stop at most by its own word
    spare_s  how long it may take beyond that before it is killed
    """

    command: Sequence[str]
    count: int
    grace_s: float
    clock: Clock
    spare_s: float = SPARE_S
    _living: dict[int, Process] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _exit_code: int = 0

    async def run(self) -> int:
        """Runs them until SIGTERM or SIGINT; 0, or why they can never run."""
        loop = asyncio.get_running_loop()
        for told in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(told, self._stopping.set)
        async with asyncio.TaskGroup() as tasks:
            keepers = [tasks.create_task(self._keep(number)) for number in range(self.count)]
            await self._stopping.wait()
            for process in self._living.values():
                _tell(process, signal.SIGTERM)
            _, late = await asyncio.wait(keepers, timeout=self.grace_s + self.spare_s)
            for worker, process in self._living.items():
                _log.error("worker.killed", worker=worker, grace_s=self.grace_s)
                _tell(process, signal.SIGKILL)
            if late:
                await asyncio.wait(late)
        return self._exit_code

    async def _keep(self, number: int) -> None:
        """Sees that one of them runs."""
        gap_s = FIRST_GAP_S
        while not self._stopping.is_set():
            began_s = self.clock.monotonic()
            try:
                process = await asyncio.create_subprocess_exec(
                    *self.command, str(number), stdin=PIPE
                )
            except OSError as error:  # no memory or no process to be had: for a while, it may be
                _log.error("worker.not_started", worker=number, error=str(error), again_in_s=gap_s)
                await self._rest(gap_s)
                gap_s = min(gap_s * 2, LONGEST_GAP_S)
                continue
            self._living[number] = process
            if self._stopping.is_set():  # told while this one was being started
                _tell(process, signal.SIGTERM)
            code = await process.wait()
            del self._living[number]
            if self._stopping.is_set():
                return
            if code == MISUSED:
                self._exit_code = code
                self._stopping.set()
                return
            if self.clock.monotonic() - began_s >= OLD_S:
                gap_s = FIRST_GAP_S
            _log.error("worker.died", worker=number, exit_code=code, again_in_s=gap_s)
            await self._rest(gap_s)
            gap_s = min(gap_s * 2, LONGEST_GAP_S)

    async def _rest(self, seconds: float) -> None:
        """Sleeps so long, or until all are stopped."""
        async with asyncio.TaskGroup() as tasks:
            alarm = tasks.create_task(self.clock.sleep(seconds))
            told = tasks.create_task(self._stopping.wait())
            await asyncio.wait((alarm, told), return_when=asyncio.FIRST_COMPLETED)
            alarm.cancel()
            told.cancel()


def _tell(process: Process, number: signal.Signals) -> None:
    if process.returncode is None:
        process.send_signal(number)


def stop_with_parent() -> None:
    """From now on the end of standard input stops this process, as SIGTERM would."""
    loop = asyncio.get_running_loop()
    stdin = sys.stdin.fileno()

    def heard() -> None:
        if not os.read(stdin, 1024):
            loop.remove_reader(stdin)
            os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(stdin, heard)
