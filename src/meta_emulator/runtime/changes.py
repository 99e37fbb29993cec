"""Waiting for something to become true, without sleeping and without asking again and again."""

import asyncio
from collections.abc import Callable

Predicate = Callable[[], bool]


class Changes:
    """Told of every change; wakes those whose wish has come true. Costs nothing without any."""

    def __init__(self) -> None:
        self.count = 0
        """How many changes there ever were."""
        self._waiting: list[tuple[Predicate, asyncio.Future[None]]] = []

    def happened(self) -> None:
        """Something changed."""
        self.count += 1
        if not self._waiting:
            return
        still: list[tuple[Predicate, asyncio.Future[None]]] = []
        for predicate, future in self._waiting:
            if future.done():
                continue
            if predicate():
                future.set_result(None)
            else:
                still.append((predicate, future))
        self._waiting = still

    async def wait_for(self, predicate: Predicate) -> None:
        """Return as soon as `predicate` is true; it is asked now and after every change."""
        if predicate():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((predicate, future))
        await future
