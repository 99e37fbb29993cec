"""Is the process alive, is it ready, and what does it count."""

from math import inf

import msgspec

from waypost.api.asgi import plain
from waypost.model.errors import StoreError
from waypost.model.work import QueueName
from waypost.runtime.clock import Clock
from waypost.runtime.metrics import CONTENT_TYPE, Metrics
from waypost.store.ports import Store
from waypost.wire.envelope import Answer

JSON = "application/json"


FRESH_S = 2.0
"""How long a count of the backlog is told again: counting reads every item that waits."""


class HealthEndpoint:
    """For those who watch over the process."""

    def __init__(self, store: Store, clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._backlog: dict[str, int] = {}
        self._counted_at = -inf

    async def show(self, what: str) -> Answer:
        """One of the three: `live`, `ready` or `metrics`."""
        if what == "live":
            return await self.live()
        return await (self.ready() if what == "ready" else self.show_metrics())

    async def live(self) -> Answer:
        """200 while the event loop turns."""
        return plain(200, '{"status":"live"}', JSON)

    async def ready(self) -> Answer:
        """200 while the database answers, with the backlog of each queue; else 503."""
        try:
            backlog = await self._count()
        except StoreError as error:
            told = msgspec.json.encode({"status": "not ready", "reason": str(error)})
            return plain(503, told.decode(), JSON)
        told = msgspec.json.encode({"status": "ready", "backlog": backlog})
        return plain(200, told.decode(), JSON)

    async def show_metrics(self) -> Answer:
        """All series in the Prometheus text format."""
        backlog = await self._count()
        for queue in QueueName:
            self._metrics.queue_backlog[queue.value].set(backlog.get(queue.value, 0))
        return plain(200, self._metrics.render().decode(), CONTENT_TYPE)

    async def _count(self) -> dict[str, int]:
        """How much waits in each queue, counted no more often than every FRESH_S."""
        now = self._clock.monotonic()
        if now - self._counted_at >= FRESH_S:
            self._backlog = await self._store.read(lambda transaction: transaction.queue.backlog())
            self._counted_at = now
        return self._backlog
