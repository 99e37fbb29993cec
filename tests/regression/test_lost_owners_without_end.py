"""A message whose every owner was lost was once given to Meta again and again, for ever.

Nor was the lost attempt told by its own number: the look that found it out counted as one more.
"""

import pytest

from support.dispatching import POLICY, Desk
from support.nouns import later
from support.stored import opened


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        yield Desk(stored)


def test_the_attempt_that_was_lost_is_told_by_its_number(desk):
    assert desk.handle(was_lost=True, attempt=2) == later(120)

    assert desk.facts() == [("lost", 1)]
    assert desk.item().attempt == 1


def test_an_owner_lost_with_the_last_attempt_ends_the_message(desk):
    assert desk.handle(was_lost=True, attempt=POLICY.attempts + 1) is None

    assert (desk.state(), desk.item()) == ("failed", None)
    assert desk.meta.sent == []


def test_a_lost_owner_before_the_last_attempt_leaves_one(desk):
    assert desk.handle(was_lost=True, attempt=POLICY.attempts) == later(120)
    assert desk.state() == "unknown"
