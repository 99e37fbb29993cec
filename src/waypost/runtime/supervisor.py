"""Starts the parts of a process, watches them, and stops them in order within a bound.

A part that ends by itself, or fails, takes the process with it, with its name in the log: no
part is an orphan. Parts are stopped in the order in which they are given: what lets work in
goes first, what works it off goes last.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import structlog

_log = structlog.get_logger("waypost.supervisor")


@dataclass(frozen=True, slots=True)
class Part:
    """Something that runs until it is told to stop.

    patience_s  how long its stop may take at most, so that enough is left for those after it
    """

    name: str
    run: Callable[[], Coroutine[Any, Any, None]]
    stop: Callable[[], None]
    patience_s: float = inf


class PartFailedError(Exception):
    """A part ended although nobody had told it to."""


async def supervise(
    parts: Sequence[Part], *, grace_s: float, started: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Runs the parts until SIGTERM or SIGINT, then stops them one after the other.

    grace_s  how long the whole stop may take; what still runs then is cut off
    started  runs beside the parts once they are started

    Raises PartFailedError if a part ended by itself.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    tasks = {loop.create_task(part.run(), name=part.name): part for part in parts}
    told = loop.create_task(stopping.wait(), name="signal")
    first = loop.create_task(started(), name="started")
    failed: list[str] = []
    try:
        waiting = {told, first, *tasks}
        while not stopping.is_set() and not failed:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {told}:
                if task is not first or task.exception() is not None:
                    _report(task)
                    failed.append(task.get_name())
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        told.cancel()
        first.cancel()
        await _stop(tasks, grace_s)
    if failed:
        raise PartFailedError(f"{', '.join(failed)} ended by itself; the log says why.")


async def _stop(tasks: dict["asyncio.Task[None]", Part], grace_s: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + grace_s
    for task, part in tasks.items():
        part.stop()
        left_s = max(0.0, end - loop.time())
        await asyncio.wait({task}, timeout=min(left_s, part.patience_s))
        if not task.done():
            _log.error("part.cut_off", part=part.name, grace_s=grace_s)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def _report(task: "asyncio.Task[Any]") -> None:
    error = None if task.cancelled() else task.exception()
    _log.error("part.ended", part=task.get_name(), exc_info=error)
