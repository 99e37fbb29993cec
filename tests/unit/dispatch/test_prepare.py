"""Whether a lease's message is given to Meta now."""

from datetime import timedelta

import pytest

from support.nouns import NOW, dispatchable, later, lease, sender
from waypost.dispatch.prepare import Orphaned, Over, Postponed, Prepared, prepare
from waypost.model.lifecycle import State
from waypost.model.sender import SenderState

WINDOW = timedelta(seconds=120)
PAUSED = sender(state=SenderState.PAUSED)


def prepared(message, **changes):
    return prepare(lease(**changes), message, NOW, WINDOW)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.UNKNOWN])
def test_a_message_that_waits_is_given_to_meta(state):
    message = dispatchable(state=state)

    assert prepared(message) == Prepared(lease(), message)


@pytest.mark.parametrize("state", sorted(set(State) - {State.ACCEPTED, State.UNKNOWN}))
def test_a_message_that_was_settled_meanwhile_is_over(state):
    assert prepared(dispatchable(state=state)) == Over()
    assert prepared(dispatchable(state=state), was_lost=True) == Over()


def test_a_message_that_is_gone_is_over():
    assert prepared(None) == Over()


def test_a_message_whose_worker_was_lost_is_unknown_and_not_sent():
    assert prepared(dispatchable(), was_lost=True) == Orphaned(dispatchable(), later(120))


def test_a_message_of_a_paused_sender_waits():
    assert prepared(dispatchable(sender=PAUSED)) == Postponed(later(5))


def test_a_lost_worker_is_told_even_while_the_sender_is_paused():
    message = dispatchable(sender=PAUSED)

    assert prepared(message, was_lost=True) == Orphaned(message, later(120))
