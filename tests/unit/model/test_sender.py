"""How long a sender is held, and whether one is closed."""

import pytest

from support.nouns import NOW, later
from waypost.model.sender import ClosedSender, SenderState, next_hold_s


def test_a_first_hold_is_a_minute():
    assert next_hold_s(0, later(-1_000_000), NOW) == 60


@pytest.mark.parametrize(("last_s", "next_s"), [(60, 300), (300, 900), (900, 1800), (1800, 1800)])
def test_each_hold_is_longer_up_to_half_an_hour(last_s, next_s):
    assert next_hold_s(last_s, later(-10), NOW) == next_s


def test_after_an_hour_without_a_hold_the_next_is_a_first_one():
    assert next_hold_s(1800, later(-3601), NOW) == 60


def test_what_was_mended_is_held_briefly_if_it_is_refused_again():
    assert next_hold_s(0, later(-10), NOW) == 60


@pytest.mark.parametrize(
    ("state", "held_until", "is_closed"),
    [
        (SenderState.PAUSED, None, True),
        (SenderState.PAUSED, later(-1), True),
        (SenderState.ACTIVE, later(1), True),
        (SenderState.ACTIVE, NOW, False),
    ],
)
def test_a_sender_is_closed_while_it_is_paused_or_held(state, held_until, is_closed):
    assert ClosedSender(1, "a", state, held_until).is_closed(NOW) is is_closed
