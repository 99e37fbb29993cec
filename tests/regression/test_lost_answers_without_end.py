"""A message whose every answer was lost was once given to Meta again and again, for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from waypost.dispatch.decide import Failed, Policy, Unknown, decide
from waypost.meta.outcome import Lost

NOW = datetime(2026, 11, 20, tzinfo=UTC)
POLICY = Policy(attempts=3, window=timedelta(seconds=120))


@pytest.mark.parametrize("attempt", [1, 2])
def test_a_lost_answer_waits_for_a_status_before_the_last_attempt(attempt):
    decision = decide(Lost("reset"), attempt, POLICY, NOW, 0.5)

    assert isinstance(decision, Unknown)
    assert decision.until == NOW + POLICY.window


@pytest.mark.parametrize("attempt", [3, 4, 100])
def test_a_lost_answer_to_the_last_attempt_ends_the_message(attempt):
    decision = decide(Lost("reset"), attempt, POLICY, NOW, 0.5)

    assert isinstance(decision, Failed)
    assert "webhooks" in decision.failure.next_step
