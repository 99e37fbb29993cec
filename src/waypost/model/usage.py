"""Figures of what became of messages, by the hour in which they were accepted. Pure.

Law: what is counted of a message is a function of its state, so a change of state adds the
difference of two such counts, and the sum over all messages is right after every commit.
A message counts for its state and for those that lead to it: what was read was delivered.
What it cost is what its ledger entries left spent.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from waypost.model.ledger import EntryKind, LedgerEntry
from waypost.model.lifecycle import State
from waypost.model.message import MessageChange, MessageRecord

HOUR_S = 3600

SHARDS = 4096
"""Of how many rows each process draws its own of a key's figures.

Two that drew the same wait for each other with every commit, and at times in a circle: so many
that it hardly happens. A row is made only for who counts.
"""

SHARED = 0
"""The rows of whoever counts alone, or seldom."""


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

    def values(self) -> tuple[int, ...]:
        """All of it, in the order of the fields."""
        return (
            self.accepted,
            self.submitted,
            self.sent,
            self.delivered,
            self.read,
            self.failed,
            self.not_sent,
            self.spend_minor,
        )

    def __add__(self, other: "UsageCounts") -> "UsageCounts":
        """The sum, field by field."""
        return UsageCounts(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))

    def __sub__(self, other: "UsageCounts") -> "UsageCounts":
        """The difference, field by field."""
        return UsageCounts(*(a - b for a, b in zip(self.values(), other.values(), strict=True)))

    def times(self, number: int) -> "UsageCounts":
        """So often the same."""
        return UsageCounts(*(value * number for value in self.values()))


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


class FailureKey(Struct, frozen=True):
    """Whose failures these are; see UsageKey.

    code  Meta's, or ours
    """

    account_id: int
    hour: int
    sender_id: str
    template: str
    country: str
    code: str


class UsageDeltas(Struct, frozen=True):
    """What a batch adds to the figures, by key in the order of the keys; nothing that is zero."""

    counts: Mapping[UsageKey, UsageCounts]
    failures: Mapping[FailureKey, int]

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return bool(self.counts or self.failures)


ENDINGS = (State.FAILED, State.NOT_SENT)
"""States in which a message has a failure to be counted."""

SPENDING: Mapping[EntryKind, int] = {
    EntryKind.CAPTURE: 1,
    EntryKind.SURCHARGE: 1,
    EntryKind.REFUND: -1,
}
"""Entries of a message that change what it cost, and with which sign."""

NOTHING = UsageCounts()

_STEPS: Mapping[tuple[State, State], UsageCounts] = {
    (before, after): OF_STATES[after] - OF_STATES[before] for before in State for after in State
}


def key_of(record: MessageRecord) -> UsageKey:
    """Whose figures a message stands in."""
    return UsageKey(
        record.account_id,
        0 if record.accepted_at is None else hour_of(record.accepted_at),
        record.sender_id,
        record.template or "",
        record.country,
        record.category,
    )


def count_accepted(accepted: Mapping[UsageKey, int]) -> UsageDeltas:
    """What messages add that were just accepted, so many of each key."""
    counts = {key: UsageCounts(accepted=number) for key, number in accepted.items() if number}
    return UsageDeltas(_sorted(counts), {})


def count_changes(
    records: Mapping[tuple[int, str], MessageRecord],
    changes: Iterable[MessageChange],
    entries: Iterable[LedgerEntry] = (),
) -> UsageDeltas:
    """What changes of messages, and ledger entries about them, add to the figures.

    records  the messages as they were before, by account and id; what is not there is not counted
    entries  as they were appended
    """
    moved: dict[tuple[UsageKey, State, State], int] = {}
    failures: dict[FailureKey, int] = {}
    for change in changes:
        record = records[change.account_id, change.message_id]
        before = _code(record)
        after = _code(change)
        if record.state is change.state and before == after:
            continue
        key = key_of(record)
        move = (key, record.state, change.state)
        moved[move] = moved.get(move, 0) + 1
        if before != after:
            for code, number in ((before, -1), (after, 1)):
                if code is not None:
                    failed = _failure_key(key, code)
                    failures[failed] = failures.get(failed, 0) + number
    counts: dict[UsageKey, UsageCounts] = {}
    for (key, state, state_after), number in moved.items():
        step = _STEPS[state, state_after].times(number)
        counts[key] = counts.get(key, NOTHING) + step
    for key, spent in _spent(records, entries).items():
        counts[key] = counts.get(key, NOTHING) + UsageCounts(spend_minor=spent)
    return UsageDeltas(
        _sorted({key: one for key, one in counts.items() if one != NOTHING}),
        dict(
            sorted(
                ((key, number) for key, number in failures.items() if number),
                key=lambda item: _fields(item[0]),
            )
        ),
    )


def _spent(
    records: Mapping[tuple[int, str], MessageRecord], entries: Iterable[LedgerEntry]
) -> dict[UsageKey, int]:
    spent: dict[UsageKey, int] = {}
    for entry in entries:
        sign = SPENDING.get(entry.kind, 0)
        record = records.get((entry.account_id, entry.reference)) if sign else None
        if record is not None:
            key = key_of(record)
            spent[key] = spent.get(key, 0) + sign * entry.amount_minor
    return spent


def _code(one: MessageRecord | MessageChange) -> str | None:
    """Why it ended, if it did without reaching anyone."""
    return one.failure.code if one.failure is not None and one.state in ENDINGS else None


def _failure_key(key: UsageKey, code: str) -> FailureKey:
    return FailureKey(key.account_id, key.hour, key.sender_id, key.template, key.country, code)


def _sorted(counts: Mapping[UsageKey, UsageCounts]) -> dict[UsageKey, UsageCounts]:
    """In the order of the keys: processes that share rows take them in one order."""
    return dict(sorted(counts.items(), key=lambda item: _fields(item[0])))


def _fields(key: UsageKey | FailureKey) -> tuple[object, ...]:
    return tuple(getattr(key, name) for name in key.__struct_fields__)
