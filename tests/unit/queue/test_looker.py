"""The store is asked for due work about some lanes at a time, and every lane has its turn."""

from datetime import timedelta

import pytest

from support.nouns import ACCOUNT, NOW, later, queue_item
from support.stored import opened
from waypost.model.work import LaneKey, Priority, QueueName
from waypost.queue.looker import LEAST_POLL_S, POLL_S, Looker
from waypost.runtime.clock import TestClock

LANES = [f"{number:02}" for number in range(5)]


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


@pytest.fixture
def clock():
    return TestClock(NOW)


def looker(stored, clock, at_once=2):
    return Looker(QueueName.DISPATCH, stored.store, clock, None, at_once)


def put(stored, *items):
    stored.do(lambda t: t.queue.put(items))


def put_lanes(stored, due_at=NOW):
    put(stored, *(queue_item(lane, lane=lane, due_at=due_at) for lane in LANES))


def ask(stored, look, clock):
    """What one question found, when its time has come."""
    clock.advance(look.pause_s(None) + 0.001)
    assert look.is_time()
    return [lane.name for lane, _ in stored.run(look.ask())]


def test_a_question_goes_on_where_the_last_one_ended_and_begins_anew_behind_the_last_lane(
    stored, clock
):
    put_lanes(stored)
    look = looker(stored, clock)

    found = [ask(stored, look, clock) for _ in range(6)]

    assert found == [LANES[:2], LANES[2:4], LANES[4:]] * 2


def test_within_a_round_nobody_waits_for_the_next_second(stored, clock):
    put_lanes(stored)
    look = looker(stored, clock)
    ask(stored, look, clock)

    assert look.pause_s(None) == LEAST_POLL_S
    assert not look.is_time()
    ask(stored, look, clock)
    ask(stored, look, clock)
    assert look.pause_s(None) == POLL_S, "the round is complete"


def test_work_of_any_lane_of_the_round_is_looked_for_when_it_falls_due(stored, clock):
    put_lanes(stored, due_at=later(60))
    put(stored, queue_item("soon", lane=LANES[0], due_at=later(0.5)))
    look = looker(stored, clock)

    assert [ask(stored, look, clock) for _ in range(3)] == [[], [], []]
    assert clock.now() + timedelta(seconds=look.pause_s(None)) == later(0.5)
    assert ask(stored, look, clock) == [LANES[0]]


def test_a_hint_amid_a_round_asks_for_another_round(stored, clock):
    put_lanes(stored)
    look = looker(stored, clock)
    ask(stored, look, clock)
    look.hint()
    ask(stored, look, clock)
    ask(stored, look, clock)

    assert look.pause_s(None) == LEAST_POLL_S
    assert ask(stored, look, clock) == LANES[:2]


def test_lanes_that_come_and_go_between_questions_upset_no_round(stored, clock):
    put_lanes(stored)
    look = looker(stored, clock)
    ask(stored, look, clock)
    gone = [(ACCOUNT, QueueName.DISPATCH, lane) for lane in LANES[1:3]]
    stored.do(lambda t: t.queue.drop(gone))
    put(stored, queue_item("new", lane="035"))

    assert ask(stored, look, clock) == ["03", "035"]
    assert ask(stored, look, clock) == ["04"]


def test_what_was_found_names_the_priority(stored, clock):
    put(stored, queue_item("a", lane="a", priority=Priority.BULK))

    assert stored.run(looker(stored, clock).ask()) == [(LaneKey(ACCOUNT, "a"), Priority.BULK)]
