"""Figures of what became of messages, by the hour in which they were accepted. Pure.

Law: what is counted of a message is a function of its state, so a change of state adds the
difference of two such counts, and the sum over all messages is right after every commit.
A message counts for its state and for those that lead to it: what was read was delivered.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from waypost.model.lifecycle import State

HOUR_S = 3600


class UsageKey(Struct, frozen=True):
    """Whose figures these are.

    hour      hours since 1970 (UTC) in which the messages were accepted
    template  its name; empty for what is no template
    country   of the recipient, as two letters; empty: not known
    category  as the price was estimated by
    """

    account_id: int
    hour: int
    sender_id: str
    template: str
    country: str
    category: str


class UsageCounts(Struct, frozen=True):
    """How many messages; and what they cost, in minor units."""

    accepted: int = 0
    submitted: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    not_sent: int = 0
    spend_minor: int = 0

    def __add__(self, other: "UsageCounts") -> "UsageCounts":
        """The sum, field by field."""
        return UsageCounts(*(a + b for a, b in zip(_values(self), _values(other), strict=True)))

    def __sub__(self, other: "UsageCounts") -> "UsageCounts":
        """The difference, field by field."""
        return UsageCounts(*(a - b for a, b in zip(_values(self), _values(other), strict=True)))


def _values(counts: UsageCounts) -> Iterable[int]:
    return (getattr(counts, name) for name in counts.__struct_fields__)


OF_STATES: dict[State, UsageCounts] = {
    State.ACCEPTED: UsageCounts(accepted=1),
    State.UNKNOWN: UsageCounts(accepted=1),
    State.SUBMITTED: UsageCounts(accepted=1, submitted=1),
    State.SENT: UsageCounts(accepted=1, submitted=1, sent=1),
    State.DELIVERED: UsageCounts(accepted=1, submitted=1, sent=1, delivered=1),
    State.READ: UsageCounts(accepted=1, submitted=1, sent=1, delivered=1, read=1),
    State.FAILED: UsageCounts(accepted=1, failed=1),
    State.NOT_SENT: UsageCounts(accepted=1, not_sent=1),
}


def hour_of(instant: datetime) -> int:
    """Hours since 1970 (UTC)."""
    return int(instant.timestamp()) // HOUR_S
