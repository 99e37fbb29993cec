"""One process at a time owns a lane, whatever stops, sleeps, comes late or comes back."""

import asyncio
import random

import pytest

from support.nouns import ACCOUNT, NOW, later, queue_item
from support.stored import opened
from waypost.model.errors import StoreError
from waypost.model.work import DueItem, LaneKey, Priority, ProcessBeat, QueueName
from waypost.queue.owner import LeasedOwnership, SoleOwner
from waypost.queue.roster import DEAD_S, Roster
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy

DISPATCH = QueueName.DISPATCH
LANES = [LaneKey(ACCOUNT, f"9198000000{number:02}") for number in range(20)]


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


class Processes:
    """Some processes on one store, with one clock; each beats when it is told to."""

    def __init__(self, stored, count, store=None):
        self.clock = TestClock(NOW)
        self.stored = stored
        store = stored.store if store is None else store
        self.all = [
            LeasedOwnership(store, self.clock, SeededEntropy(number)) for number in range(count)
        ]

    def beat(self, *numbers):
        for number in numbers:
            self.stored.run(self.all[number].beat())

    def live(self, seconds, *numbers):
        """These go on beating so long, and look for work."""
        for _ in range(int(seconds)):
            self.clock.advance(1)
            self.beat(*numbers)
            self.acquire(*numbers)

    def acquire(self, *numbers):
        for number in numbers:
            self.stored.run(self.all[number].acquire(LANES))

    def owners(self):
        """The numbers of those who own each lane."""
        return [[n for n, one in enumerate(self.all) if one.owns(lane)] for lane in LANES]

    def fences(self):
        found = self.stored.ask(lambda t: t.owners.of_lanes(DISPATCH, LANES))
        return {owner.fence for owner in found.values()}


def started(stored, count):
    """Processes that know each other, and have shared the lanes."""
    processes = Processes(stored, count)
    numbers = range(count)
    processes.beat(*numbers)
    processes.beat(*numbers)
    processes.acquire(*numbers)
    return processes


def test_the_only_process_owns_what_it_asks_for_and_no_more(stored):
    processes = started(stored, 1)
    (one,) = processes.all

    assert processes.owners() == [[0]] * len(LANES)
    assert not one.owns(LaneKey(ACCOUNT, "never asked for"))
    assert one.count() == len(LANES)


def test_nothing_is_owned_before_the_first_beat(stored):
    processes = Processes(stored, 1)
    processes.acquire(0)

    assert processes.owners() == [[]] * len(LANES)


def test_lanes_are_shared_and_each_has_one_owner(stored):
    processes = started(stored, 3)

    owners = processes.owners()
    assert all(len(each) == 1 for each in owners)
    assert {each[0] for each in owners} == {0, 1, 2}


def test_trust_ends_by_itself_and_comes_back_with_a_beat(stored):
    processes = started(stored, 1)

    processes.clock.advance(4.4)
    assert processes.owners() == [[0]] * len(LANES)
    processes.clock.advance(0.2)
    assert processes.owners() == [[]] * len(LANES)
    processes.beat(0)
    assert processes.owners() == [[0]] * len(LANES)
    assert processes.fences() == {1}


def test_lanes_of_a_process_that_died_have_another_owner_within_ten_seconds(stored):
    processes = started(stored, 2)
    processes.live(8, 1)

    assert processes.owners() == [[1]] * len(LANES)
    assert processes.fences() == {1, 2}


def test_what_the_dead_had_on_lease_is_due_at_once_and_says_so(stored):
    processes = started(stored, 2)
    (number,) = processes.owners()[0]
    lane = LANES[0]
    items = [
        queue_item("1", lane=lane.name, attempt=1, lease_token="dead:1", due_at=later(60)),
        queue_item("2", lane=lane.name, due_at=later(60)),
    ]
    stored.do(lambda t: t.queue.put(items))

    processes.live(8, 1 - number)

    now = processes.clock.now()
    found = stored.ask(lambda t: t.queue.find(DISPATCH, lane, Priority.NORMAL, now, 9))
    assert [(one.item_id, one.lease_token) for one in found] == [("1", "dead:1")]


def test_a_process_that_was_frozen_wakes_without_trust_and_comes_back_owning_nothing(stored):
    processes = started(stored, 2)
    frozen = processes.all[0]
    before = frozen.process_id
    processes.live(9, 1)
    assert not any(0 in each for each in processes.owners())

    processes.beat(0)

    assert frozen.process_id != before
    assert frozen.is_trusted
    assert frozen.count() == 0
    assert processes.owners() == [[1]] * len(LANES)


def test_a_beat_that_comes_meanwhile_saves_its_process(stored):
    processes = started(stored, 2)
    process_id = processes.all[0].process_id
    (seen,) = [one for one in beats(stored) if one.process_id == process_id]
    processes.beat(0)

    assert not stored.do(lambda t: t.owners.bury(process_id, seen.beats))
    assert stored.do(lambda t: t.owners.bury(process_id, seen.beats + 1))
    assert not stored.do(lambda t: t.owners.beat(process_id))


def beats(stored):
    return stored.ask(lambda t: t.owners.processes())


def test_a_process_that_comes_gets_its_share_once_the_others_gave_it_up(stored):
    processes = started(stored, 1)
    newcomer = LeasedOwnership(stored.store, processes.clock, SeededEntropy(7))
    processes.all.append(newcomer)
    first = processes.all[0]
    processes.beat(1, 0, 1)
    leaving = list(first.leaving())
    assert 0 < len(leaving) < len(LANES)
    assert not any(first.owns(lane) for lane in leaving), "nothing of them is begun any more"

    processes.acquire(1)
    assert newcomer.count() == 0, "they are not given up yet"

    stored.run(first.give_up(leaving))
    processes.acquire(0, 1)
    assert all(len(each) == 1 for each in processes.owners())
    assert newcomer.count() == len(leaving)


def test_whoever_leaves_in_order_leaves_its_lanes_to_the_others_at_once(stored):
    processes = started(stored, 2)
    leaver = processes.all[0]
    lanes = [lane for lane, owner in zip(LANES, processes.owners(), strict=True) if 0 in owner]

    async def leave():
        running = asyncio.ensure_future(leaver.run())
        await processes.clock.wait_for_sleepers(1)
        leaver.stop()
        await running

    stored.run(leave())
    processes.beat(1)
    processes.acquire(1)

    assert lanes
    assert processes.owners() == [[1]] * len(LANES)
    assert [one.process_id for one in beats(stored)] == [processes.all[1].process_id]


class Outage:
    """A store that is away while `is_away`."""

    def __init__(self, stored):
        self.stored, self.is_away = stored, False

    async def write(self, step, item):
        if self.is_away:
            raise StoreError("the database is away")
        return await self.stored.store.write(step, item)

    async def read(self, query):
        return await self.stored.store.read(query)

    def hint(self, queue):
        """There is nobody to hear it."""


def test_an_outage_of_the_database_is_nobodys_death(stored):
    outage = Outage(stored)
    processes = Processes(stored, 2, outage)
    processes.beat(0, 1, 0, 1)
    processes.acquire(0, 1)
    before = processes.owners()
    outage.is_away = True
    for number in (0, 1):
        processes.clock.advance(20)
        with pytest.raises(StoreError):
            processes.beat(number)
    assert processes.owners() == [[]] * len(LANES)

    outage.is_away = False
    processes.beat(0)
    processes.clock.advance(2)
    processes.beat(0, 1)

    assert processes.owners() == before
    assert processes.fences() == {1}


def test_a_process_whose_first_beat_failed_comes_under_another_id(stored):
    outage = Outage(stored)
    processes = Processes(stored, 1, outage)
    outage.is_away = True
    with pytest.raises(StoreError):
        processes.beat(0)
    outage.is_away = False

    processes.beat(0)

    assert processes.all[0].is_trusted
    assert processes.all[0].process_id.endswith(".2")


class LosesAnswers(Outage):
    """A store that keeps what it is given, and then fails to say so while `is_away`."""

    async def write(self, step, item):
        result = await self.stored.store.write(step, item)
        if self.is_away:
            raise StoreError("the connection was lost after the commit")
        return result


def test_a_lane_whose_taking_was_kept_without_an_answer_is_taken_again(stored):
    store = LosesAnswers(stored)
    processes = Processes(stored, 1, store)
    processes.beat(0, 0)
    store.is_away = True
    with pytest.raises(StoreError):
        processes.acquire(0)
    assert processes.owners() == [[]] * len(LANES)

    store.is_away = False
    processes.acquire(0)

    assert processes.owners() == [[0]] * len(LANES)
    assert processes.fences() == {2}


def test_a_lane_whose_giving_up_was_kept_without_an_answer_is_not_begun_again(stored):
    store = LosesAnswers(stored)
    processes = Processes(stored, 2, store)
    processes.beat(0)
    processes.acquire(0)
    processes.beat(1, 0, 1)
    first, second = processes.all
    leaving = list(first.leaving())
    store.is_away = True
    with pytest.raises(StoreError):
        stored.run(first.give_up(leaving))
    store.is_away = False
    processes.acquire(1)
    stored.do(lambda t: t.owners.leave(second.process_id))

    processes.beat(0)

    assert not any(first.owns(lane) for lane in leaving), "rightful again, and not its own"
    stored.run(first.give_up(list(first.leaving())))
    processes.acquire(0)
    assert processes.owners()[LANES.index(leaving[0])][0] == 0


class Far:
    """A store behind a network that takes its time, and sometimes far too long."""

    def __init__(self, store, clock, chance):
        self.store, self.clock, self.chance = store, clock, chance

    async def write(self, step, item):
        await self.pause()
        result = await self.store.write(step, item)
        await self.pause()
        return result

    async def read(self, query):
        await self.pause()
        result = await self.store.read(query)
        await self.pause()
        return result

    async def pause(self):
        is_stuck = self.chance.random() < 0.06
        await self.clock.sleep(self.chance.uniform(0.01, 15 if is_stuck else 0.4))

    def hint(self, queue):
        """Hints may be lost."""


@pytest.mark.parametrize("seed", range(6))
def test_two_processes_never_own_one_lane_whatever_comes_late(stored, seed):
    clock, chance, lane = TestClock(NOW), random.Random(seed), LANES[0]
    far = Far(stored.store, clock, chance)
    processes = [LeasedOwnership(far, clock, SeededEntropy(number)) for number in range(3)]
    owned = set()

    async def look_for_work(one):
        while True:
            await one.acquire([lane])
            if one.leaving():
                await one.give_up(list(one.leaving()))
            await clock.sleep(1)

    async def body():
        tasks = [asyncio.ensure_future(one.run()) for one in processes]
        tasks += [asyncio.ensure_future(look_for_work(one)) for one in processes]
        for _ in range(1200):
            await clock.wait_for_sleepers(6)
            owners = [one.process_id for one in processes if one.owns(lane)]
            assert len(owners) <= 1
            owned.update(owners)
            clock.advance(0.25)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    stored.run(body())
    assert len(owned) > 1, "the lane changed hands, or nothing was tried"


def test_only_the_lanes_of_one_who_goes_change_hands():
    roster, lanes = Roster(), [LaneKey(1, str(number)) for number in range(300)]
    roster.look([ProcessBeat(name, "dispatch", 1) for name in "abc"], 0.0)
    before = {lane: roster.rightful_owner(lane) for lane in lanes}
    roster.look([ProcessBeat(name, "dispatch", 2) for name in "ac"], 1.0)

    changed = {lane for lane in lanes if roster.rightful_owner(lane) != before[lane]}

    assert changed == {lane for lane in lanes if before[lane] == "b"}
    assert 60 < len(changed) < 140


def test_silence_is_counted_from_the_last_beat_that_was_seen():
    roster = Roster()
    for now, beats_seen in [(0.0, 1), (2.0, 2), (4.0, 2), (6.0, 2)]:
        roster.look([ProcessBeat("a", "dispatch", beats_seen)], now)

    assert roster.dead(2.0 + DEAD_S - 0.1) == []
    assert roster.dead(2.0 + DEAD_S) == [("a", 2)]
    assert roster.next_death_s(6.0, "b") == 2.0
    assert roster.next_death_s(6.0, "a") is None


def test_whoever_looked_away_has_seen_nobodys_silence():
    roster = Roster()
    roster.look([ProcessBeat("a", "dispatch", 1)], 0.0)
    roster.look([ProcessBeat("a", "dispatch", 1)], 30.0)

    assert roster.dead(30.0 + DEAD_S - 0.1) == []


def test_a_sole_owner_owns_everything(stored):
    sole = SoleOwner()
    stored.run(sole.acquire(LANES))

    assert all(sole.owns(lane) for lane in LANES)
    assert list(sole.leaving()) == []


def test_work_is_as_it_was_put_when_nobody_died(stored):
    stored.do(lambda t: t.queue.put([queue_item("1", lane=LANES[0].name)]))
    processes = started(stored, 2)
    processes.live(20, 0, 1)

    found = stored.ask(lambda t: t.queue.find(DISPATCH, LANES[0], Priority.NORMAL, NOW, 9))
    assert found == [DueItem(ACCOUNT, "1", 0, NOW, None)]
    assert processes.fences() == {1}
