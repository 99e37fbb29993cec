"""How fast each sender may go: a token bucket per business number. Pure: told the time.

Meta allows a number 80 messages per second, up to 1,000 (`reference` 5). The bucket holds a
tenth of a second's worth, so that no second ever sees much more than the rate.
"""

from waypost.model.throughput import Bucket, full_bucket

BURST_S = 0.1
AHEAD_S = 0.25
"""How much of a sender's work is worth having on lease: a quarter of a second's."""

LEAST_AHEAD = 8


class Pacing:
    """The buckets of all senders. `queue.worker.Admission`."""

    def __init__(self, default_rate: float) -> None:
        self._default_rate = default_rate
        self._buckets: dict[str, Bucket] = {}

    def learn(self, lane: str, rate: float) -> None:
        """What this sender is allowed, in messages per second."""
        bucket = self._bucket(lane)
        if bucket.rate != rate:
            bucket.rate, bucket.capacity = rate, max(1.0, rate * BURST_S)

    def wait_s(self, lane: str, now: float) -> float:
        """Seconds this sender must wait; 0 lets one message go and counts it."""
        return self._bucket(lane).wait_s(now)

    def most_waiting(self, lane: str) -> int:
        """How many messages of this sender are worth having on lease."""
        return max(LEAST_AHEAD, int(self._bucket(lane).rate * AHEAD_S))

    def _bucket(self, lane: str) -> Bucket:
        bucket = self._buckets.get(lane)
        if bucket is None:
            rate = self._default_rate
            bucket = self._buckets[lane] = full_bucket(rate, rate * BURST_S, 0.0)
        return bucket
