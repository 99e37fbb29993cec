"""A row that a keeper could not work on ended it, with it the gateway, and again at each start."""

import asyncio
from datetime import timedelta

import pytest

from support.nouns import NOW, WAMID, later, message_change, parked_status, queue_item
from support.old_messages import ids
from support.stored import opened
from waypost.callback.publisher import Publisher
from waypost.dispatch.sweeper import Sweeper
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Payment, Standing
from waypost.model.sender import SenderState
from waypost.retention.releaser import Releaser
from waypost.retention.trimmer import Trimmer
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.status.recorder import Recorder
from waypost.wallet.bookkeeper import Bookkeeper
from waypost.webhook.matcher import Matcher


class StumblingRecorder(Recorder):
    """Fails a few times at what it is given."""

    stumbles = 0

    async def apply(self, transaction, observations):
        if StumblingRecorder.stumbles:
            StumblingRecorder.stumbles -= 1
            raise KeyError("no such category")
        return await super().apply(transaction, observations)


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        store.furnish()
        yield store


def recorder_of(stored, clock):
    StumblingRecorder.stumbles = 2  # the store gives what failed a second try, on its own
    numbers = IdMaker(TestClock(NOW), SeededEntropy(1)).number
    return StumblingRecorder(stored.store, clock, Publisher(), Bookkeeper(), numbers, print)


async def two_rounds(keeper, clock, pause_s):
    """Whether it still runs after a round that failed, and does the next."""
    running = asyncio.ensure_future(keeper.run())
    await clock.wait_for_sleepers(1)
    clock.advance(pause_s)
    await asyncio.sleep(0)
    await clock.wait_for_sleepers(1)
    keeper.stop()
    await running


def test_a_status_that_cannot_be_matched_is_tried_again(stored):
    message_id = next(ids(NOW))
    stored.keep_message(message_id, payment=Payment.FREE)
    parked = parked_status(fact=Fact.DELIVERED, recorded_at=NOW)
    stored.do(lambda t: t.messages.park_statuses([parked]))
    stands = Standing(State.ACCEPTED, 0, Payment.FREE, None)
    taken = message_change(message_id=message_id, wamid=WAMID, payment=Payment.FREE, before=stands)
    stored.do(lambda t: t.messages.update_states([taken]))
    clock = TestClock(later(5))

    stored.run(two_rounds(Matcher(stored.store, recorder_of(stored, clock), clock), clock, 11))

    found = stored.ask(lambda t: t.reports.find_message(message_id))
    assert found.state is State.DELIVERED


def test_a_hold_that_cannot_be_released_ends_nothing(stored):
    clock = TestClock(NOW)

    stored.run(two_rounds(Releaser(stored.store, recorder_of(stored, clock), clock), clock, 3601))

    assert StumblingRecorder.stumbles == 0


def test_history_that_is_kept_since_before_all_calendars_ends_nothing(stored):
    clock = TestClock(NOW)
    trimmer = Trimmer(stored.store, clock, timedelta(days=10**6), timedelta(hours=24))

    stored.run(two_rounds(trimmer, clock, 3601))


def test_a_closed_lane_that_cannot_be_swept_is_tried_again(tmp_path):
    with opened(tmp_path) as stored:
        stored.furnish(state=SenderState.PAUSED)
        stored.keep_message("A1", payment=Payment.FREE)
        stored.do(lambda t: t.queue.put([queue_item("A1", expires_at=later(60))]))
        clock = TestClock(later(90))
        sweeper = Sweeper(stored.store, recorder_of(stored, clock), clock, timedelta(seconds=120))

        stored.run(two_rounds(sweeper, clock, 31))

        found = stored.ask(lambda t: t.reports.find_message("A1"))
        assert found.state is State.NOT_SENT
