"""Is the process alive, is it ready, and what does it count."""

from dataclasses import dataclass

import msgspec

from waypost.api.asgi import plain
from waypost.model.errors import StoreError
from waypost.runtime.metrics import CONTENT_TYPE, Metrics
from waypost.store.ports import Store
from waypost.wire.envelope import Answer

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class HealthEndpoint:
    """For those who watch over the process."""

    store: Store
    metrics: Metrics

    async def live(self) -> Answer:
        """200 while the event loop turns."""
        return plain(200, '{"status":"live"}', JSON)

    async def ready(self) -> Answer:
        """200 while the database answers, with the backlog of each queue; else 503."""
        try:
            backlog = await self.store.read(lambda transaction: transaction.queue.backlog())
        except StoreError as error:
            told = msgspec.json.encode({"status": "not ready", "reason": str(error)})
            return plain(503, told.decode(), JSON)
        told = msgspec.json.encode({"status": "ready", "backlog": backlog})
        return plain(200, told.decode(), JSON)

    async def show_metrics(self) -> Answer:
        """All series in the Prometheus text format."""
        backlog = await self.store.read(lambda transaction: transaction.queue.backlog())
        for queue in ("dispatch", "webhook", "callback"):
            self.metrics.queue_backlog[queue].set(backlog.get(queue, 0))
        return plain(200, self.metrics.render().decode(), CONTENT_TYPE)
