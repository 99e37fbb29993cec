"""Whether a lease's message is given to Meta now."""

from datetime import timedelta

import pytest

from support.nouns import NOW, UNDELIVERABLE, content, dispatchable, later, lease, sender
from waypost.dispatch.prepare import (
    Orphaned,
    Over,
    Postponed,
    Prepared,
    Unheard,
    Unresolved,
    Withheld,
    prepare,
)
from waypost.model.account import TemplatePolicy, UnknownPolicy
from waypost.model.lifecycle import State
from waypost.model.message import Policies
from waypost.model.sender import SenderState

WINDOW = timedelta(seconds=120)
PAUSED = sender(state=SenderState.PAUSED)
HELD = sender(held_until=later(60), held_for=UNDELIVERABLE)
HEARD = sender(heard_at=later(-30))
SILENT = sender(heard_at=later(-121))


def prepared(message, **changes):
    return prepare(lease(**changes), message, NOW, WINDOW)


def unknown(**changes):
    return dispatchable(**{"state": State.UNKNOWN, "sender": HEARD, **changes})


@pytest.mark.parametrize("message", [dispatchable(), unknown()])
def test_a_message_that_waits_is_given_to_meta(message):
    assert prepared(message) == Prepared(lease(), message)


@pytest.mark.parametrize("state", sorted(set(State) - {State.ACCEPTED, State.UNKNOWN}))
def test_a_message_that_was_settled_meanwhile_is_over(state):
    assert prepared(dispatchable(state=state)) == Over()
    assert prepared(dispatchable(state=state), was_lost=True) == Over()


def test_a_message_that_is_gone_is_over():
    assert prepared(None) == Over()


def test_a_message_whose_worker_was_lost_is_unknown_and_not_sent():
    assert prepared(dispatchable(), was_lost=True) == Orphaned(dispatchable())


@pytest.mark.parametrize("closed", [PAUSED, HELD])
def test_a_message_of_a_closed_sender_waits(closed):
    assert prepared(dispatchable(sender=closed)) == Postponed(later(5))


def test_a_sender_whose_hold_is_over_is_tried():
    message = dispatchable(sender=sender(held_until=NOW, held_for=UNDELIVERABLE))

    assert prepared(message) == Prepared(lease(), message)


def test_a_lost_worker_is_told_even_while_the_sender_is_paused():
    message = dispatchable(sender=PAUSED)

    assert prepared(message, was_lost=True) == Orphaned(message)


@pytest.mark.parametrize("changes", [{}, {"sender": PAUSED}, {"template_status": "PAUSED"}])
def test_a_message_whose_validity_ended_is_withheld(changes):
    message = dispatchable(expires_at=NOW, **changes)

    decision = prepared(message)

    assert isinstance(decision, Withheld)
    assert decision.failure.code == "WAV2102"
    assert isinstance(prepared(dispatchable(expires_at=later(0.001))), Prepared)


def test_nothing_waits_beyond_its_validity():
    assert prepared(dispatchable(sender=PAUSED, expires_at=later(2))) == Postponed(later(2))


@pytest.mark.parametrize("status", ["PAUSED", "DISABLED", "UNAVAILABLE"])
def test_a_message_of_a_stopped_template_waits_or_is_withheld_as_its_account_wants(status):
    named = content(kind="template", template_name="sale", template_language="en")
    waiting = dispatchable(content=named, template_status=status)
    failing = dispatchable(
        content=named, template_status=status, policies=Policies(template=TemplatePolicy.FAIL)
    )

    assert prepared(waiting) == Postponed(later(300))
    decision = prepared(failing)
    assert isinstance(decision, Withheld)
    assert decision.failure.code == "WAV2104"
    assert decision.failure.detail == f"sale (en) is {status}."


@pytest.mark.parametrize("status", [None, "APPROVED", "PENDING", "REJECTED"])
def test_a_template_that_was_not_stopped_is_for_meta_to_judge(status):
    assert isinstance(prepared(dispatchable(template_status=status)), Prepared)


@pytest.mark.parametrize("silent", [SILENT, sender()])
def test_while_no_webhook_comes_an_unknown_outcome_waits_on(silent):
    message = unknown(sender=silent)

    assert prepare(lease(), message, NOW, WINDOW, later(-60)) == Unheard(message, later(120))


def test_a_number_that_was_never_heard_of_is_silent_whatever_was_taken():
    assert prepared(unknown(sender=sender())) == Unheard(unknown(sender=sender()), later(120))


@pytest.mark.parametrize("taken_at", [None, later(-121), later(-3600)])
def test_a_number_that_nothing_leaves_from_is_silent_without_harm(taken_at):
    message = unknown(sender=SILENT)

    assert prepare(lease(), message, NOW, WINDOW, taken_at) == Prepared(lease(), message)


def test_an_unknown_outcome_is_held_for_a_person_if_the_account_wants_that():
    message = unknown(policies=Policies(unknown=UnknownPolicy.HOLD))

    assert prepared(message) == Unresolved(message, is_parked=True)


@pytest.mark.parametrize("webhooks", [HEARD, SILENT])
def test_an_unknown_outcome_is_never_resent_after_its_validity_nor_called_not_sent(webhooks):
    message = unknown(sender=webhooks, expires_at=NOW)

    assert prepared(message) == Unresolved(message, is_parked=False)
