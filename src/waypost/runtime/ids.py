"""Ids that grow with time, made in this process."""

from datetime import datetime
from uuid import UUID, uuid5

from waypost.runtime.clock import Clock
from waypost.runtime.entropy import DIGITS, Entropy

TIME_DIGITS = 9
CHANCE_DIGITS = 10
TRACES = UUID("6f0b6c3e-6c0a-4c55-9d0a-6b1d6a7e2a10")
"""The namespace of trace ids (RFC 9562, version 5)."""
PAIRS = [first + second for first in DIGITS for second in DIGITS]
"""Two base-36 digits at a time."""


class IdMaker:
    """Makes message ids and other growing numbers.

    A message id is `A`, nine base-36 digits of milliseconds since 1970, and ten of chance that
    within one millisecond are counted up: 20 characters, as the documents print them, in the
    order in which they were made.
    """

    def __init__(self, clock: Clock, entropy: Entropy) -> None:
        self._clock = clock
        self._entropy = entropy
        self._millisecond = -1
        self._head = ""
        self._tail = 0
        self._last = 0
        self._mark = entropy.token_hex(3)

    def message_id(self) -> str:
        """The next message or submission id."""
        millisecond = int(self._clock.now().timestamp() * 1000)
        if millisecond > self._millisecond:
            self._millisecond = millisecond
            self._head = "A" + _base36(millisecond, TIME_DIGITS)
            # The lower half, so that counting up never runs over.
            self._tail = int(self._entropy.token_hex(6), 16)
        else:
            self._tail += 1
        return self._head + _base36(self._tail, CHANCE_DIGITS)

    def number(self) -> int:
        """A number larger than all before it: microseconds since 1970, if it may be."""
        self._last = max(self._last + 1, int(self._clock.now().timestamp() * 1_000_000))
        return self._last

    def webhook_id(self) -> str:
        """The id of a kept webhook; grows with time.

        Its end is this maker's own: of two processes one may work in the other's microsecond.
        """
        return f"{self.number():x}{self._mark}"

    def trace_id(self) -> str:
        """A UUID for what is of no request."""
        return self._entropy.uuid()


def trace_id_of(subject: str) -> str:
    """The UUID of one request, of its id or that of one of its messages: `A...` or `A...:1`.

    Of anything else that is traced, such as a webhook, of its own id.
    """
    return str(uuid5(TRACES, subject.partition(":")[0]))


def first_message_id(instant: datetime) -> str:
    """What is before every message id made from this instant on, and behind all before it."""
    return "A" + _base36(max(0, int(instant.timestamp() * 1000)), TIME_DIGITS)


def first_webhook_id(instant: datetime) -> str:
    """The same for the ids of kept webhooks: as many hexadecimal digits until the year 2112."""
    return f"{max(0, int(instant.timestamp() * 1_000_000)):x}"


def _base36(value: int, digits: int) -> str:
    """So many base-36 digits of a number, the highest first."""
    text = ""
    for _ in range(digits // 2):
        value, pair = divmod(value, 1296)
        text = PAIRS[pair] + text
    return DIGITS[value % 36] + text if digits % 2 else text
