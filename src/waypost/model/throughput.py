"""Throughput: how much may pass in how much time, as a token bucket. Told the time."""

from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """Tokens that grow by `rate` a second up to `capacity`.

    level, at  how many there were, and when, in seconds of a monotonic clock
    """

    rate: float
    capacity: float
    level: float
    at: float

    def wait_s(self, now: float) -> float:
        """0 takes a token; otherwise the seconds until there is one."""
        self.level = min(self.capacity, self.level + max(0.0, now - self.at) * self.rate)
        self.at = now
        if self.level >= 1.0:
            self.level -= 1.0
            return 0.0
        return (1.0 - self.level) / self.rate


def full_bucket(rate: float, capacity: float, now: float) -> Bucket:
    """A bucket that starts full; it holds one token at least."""
    capacity = max(1.0, capacity)
    return Bucket(rate, capacity, capacity, now)
