"""Days before 1970 were ids behind all others: history kept for a hundred years was let go."""

from datetime import UTC, datetime, timedelta

import pytest

from support.nouns import NOW
from support.old_messages import ids, keep, kept_messages, top_up, trimmer
from support.stored import opened
from waypost.runtime.ids import first_message_id, first_webhook_id


@pytest.mark.parametrize("first_id", [first_message_id, first_webhook_id])
def test_an_instant_before_1970_is_before_every_id(first_id):
    assert first_id(datetime(1926, 1, 1, tzinfo=UTC)) < first_id(NOW)


def test_history_that_is_kept_for_a_hundred_years_stays(tmp_path):
    with opened(tmp_path) as stored:
        stored.furnish()
        top_up(stored)
        message_id = next(ids(NOW))
        keep(stored, message_id, at=NOW)

        stored.run(trimmer(stored, kept=timedelta(days=36500)).tidy())

        assert kept_messages(stored) == [message_id]
