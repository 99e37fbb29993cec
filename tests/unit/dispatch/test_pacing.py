"""No sender ever goes faster than it may, and none waits longer than it must."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.dispatch.pacing import BURST_S, Pacing
from waypost.model.throughput import full_bucket


def passed(bucket, times):
    """When tokens were given."""
    return [at for at in times if bucket.wait_s(at) == 0]


def test_a_burst_passes_and_then_the_rate():
    pacing = Pacing(80)

    assert [pacing.wait_s("a", 0.0) for _ in range(8)] == [0.0] * 8
    assert pacing.wait_s("a", 0.0) == pytest.approx(1 / 80)
    assert pacing.wait_s("a", 0.0126) == 0.0


def test_senders_do_not_share_their_pace():
    pacing = Pacing(10)
    pacing.wait_s("a", 0.0)

    assert pacing.wait_s("a", 0.0) > 0
    assert pacing.wait_s("b", 0.0) == 0


def test_a_sender_goes_at_the_pace_that_was_learned():
    pacing = Pacing(80)
    pacing.learn("a", 2)

    assert pacing.wait_s("a", 100.0) == 0
    assert pacing.wait_s("a", 100.0) == pytest.approx(0.5)
    assert pacing.most_waiting("a") == 8
    pacing.learn("a", 1000)
    assert pacing.most_waiting("a") == 250


def test_after_the_wait_that_was_told_one_may_go():
    bucket = full_bucket(3.0, 1.0, 0.0)
    assert bucket.wait_s(0.0) == 0

    wait_s = bucket.wait_s(0.0)

    assert bucket.wait_s(wait_s + 1e-9) == 0


def test_a_clock_that_goes_back_gives_nothing():
    bucket = full_bucket(1.0, 1.0, 100.0)
    assert bucket.wait_s(100.0) == 0

    assert bucket.wait_s(50.0) == 1.0
    assert bucket.wait_s(50.5) == 0.5


@given(
    rate=st.floats(0.1, 1000),
    capacity=st.floats(0, 100),
    gaps=st.lists(st.floats(0, 2), min_size=1, max_size=200),
)
def test_no_span_of_time_ever_sees_more_than_the_burst_and_the_rate(rate, capacity, gaps):
    times, now = [], 0.0
    for gap in gaps:
        now += gap
        times.append(now)
    bucket = full_bucket(rate, capacity, 0.0)

    given_at = passed(bucket, times)

    for first in range(len(given_at)):
        for last in range(first, len(given_at)):
            span_s = given_at[last] - given_at[first]
            assert last - first + 1 <= max(1.0, capacity) + span_s * rate + 1e-6


@given(
    rate=st.sampled_from([1, 20, 80, 1000]),
    started=st.floats(0, 1e6),
)
def test_no_second_of_a_sender_sees_much_more_than_its_rate(rate, started):
    pacing = Pacing(rate)
    step_s = 1 / (4 * rate)
    count = sum(pacing.wait_s("a", started + step * step_s) == 0 for step in range(4 * rate))

    assert rate * 0.9 <= count <= rate + max(1, rate * BURST_S) + 1
