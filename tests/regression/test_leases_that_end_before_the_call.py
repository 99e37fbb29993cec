"""A message was once given to Meta on a lease that had ended while its recipient was asked for.

A process that stood still for minutes went on where it stood, although another had long taken
the message over, and had perhaps sent it.
"""

import pytest

from support.dispatching import Desk
from support.nouns import ACCOUNT, MESSAGE_ID, later
from support.stored import opened
from waypost.meta.outcome import Taken
from waypost.model.work import DueItem


class SlowAudience:
    """Admits everybody, after so many seconds."""

    def __init__(self, seconds):
        self.seconds, self.clock = seconds, None

    async def admit(self, _message, _now):
        self.clock.advance(self.seconds)


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


def desk_of(stored, seconds):
    audience = SlowAudience(seconds)
    desk = Desk(stored, Taken("wamid.1", None), audience=audience)
    audience.clock = desk.clock
    return desk


@pytest.mark.parametrize("seconds", [60, 600])
def test_nothing_is_sent_on_a_lease_that_has_ended(stored, seconds):
    desk = desk_of(stored, seconds)

    assert desk.handle() == later(seconds)
    assert (desk.meta.sent, desk.state()) == ([], "accepted")
    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 0, later(seconds), None)


def test_one_that_another_took_over_is_left_alone(stored):
    desk = desk_of(stored, 600)
    under_way = desk.message()
    found, theirs = desk.item(), desk.leased(None, token="t:2", attempt=2)
    taken = stored.do(lambda t: t.queue.take([(theirs.item(later(90)), found)]))
    assert taken == {(ACCOUNT, MESSAGE_ID)}

    desk.handle(cargo=under_way)

    assert desk.meta.sent == []
    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 2, later(90), "t:2")


def test_a_lease_that_has_not_ended_is_used(stored):
    desk = desk_of(stored, 59)

    assert desk.handle() is None
    assert desk.state() == "submitted"
