"""Work handed over in memory and work from the store is done once, in order, and none is lost."""

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from support.nouns import ACCOUNT, NOW, later, queue_item
from support.stored import opened
from support.workplace import Workplace, finish
from waypost.model.errors import StoreError
from waypost.model.work import DueItem, LaneKey, Priority, QueueName
from waypost.queue.admission import OpenAdmission
from waypost.queue.claimer import put_back

DISPATCH = QueueName.DISPATCH


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


@dataclass
class Waits:
    """Lanes that must wait, and for how long."""

    waits: dict[str, float] = field(default_factory=dict)
    most: int = 100

    def wait_s(self, lane, now):
        return max(0.0, self.waits.get(lane.name, 0.0) - now)

    def ended(self, lane):
        pass

    def most_waiting(self, _):
        return self.most

    def is_closed(self, _):
        return False


class Doors:
    """A handler whose work goes on until its door is opened."""

    def __init__(self):
        self.workplace = None
        self.open = asyncio.Event()

    async def __call__(self, lease):
        await self.open.wait()
        await self.workplace.store.write(finish, lease)


def ids(leases):
    return [lease.item_id for lease in leases]


def find(stored, now=NOW, lane="a"):
    return stored.ask(
        lambda t: t.queue.find(DISPATCH, LaneKey(ACCOUNT, lane), Priority.NORMAL, now, 100)
    )


def test_work_is_handed_over_in_memory_and_done(stored):
    workplace, cargo = Workplace(stored), object()

    async def body():
        async with workplace.working():
            assert await workplace.hand_over("a", "1", "2", cargo=cargo) == 2
            await workplace.until(2)

    stored.run(body())
    assert ids(workplace.handled) == ["1", "2"]
    assert all(lease.cargo is cargo for lease in workplace.handled), "nothing was read back"
    assert {lease.attempt for lease in workplace.handled} == {1}
    assert stored.ask(lambda t: t.queue.backlog()) == {}


def test_work_in_the_store_is_found_by_a_worker_that_nobody_told(stored):
    workplace = Workplace(stored)

    async def body():
        async with workplace.working():
            await workplace.put(queue_item("1", lane="a"), queue_item("2", lane="b"))
            workplace.clock.advance(1)
            await workplace.until(2)

    stored.run(body())
    assert sorted(ids(workplace.handled)) == ["1", "2"]
    assert all((one.attempt, one.was_lost) == (1, False) for one in workplace.handled)


def test_what_finds_no_room_in_memory_is_taken_from_the_store_in_order(stored):
    workplace = Workplace(stored, admission=OpenAdmission(2), concurrency=1)
    numbers = [f"{number:02}" for number in range(20)]

    async def body():
        async with workplace.working():
            assert await workplace.hand_over("a", *numbers, cargo="cargo") == 2
            await workplace.until(20)

    stored.run(body())
    assert ids(workplace.handled) == numbers
    assert [lease.cargo for lease in workplace.handled] == ["cargo"] * 2 + [None] * 18
    assert stored.ask(lambda t: t.queue.backlog()) == {}


def test_new_work_does_not_overtake_older_work_of_its_lane(stored):
    doors = Doors()
    workplace = doors.workplace = Workplace(
        stored, handler=doors, admission=OpenAdmission(2), concurrency=1
    )

    async def body():
        async with workplace.working():
            await workplace.hand_over("a", "1", "2", "3", "4")
            assert await workplace.hand_over("a", "5") == 0, "older work waits in the store"
            doors.open.set()
            await workplace.until(5)

    stored.run(body())
    assert ids(workplace.handled) == ["1", "2", "3", "4", "5"]


def test_places_are_promised_only_while_the_worker_works(stored):
    workplace = Workplace(stored)

    async def body():
        assert workplace.reserve("a", 1).count == 0
        async with workplace.working():
            place = workplace.reserve("a", 1)
            assert place.count == 1
            workplace.worker.hand_over(place, [])
            workplace.worker.stop()
            assert workplace.reserve("a", 1).count == 0

    stored.run(body())


def test_a_promise_that_was_not_kept_frees_its_places(stored):
    workplace = Workplace(stored, admission=OpenAdmission(3))

    async def body():
        async with workplace.working():
            place = workplace.reserve("a", 5)
            assert place.count == 3
            assert workplace.reserve("a", 5).count == 0
            workplace.worker.hand_over(place, [])
            assert workplace.reserve("a", 5).count == 3

    stored.run(body())


def test_work_is_done_again_when_its_handler_said(stored):
    async def again(lease):
        if lease.attempt == 2:
            await workplace.store.write(finish, lease)
            return None
        await workplace.store.write(put_back, [lease.put_back(later(5), was_made=True)])
        return later(5)

    workplace = Workplace(stored, handler=again)

    async def body():
        async with workplace.working():
            await workplace.hand_over("a", "1")
            await workplace.until(1)
            for _ in range(4):
                await workplace.rest()
                workplace.clock.advance(1)
            await workplace.rest()
            assert len(workplace.handled) == 1
            workplace.clock.advance(1)
            await workplace.until(2)

    stored.run(body())
    assert [(one.attempt, one.was_lost) for one in workplace.handled] == [(1, False), (2, False)]


def test_whoever_takes_work_of_a_lost_worker_is_told(stored):
    workplace = Workplace(stored)

    async def body():
        await workplace.put(
            queue_item("1", lane="a", attempt=1, lease_token="dead:1", due_at=later(30))
        )
        async with workplace.working():
            workplace.clock.advance(29)
            await workplace.rest()
            assert workplace.handled == []
            workplace.clock.advance(1)
            await workplace.until(1)

    stored.run(body())
    (lease,) = workplace.handled
    assert (lease.was_lost, lease.attempt) == (True, 2)


def test_what_was_not_begun_is_given_back_at_the_stop_and_not_counted(stored):
    workplace = Workplace(stored, admission=Waits({"a": 1000}))

    async def body():
        await workplace.put(queue_item("1", lane="a", attempt=4))
        async with workplace.working():
            await workplace.hand_over("a", "2")
        assert workplace.handled == []

    stored.run(body())
    assert find(stored) == [
        DueItem(ACCOUNT, "1", 4, NOW, None),
        DueItem(ACCOUNT, "2", 0, NOW, None),
    ]


def test_a_stop_waits_for_what_was_begun(stored):
    doors = Doors()
    workplace = doors.workplace = Workplace(stored, handler=doors)

    async def body():
        running = asyncio.ensure_future(workplace.worker.run())
        await workplace.rest()
        await workplace.hand_over("a", "1")
        await workplace.until(1)
        workplace.worker.stop()
        await asyncio.sleep(0)
        assert not running.done()
        doors.open.set()
        await running

    stored.run(body())
    assert find(stored, later(100)) == []
    assert workplace.worker.in_flight == 0


def test_a_lane_that_must_wait_does_not_hold_up_another_and_goes_on_in_time(stored):
    workplace = Workplace(stored, admission=Waits({"slow": 10}))

    async def body():
        async with workplace.working():
            await workplace.hand_over("slow", "1", "2")
            await workplace.hand_over("fast", "3")
            await workplace.until(1)
            assert ids(workplace.handled) == ["3"]
            workplace.clock.advance(10)
            await workplace.until(3)

    stored.run(body())
    assert ids(workplace.handled) == ["3", "1", "2"]


def test_a_long_lane_does_not_hold_up_a_short_one(stored):
    workplace = Workplace(stored, concurrency=1)

    async def body():
        await workplace.put(*(queue_item(f"{number:02}", lane="long") for number in range(10)))
        await workplace.put(queue_item("short", lane="short"))
        async with workplace.working():
            await workplace.until(11)

    stored.run(body())
    assert ids(workplace.handled).index("short") <= 2


def test_no_more_is_handled_at_once_than_allowed(stored):
    doors = Doors()
    workplace = doors.workplace = Workplace(stored, handler=doors, concurrency=3)

    async def body():
        async with workplace.working():
            await workplace.hand_over("a", *"12345")
            await workplace.until(3)
            assert workplace.worker.in_flight == 3
            doors.open.set()
            await workplace.until(5)

    stored.run(body())
    assert ids(workplace.handled) == list("12345")


def test_work_whose_handler_fails_comes_back_as_lost_and_nothing_else_suffers(stored):
    async def fail_once(lease):
        if lease.item_id == "bad" and lease.attempt == 1:
            raise ValueError("this handler fails")
        await workplace.store.write(finish, lease)

    workplace = Workplace(stored, handler=fail_once)

    async def body():
        async with workplace.working():
            await workplace.hand_over("a", "bad", "good")
            await workplace.until(2)
            await workplace.rest()
            workplace.clock.advance(60)
            await workplace.until(3)

    stored.run(body())
    assert [(one.item_id, one.attempt, one.was_lost) for one in workplace.handled] == [
        ("bad", 1, False),
        ("good", 1, False),
        ("bad", 2, True),
    ]
    assert stored.ask(lambda t: t.queue.backlog()) == {}


def test_nothing_is_begun_on_a_lease_that_would_end_meanwhile(stored):
    workplace = Workplace(stored, admission=Waits({"a": 58}))

    async def body():
        async with workplace.working():
            await workplace.hand_over("a", "1")
            workplace.clock.advance(58)
            await workplace.until(1)

    stored.run(body())
    (lease,) = workplace.handled
    assert lease.ends_at == later(58 + 60), "given back, and taken anew"
    assert lease.attempt == 1, "the attempt that was not made is not counted"


@contextmanager
def counted_failures(stored, failures):
    """A store whose reads fail so often."""

    class Failing:
        async def write(self, step, item):
            return await stored.store.write(step, item)

        async def read(self, query):
            if failures:
                raise failures.pop()
            return await stored.store.read(query)

        def on_hint(self, heard):
            """There is no other process."""

    yield Failing()


def test_a_worker_outlives_a_store_that_fails_it(stored):
    failures = [StoreError("the disk is full")]
    with counted_failures(stored, failures) as store:
        workplace = Workplace(stored, store=store)

        async def body():
            await workplace.put(queue_item("1", lane="a"))
            async with workplace.working():
                assert failures == []
                workplace.clock.advance(1)
                await workplace.until(1)

        stored.run(body())
    assert ids(workplace.handled) == ["1"]
