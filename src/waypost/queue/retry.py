"""When to try again: growing gaps with jitter, so that those who failed together part."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Gaps of first_s, then growing by a factor, up to longest_s; spread by a quarter each way."""

    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 300.0

    def delay_s(self, attempt: int, jitter: float) -> float:
        """The gap after this attempt (from 1); jitter is a chance in [0, 1)."""
        exponent = min(attempt - 1, 64)
        gap = min(self.longest_s, self.first_s * self.factor**exponent)
        return gap * (0.75 + jitter / 2)
