"""Is the process alive, is it ready, and what does it count."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import inf
from typing import Any, Protocol

import msgspec

from waypost.api.asgi import plain
from waypost.model.alarm import AlarmKind
from waypost.model.errors import StoreError
from waypost.model.work import QueueName
from waypost.runtime.clock import Clock
from waypost.runtime.metrics import CONTENT_TYPE, Metrics
from waypost.runtime.roles import EVERY, Role
from waypost.store.ports import Store
from waypost.wire.envelope import Answer

JSON = "application/json"


FRESH_S = 2.0
"""How long a count of the backlog is told again: counting reads every item that waits."""

MOST_ALARMS = 1000
"""How many open alarms are counted; more are told as so many."""


class Laborer(Protocol):
    """Whoever works on a queue in this process."""

    @property
    def name(self) -> str:
        """The queue."""
        ...

    @property
    def is_working(self) -> bool:
        """Whether it takes work."""
        ...


class HealthEndpoint:
    """For those who watch over the process.

    workers  those of this process
    lanes    how many lanes of the dispatch queue this process owns; None: it does not dispatch,
             or owns whatever there is
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        roles: frozenset[Role] = EVERY,
        workers: Sequence[Laborer] = (),
        lanes: Callable[[], int] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._roles = [role.value for role in Role if role in roles]
        self._workers = workers
        self._lanes = lanes
        self._counts: tuple[dict[str, int], Counter[AlarmKind]] = ({}, Counter())
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
        """200 while the database answers and every worker of this process works; else 503.

        With it, of the process: its roles and how many lanes it owns; of the whole deployment: the
        backlog of each queue, and how many alarms are open.
        """
        told: dict[str, Any] = {"status": "ready", "roles": self._roles}
        idle = [worker.name for worker in self._workers if not worker.is_working]
        try:
            told["backlog"], alarms = await self._count()
            told["alarms"] = alarms.total()
        except StoreError as error:
            return _not_ready(str(error))
        if idle:
            return _not_ready(f"Not at work: {', '.join(idle)}.")
        if self._lanes is not None:
            told["lanes"] = self._lanes()
        return plain(200, msgspec.json.encode(told).decode(), JSON)

    async def show_metrics(self) -> Answer:
        """All series in the Prometheus text format."""
        backlog, alarms = await self._count()
        for queue in QueueName:
            self._metrics.queue_backlog[queue.value].set(backlog.get(queue.value, 0))
        for kind in AlarmKind:
            self._metrics.alarms_open[kind.value].set(alarms[kind])
        if self._lanes is not None:
            self._metrics.lanes_owned.set(self._lanes())
        return plain(200, self._metrics.render().decode(), CONTENT_TYPE)

    async def _count(self) -> tuple[dict[str, int], Counter[AlarmKind]]:
        """What waits in each queue, and the alarms by kind; no more often than every FRESH_S."""
        now = self._clock.monotonic()
        if now - self._counted_at >= FRESH_S:
            backlog = await self._store.read(lambda transaction: transaction.queue.backlog())
            alarms = await self._store.read(
                lambda transaction: transaction.alarms.open(None, MOST_ALARMS)
            )
            self._counts = backlog, Counter(alarm.kind for alarm in alarms)
            self._counted_at = now
        return self._counts


def _not_ready(reason: str) -> Answer:
    told = msgspec.json.encode({"status": "not ready", "reason": reason})
    return plain(503, told.decode(), JSON)
