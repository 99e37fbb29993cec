"""What Meta signed is kept before it is answered; all else is turned away."""

import pytest

from support.nouns import NOW, later
from support.stored import opened
from waypost.meta.signature import sign
from waypost.model.work import Priority, QueueName
from waypost.queue.door import Reservation
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.webhook.receiver import LANE, Received, Receiver

WEBHOOK = QueueName.WEBHOOK


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


class NoRoom:
    """A door that promises nothing, and notes whom it was woken for."""

    def __init__(self, stored):
        self.stored, self.woken = stored, []

    def reserve(self, lane, count):
        assert (lane, count) == (LANE, 1)
        return Reservation(LANE, Priority.NORMAL, 0, "t:0", later(60))

    def hand_over(self, place, leases):
        assert (place.count, list(leases)) == (0, [])

    def wake(self, lane):
        self.woken.append(lane)


def receiver(stored, secret="secret"):
    worker = NoRoom(stored)
    ids = IdMaker(TestClock(NOW), SeededEntropy(1))
    return worker, Receiver(stored.store, worker, TestClock(NOW), secret, "verify", ids.webhook_id)


def test_a_signed_webhook_that_finds_no_room_waits_in_the_store(stored):
    worker, door = receiver(stored)

    assert stored.run(door.receive(b"{}", sign(b"{}", "secret"))) is Received.KEPT
    assert worker.woken == [LANE]
    (due,) = stored.ask(lambda t: t.queue.find(WEBHOOK, LANE, Priority.NORMAL, NOW, 9))
    assert (due.attempt, due.lease_token) == (0, None)
    assert stored.ask(lambda t: t.webhooks.load([due.item_id])) == {due.item_id: b"{}"}


@pytest.mark.parametrize("secret", ["secret", ""])
def test_an_unsigned_webhook_is_not_kept(stored, secret):
    _, door = receiver(stored, secret)

    unsigned = door.receive(b"{}", sign(b"{}", "other" if secret else ""))
    assert stored.run(unsigned) is Received.UNSIGNED
    assert stored.ask(lambda t: t.queue.backlog()) == {}


def test_meta_is_let_in_by_the_word_it_was_given(stored):
    _, door = receiver(stored)

    assert door.verify("subscribe", "verify", "7") == "7"
    assert door.verify("subscribe", "other", "7") is None
    assert door.verify("unsubscribe", "verify", "7") is None
