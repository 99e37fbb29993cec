"""What a clock that was set back leaves behind: work that would wait for the hours it was ahead."""

from datetime import datetime, timedelta
from math import inf

from waypost.model.work import QueueName
from waypost.queue.claimer import bring_back
from waypost.runtime.clock import Clock
from waypost.store.ports import Store

SET_BACK_S = 2.0
"""A clock that is behind by more than this, all at once, was set back."""

STRAGGLERS_S = 10.0
"""After so long it is looked once more: for what was on its way into the store meanwhile."""


class SetbackWatcher:
    """Watches the time of day against the clock that nobody sets, for one queue."""

    def __init__(self, queue: QueueName, store: Store, clock: Clock) -> None:
        self._queue = queue
        self._store = store
        self._clock = clock
        self._ahead_s = self._measure_ahead()
        self._until: datetime | None = None
        self._again_at = inf

    async def catch_up(self) -> None:
        """Has nothing wait for the hours that the clock was ahead, once it is set back.

        Raises StoreError; it is then tried again with the next call.
        """
        ahead_s = self._measure_ahead()
        set_back_s = self._ahead_s - ahead_s
        now = self._clock.now()
        if set_back_s > SET_BACK_S:
            until = now + timedelta(seconds=set_back_s + STRAGGLERS_S)
            await self._store.write(bring_back, (self._queue, now, until))
            self._until, self._again_at = until, self._clock.monotonic() + STRAGGLERS_S
        elif self._until is not None and self._clock.monotonic() >= self._again_at:
            await self._store.write(bring_back, (self._queue, now, self._until))
            self._until, self._again_at = None, inf
        self._ahead_s = ahead_s

    def _measure_ahead(self) -> float:
        """How far the time of day is ahead of the clock that nobody sets, in seconds."""
        return self._clock.now().timestamp() - self._clock.monotonic()
