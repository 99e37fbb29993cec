"""One endpoint that hung once held every place of the callback worker, and all others waited."""

import asyncio

import pytest

from support.nouns import NOW, queue_item
from support.stored import opened
from support.workplace import finish, nothing, put
from waypost.model.work import QueueName
from waypost.queue.admission import OpenAdmission
from waypost.queue.duty import Duty, Plan
from waypost.queue.worker import Worker
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy

CONCURRENCY = 16


class Callbacks:
    """A shared worker whose lanes `hanging...` hang until they are let go."""

    def __init__(self, stored):
        self.store, self.begun = stored.store, []
        self.let_go, self.news = asyncio.Event(), asyncio.Event()
        self.clock = TestClock(NOW)
        self.worker = Worker(
            Plan(QueueName.DISPATCH, CONCURRENCY, lease_s=60, budget_s=5, is_shared=True),
            store=stored.store,
            clock=self.clock,
            entropy=SeededEntropy(1),
            duty=Duty(nothing, self.handle),
            admission=OpenAdmission(CONCURRENCY // 4),
        )

    async def handle(self, lease):
        self.begun.append(lease.lane)
        self.news.set()
        if lease.lane.startswith("hanging"):
            await self.let_go.wait()
        await self.store.write(finish, lease)

    async def until(self, lane, count):
        while self.begun.count(lane) < count:
            self.news.clear()
            await self.news.wait()


def work(callbacks, lanes, body):
    """`body` runs beside the worker, which finds so much work in these lanes."""

    async def run():
        for lane, count in lanes.items():
            for number in range(count):
                await callbacks.store.write(put, queue_item(f"{lane}.{number}", lane=lane))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(callbacks.worker.run())
            await body()
            callbacks.let_go.set()
            callbacks.worker.stop()

    return run()


@pytest.mark.parametrize("hanging", [1, 3])
def test_work_of_a_lane_is_done_while_others_hang(tmp_path, hanging):
    with opened(tmp_path) as stored:
        callbacks = Callbacks(stored)
        lanes = {f"hanging {number}": 50 for number in range(hanging)}

        stored.run(work(callbacks, {**lanes, "well": 40}, lambda: callbacks.until("well", 40)))

        assert callbacks.begun.count("well") == 40


def test_a_lane_alone_takes_most_places_and_leaves_some(tmp_path):
    with opened(tmp_path) as stored:
        callbacks = Callbacks(stored)
        begun = []

        async def body():
            await callbacks.until("hanging", 3 * CONCURRENCY // 4)
            await callbacks.clock.wait_for_sleepers(1)
            begun.extend(callbacks.begun)

        stored.run(work(callbacks, {"hanging": 50}, body))

        assert len(begun) == 3 * CONCURRENCY // 4
