"""What follows from facts, in whatever order, number and batches they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from support.nouns import UNDELIVERABLE, WAMID, later, message_record, observation
from waypost.model.ledger import EntryKind, changes_of
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Payment, Pricing
from waypost.status.consequences import BITS, draw_consequences

NOW = later(100)
SUBMITTED = message_record(
    state=State.SUBMITTED, wamid=WAMID, facts_seen=BITS[Fact.TAKEN], failure=None
)


def draw(record, *facts, **changes):
    return draw_consequences(record, [observation(fact, **changes) for fact in facts], NOW)


def after(record, change):
    """The record as it is read after the change was kept."""
    if change is None:
        return record
    return replace(
        record,
        state=change.state,
        facts_seen=change.facts_seen,
        payment=change.payment,
        wamid=change.wamid or record.wamid,
        failure=change.failure,
        attempts=change.attempts,
    )


def kinds(drawn):
    return [entry.kind for entry in drawn.entries]


def told(drawn):
    return [event.status for event in drawn.events]


def test_what_meta_took_is_submitted_and_told_to_nobody():
    drawn = draw(message_record(), Fact.TAKEN, wa_id="919876543210")

    assert drawn.change.state is State.SUBMITTED
    assert (drawn.change.wamid, drawn.change.wa_id) == (WAMID, "919876543210")
    assert (told(drawn), kinds(drawn), drawn.is_settled) == ([], [], True)


def test_a_refusal_for_now_moves_nothing_and_waits_on():
    drawn = draw(message_record(), Fact.ATTEMPTED)

    assert drawn.change.state is State.ACCEPTED
    assert (told(drawn), kinds(drawn), drawn.is_settled) == ([], [], False)


def test_a_lost_answer_is_unknown_and_waits_on():
    drawn = draw(message_record(), Fact.LOST)

    assert drawn.change.state is State.UNKNOWN
    assert (told(drawn), kinds(drawn), drawn.is_settled) == ([], [], False)


@pytest.mark.parametrize(
    ("fact", "state"), [(Fact.REFUSED, State.FAILED), (Fact.WITHHELD, State.NOT_SENT)]
)
def test_what_will_never_be_sent_is_told_and_its_money_goes_back(fact, state):
    drawn = draw(message_record(), fact)

    assert (drawn.change.state, drawn.change.failure) == (state, UNDELIVERABLE)
    assert (told(drawn), kinds(drawn)) == ([state], [EntryKind.RELEASE])
    assert drawn.change.payment is Payment.RELEASED
    assert drawn.is_settled


@pytest.mark.parametrize("fact", [Fact.DELIVERED, Fact.READ])
def test_money_is_captured_when_the_message_arrived(fact):
    drawn = draw(SUBMITTED, fact)

    assert kinds(drawn) == [EntryKind.CAPTURE]
    assert drawn.entries[0].amount_minor == SUBMITTED.price_minor
    assert drawn.change.payment is Payment.CAPTURED


def test_money_is_released_for_what_meta_does_not_bill():
    assert kinds(draw(SUBMITTED, Fact.SENT, pricing=Pricing(is_billable=False))) == [
        EntryKind.RELEASE
    ]


def test_a_free_message_moves_no_money():
    free = replace(SUBMITTED, payment=Payment.FREE)

    assert kinds(draw(free, Fact.SENT, Fact.DELIVERED)) == []


def test_a_late_sent_after_delivered_is_told_and_changes_nothing_else():
    delivered = after(SUBMITTED, draw(SUBMITTED, Fact.DELIVERED).change)
    drawn = draw(delivered, Fact.SENT)

    assert told(drawn) == [State.SENT]
    assert drawn.change.state is State.DELIVERED
    assert kinds(drawn) == []


def test_the_same_fact_again_changes_and_tells_nothing():
    sent = after(SUBMITTED, draw(SUBMITTED, Fact.SENT).change)
    drawn = draw(sent, Fact.SENT)

    assert drawn.change is None
    assert (told(drawn), kinds(drawn)) == ([], [])


def test_a_failed_after_delivered_is_a_contradiction_and_told_to_nobody():
    delivered = after(SUBMITTED, draw(SUBMITTED, Fact.DELIVERED).change)
    drawn = draw(delivered, Fact.FAILED)

    assert told(drawn) == []
    assert (drawn.change.state, drawn.change.failure) == (State.DELIVERED, None)


def test_a_late_fact_leaves_the_reason_of_a_failure_as_it_stands():
    failed = after(SUBMITTED, draw(SUBMITTED, Fact.FAILED).change)
    drawn = draw(failed, Fact.SENT)

    assert (drawn.change.state, drawn.change.failure) == (State.FAILED, UNDELIVERABLE)


def test_an_event_says_everything_that_a_callback_needs():
    (event,) = draw(SUBMITTED, Fact.SENT, meta_value=b"{}").events

    assert (event.message_id, event.trace_id) == (SUBMITTED.message_id, SUBMITTED.trace_id)
    assert (event.references, event.track_body) == (SUBMITTED.references, True)
    assert (event.wamid, event.meta_value) == (WAMID, b"{}")
    assert (event.recipient, event.sender_id) == ("+919876543210", "919800000001")


STATUSES = (Fact.SENT, Fact.DELIVERED, Fact.READ, Fact.FAILED)
STARTS = {
    State.ACCEPTED: message_record(),
    State.UNKNOWN: message_record(state=State.UNKNOWN, facts_seen=BITS[Fact.LOST]),
    State.SUBMITTED: SUBMITTED,
}


@st.composite
def histories(draw_from):
    """A message, and two runs of the same facts: any order, repetition and cut into batches."""
    start = STARTS[draw_from(st.sampled_from(sorted(STARTS)))]
    facts = draw_from(st.lists(st.sampled_from(STATUSES), min_size=1, max_size=6))
    again = draw_from(st.permutations(facts + draw_from(st.lists(st.sampled_from(facts)))))
    return start, draw_from(cuts(facts)), draw_from(cuts(again))


@st.composite
def cuts(draw_from, facts):
    """The facts in batches."""
    batches, rest = [], list(facts)
    while rest:
        size = draw_from(st.integers(1, len(rest)))
        batches.append(rest[:size])
        rest = rest[size:]
    return batches


def live(record, batches):
    """The record after all batches, and everything that was drawn on the way."""
    entries, events = [], []
    for batch in batches:
        drawn = draw(record, *batch)
        entries += drawn.entries
        events += drawn.events
        record = after(record, drawn.change)
    return record, entries, events


@given(histories())
def test_a_message_ends_the_same_whatever_the_order_repetition_and_batches(history):
    start, one_way, another = history
    first, *_ = live(start, one_way)
    second, *_ = live(start, another)

    assert first.state is second.state
    assert first.facts_seen == second.facts_seen
    assert first.failure == second.failure


@given(histories())
def test_money_is_held_captured_or_released_and_never_two_of_them(history):
    start, batches, _ = history
    end, entries, _ = live(start, batches)

    moved = {EntryKind.CAPTURE: Payment.CAPTURED, EntryKind.RELEASE: Payment.RELEASED}
    assert len(entries) <= 1
    assert end.payment is (moved[entries[0].kind] if entries else Payment.HELD)
    assert sum(change.held_minor for change in changes_of(entries)) in (0, -start.price_minor)
    if end.state in (State.DELIVERED, State.READ, State.FAILED):
        assert len(entries) == 1


@given(histories())
def test_each_status_is_told_at_most_once_and_the_last_word_always(history):
    start, batches, _ = history
    end, _, events = live(start, batches)

    statuses = [event.status for event in events]
    assert len(statuses) == len(set(statuses))
    assert end.state in statuses


@given(histories())
def test_a_batch_does_what_its_facts_do_one_by_one(history):
    start, batches, _ = history
    one_by_one = [[fact] for batch in batches for fact in batch]

    assert live(start, batches)[0] == live(start, one_by_one)[0]
    assert [event.status for event in live(start, batches)[2]] == [
        event.status for event in live(start, one_by_one)[2]
    ]


# ---- messages that are given to Meta several times -----------------------------------------------


def test_a_returned_message_waits_with_its_money_and_is_told_to_nobody():
    drawn = draw(SUBMITTED, Fact.RETURNED, retry_at=later(160))

    assert (drawn.change.state, drawn.returned_at) == (State.ACCEPTED, later(160))
    assert (told(drawn), kinds(drawn), drawn.is_settled) == ([], [], False)
    assert drawn.change.payment is Payment.HELD


def test_what_was_delivered_is_not_returned():
    delivered = after(SUBMITTED, draw(SUBMITTED, Fact.DELIVERED).change)
    drawn = draw(delivered, Fact.RETURNED, retry_at=later(160))

    assert (drawn.returned_at, drawn.is_settled) == (None, True)


def test_the_newest_attempt_has_the_say():
    returned = after(SUBMITTED, draw(SUBMITTED, Fact.RETURNED, retry_at=later(160)).change)
    taken = after(returned, draw(returned, Fact.TAKEN, wamid="wamid.2", attempt=2).change)
    assert (taken.state, taken.wamid) == (State.SUBMITTED, "wamid.2")

    for fact in (Fact.FAILED, Fact.SENT, Fact.RETURNED):
        drawn = draw(taken, fact, retry_at=later(160))
        assert after(taken, drawn.change).state is State.SUBMITTED
        assert drawn.returned_at is None
    assert draw(taken, Fact.DELIVERED).change.state is State.DELIVERED
    assert draw(taken, Fact.FAILED, wamid="wamid.2").change.state is State.FAILED


LIVES = st.lists(
    st.tuples(
        st.sampled_from([Fact.TAKEN, Fact.LOST, Fact.RETURNED, *STATUSES]),
        st.integers(1, 3),
    ),
    max_size=12,
)


@given(LIVES)
def test_whatever_is_told_of_whichever_attempt_the_books_and_the_words_hold(told_facts):
    """Facts of three attempts, mixed at will: money moves once, endings are told once."""
    record, entries, statuses = message_record(), [], []
    for fact, number in told_facts:
        drawn = draw(
            record,
            fact,
            wamid=None if fact is Fact.LOST else f"wamid.{number}",
            attempt=number if fact in (Fact.TAKEN, Fact.LOST) else None,
            retry_at=later(160) if fact is Fact.RETURNED else None,
        )
        if drawn.returned_at is not None:
            assert not drawn.is_settled
        record = after(record, drawn.change)
        entries += drawn.entries
        statuses += [event.status for event in drawn.events]
    assert len(entries) <= 1
    assert len(statuses) == len(set(statuses))
    if record.state in (State.ACCEPTED, State.UNKNOWN):
        assert record.payment is Payment.HELD


def test_the_bits_of_the_facts_never_change():
    assert [fact.value for fact in sorted(BITS, key=BITS.get)] == [
        "attempted",
        "withheld",
        "lost",
        "taken",
        "refused",
        "sent",
        "delivered",
        "read",
        "failed",
        "returned",
        "silent",
    ]


def test_a_delivered_event_says_what_the_message_cost():
    (delivered,) = draw(SUBMITTED, Fact.DELIVERED, pricing=Pricing(category="marketing")).events
    assert delivered.price_minor == 100


def test_no_other_event_tells_a_price_and_none_is_told_that_is_not_known():
    paid = after(SUBMITTED, draw(SUBMITTED, Fact.READ).change)

    assert [one.price_minor for one in draw(SUBMITTED, Fact.SENT, Fact.READ).events] == [None, None]
    assert [one.price_minor for one in draw(paid, Fact.DELIVERED).events] == [None]
