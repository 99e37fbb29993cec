"""Tries while Meta was out of reach once counted: its first refusal after an outage was the last.

A gateway that could not reach Meta for ten minutes then failed every message that Meta, busy
with the return of everybody, refused for a moment.
"""

from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from support.nouns import ACCOUNT, MESSAGE_ID, NOW, later, lease, queue_item, refused
from support.stored import opened
from waypost.callback.publisher import Publisher
from waypost.dispatch.decide import Policy
from waypost.dispatch.dispatcher import Dispatcher, load_messages
from waypost.dispatch.pacing import Pacing
from waypost.dispatch.reach import Reach
from waypost.meta.outcome import Lost, NotReached, Taken
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.runtime.metrics import Metrics
from waypost.status.recorder import Recorder
from waypost.wallet.bookkeeper import Bookkeeper

POLICY = Policy(attempts=3, window=timedelta(seconds=120))


class Meta:
    """Gives these outcomes, one after the other."""

    def __init__(self, outcomes):
        self.outcomes = outcomes

    async def send(self, _):
        return self.outcomes.pop(0)


def state_after(stored, outcomes):
    """What becomes of a message whose attempts end so, each taken from the queue when it is due."""
    clock = TestClock(NOW)
    ids = IdMaker(clock, SeededEntropy(1))
    recorder = Recorder(stored.store, clock, Publisher(), Bookkeeper(), ids.number, lambda _: None)
    dispatcher = Dispatcher(
        stored.store,
        Meta(list(outcomes)),
        recorder,
        Pacing(80),
        POLICY,
        clock,
        SeededEntropy(1),
        Metrics(CollectorRegistry()),
    )
    stored.furnish()
    stored.keep_message(MESSAGE_ID)
    stored.do(lambda t: t.queue.put([queue_item()]))
    for number in range(len(outcomes)):
        due = stored.ask(lambda t: t.reports.queue_item(ACCOUNT, MESSAGE_ID))
        key = (ACCOUNT, MESSAGE_ID)
        cargo = stored.ask(lambda t, key=key: load_messages(t, [key]))[key]
        ends_at = clock.now() + timedelta(seconds=60)
        taken = lease(token=f"t:{number}", attempt=due.attempt + 1, cargo=cargo, ends_at=ends_at)
        stored.do(lambda t, taken=taken, due=due: t.queue.take([(taken.item(later(3600)), due)]))
        stored.run(dispatcher.handle(taken))
        clock.advance(60)
    return stored.ask(lambda t: t.reports.find_message(MESSAGE_ID)).state


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


OUTAGE = [NotReached("connection refused")] * 20
BUSY = refused(131016)


def test_a_refusal_after_an_outage_is_the_first(stored):
    assert state_after(stored, [*OUTAGE, BUSY, BUSY, Taken("wamid.1", None)]) == "submitted"


def test_a_lost_answer_after_an_outage_is_the_first(stored):
    assert state_after(stored, [*OUTAGE, Lost("timed out")]) == "unknown"


def test_refusals_still_end_it(stored):
    assert state_after(stored, [BUSY, *OUTAGE, BUSY, BUSY]) == "failed"


def test_gaps_grow_with_the_outage_of_a_sender_and_begin_anew_after_it():
    reach = Reach()

    assert [reach.missed("a", now, 0.5) for now in (10, 10, 10.5, 11.5, 13.5, 1000)] == [
        1,
        1,
        2,
        3,
        4,
        11,
    ]
    assert reach.missed("b", 1000, 0.5) == 1
    reach.found("a")
    assert reach.missed("a", 1001, 0.5) == 1
