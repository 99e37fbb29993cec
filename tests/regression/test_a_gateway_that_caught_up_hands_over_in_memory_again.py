"""One burst beyond a lane's room once sent all later work through the store, as long as it came."""

import asyncio

import pytest

from support.nouns import ACCOUNT
from support.stored import opened
from support.workplace import Workplace
from waypost.model.work import LaneKey
from waypost.queue.admission import OpenAdmission

LANE = LaneKey(ACCOUNT, "919800000001")


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


def test_half_of_the_room_is_for_new_work_while_older_work_waits_in_the_store(stored):
    async def granted():
        workplace = Workplace(stored, admission=OpenAdmission(10))
        async with workplace.working():
            whole = workplace.worker.reserve(LANE, 99)
            workplace.worker.hand_over(whole, [])
            workplace.worker.wake(LANE)
            half = workplace.worker.reserve(LANE, 99)
            workplace.worker.hand_over(half, [])
            return whole.count, half.count

    assert stored.run(granted()) == (10, 5)


def test_a_stopped_worker_gives_back_what_came_after_its_end(stored):
    async def reserved_after_the_end():
        workplace = Workplace(stored)
        async with workplace.working():
            before = workplace.worker.reserve(LANE, 1).count
        await asyncio.sleep(0)
        await workplace.worker.close()
        return before, workplace.worker.reserve(LANE, 1).count

    assert stored.run(reserved_after_the_end()) == (1, 0)
