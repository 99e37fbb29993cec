"""What an endpoint's answer means: taken, again, or given up."""

from datetime import timedelta

import pytest

from support.nouns import NOW, later
from waypost.callback.decide import Attempted, Decision, decide
from waypost.model.outbox import CallbackState

MOST = 10


def decided(attempt, status, problem="", **headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return decide(Attempted(attempt, status, problem, given), MOST, NOW, 0.5)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_ends_it_well_also_at_the_last_attempt(status):
    expected = Decision(CallbackState.DELIVERED, f"HTTP {status}", None)

    assert decided(1, status) == decided(MOST, status) == expected


@pytest.mark.parametrize("status", [100, 199, 400, 401, 404, 500, 501])
def test_anything_else_is_tried_again(status):
    assert decided(1, status) == Decision(CallbackState.PENDING, f"HTTP {status}", later(5))


def test_an_endpoint_that_does_not_answer_is_tried_again():
    expected = Decision(CallbackState.PENDING, "connection refused", later(25), is_slow=True)

    assert decided(2, None, "connection refused") == expected


def test_the_last_attempt_gives_up():
    assert decided(MOST, 500) == Decision(CallbackState.GIVEN_UP, "HTTP 500", None)
    assert decided(MOST, None, "no route").state is CallbackState.GIVEN_UP


def test_ten_attempts_take_about_three_days():
    gaps = [decided(attempt, 500).retry_at - NOW for attempt in range(1, MOST)]

    assert timedelta(days=2.5) < sum(gaps, timedelta()) < timedelta(days=4)
    assert gaps == sorted(gaps)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_that_says_where_it_would_have_led(status):
    decision = decided(1, status, location="http://169.254.169.254/latest")

    assert decision.state is CallbackState.PENDING
    assert decision.answer.startswith(f"HTTP {status}: redirects are not followed")
    assert "http://169.254.169.254/latest" in decision.answer


def test_gone_is_said_and_uses_up_nothing():
    decision = decided(MOST, 410)

    assert (decision.state, decision.is_gone) == (CallbackState.PENDING, True)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_an_endpoint_with_too_much_to_do_is_slowed_down(status):
    assert decided(1, status) == Decision(
        CallbackState.PENDING, f"HTTP {status}", later(5), is_slow=True
    )


@pytest.mark.parametrize(
    ("said", "lull_s", "gap_s"),
    [
        ("120", 120, 120),
        ("2", 2, 5),
        ("Fri, 20 Nov 2026 12:10:00 GMT", 600, 600),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0, 5),
        ("9999999999999999", 86_400, 86_400),
        ("Fri, 20 Nov 2099 12:10:00 GMT", 86_400, 86_400),
    ],
)
def test_an_endpoint_is_left_alone_for_as_long_as_it_asks_a_day_at_most(said, lull_s, gap_s):
    decision = decided(1, 503, retry_after=said)

    assert decision.lull == timedelta(seconds=lull_s)
    assert decision.retry_at == later(gap_s)


@pytest.mark.parametrize("said", ["soon", "", "-5", "1.5", "\u0661\u0662"])
def test_a_wish_that_cannot_be_read_is_none(said):
    assert decided(1, 429, retry_after=said).lull is None


def test_only_who_has_too_much_to_do_may_ask_for_time():
    assert decided(1, 500, retry_after="3600").retry_at == later(5)


def test_the_last_attempt_slows_the_endpoint_down_too():
    decision = decided(MOST, 429, retry_after="60")

    assert (decision.state, decision.is_slow) == (CallbackState.GIVEN_UP, True)
    assert decision.lull == timedelta(seconds=60)


@pytest.mark.parametrize(
    "said",
    [
        "Mon, 01 Jan 2024 00:00:00 +99999999999999999",
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Jan 99999999999 2024 1:2 Jan",
    ],
)
def test_a_date_beyond_all_numbers_says_nothing(said):
    assert decided(1, 429, retry_after=said) == Decision(
        CallbackState.PENDING, "HTTP 429", later(5), is_slow=True
    )
