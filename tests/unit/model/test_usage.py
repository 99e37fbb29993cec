"""What a change of a message adds to the figures."""

from math import prod

import pytest
from msgspec.structs import replace

from support.nouns import ACCOUNT, NOW, SENDER_ID, UNDELIVERABLE, message_change, message_record
from waypost.model.ledger import EntryKind, LedgerEntry
from waypost.model.lifecycle import State
from waypost.model.usage import (
    NOTHING,
    OF_STATES,
    SHARDS,
    FailureKey,
    UsageCounts,
    UsageKey,
    count_accepted,
    count_changes,
    hour_of,
)

HOUR = hour_of(NOW)


def counted(before, after, *, was=None, is_=None, entries=()):
    record = message_record(
        message_id="A1", state=before, failure=was, country="IN", category="utility"
    )
    record = replace(record, accepted_at=NOW)
    change = message_change(message_id="A1", state=after, failure=is_)
    return count_changes({(ACCOUNT, "A1"): record}, [change], entries)


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_a_change_of_state_adds_the_difference_of_what_both_count(before, after):
    found = sum(counted(before, after).counts.values(), NOTHING)

    assert OF_STATES[before] + found == OF_STATES[after]


def test_nothing_is_added_where_nothing_changed():
    assert not counted(State.SENT, State.SENT)


def test_a_reason_that_becomes_another_moves_from_one_to_the_other():
    other = replace(UNDELIVERABLE, code="131049")

    found = counted(State.FAILED, State.FAILED, was=UNDELIVERABLE, is_=other)

    key = FailureKey(ACCOUNT, HOUR, SENDER_ID, "", "IN", "131026")
    assert found.failures == {key: -1, replace(key, code="131049"): 1}
    assert not found.counts


def test_what_a_message_cost_is_what_its_entries_left_spent():
    entries = [
        LedgerEntry(ACCOUNT, "A1", kind, amount, NOW)
        for kind, amount in [
            (EntryKind.CAPTURE, 80),
            (EntryKind.REMAINDER, 20),
            (EntryKind.SURCHARGE, 15),
            (EntryKind.REFUND, 5),
        ]
    ]
    found = counted(State.SENT, State.DELIVERED, entries=entries)

    key = UsageKey(ACCOUNT, HOUR, SENDER_ID, "", "IN", "utility")
    assert found.counts == {key: UsageCounts(delivered=1, spend_minor=90)}


def test_keys_stand_in_one_order_for_all_processes():
    keys = [UsageKey(ACCOUNT, HOUR, SENDER_ID, "", country, "") for country in ("IN", "DE", "BR")]

    found = count_accepted(dict.fromkeys(keys, 1))

    assert [key.country for key in found.counts] == ["BR", "DE", "IN"]


def test_processes_hardly_ever_count_in_the_same_rows():
    """Two that do wait for each other with every commit."""
    processes = 16

    all_differ = prod(1 - number / SHARDS for number in range(processes))

    assert all_differ > 0.95
