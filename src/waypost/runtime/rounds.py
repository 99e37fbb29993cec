"""A round of work, done again and again until it is stopped; a pause that a stop ends at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from waypost.runtime.clock import Clock


class Rounds:
    """When an agent does its round, and whether it is to go on.

    every_s   from the end of one round to the start of the next
    log       told what kept a round from being done, under the name `failed`; the next one tries
              again, for an agent that ended over one row would take its gateway along, and would
              after each start
    foreseen  what a sentence tells; anything else is told with its frames
    """

    def __init__(
        self, clock: Clock, every_s: float, log: Any, failed: str, foreseen: type[Exception]
    ) -> None:
        self._clock = clock
        self._every_s = every_s
        self._log = log
        self._failed = failed
        self._foreseen = foreseen
        self._pause: asyncio.Task[None] | None = None
        self.is_over = False

    async def run(self, work: Callable[[], Awaitable[object]]) -> None:
        """Rounds until `stop`; returns when the one at hand is done."""
        while not self.is_over:
            try:
                await work()
            except self._foreseen as error:
                self._log.warning(self._failed, error=str(error))
            except Exception:  # noqa: BLE001  # lint-skip: broad-except - told with all its frames
                self._log.exception(self._failed)
            await self.pause(self._every_s)

    def stop(self) -> None:
        """Begins no more, and ends a pause at once."""
        self.is_over = True
        if self._pause is not None:
            self._pause.cancel()

    async def pause(self, seconds: float) -> None:
        """So long, or until it is stopped."""
        async with asyncio.TaskGroup() as tasks:
            self._pause = tasks.create_task(self._clock.sleep(seconds))
            if self.is_over:
                self._pause.cancel()
