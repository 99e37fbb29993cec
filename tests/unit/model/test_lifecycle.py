"""What facts do to a message, in whatever order they come."""

from collections.abc import Iterable
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.model.lifecycle import TABLE, Fact, State, Transition, apply

FROM_META = (Fact.SENT, Fact.DELIVERED, Fact.READ, Fact.FAILED)
STARTS = (State.ACCEPTED, State.UNKNOWN)


def walk(start: State, facts: Iterable[Fact]) -> list[State]:
    """The states a message goes through, the first one included."""
    states = [start]
    for fact in facts:
        transition = apply(states[-1], fact)
        if transition is not None:
            assert transition.before is states[-1]
            assert transition.fact is fact
            states.append(transition.after)
    return states


def assert_lawful(start: State, facts: Iterable[Fact]) -> None:
    """No state twice but by being returned; nothing after read and not_sent; delivered is left
    only for read."""
    facts = list(facts)
    states = walk(start, facts)
    for life in lives(start, facts):
        assert len(set(life)) == len(life)
    assert not {State.READ, State.NOT_SENT} & set(states[:-1])
    if State.DELIVERED in states[:-1]:
        assert states[states.index(State.DELIVERED) + 1] is State.READ


def lives(start: State, facts: Iterable[Fact]) -> list[list[State]]:
    """The states it goes through, cut wherever the message is returned."""
    found = [[start]]
    for fact in facts:
        transition = apply(found[-1][-1], fact)
        if transition is None:
            continue
        if fact is Fact.RETURNED:
            found.append([])
        found[-1].append(transition.after)
    return found


def test_the_table_has_a_row_for_every_state():
    assert set(TABLE) == set(State)


def test_every_state_can_be_reached_from_accepted():
    reached = {State.ACCEPTED}
    while new := {after for state in reached for after in TABLE[state].values()} - reached:
        reached |= new
    assert reached == set(State)


def test_an_ordinary_message_is_submitted_sent_delivered_and_read():
    facts = (Fact.TAKEN, Fact.SENT, Fact.DELIVERED, Fact.READ)
    assert walk(State.ACCEPTED, facts) == [
        State.ACCEPTED,
        State.SUBMITTED,
        State.SENT,
        State.DELIVERED,
        State.READ,
    ]


def test_a_transition_names_both_states_and_the_fact():
    moved = Transition(State.SENT, State.DELIVERED, Fact.DELIVERED)
    assert apply(State.SENT, Fact.DELIVERED) == moved


def test_a_late_sent_after_delivered_changes_nothing():
    assert apply(State.DELIVERED, Fact.SENT) is None


def test_the_same_status_twice_changes_nothing_the_second_time():
    for fact in FROM_META:
        states = walk(State.SUBMITTED, (fact, fact))
        assert states == [State.SUBMITTED, State(fact)]


def test_a_refusal_for_now_moves_nothing():
    for state in State:
        assert apply(state, Fact.ATTEMPTED) is None


def test_a_lost_answer_is_settled_by_any_status():
    for fact in FROM_META:
        assert walk(State.ACCEPTED, (Fact.LOST, fact))[-1] is State(fact)


def test_a_lost_answer_is_settled_by_the_answer_to_another_attempt():
    assert walk(State.ACCEPTED, (Fact.LOST, Fact.TAKEN))[-1] is State.SUBMITTED
    assert walk(State.ACCEPTED, (Fact.LOST, Fact.REFUSED))[-1] is State.FAILED


def test_what_was_given_to_meta_is_never_called_not_sent():
    for state in set(State) - {State.ACCEPTED}:
        assert apply(state, Fact.WITHHELD) is None


@pytest.mark.parametrize("state", [State.UNKNOWN, State.SUBMITTED, State.SENT])
def test_what_meta_failed_for_a_reason_that_passes_waits_as_at_the_beginning(state):
    assert apply(state, Fact.RETURNED) == Transition(state, State.ACCEPTED, Fact.RETURNED)


def test_only_what_is_with_meta_can_be_returned():
    for state in set(State) - {State.UNKNOWN, State.SUBMITTED, State.SENT}:
        assert apply(state, Fact.RETURNED) is None


def test_a_status_that_overtakes_our_record_of_the_answer_is_not_undone_by_it():
    for fact in FROM_META:
        assert walk(State.ACCEPTED, (fact, Fact.TAKEN))[-1] is State(fact)


def test_a_delivery_contradicts_a_failure_and_not_the_other_way_round():
    assert walk(State.SENT, (Fact.FAILED, Fact.DELIVERED))[-1] is State.DELIVERED
    assert walk(State.SENT, (Fact.DELIVERED, Fact.FAILED))[-1] is State.DELIVERED


@pytest.mark.parametrize("start", STARTS)
def test_sent_delivered_and_read_end_in_the_same_state_in_whatever_order(start):
    for facts in permutations((Fact.SENT, Fact.DELIVERED, Fact.READ)):
        assert walk(start, facts)[-1] is State.READ


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_order_of_statuses_and_the_answer_never_matters(start, count):
    for chosen in product((Fact.TAKEN, *FROM_META), repeat=count):
        ends = {walk(start, facts)[-1] for facts in permutations(chosen)}
        assert len(ends) == 1, chosen


@pytest.mark.parametrize("start", STARTS)
def test_every_sequence_of_five_facts_is_lawful(start):
    for facts in product(Fact, repeat=5):
        assert_lawful(start, facts)


@given(start=st.sampled_from(State), facts=st.lists(st.sampled_from(Fact), max_size=40))
def test_every_longer_sequence_is_lawful_from_any_state(start, facts):
    assert_lawful(start, facts)


@given(facts=st.lists(st.sampled_from(Fact), max_size=20))
def test_hearing_everything_again_changes_nothing_once_it_is_settled(facts):
    ended = walk(State.ACCEPTED, (*facts, Fact.READ))[-1]
    assert ended in {State.READ, State.NOT_SENT}
    assert walk(ended, facts) == [ended]
