"""Two processes on one database: each with its store, its worker and its ownership."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from support.nouns import ACCOUNT, NOW, later, queue_item
from support.stored import ENGINES, POSTGRES, opened
from support.workplace import Workplace, put
from waypost.model.work import LaneKey, Priority, QueueName
from waypost.queue.door import RemoteDoor
from waypost.queue.owner import LeasedOwnership
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy

DISPATCH = QueueName.DISPATCH
LANES = [f"{number:02}" for number in range(12)]


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request, tmp_path):
    yield request.param
    request.param.drop(tmp_path)


@pytest.fixture
def stored(engine, tmp_path):
    with opened(tmp_path, engine) as store:
        yield store


class Process:
    """One process: what it handles is noted; it runs until it is stopped, or dies at once."""

    def __init__(self, stored, store, number, clock, handler=None):
        self.ownership = LeasedOwnership(store, clock, SeededEntropy(number))
        self.workplace = Workplace(
            stored,
            store=store,
            ownership=self.ownership,
            clock=clock,
            handler=handler,
            concurrency=50,
            entropy=SeededEntropy(100 + number),
        )
        self.tasks = []

    @property
    def handled(self):
        return [one.item_id for one in self.workplace.handled]

    def start(self):
        self.tasks = [
            asyncio.ensure_future(self.ownership.run()),
            asyncio.ensure_future(self.workplace.worker.run()),
        ]

    async def stop(self):
        self.workplace.worker.stop()
        await self.tasks[1]
        self.ownership.stop()
        await self.tasks[0]

    async def die(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.wait(self.tasks)


@asynccontextmanager
async def two(stored, handlers=(None, None)):
    """Two processes, each on a store of its own where the database allows it."""
    clock = TestClock(NOW)
    other = await POSTGRES.open(stored.folder) if stored.engine is POSTGRES else stored.store
    processes = [
        Process(stored, store, number, clock, handlers[number])
        for number, store in enumerate((stored.store, other))
    ]
    for one in processes:
        one.start()
    try:
        await live(clock, 2, 5)
        yield processes, clock
        for one in processes:
            if not one.tasks[0].done():
                await one.stop()
    finally:
        if other is not stored.store:
            await other.close()


async def live(clock, processes, seconds, is_enough=lambda: False):
    """Time passes in small steps; after each, all processes rest again before the next."""
    for _ in range(round(seconds * 4)):
        if is_enough():
            break
        clock.advance(0.25)
        for _ in range(5):
            await asyncio.sleep(0)
        await clock.wait_for_sleepers(2 * processes)


def items(count):
    return [queue_item(f"{lane}.{number}", lane=lane) for lane in LANES for number in range(count)]


async def put_all(store, work):
    await asyncio.gather(*(store.write(put, one) for one in work))


def test_two_processes_share_the_lanes_and_do_everything_once(stored):
    async def body():
        async with two(stored) as (processes, clock):
            await put_all(stored.store, items(10))
            done = lambda: sum(len(one.handled) for one in processes) >= 120  # noqa: E731
            await live(clock, 2, 20, done)
            return [one.handled for one in processes]

    first, second = stored.run(body())
    assert sorted(first + second) == sorted(one.item_id for one in items(10))
    assert first
    assert second
    assert {one.partition(".")[0] for one in first}.isdisjoint(
        one.partition(".")[0] for one in second
    )


def test_the_work_of_a_process_that_died_is_taken_up_within_ten_seconds_and_marked(stored):
    doors = asyncio.Event()

    async def hang(_lease):
        await doors.wait()

    async def body():
        async with two(stored, (hang, None)) as ((dying, other), clock):
            await put_all(stored.store, items(2))
            await live(clock, 2, 4)
            begun = set(dying.handled)
            await dying.die()
            died_at = clock.monotonic()
            await live(clock, 1, 20, lambda: begun <= set(other.handled))
            return begun, clock.monotonic() - died_at, other.workplace.handled

    begun, seconds, handled = stored.run(body())
    assert begun
    assert seconds <= 10
    assert {one.item_id for one in handled if one.was_lost} == begun
    assert len(handled) == len({one.item_id for one in handled}) == 2 * len(LANES)


def test_whoever_stops_in_order_leaves_nothing_marked_as_lost(stored):
    async def body():
        async with two(stored) as ((leaving, other), clock):
            await leaving.stop()
            await put_all(stored.store, items(3))
            await live(clock, 1, 10, lambda: len(other.handled) >= 36)
            return other.workplace.handled

    handled = stored.run(body())
    assert sorted(one.item_id for one in handled) == sorted(one.item_id for one in items(3))
    assert not any(one.was_lost for one in handled)


def test_an_owner_gives_a_lane_up_only_when_nothing_of_it_is_in_flight(stored):
    doors, news = asyncio.Event(), []

    async def slow(lease):
        await doors.wait()

    async def body():
        clock = TestClock(NOW)
        first = Process(stored, stored.store, 0, clock, slow)
        first.start()
        await live(clock, 1, 3)
        await put_all(stored.store, items(1))
        await live(clock, 1, 3)
        assert len(first.handled) == len(LANES)
        second = Process(stored, stored.store, 1, clock)
        second.start()
        await live(clock, 2, 8)
        news.append(second.ownership.count())
        doors.set()
        await live(clock, 2, 8, lambda: not first.ownership.leaving())
        await put_all(stored.store, [queue_item(f"{lane}.new", lane=lane) for lane in LANES])
        await live(clock, 2, 8, lambda: len(first.handled) + len(second.handled) >= 2 * len(LANES))
        news.append(second.ownership.count())
        for one in (first, second):
            await one.stop()

    stored.run(body())
    assert news[0] == 0
    assert 0 < news[1] < len(LANES)


def test_a_process_without_the_worker_hands_work_to_those_that_have_it(stored):
    if stored.engine is not POSTGRES:
        pytest.skip("on SQLite one process does everything")

    async def body():
        async with two(stored) as (processes, clock):
            door = RemoteDoor(stored.store, DISPATCH)
            lane = LaneKey(ACCOUNT, "new")
            place = door.reserve(lane, 5, Priority.HIGH, 80.0)
            assert place.count == 0
            await stored.store.write(put, queue_item("1", lane=lane.name))
            door.hand_over(place, [])
            door.wake(lane, Priority.HIGH)
            await asyncio.sleep(0.3)
            clock.advance(0.1)  # less than the second after which a worker looks by itself
            await asyncio.sleep(0.3)
            clock.advance(0.1)
            await asyncio.sleep(0.3)
            return [item for one in processes for item in one.handled]

    assert stored.run(body()) == ["1"]


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_steps_an_hour_has_nothing_done_twice(stored, hours):
    doors, settled = asyncio.Event(), []

    async def slow(lease):
        settled.append((lease.item_id, lease.was_lost))
        await doors.wait()
        await stored.store.write(finish_all, lease)

    class Stepped(TestClock):
        step_s = 0.0

        def now(self):
            return later(self.monotonic() + self.step_s)

    async def body():
        clock = Stepped(NOW)
        process = Process(stored, stored.store, 0, clock, slow)
        process.start()
        await live(clock, 1, 3)
        await put_all(stored.store, [queue_item("begun", lane="a", due_at=clock.now())])
        await live(clock, 1, 2)
        clock.step_s = 3600.0 * hours
        await live(clock, 1, 5)
        doors.set()
        await live(clock, 1, 5)
        await process.stop()

    stored.run(body())
    assert settled[0] == ("begun", False)
    assert all(was_lost for _, was_lost in settled[1:]), "whoever takes it again is told"


async def finish_all(transaction, leases):
    await transaction.queue.finish(
        [(one.account_id, one.queue, one.item_id, one.token) for one in leases]
    )
    return [None] * len(leases)
