"""How often Meta is asked while a message waits at the door.

Each question is a call of the WABA's hourly number, which its templates and uploads need too: so
questions are paced. After one that Meta could not answer there are none for a moment, and nobody
waits for the same silence again. What is not asked counts against nobody.
"""

from collections.abc import Callable, Hashable

from waypost.model.throughput import Bucket, full_bucket

SILENT_S = 5.0
"""How long nothing is asked after Meta did not answer, or refused to."""

MOST_ASKERS = 10_000


class Pace:
    """The questions of many askers, each for itself; what is remembered is bounded.

    monotonic  seconds that never go back
    at_once    questions that an asker may ask before they are paced
    per_s      questions afterwards
    """

    def __init__(self, monotonic: Callable[[], float], at_once: float, per_s: float) -> None:
        self._monotonic = monotonic
        self._at_once = at_once
        self._per_s = per_s
        self._buckets: dict[Hashable, Bucket] = {}
        self._silent_until: dict[Hashable, float] = {}

    def may_ask(self, asker: Hashable) -> bool:
        """Whether Meta may be asked now; then it counts."""
        now = self._monotonic()
        if now < self._silent_until.get(asker, now):
            return False
        bucket = self._buckets.get(asker)
        if bucket is None:
            if len(self._buckets) >= MOST_ASKERS:
                self._buckets.clear()
            bucket = self._buckets[asker] = full_bucket(self._per_s, self._at_once, now)
        return bucket.wait_s(now) == 0

    def fall_silent(self, asker: Hashable) -> None:
        """Meta could not be asked."""
        if len(self._silent_until) >= MOST_ASKERS:
            self._silent_until.clear()
        self._silent_until[asker] = self._monotonic() + SILENT_S
