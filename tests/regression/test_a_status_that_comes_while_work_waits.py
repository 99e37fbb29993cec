"""A message of unknown outcome was once sent again although a status had settled it meanwhile.

It had been read when it was taken from the store, and waited for its sender's turn since.
"""

from datetime import timedelta

from prometheus_client import CollectorRegistry

from support.nouns import ACCOUNT, MESSAGE_ID, NOW, PHONE_NUMBER_ID, later, lease, queue_item
from support.stored import opened
from waypost.callback.publisher import Publisher
from waypost.dispatch.decide import Policy
from waypost.dispatch.dispatcher import Dispatcher, load_messages
from waypost.dispatch.pacing import Pacing
from waypost.meta.outcome import Taken
from waypost.model.lifecycle import Fact
from waypost.model.message import Observation
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.runtime.metrics import Metrics
from waypost.status.recorder import Recorder
from waypost.wallet.bookkeeper import Bookkeeper

KEY = (ACCOUNT, MESSAGE_ID)


class Meta:
    """Takes everything and counts it."""

    def __init__(self):
        self.sent = 0

    async def send(self, _):
        self.sent += 1
        return Taken("wamid.2", None)


def sent_again(stored, *, is_settled):
    """How often a message of unknown outcome is given to Meta once its turn has come."""
    clock, meta = TestClock(NOW), Meta()
    ids = IdMaker(clock, SeededEntropy(1))
    recorder = Recorder(stored.store, clock, Publisher(), Bookkeeper(), ids.number, lambda _: None)
    dispatcher = Dispatcher(
        stored.store,
        meta,
        recorder,
        Pacing(80),
        Policy(attempts=3, window=timedelta(seconds=120)),
        clock,
        SeededEntropy(1),
        Metrics(CollectorRegistry()),
    )
    stored.furnish()
    stored.keep_message(MESSAGE_ID)
    stored.run(recorder.record(Observation(ACCOUNT, MESSAGE_ID, Fact.LOST, NOW)))
    stored.do(lambda t: t.queue.put([queue_item(attempt=2, lease_token="t:1", due_at=later(60))]))
    heard = {(ACCOUNT, PHONE_NUMBER_ID): NOW}
    stored.do(lambda t: t.directory.note_heard(heard, timedelta(0)))
    cargo = stored.ask(lambda t: load_messages(t, [KEY]))[KEY]
    if is_settled:
        stored.run(recorder.record(Observation(ACCOUNT, MESSAGE_ID, Fact.SENT, NOW, "wamid.1")))

    assert stored.run(dispatcher.handle(lease(attempt=2, cargo=cargo))) is None

    assert stored.ask(lambda t: t.reports.queue_item(ACCOUNT, MESSAGE_ID)) is None
    return meta.sent


def test_a_status_that_came_meanwhile_is_heeded(tmp_path):
    with opened(tmp_path) as stored:
        assert sent_again(stored, is_settled=True) == 0


def test_without_one_the_message_is_sent_again(tmp_path):
    with opened(tmp_path) as stored:
        assert sent_again(stored, is_settled=False) == 1
