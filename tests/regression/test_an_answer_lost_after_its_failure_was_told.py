"""A message that Meta had failed was once of unknown outcome again when its answer never came.

The webhook had overtaken the answer: the message was back in the queue, to go again. Where the
account wants a person to be asked it then waited for one, although nothing was unknown.
"""

import pytest

from support.dispatching import Desk
from support.nouns import later, queue_item, refused
from support.stored import opened
from waypost.model.lifecycle import Fact


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        made = Desk(stored)
        made.tell(Fact.FAILED, wamid="wamid.1", failure=refused(131016).failure)
        assert made.state() == "accepted"
        yield made


def taken(desk, token):
    """It is on lease once more."""
    item = queue_item(attempt=2, lease_token=token, due_at=later(60))
    desk.stored.do(lambda t: t.queue.drop([(item.account_id, item.queue, item.item_id)]))
    desk.stored.do(lambda t: t.queue.put([item]))


def lose(desk, token, attempt):
    lost = {"lease_token": token, "attempt": attempt, "retry_at": later(120)}
    desk.tell(Fact.LOST, wamid=None, **lost)


def test_the_message_waits_to_go_again(desk):
    waiting = desk.item()

    lose(desk, "t:1", 1)

    assert (desk.state(), desk.item()) == ("accepted", waiting)
    assert desk.facts() == [("returned", None), ("lost", 1)]


def test_where_an_answer_was_lost_before_it_may_be_of_another_attempt(desk):
    """Which of two attempts Meta failed is not told: the other may have arrived."""
    taken(desk, "t:2")
    lose(desk, "t:2", 2)
    taken(desk, "t:3")
    desk.tell(Fact.FAILED, wamid="wamid.2", failure=refused(131016).failure)
    assert desk.state() == "accepted"

    lose(desk, "t:3", 3)

    assert desk.state() == "unknown"


def test_an_answer_lost_to_the_next_attempt_is_unknown(desk):
    taken(desk, "t:2")

    lose(desk, "t:2", 2)

    assert desk.state() == "unknown"
    assert desk.item().due_at == later(120)
