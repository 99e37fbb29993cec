"""The urgent goes first, nobody waits for ever, and closed lanes cost nothing."""

import asyncio
from dataclasses import dataclass, field

import pytest

from support.nouns import ACCOUNT, NOW, later, lease, queue_item
from support.stored import opened
from support.workplace import Workplace, put
from waypost.model.throughput import Bucket, full_bucket
from waypost.model.work import DueItem, LaneKey, Priority, QueueName
from waypost.queue.lanes import Lanes

HIGH, NORMAL, BULK = Priority
DISPATCH = QueueName.DISPATCH
RATE = 80


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


@dataclass
class Pace:
    """Every lane at 80 a second, unless it is closed."""

    closed: set[str] = field(default_factory=set)
    buckets: dict[LaneKey, Bucket] = field(default_factory=dict)

    def wait_s(self, lane, now):
        bucket = self.buckets.setdefault(lane, full_bucket(RATE, 1, now))
        return bucket.wait_s(now)

    def ended(self, lane):
        pass

    def most_waiting(self, _):
        return RATE // 4

    def is_closed(self, lane):
        return lane.name in self.closed


async def put_many(transaction, batches):
    for batch in batches:
        await transaction.queue.put(batch)
    return [None] * len(batches)


def campaign(lane, count):
    return [
        queue_item(f"{lane} bulk {number:06}", lane=lane, priority=BULK) for number in range(count)
    ]


async def live(workplace, seconds):
    """Lets time pass in steps that a sender at 80 a second sees; the worker rests in between."""
    for _ in range(round(seconds * RATE)):
        workplace.clock.advance(1 / RATE)
        for _ in range(3):
            await asyncio.sleep(0)
        await workplace.rest()


async def pass_time_until(workplace, is_done, most_s):
    """How long it takes until something is so."""
    for step in range(round(most_s * RATE)):
        if is_done():
            return step / RATE
        await live(workplace, 1 / RATE)
    raise AssertionError(f"not within {most_s} s")


def test_a_single_message_does_not_wait_behind_a_campaign_of_its_own_sender(stored):
    workplace = Workplace(stored, admission=Pace())

    def has_gone(item_id):
        return any(one.item_id == item_id for one in workplace.handled)

    async def body():
        await stored.store.write(put_many, campaign("a", 100_000))
        waits = []
        async with workplace.working():
            await live(workplace, 2)
            under_way = len(workplace.handled)
            assert await workplace.hand_over("a", "in memory") == 1, "it has a place of its own"
            waits.append(await pass_time_until(workplace, lambda: has_gone("in memory"), 1))
            await stored.store.write(put, queue_item("in the store", lane="a"))
            workplace.worker.wake(LaneKey(ACCOUNT, "a"))
            waits.append(await pass_time_until(workplace, lambda: has_gone("in the store"), 1))
            await stored.store.write(put, queue_item("untold", lane="a", priority=HIGH))
            waits.append(await pass_time_until(workplace, lambda: has_gone("untold"), 2))
        return under_way, waits

    under_way, waits = stored.run(body())
    assert under_way > RATE
    assert waits[0] <= 0.1
    assert waits[1] <= 0.1
    assert waits[2] <= 1.1, "nobody told the worker: it looks each second"


def test_a_message_of_one_customer_does_not_wait_behind_the_campaign_of_another(stored):
    workplace = Workplace(stored, admission=Pace(), concurrency=5)

    async def body():
        for lane in "abcdefgh":
            await stored.store.write(put_many, campaign(lane, 500))
        async with workplace.working():
            await live(workplace, 1)
            await stored.store.write(put, queue_item("single", lane="z"))
            workplace.worker.wake(LaneKey(ACCOUNT, "z"))
            return await pass_time_until(
                workplace, lambda: any(one.lane == "z" for one in workplace.handled), 1
            )

    assert stored.run(body()) <= 0.1


def test_the_less_urgent_gets_every_eighth_turn():
    lanes = Lanes()
    for priority in Priority:
        for number in range(40):
            lanes.put(lease(item_id=f"{priority} {number}", priority=priority))

    turns = [lanes.next(lambda _: 0.0).priority for _ in range(40)]

    assert turns[:7] == [HIGH] * 7
    assert turns.count(NORMAL) >= 4
    assert turns.count(BULK) >= 4


def test_each_priority_keeps_its_order():
    lanes = Lanes()
    for number in range(30):
        lanes.put(lease(item_id=f"{number:02}", priority=BULK if number % 3 else NORMAL))

    taken = [lanes.next(lambda _: 0.0) for _ in range(30)]

    for priority in (NORMAL, BULK):
        ids = [one.item_id for one in taken if one.priority is priority]
        assert ids == sorted(ids)


def test_memory_stays_bounded_however_many_lanes_have_work(stored):
    workplace = Workplace(stored, admission=Pace(), concurrency=4)

    async def body():
        for number in range(40):
            await stored.store.write(put_many, campaign(f"{number:02}", 20))
        async with workplace.working():
            await live(workplace, 0.3)
            waiting = sum(workplace.worker.waiting.values())
            lanes = {one.lane for one in workplace.handled}
            await live(workplace, 1)
            return waiting, len(lanes), len({one.lane for one in workplace.handled})

    waiting, at_first, at_last = stored.run(body())
    assert waiting <= 2 * 4
    assert at_last == 40, "every lane has its turn"
    assert at_first > 2


def find(stored, lane, priority=NORMAL):
    return stored.ask(lambda t: t.queue.find(DISPATCH, LaneKey(ACCOUNT, lane), priority, NOW, 99))


def test_nothing_of_a_closed_lane_is_taken_until_it_opens(stored):
    pace = Pace(closed={"a"})
    workplace = Workplace(stored, admission=pace)

    async def body():
        await workplace.put(queue_item("1", lane="a"), queue_item("2", lane="b"))
        async with workplace.working():
            await workplace.until(1)
            assert await workplace.hand_over("a", "3") == 0, "no place in memory either"
            await live(workplace, 3)
            commits = len(stored.commits)
            await live(workplace, 5)
            assert len(stored.commits) == commits, "nothing is taken and given back"
            assert [one.item_id for one in workplace.handled] == ["2"]
            pace.closed.clear()
            await live(workplace, 1.1)

    stored.run(body())
    assert [one.item_id for one in workplace.handled] == ["2", "1", "3"]


def test_what_is_in_memory_of_a_lane_that_closes_goes_back_uncounted(stored):
    pace = Pace()
    workplace = Workplace(stored, admission=pace)

    async def closing():
        async with workplace.working():
            assert await workplace.hand_over("a", "1", "2", "3") == 3
            await workplace.until(1)
            pace.closed.add("a")
            await live(workplace, 0.1)
            return await stored.store.read(
                lambda t: t.queue.find(DISPATCH, LaneKey(ACCOUNT, "a"), NORMAL, later(1), 9)
            )

    found = stored.run(closing())
    assert found == [
        DueItem(ACCOUNT, "2", 0, found[0].due_at, None),
        DueItem(ACCOUNT, "3", 0, found[1].due_at, None),
    ]


def test_a_survey_tells_which_lanes_are_closed_before_anything_is_taken(stored):
    pace = Pace()

    async def survey(_transaction, _now):
        surveys.append(workplace.clock.monotonic())
        pace.closed = {"a"}

    surveys = []
    workplace = Workplace(stored, admission=pace, survey=survey)

    async def body():
        await workplace.put(queue_item("1", lane="a"))
        async with workplace.working():
            await live(workplace, 3.1)

    stored.run(body())
    assert workplace.handled == []
    assert surveys == pytest.approx([0, 1, 2, 3], abs=0.1)
