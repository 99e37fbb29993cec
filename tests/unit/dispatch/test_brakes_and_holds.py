"""A sender that Meta finds too fast, or refuses as a whole, goes more slowly, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.nouns import NOW, later
from waypost.dispatch.pacing import Pacing
from waypost.model.meta_error import RetryRule
from waypost.model.sender import ClosedSender, SenderState
from waypost.model.work import LaneKey

A, B, C = LaneKey(1, "a"), LaneKey(1, "b"), LaneKey(2, "c")
SLOW = RetryRule.SLOW_SENDER


def went(pacing, lane, began, seconds):
    """How many messages of a sender that never rests go in so many seconds."""
    steps = round(seconds * 1000)
    return sum(pacing.wait_s(lane, began + step / 1000) == 0 for step in range(steps))


def made(**wabas):
    pacing = Pacing(80)
    for lane in (A, B, C):
        pacing.learn(lane, 80, wabas.get(lane.name, ""))
    return pacing


def held(lane, until, state=SenderState.ACTIVE):
    return ClosedSender(lane.account_id, lane.name, state, until)


def test_a_sender_that_was_too_fast_goes_half_as_fast_and_grows_back():
    pacing = made()

    assert pacing.slow_down(A, SLOW, 100.0) == 1
    assert went(pacing, A, 100.0, 1) == pytest.approx(40, abs=5)
    assert 44 <= went(pacing, A, 102.0, 1) <= 54
    assert went(pacing, A, 120.0, 1) >= 78


def test_refusals_that_come_together_brake_once():
    pacing = made()

    assert [pacing.slow_down(A, SLOW, 100.0 + number / 100) for number in range(50)] == [
        1,
        *[0] * 49,
    ]


def test_no_brake_leaves_less_than_one_message_a_second():
    pacing = made()
    for second in range(30):
        pacing.slow_down(A, SLOW, 100.0 + second)

    assert went(pacing, A, 130.0, 1) >= 1


def test_a_wabas_limit_slows_its_senders_and_the_apps_all():
    pacing = made(a="w1", b="w1", c="w2")

    assert pacing.slow_down(A, RetryRule.SLOW_WABA, 100.0) == 2
    assert went(pacing, C, 100.0, 1) >= 79
    assert pacing.slow_down(A, RetryRule.SLOW_APP, 102.0) == 3
    assert went(pacing, C, 102.0, 1) == pytest.approx(40, abs=5)


def test_senders_of_unknown_wabas_are_not_slowed_by_each_other():
    assert made().slow_down(A, RetryRule.SLOW_WABA, 100.0) == 1


@pytest.mark.parametrize("rule", sorted(set(RetryRule) - {*list(RetryRule)[:3]}))
def test_other_rules_slow_nobody(rule):
    assert made().slow_down(A, rule, 100.0) == 0


def test_a_rate_that_is_learned_while_braked_lifts_no_brake():
    pacing = made()
    pacing.slow_down(A, SLOW, 100.0)

    pacing.learn(A, 1000)

    assert went(pacing, A, 100.0, 0.9) <= 46


def test_a_paused_sender_is_closed_and_an_open_one_is_not():
    pacing = made()
    pacing.survey([held(A, None, SenderState.PAUSED)], NOW)

    assert (pacing.is_closed(A), pacing.is_on_trial(A)) == (True, False)
    assert not pacing.is_closed(B)
    pacing.survey([], NOW)
    assert not pacing.is_closed(A)


def test_a_held_sender_is_tried_with_one_message_a_second_and_then_grows():
    pacing = made()
    pacing.survey([held(A, later(60))], NOW)
    assert pacing.is_closed(A)
    pacing.survey([held(A, later(60))], later(60))

    assert (pacing.is_closed(A), pacing.is_on_trial(A)) == (False, True)
    pacing.wait_s(A, 160.0)
    assert went(pacing, A, 160.1, 10) in (10, 11)
    assert pacing.most_waiting(A) == 1
    pacing.open(A, 171.0)
    assert not pacing.is_on_trial(A)
    assert went(pacing, A, 171.0, 2) <= 8
    assert went(pacing, A, 195.0, 1) >= 78


def test_a_refused_sender_is_closed_before_the_next_survey():
    pacing = made()
    pacing.close(A)

    assert pacing.is_closed(A)
    assert pacing.is_on_trial(A)


@given(
    brakes=st.lists(st.floats(0, 20), max_size=30),
    rate=st.sampled_from([0.5, 1, 20, 80, 1000]),
)
def test_whatever_meta_says_no_second_sees_more_than_what_is_allowed(brakes, rate):
    pacing = Pacing(80)
    pacing.learn(A, rate)
    waiting = sorted(brakes)
    for second in range(5):
        count = 0
        for step in range(200):
            now = 10.0 + second + step / 200
            while waiting and waiting[0] + 10.0 <= now:
                pacing.slow_down(A, SLOW, now)
                waiting.pop(0)
            count += pacing.wait_s(A, now) == 0
        assert count <= rate * 1.1 + 1
