"""What an endpoint's answer means: taken, again, or given up."""

from datetime import timedelta

import pytest

from support.nouns import NOW, later
from waypost.callback.decide import Attempted, Decision, decide
from waypost.model.outbox import CallbackState

MOST = 10


def decided(attempt, status, problem=""):
    return decide(Attempted(attempt, status, problem), MOST, NOW, 0.5)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_ends_it_well_also_at_the_last_attempt(status):
    expected = Decision(CallbackState.DELIVERED, f"HTTP {status}", None)

    assert decided(1, status) == decided(MOST, status) == expected


@pytest.mark.parametrize("status", [100, 199, 300, 302, 400, 404, 410, 500, 503])
def test_anything_else_is_tried_again(status):
    assert decided(1, status) == Decision(CallbackState.PENDING, f"HTTP {status}", later(5))


def test_an_endpoint_that_does_not_answer_is_tried_again():
    expected = Decision(CallbackState.PENDING, "connection refused", later(25))

    assert decided(2, None, "connection refused") == expected


def test_the_last_attempt_gives_up():
    assert decided(MOST, 500) == Decision(CallbackState.GIVEN_UP, "HTTP 500", None)
    assert decided(MOST, None, "no route").state is CallbackState.GIVEN_UP


def test_ten_attempts_take_about_three_days():
    gaps = [decided(attempt, 500).retry_at - NOW for attempt in range(1, MOST)]

    assert timedelta(days=2.5) < sum(gaps, timedelta()) < timedelta(days=4)
    assert gaps == sorted(gaps)
