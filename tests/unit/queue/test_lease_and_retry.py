"""A lease gives its item back; gaps between attempts grow to a bound and are spread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.nouns import ACCOUNT, MESSAGE_ID, SENDER_ID, later, lease
from waypost.model.work import QueueItem, QueueName
from waypost.queue.retry import RetryPolicy

POLICY = RetryPolicy(first_s=5, factor=5, longest_s=86_400)


def test_an_attempt_that_was_made_is_counted():
    item = lease(attempt=3).put_back(later(5), was_made=True)

    assert item == QueueItem(ACCOUNT, QueueName.DISPATCH, SENDER_ID, MESSAGE_ID, later(5), 3, "t:1")


def test_an_attempt_that_was_not_made_is_not_counted():
    assert lease(attempt=3).put_back(later(5), was_made=False).attempt == 2


@pytest.mark.parametrize(
    ("attempt", "gap_s"), [(1, 5), (2, 25), (3, 125), (7, 78_125), (8, 86_400)]
)
def test_gaps_grow_by_the_factor_up_to_the_longest(attempt, gap_s):
    assert POLICY.delay_s(attempt, 0.5) == gap_s


@given(attempt=st.integers(1, 100_000), jitter=st.floats(0, 1, exclude_max=True))
def test_a_gap_is_spread_by_a_quarter_each_way_and_always_finite(attempt, jitter):
    middle = POLICY.delay_s(attempt, 0.5)

    assert 0.75 * middle <= POLICY.delay_s(attempt, jitter) <= 1.25 * middle
    assert middle <= 86_400
