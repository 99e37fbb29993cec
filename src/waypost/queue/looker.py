"""When to ask the store for due work, and the asking.

Asked is once a second, when something is known to fall due, and when another process gave a
hint; but never so often that the questions themselves become the work: after one that took
long the next pause is long.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from math import inf

from waypost.model.work import LaneKey, Priority, QueueName
from waypost.runtime.clock import Clock
from waypost.store.ports import Store, Transaction

POLL_S = 1.0
"""How often the store is asked for due work when nobody gives a hint."""

LEAST_POLL_S = 0.02
"""How often at most, whatever falls due and whoever gives a hint."""

POLL_SHARE = 5
"""The pause after a question is so many times as long as the question took."""

Survey = Callable[[Transaction, datetime], Awaitable[None]]
"""Reads what decides who may go, such as which lanes are closed. On SQLite it runs on the
reader's thread: it may put a whole new value in the place of an old one, and no more."""

Found = list[tuple[LaneKey, Priority]]


class Looker:
    """One worker's questions."""

    def __init__(self, queue: QueueName, store: Store, clock: Clock, survey: Survey | None) -> None:
        self._queue = queue
        self._store = store
        self._clock = clock
        self._survey = survey
        self._asked_at = -inf
        self._surveyed_at = -inf
        self._gap_s = LEAST_POLL_S
        self._next_due: datetime | None = None
        self._is_hinted = False
        self._is_overdue = False

    def hint(self) -> None:
        """New work stands in the store, in lanes that nobody named."""
        self._is_hinted = True

    def remember(self, due_at: datetime | None) -> bool:
        """Some work falls due then; whether it is to be looked for sooner than was known."""
        if due_at is None:
            return False
        if due_at <= self._clock.now():
            self._is_overdue = True
            return True
        return self._note(due_at)

    def _note(self, due_at: datetime | None) -> bool:
        if due_at is None or (self._next_due is not None and self._next_due <= due_at):
            return False
        self._next_due = due_at
        return True

    def pause_s(self, wait_s: float | None) -> float:
        """How long to rest at most: until a lane may go, or it is time to ask."""
        asked_s = self._clock.monotonic() - self._asked_at
        pause_s = max(POLL_S, self._gap_s) - asked_s
        if self._is_overdue:
            return 0.0
        if self._is_hinted:
            pause_s = self._gap_s - asked_s
        elif self._next_due is not None:
            due_s = (self._next_due - self._clock.now()).total_seconds()
            pause_s = min(pause_s, max(due_s, self._gap_s - asked_s))
        return max(0.0, pause_s if wait_s is None else min(wait_s, pause_s))

    def is_time(self) -> bool:
        """Whether to ask now."""
        asked_s = self._clock.monotonic() - self._asked_at
        if asked_s < self._gap_s:
            return self._is_overdue  # the attempt took longer than the gap to the next
        is_due = self._next_due is not None and self._next_due <= self._clock.now()
        return self._is_overdue or self._is_hinted or is_due or asked_s >= POLL_S

    async def ask(self) -> Found:
        """Lanes that have work due, and of which priority. Raises StoreError."""
        began = self._clock.monotonic()
        self._asked_at = began
        self._is_hinted = self._is_overdue = False
        survey = self._survey if began - self._surveyed_at >= POLL_S else None

        async def read(transaction: Transaction) -> tuple[Found, datetime | None]:
            now = self._clock.now()
            if survey is not None:
                await survey(transaction, now)
            due = await transaction.queue.due_lanes(self._queue, now)
            return due, await transaction.queue.next_due(self._queue, now)

        self._next_due = None
        due, next_due = await self._store.read(read)
        self._note(next_due)  # something may have been remembered meanwhile
        ended = self._asked_at = self._clock.monotonic()
        if survey is not None:
            self._surveyed_at = began
        took_s = ended - began
        # One very slow answer may be an accident: the pause grows with each of them.
        most_s = max(min(took_s, POLL_S), 2 * self._gap_s)
        self._gap_s = max(LEAST_POLL_S, min(POLL_SHARE * took_s, most_s))
        return due
