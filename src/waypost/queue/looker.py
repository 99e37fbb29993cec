"""When to ask the store for due work, and the asking.

Asked is once a second, when something is known to fall due, and when another process gave a
hint; but never so often that the questions themselves become the work: after one that took
long the next pause is long.

One question is about a bounded number of lanes. Where there are more, the next goes on behind
them, until a round is complete: work that was found is done between questions, nobody else
waits long for the store, and every lane is looked at once a round.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from math import inf

from waypost.model.work import FIRST_LANE, LaneKey, Priority, QueueName, SeenLane
from waypost.runtime.clock import Clock
from waypost.store.ports import Store, Transaction

POLL_S = 1.0
"""How often the store is asked for due work when nobody gives a hint."""

LEAST_POLL_S = 0.02
"""How often at most, whatever falls due and whoever gives a hint."""

POLL_SHARE = 5
"""The pause after a question is so many times as long as the question took."""

ROUND_SHARE = 2
"""The same within a round: work may stand due in lanes that it has not come to."""

LANES_AT_ONCE = 500
"""Of how many lanes one question is: five to twenty milliseconds of the store's time."""

Survey = Callable[[Transaction, datetime], Awaitable[None]]
"""Reads what decides who may go, such as which lanes are closed. On SQLite it runs on the
reader's thread: it may put a whole new value in the place of an old one, and no more."""

Found = list[tuple[LaneKey, Priority]]


class Looker:
    """One worker's questions.

    at_once  of how many lanes one question is
    """

    def __init__(
        self,
        queue: QueueName,
        store: Store,
        clock: Clock,
        survey: Survey | None,
        at_once: int = LANES_AT_ONCE,
    ) -> None:
        self._queue = queue
        self._store = store
        self._clock = clock
        self._survey = survey
        self._at_once = at_once
        self._after = FIRST_LANE
        self._asked_at = -inf
        self._surveyed_at = -inf
        self._gap_s = LEAST_POLL_S
        self._next_due: datetime | None = None
        self._is_hinted = False
        self._is_overdue = False

    @property
    def _is_amid(self) -> bool:
        """Whether a round has begun and is not complete."""
        return self._after is not FIRST_LANE

    @property
    def next_due(self) -> datetime | None:
        """When the next work falls due, of all that is known to."""
        return self._next_due

    def has_asked(self, since: float) -> bool:
        """Whether it has asked since a second of the clock, and nothing that is known is due."""
        is_wanted = self._is_amid or self._is_overdue or self._is_hinted
        is_due = self._next_due is not None and self._next_due <= self._clock.now()
        return self._asked_at >= since and not is_wanted and not is_due

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
        if self._is_overdue and not self._is_amid:
            return 0.0
        if self._is_amid or self._is_hinted:
            pause_s = self._gap_s - asked_s
        elif self._next_due is not None:
            due_s = (self._next_due - self._clock.now()).total_seconds()
            pause_s = min(pause_s, max(due_s, self._gap_s - asked_s))
        return max(0.0, pause_s if wait_s is None else min(wait_s, pause_s))

    def is_time(self) -> bool:
        """Whether to ask now."""
        asked_s = self._clock.monotonic() - self._asked_at
        if asked_s < self._gap_s:
            # Overdue: the attempt took longer than the gap to the next.
            return self._is_overdue and not self._is_amid
        is_due = self._next_due is not None and self._next_due <= self._clock.now()
        is_wanted = self._is_amid or self._is_overdue or self._is_hinted
        return is_wanted or is_due or asked_s >= POLL_S

    async def ask(self) -> Found:
        """Lanes that have work due, and of which priority; of all of them, once a round.

        Raises StoreError.
        """
        began = self._asked_at = self._clock.monotonic()
        after = self._after
        if not self._is_amid:
            self._is_hinted = self._is_overdue = False
            self._next_due = None
        survey = self._survey if began - self._surveyed_at >= POLL_S else None

        async def read(transaction: Transaction) -> list[SeenLane]:
            now = self._clock.now()
            if survey is not None:
                await survey(transaction, now)
            return await transaction.queue.lanes(self._queue, now, after, self._at_once)

        seen = await self._store.read(read)
        for one in seen:
            self._note(one.next_due)  # something may have been remembered meanwhile
        self._after = seen[-1].lane if len(seen) == self._at_once else FIRST_LANE
        ended = self._asked_at = self._clock.monotonic()
        if survey is not None:
            self._surveyed_at = began
        took_s = ended - began
        # One very slow answer may be an accident: the pause grows with each of them.
        most_s = max(min(took_s, POLL_S), 2 * self._gap_s)
        share = ROUND_SHARE if self._is_amid else POLL_SHARE
        self._gap_s = max(LEAST_POLL_S, min(share * took_s, most_s))
        return [(one.lane, priority) for one in seen for priority in one.due]
