"""Work of a lost worker, taken and given back unbegun, once forgot that it may have been done.

So a message that a killed gateway may have given to Meta was sent again at once by the second
start after the kill, and its recipient got it twice.
"""

import pytest

from support.nouns import later, queue_item
from support.stored import opened
from support.workplace import Workplace
from waypost.model.work import DueItem, LaneKey, Priority, QueueName

DISPATCH, LANE, NORMAL = QueueName.DISPATCH, LaneKey(1, "a"), Priority.NORMAL


class Waiting:
    """No lane may go before its time."""

    def __init__(self, seconds):
        self.seconds = seconds

    def wait_s(self, _, now):
        return max(0.0, self.seconds - now)

    def ended(self, lane):
        pass

    def most_waiting(self, _):
        return 100

    def is_closed(self, _):
        return False


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


async def put_lost_work(workplace):
    """Work whose first attempt was begun by one who is gone, and is due."""
    await workplace.put(queue_item("1", lane="a", attempt=1, lease_token="dead:1"))


def test_a_stop_does_not_forget_that_work_may_have_been_done(stored):
    workplace = Workplace(stored, admission=Waiting(1000))

    async def body():
        await put_lost_work(workplace)
        async with workplace.working():
            await workplace.rest()

    stored.run(body())
    assert workplace.handled == []
    (due,) = stored.ask(lambda t: t.queue.find(DISPATCH, LANE, NORMAL, later(0), 10))
    assert (due.attempt, due.lease_token is not None) == (1, True)


def test_a_lease_that_waited_too_long_does_not_forget_it_either(stored):
    workplace = Workplace(stored, admission=Waiting(58))

    async def body():
        await put_lost_work(workplace)
        async with workplace.working():
            workplace.clock.advance(58)
            await workplace.until(1)

    stored.run(body())
    (lease,) = workplace.handled
    assert lease.ends_at == later(58 + 60), "given back, and taken anew"
    assert (lease.was_lost, lease.attempt) == (True, 2)


def test_work_that_nobody_began_stays_new(stored):
    workplace = Workplace(stored, admission=Waiting(1000))

    async def body():
        async with workplace.working():
            await workplace.hand_over("a", "1")

    stored.run(body())
    assert stored.ask(lambda t: t.queue.find(DISPATCH, LANE, NORMAL, later(0), 10)) == [
        DueItem(1, "1", 0, later(0), None)
    ]
