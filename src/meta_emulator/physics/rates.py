"""Meta's rates: messages a second of a number (130429), messages to one recipient (131056).

The number's rate is a bucket that fills steadily, shared by what goes out and what comes in. One
recipient may get 45 messages within 6 seconds, borrowed from the future: the next one goes when
all of them would have gone at one in 6 seconds, 20 in a burst after two minutes (reference 5).
"""

from datetime import timedelta
from typing import Any

from meta_emulator.physics.laws import Law, Send
from meta_emulator.runtime.snapshot import second_of, told_at
from meta_emulator.world.kept_limits import PAIR, THROUGHPUT
from meta_emulator.world.objects import Number
from meta_emulator.world.state import State

BURST = 45
GAP_S = 6.0
MOST_PAIRS = 100_000
"""Pairs remembered before those that owe nothing are forgotten; if most owe, the next look comes
when there are twice as many."""

UPGRADE = timedelta(seconds=60)
"""How long a number is in maintenance while it is upgraded; Meta says up to a minute."""

SLACK = 1e-9
"""What floating-point seconds may be short of."""

THROUGHPUT_REACHED = 130429
PAIR_REACHED = 131056
IN_MAINTENANCE = 131057


class Bucket:
    """`capacity` tokens at first; `rate` more each second, never above the capacity."""

    __slots__ = ("at", "capacity", "rate", "tokens")

    def __init__(self, capacity: float, rate: float, at: float) -> None:
        self.capacity = capacity
        self.rate = rate
        self.tokens = capacity
        self.at = at

    def fill(self, at: float) -> float:
        """The tokens there are at the clock's second `at`."""
        self.tokens = min(self.capacity, self.tokens + (at - self.at) * self.rate)
        self.at = at
        return self.tokens

    def take(self) -> None:
        """Take one token, if there is one."""
        self.tokens = max(0.0, self.tokens - 1)


class Throughput(Law):
    """How many messages a second each number has left, and whether it is being upgraded."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._clock = state.clock
        self._buckets: dict[str, Bucket] = {}
        state.hearers.append(self.hear)

    def refusal(self, send: Send) -> int | None:
        """131057 while the number is upgraded, 130429 if it has sent all that it may."""
        if THROUGHPUT not in self._state.limits.names:
            return None
        number = send.number
        if number.upgraded_at is not None:
            if number.upgraded_at <= send.at < number.upgraded_at + UPGRADE:
                return IN_MAINTENANCE
            number.upgraded_at = None
        return THROUGHPUT_REACHED if self.tokens(number) < 1 - SLACK else None

    def accept(self, send: Send) -> None:
        """The send takes one."""
        self.hear(send.number)

    def hear(self, number: Number) -> None:
        """A message goes out, or comes in: what comes in takes one too, and is never refused."""
        if THROUGHPUT in self._state.limits.names:
            self._bucket(number, self._clock.monotonic()).take()

    def tokens(self, number: Number) -> float:
        """How many messages the number may send at once now."""
        now = self._clock.monotonic()
        return self._bucket(number, now).fill(now)

    def _bucket(self, number: Number, now: float) -> Bucket:
        bucket = self._buckets.get(number.id)
        rate = number.rate
        if bucket is None or bucket.rate != rate:
            bucket = self._buckets[number.id] = Bucket(rate, rate, now)
        return bucket

    def snapshot(self) -> Any:
        """Of each number: rate, tokens, and when they were counted."""
        return {
            number_id: [bucket.rate, bucket.tokens, told_at(self._clock, bucket.at)]
            for number_id, bucket in self._buckets.items()
        }

    def restore(self, kept: Any) -> None:
        """The buckets of a snapshot."""
        buckets = {}
        for number_id, (rate, tokens, at) in kept.items():
            bucket = buckets[number_id] = Bucket(rate, rate, second_of(self._clock, at))
            bucket.tokens = tokens
        self._buckets = buckets


class Burst:
    """Messages to one recipient that were sent at once: when the first was, and how many."""

    __slots__ = ("began_at", "count")

    def __init__(self, began_at: float) -> None:
        self.began_at = began_at
        self.count = 0

    def is_over(self, now: float) -> bool:
        """Whether what was borrowed is paid back."""
        return now >= self.began_at + GAP_S * self.count - SLACK

    def may_grow(self, now: float) -> bool:
        """Whether one more may be sent now."""
        return now < self.began_at + GAP_S - SLACK and self.count < BURST


class PairRate(Law):
    """The bursts of each number to each recipient."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._clock = state.clock
        self._bursts: dict[tuple[str, str], Burst] = {}
        self._most = MOST_PAIRS

    def refusal(self, send: Send) -> int | None:
        """131056 if the number may not send to this recipient now."""
        if PAIR not in self._state.limits.names:
            return None
        burst = self._bursts.get((send.number.id, send.address))
        if burst is None:
            return None
        now = self._clock.monotonic()
        return None if burst.is_over(now) or burst.may_grow(now) else PAIR_REACHED

    def accept(self, send: Send) -> None:
        """The send is one more of its burst, or begins one."""
        if PAIR not in self._state.limits.names:
            return
        now = self._clock.monotonic()
        key = (send.number.id, send.address)
        burst = self._bursts.get(key)
        if burst is None or burst.is_over(now):
            if len(self._bursts) >= self._most:
                self._sweep(now)
                self._most = max(MOST_PAIRS, 2 * len(self._bursts))
            burst = self._bursts[key] = Burst(now)
        burst.count += 1

    def owing(self) -> list[tuple[str, str, float]]:
        """Number, recipient and seconds until it may send again, of pairs that borrowed."""
        now = self._clock.monotonic()
        self._sweep(now)
        return [
            (*key, burst.began_at + GAP_S * burst.count - now)
            for key, burst in self._bursts.items()
        ]

    def _sweep(self, now: float) -> None:
        self._bursts = {key: one for key, one in self._bursts.items() if not one.is_over(now)}

    def snapshot(self) -> Any:
        """Number, recipient, messages and beginning of each burst that is not paid back."""
        self._sweep(self._clock.monotonic())
        return [
            [*key, burst.count, told_at(self._clock, burst.began_at)]
            for key, burst in self._bursts.items()
        ]

    def restore(self, kept: Any) -> None:
        """The bursts of a snapshot."""
        bursts = {}
        for number_id, address, count, began_at in kept:
            burst = bursts[number_id, address] = Burst(second_of(self._clock, began_at))
            burst.count = count
        self._bursts = bursts
