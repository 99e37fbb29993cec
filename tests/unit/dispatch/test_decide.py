"""What an outcome of an attempt means: taken, again, never, or perhaps."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.nouns import NOW, UNDELIVERABLE, later
from waypost.dispatch.decide import Failed, Policy, RetryAt, Submitted, Unknown, decide
from waypost.meta.errors import ErrorClass
from waypost.meta.outcome import Lost, NotReached, Refused, Taken, TokenSealed

POLICY = Policy(attempts=3, window=timedelta(seconds=120))
MIDDLE = 0.5


def decided(outcome, attempt=1):
    return decide(outcome, attempt, POLICY, NOW, MIDDLE)


def test_what_meta_took_is_submitted():
    assert decided(Taken("wamid.1", "91")) == Submitted("wamid.1", "91")


@pytest.mark.parametrize("error_class", [ErrorClass.TRANSIENT, ErrorClass.ACCOUNT])
def test_what_time_can_mend_is_tried_again_until_the_last_attempt(error_class):
    refused = Refused(UNDELIVERABLE, error_class)

    assert decided(refused, 1) == RetryAt(later(1), UNDELIVERABLE)
    assert decided(refused, 2) == RetryAt(later(2), UNDELIVERABLE)
    assert decided(refused, 3) == Failed(UNDELIVERABLE)


@pytest.mark.parametrize("attempt", [1, 3, 1000])
def test_throttling_delays_a_message_and_never_fails_it(attempt):
    decision = decided(Refused(UNDELIVERABLE, ErrorClass.THROTTLE), attempt)

    assert isinstance(decision, RetryAt)
    assert timedelta(0) < decision.at - NOW <= timedelta(seconds=300)


@pytest.mark.parametrize(
    "error_class", [ErrorClass.TEMPLATE, ErrorClass.RECIPIENT, ErrorClass.PERMANENT]
)
def test_what_time_cannot_mend_fails_at_once(error_class):
    assert decided(Refused(UNDELIVERABLE, error_class)) == Failed(UNDELIVERABLE)


@pytest.mark.parametrize("attempt", [1, 3, 1000])
def test_what_never_reached_meta_is_tried_again_for_as_long_as_it_takes(attempt):
    decision = decided(NotReached("connection refused"), attempt)

    assert isinstance(decision, RetryAt)
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
            *(Refused(UNDELIVERABLE, one) for one in ErrorClass),
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
        assert not isinstance(decision, RetryAt)
    if isinstance(decision, RetryAt):
        assert decision.at > NOW
    if isinstance(decision, Unknown):
        assert decision.until - NOW == POLICY.window
