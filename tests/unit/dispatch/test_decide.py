"""What an outcome of an attempt means: taken, again, never, or perhaps."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.nouns import NOW, content, dispatchable, later, refused
from waypost.dispatch.decide import (
    Failed,
    Held,
    Policy,
    RetryAt,
    Submitted,
    TemplateStopped,
    Unknown,
    decide,
)
from waypost.meta.outcome import Lost, NotReached, Taken, TokenSealed
from waypost.model.account import CappedPolicy, TemplatePolicy
from waypost.model.message import Policies
from waypost.model.meta_error_table import TABLE

POLICY = Policy(attempts=5, window=timedelta(seconds=120))
MIDDLE = 0.5


def decided(outcome, attempt=1, message=None):
    return decide(outcome, attempt, POLICY, NOW, MIDDLE, message)


def test_what_meta_took_is_submitted():
    assert decided(Taken("wamid.1", "91")) == Submitted("wamid.1", "91")


def test_metas_own_trouble_is_tried_again_until_the_last_attempt():
    busy = refused(131016)

    assert decided(busy, 1) == RetryAt(later(1), busy.failure)
    assert decided(busy, 2) == RetryAt(later(2), busy.failure)
    assert decided(busy, 5) == Failed(busy.failure)


def test_what_hardly_mends_itself_is_tried_three_times():
    assert isinstance(decided(refused(1), 2), RetryAt)
    assert isinstance(decided(refused(1), 3), Failed)


def test_media_are_fetched_again_if_they_are_named_by_link():
    by_link = dispatchable(content=content(json=b'{"image":{"link":"https://a.example/b.png"}}'))
    by_id = dispatchable(content=content(json=b'{"image":{"id":"1"}}'))

    assert isinstance(decided(refused(131053), 1, by_link), RetryAt)
    assert isinstance(decided(refused(131053), 3, by_link), Failed)
    assert isinstance(decided(refused(131053), 1, by_id), Failed)


@pytest.mark.parametrize("code", [4, 80007, 80008, 130429, 131056])
@pytest.mark.parametrize("attempt", [1, 3, 1000])
def test_throttling_delays_a_message_and_uses_up_no_attempt(code, attempt):
    decision = decided(refused(code), attempt)

    assert isinstance(decision, RetryAt)
    assert not decision.is_counted
    assert timedelta(0) < decision.at - NOW <= timedelta(seconds=1024)


@pytest.mark.parametrize("code", [0, 10, 33, 190, 200, 368, 131031, 131042, 131048, 131064, 133010])
def test_what_a_person_must_mend_holds_the_sender_and_fails_nothing(code):
    told = refused(code)

    assert decided(told, 1000) == Held(NOW, told.failure)


def test_a_recipient_with_enough_marketing_waits_a_day_or_is_let_be():
    capped = refused(131049)
    waiting = dispatchable(policies=Policies(capped=CappedPolicy.WAIT))

    decision = decided(capped, 1, waiting)

    assert isinstance(decision, RetryAt)
    assert timedelta(hours=24) <= decision.at - NOW <= timedelta(hours=25)
    assert decided(capped, 1, dispatchable()) == Failed(capped.failure)


@pytest.mark.parametrize("code", [132001, 132015, 132016, 134102])
def test_a_stopped_template_holds_its_messages_or_ends_them(code):
    told = refused(code)
    holding = dispatchable(template_status="APPROVED")
    failing = dispatchable(
        template_status="APPROVED", policies=Policies(template=TemplatePolicy.FAIL)
    )

    assert decided(told, 1000, holding) == TemplateStopped(later(300), told.failure)
    assert decided(told, 1, failing) == Failed(told.failure)


def test_a_template_that_never_was_is_no_stopped_one():
    told = refused(132001)

    assert decided(told, 1, dispatchable(template_status=None)) == Failed(told.failure)


@pytest.mark.parametrize("code", [100, 130472, 131026, 131047, 131050, 132000, 132007, 135000])
def test_what_time_cannot_mend_fails_at_once(code):
    assert decided(refused(code)) == Failed(refused(code).failure)


@pytest.mark.parametrize("attempt", [1, 3, 1000])
def test_what_never_reached_meta_is_tried_again_for_as_long_as_it_takes(attempt):
    decision = decided(NotReached("connection refused"), attempt)

    assert isinstance(decision, RetryAt)
    assert not decision.is_counted
    assert timedelta(0) < decision.at - NOW <= timedelta(seconds=30)
    assert decision.failure.detail == "connection refused"


def test_a_token_that_cannot_be_opened_is_no_fault_of_the_network():
    decision = decided(TokenSealed("sealed with another key"), 1000)

    assert isinstance(decision, RetryAt)
    assert timedelta(0) < decision.at - NOW <= timedelta(seconds=30)
    failure = decision.failure
    assert "access token" in failure.title
    assert failure.detail == "sealed with another key"
    assert "secret_keys" in failure.next_step
    assert "secret.key" in failure.next_step
    assert "network" not in failure.next_step


def test_what_may_have_reached_meta_waits_for_a_status():
    decision = decided(Lost("timed out"))

    assert isinstance(decision, Unknown)
    assert decision.until == later(120)
    assert decision.failure.detail == "timed out"


@given(
    outcome=st.sampled_from(
        [
            Taken("w", None),
            Lost("x"),
            NotReached("x"),
            TokenSealed("x"),
            *(refused(code) for code in TABLE),
        ]
    ),
    attempt=st.integers(1, 10_000),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_nothing_that_may_have_arrived_is_tried_again_before_the_window_ends(
    outcome, attempt, jitter
):
    decision = decide(outcome, attempt, POLICY, NOW, jitter)

    if isinstance(outcome, Taken | Lost):
        assert not isinstance(decision, RetryAt | Held | TemplateStopped)
    if isinstance(decision, RetryAt):
        assert decision.at > NOW
    if isinstance(decision, Unknown):
        assert decision.until - NOW == POLICY.window
