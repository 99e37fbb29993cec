"""A message that Meta may have had was once given to it again from what had been read long before.

It had been read when it was taken on lease, and waited in memory for its sender's turn since:
meanwhile a status had settled it, or had put it back for another time.
"""

import pytest

from support.dispatching import Desk
from support.nouns import ACCOUNT, MESSAGE_ID, NOW, later, lease, queue_item, refused
from support.stored import opened
from waypost.dispatch.dispatcher import load_messages
from waypost.meta.outcome import Taken
from waypost.model.lifecycle import Fact
from waypost.model.message import Observation
from waypost.model.work import DueItem

KEY = (ACCOUNT, MESSAGE_ID)
DOWN = refused(131016).failure
"""Meta's trouble: the message is tried again a second later."""


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        yield Desk(stored, Taken("wamid.2", None))


def taken_again(desk, token="t:2"):
    """The message as a worker took it on lease once more, and has it in memory."""
    item = queue_item(attempt=2, lease_token=token, due_at=later(60))
    desk.stored.do(lambda t: t.queue.drop([(item.account_id, item.queue, item.item_id)]))
    desk.stored.do(lambda t: t.queue.put([item]))
    cargo = desk.stored.ask(lambda t: load_messages(t, [KEY]))[KEY]
    return lease(attempt=2, token=token, cargo=cargo)


def test_one_that_meta_failed_and_then_delivered_after_all_is_not_given_again(desk):
    desk.tell(Fact.TAKEN, wamid="wamid.1", attempt=1, lease_token="t:1")
    desk.tell(Fact.FAILED, wamid="wamid.1", failure=DOWN)
    held = taken_again(desk)

    desk.tell(Fact.DELIVERED, wamid="wamid.1")

    assert desk.stored.run(desk.dispatcher.handle(held)) is None
    assert desk.meta.sent == []
    assert desk.state() == "delivered"


def test_one_that_a_person_had_sent_again_heeds_a_status_that_comes_late(desk):
    desk.tell(Fact.LOST, wamid=None, attempt=1, lease_token="t:1", retry_at=later(120))
    again = Observation(ACCOUNT, MESSAGE_ID, Fact.RETURNED, NOW, retry_at=NOW)
    desk.stored.run(desk.dispatcher.recorder.record(again))
    held = taken_again(desk)

    desk.tell(Fact.SENT, wamid="wamid.1")

    assert desk.stored.run(desk.dispatcher.handle(held)) is None
    assert desk.meta.sent == []


def test_one_that_was_put_back_meanwhile_waits_for_its_new_time(desk):
    desk.tell(Fact.LOST, wamid=None, attempt=1, lease_token="t:1", retry_at=later(120))
    held = taken_again(desk)

    desk.tell(Fact.FAILED, wamid="wamid.1", failure=refused(134101).failure)

    waiting = desk.item()
    assert waiting.lease_token is None
    assert waiting.due_at == later(600)
    assert desk.stored.run(desk.dispatcher.handle(held)) is None
    assert desk.meta.sent == []
    assert desk.item() == waiting


def test_one_that_still_is_ours_and_open_is_given_again(desk):
    desk.tell(Fact.TAKEN, wamid="wamid.1", attempt=1, lease_token="t:1")
    desk.tell(Fact.FAILED, wamid="wamid.1", failure=DOWN)

    assert desk.stored.run(desk.dispatcher.handle(taken_again(desk))) is None
    assert len(desk.meta.sent) == 1
    assert desk.state() == "submitted"


def test_what_comes_back_while_it_is_given_again_waits_for_that_attempt_to_end(desk):
    """Which of the attempts Meta failed is not told: the one under way may still arrive."""
    desk.tell(Fact.LOST, wamid=None, attempt=1, lease_token="t:1", retry_at=later(120))
    taken_again(desk)

    desk.tell(Fact.FAILED, wamid="wamid.1", failure=DOWN)

    assert desk.item() == DueItem(ACCOUNT, MESSAGE_ID, 2, later(60), None)
