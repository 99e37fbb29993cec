"""A clock that was set by an hour once made messages wait for an hour that nobody had lost.

Set forward, it ended every lease: a worker took anew what it had in hand itself, as lost, and its
outcome counted as unknown. What it gave back meanwhile was due in an hour once the clock was right
again.
"""

import asyncio
from datetime import timedelta

import pytest

from support.nouns import ACCOUNT, NOW, queue_item
from support.stored import ENGINES, opened
from support.workplace import Workplace
from waypost.model.work import LaneKey, Priority, QueueName
from waypost.runtime.clock import TestClock

HOUR = 3600


class SetClock(TestClock):
    """The time of day may be set; the monotonic clock goes on as it does."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.is_off_s = 0.0

    def now(self):
        return super().now() + timedelta(seconds=self.is_off_s)


class Held:
    """Nothing of any lane may begin before it is opened."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()

    def wait_s(self, *_):
        return 0.0 if self.opened.is_set() else 1000.0

    def ended(self, _):
        pass

    def most_waiting(self, _):
        return 100

    def learn(self, *_):
        pass

    def is_closed(self, _):
        return False


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def stored(request, tmp_path):
    with opened(tmp_path, request.param) as store:
        yield store
    request.param.drop(tmp_path)


def test_work_in_hand_is_not_lost_for_it_and_is_done_at_once(stored):
    clock, held = SetClock(), Held()
    workplace = Workplace(stored, admission=held, clock=clock)

    async def body():
        async with workplace.working():
            assert await workplace.hand_over("a", "1") == 1
            clock.is_off_s = HOUR
            for _ in range(3):
                clock.advance(2)  # it looks for due work, and finds its own
                await workplace.rest()
            held.opened.set()
            clock.advance(1000)
            await asyncio.wait_for(workplace.until(1), 10)

    stored.run(body())
    (lease,) = workplace.handled
    assert not lease.was_lost


def test_what_is_given_back_meanwhile_does_not_wait_for_the_hour(stored):
    clock, held = SetClock(), Held()
    workplace = Workplace(stored, admission=held, clock=clock)

    async def body():
        async with workplace.working():
            await workplace.hand_over("a", "1")
            clock.is_off_s = HOUR

    stored.run(body())
    assert workplace.handled == []
    due = stored.ask(
        lambda t: t.queue.find(QueueName.DISPATCH, LaneKey(ACCOUNT, "a"), Priority.NORMAL, NOW, 10)
    )
    assert [one.item_id for one in due] == ["1"], "due by the clock that is right again"


@pytest.mark.parametrize("queue", [QueueName.CALLBACK, QueueName.DISPATCH])
def test_what_was_put_meanwhile_does_not_wait_for_the_hour(stored, queue):
    clock = SetClock()
    workplace = Workplace(stored, clock=clock, queue=queue)

    async def body():
        async with workplace.working():
            clock.is_off_s = HOUR
            clock.advance(1)
            await workplace.rest()
            await workplace.put(queue_item("1", lane="a", queue=queue, due_at=clock.now()))
            clock.is_off_s = 0.0
            clock.advance(1)
            await asyncio.wait_for(workplace.until(1), 10)

    stored.run(body())
    assert [one.item_id for one in workplace.handled] == ["1"]


def test_what_was_still_on_its_way_into_the_store_does_not_wait_for_the_hour(stored):
    clock = SetClock()
    workplace = Workplace(stored, clock=clock)

    async def body():
        async with workplace.working():
            clock.is_off_s = HOUR
            clock.advance(1)
            await workplace.rest()
            ahead = clock.now()
            clock.is_off_s = 0.0
            clock.advance(1)
            await workplace.rest()
            await workplace.put(queue_item("1", lane="a", due_at=ahead))
            for _ in range(20):
                clock.advance(1)
                await workplace.rest()
            await asyncio.wait_for(workplace.until(1), 10)

    stored.run(body())
    assert [one.item_id for one in workplace.handled] == ["1"]


def test_a_message_that_was_begun_keeps_the_time_of_its_next_attempt(stored):
    clock = SetClock()
    workplace = Workplace(stored, clock=clock)
    due_at = NOW + timedelta(minutes=30)

    async def body():
        async with workplace.working():
            clock.is_off_s = HOUR
            clock.advance(1)
            await workplace.rest()
            await workplace.put(
                queue_item("1", lane="a", due_at=due_at + timedelta(hours=1), attempt=1)
            )
            clock.is_off_s = 0.0
            for _ in range(20):
                clock.advance(1)
                await workplace.rest()

    stored.run(body())
    assert workplace.handled == []
