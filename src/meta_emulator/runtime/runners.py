"""What runs for ever, and can be begun again all at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence


class Runners:
    """Runs coroutines side by side; when they are begun anew, none of the old goes a step on."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._is_begun_anew = asyncio.Event()

    async def run(self, runners: Sequence[Callable[[], Awaitable[None]]]) -> None:
        """Run until cancelled."""
        while True:
            self._is_begun_anew.clear()
            async with asyncio.TaskGroup() as group:
                self._tasks = [group.create_task(_awaited(runner)) for runner in runners]
                await self._is_begun_anew.wait()

    def begin_anew(self) -> None:
        """Begin all again, if they run."""
        for task in self._tasks:
            task.cancel()
        self._is_begun_anew.set()


async def _awaited(runner: Callable[[], Awaitable[None]]) -> None:
    await runner()
