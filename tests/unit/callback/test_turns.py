"""Events of one message go out in their order, where that costs nobody much."""

import pytest

from support.nouns import ACCOUNT
from waypost.callback.turns import GAPS_S, Turns

SENT = "A1.sent"


@pytest.mark.parametrize("attempts", [0, 1, 2])
def test_a_later_event_waits_for_one_that_was_tried_less_than_three_times(attempts):
    assert Turns().wait_s(ACCOUNT, ((SENT, attempts),)) == GAPS_S[attempts]


def test_then_it_goes():
    assert Turns().wait_s(ACCOUNT, ((SENT, 3),)) == 0
    assert Turns().wait_s(ACCOUNT, ()) == 0


def test_it_waits_for_one_that_is_under_way_however_often_that_was_tried():
    turns = Turns()
    turns.start((ACCOUNT, SENT))
    assert turns.wait_s(ACCOUNT, ((SENT, 9),)) == GAPS_S[0]

    turns.end((ACCOUNT, SENT), is_over=False)
    assert turns.wait_s(ACCOUNT, ((SENT, 9),)) == 0


def test_what_is_over_holds_nobody_up_whatever_was_read_before():
    turns = Turns()
    turns.start((ACCOUNT, SENT))
    turns.end((ACCOUNT, SENT), is_over=True)

    assert turns.wait_s(ACCOUNT, ((SENT, 0),)) == 0
    assert turns.wait_s(2, ((SENT, 0),)) == GAPS_S[0]


def test_an_event_that_is_told_again_is_not_over():
    turns = Turns()
    turns.start((ACCOUNT, SENT))
    turns.end((ACCOUNT, SENT), is_over=True)
    turns.start((ACCOUNT, SENT))
    turns.end((ACCOUNT, SENT), is_over=False)

    assert turns.wait_s(ACCOUNT, ((SENT, 1),)) == GAPS_S[1]
