"""Who keeps failing to prove themselves waits longer and longer for the answer.

Law: whoever proves themselves is never held up, from whatever address; the answer to a failure
stays the documented one, it only comes later. What is remembered is bounded.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

import structlog

from waypost.model.refusal import Reason, Refusal
from waypost.runtime.clock import Clock
from waypost.runtime.metrics import Metrics

FREE_FAILURES = 5
"""Failures within WINDOW_S that are answered at once: a person who mistypes."""

WINDOW_S = 600.0
FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0
MOST_WAITING = 8
"""Answers of one address that may wait at once; a further request is turned away."""

MOST_ADDRESSES = 10_000
HOME_BITS = 64
"""Of an IPv6 address: whoever has one has all of its /64."""


@dataclass(slots=True)
class _Culprit:
    """One address: its last failures in monotonic seconds, how many waits were, and are now."""

    failures: deque[float] = field(default_factory=lambda: deque(maxlen=FREE_FAILURES))
    waits: int = 0
    waiting: int = 0


class Slowdown:
    """A memory of addresses that failed lately, the longest silent forgotten first."""

    def __init__(self, clock: Clock, metrics: Metrics) -> None:
        self._clock = clock
        self._metrics = metrics
        self._culprits: OrderedDict[str, _Culprit] = OrderedDict()

    def succeeded(self, address: str) -> None:
        """Somebody there proved themselves: nothing is held against the address any more."""
        if self._culprits:
            self._culprits.pop(home_of(address), None)

    async def failed(self, address: str) -> Refusal | None:
        """Returns when the failure may be answered; a refusal if it is to be answered with that.

        The refusal is RATE with the seconds to wait.
        """
        home = home_of(address)
        culprit = self._remember(home)
        now = self._clock.monotonic()
        is_slow = len(culprit.failures) == FREE_FAILURES and now - culprit.failures[0] <= WINDOW_S
        culprit.failures.append(now)
        if not is_slow:
            culprit.waits = 0
            self._metrics.failed_authentications["told"].inc()
            return None
        wait_s = min(FIRST_WAIT_S * 2 ** min(culprit.waits, 10), LONGEST_WAIT_S)
        if culprit.waiting >= MOST_WAITING:
            self._metrics.failed_authentications["turned_away"].inc()
            return Refusal(Reason.RATE, retry_after_s=ceil(wait_s))
        if culprit.waits == 0:
            structlog.get_logger("waypost.api").warning("address.slowed", address=home)
        culprit.waits += 1
        self._metrics.failed_authentications["slowed"].inc()
        culprit.waiting += 1
        try:
            await self._clock.sleep(wait_s)
        finally:
            culprit.waiting -= 1
        return None

    def _remember(self, home: str) -> _Culprit:
        culprit = self._culprits.get(home)
        if culprit is None:
            culprit = self._culprits[home] = _Culprit()
            if len(self._culprits) > MOST_ADDRESSES:
                self._culprits.popitem(last=False)
        else:
            self._culprits.move_to_end(home)
        return culprit


def home_of(address: str) -> str:
    """What is counted as one: an IPv4 address, an IPv6 /64, or whatever else was told."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:HOME_BITS]
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), HOME_BITS), strict=False))
