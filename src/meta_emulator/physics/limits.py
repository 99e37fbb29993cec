"""Meta's limits on a number: messages a second (130429), and messages to one recipient (131056).

Buckets that fill steadily (reference 5). Off by default, as an emulator is often driven faster
than Meta would allow.
"""

from meta_emulator.physics.laws import Law, Send
from meta_emulator.runtime.clock import Clock

PAIR_BURST = 45.0
PAIR_RATE = 1 / 6
MOST_PAIRS = 100_000

THROUGHPUT_REACHED = 130429
PAIR_REACHED = 131056


class Bucket:
    """`capacity` tokens at first; `rate` more each second, never above the capacity."""

    __slots__ = ("_at", "_capacity", "_rate", "_tokens")

    def __init__(self, capacity: float, rate: float, at: float) -> None:
        self._capacity = capacity
        self._rate = rate
        self._tokens = capacity
        self._at = at

    def fill(self, at: float) -> float:
        """The tokens there are at the clock's second `at`."""
        self._tokens = min(self._capacity, self._tokens + (at - self._at) * self._rate)
        self._at = at
        return self._tokens

    def take(self) -> None:
        """Take one token."""
        self._tokens -= 1


class Limits(Law):
    """Which rate a send breaches; a send that breaches one uses up neither."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers: dict[str, Bucket] = {}
        self._pairs: dict[tuple[str, str], Bucket] = {}

    def refusal(self, send: Send) -> int | None:
        """Meta's code if the number may not send to this recipient now."""
        now = self._clock.monotonic()
        if self._number(send, now).fill(now) < 1:
            return THROUGHPUT_REACHED
        return PAIR_REACHED if self._pair(send, now).fill(now) < 1 else None

    def accept(self, send: Send) -> None:
        """The send uses up one of each."""
        now = self._clock.monotonic()
        self._number(send, now).take()
        self._pair(send, now).take()

    def _number(self, send: Send, now: float) -> Bucket:
        rate = float(send.number.throughput)
        return self._numbers.setdefault(send.number.id, Bucket(rate, rate, now))

    def _pair(self, send: Send, now: float) -> Bucket:
        if len(self._pairs) >= MOST_PAIRS:
            self._pairs = {
                key: pair for key, pair in self._pairs.items() if pair.fill(now) < PAIR_BURST
            }
        key = (send.number.id, send.address)
        return self._pairs.setdefault(key, Bucket(PAIR_BURST, PAIR_RATE, now))
