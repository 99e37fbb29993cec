"""A worker knows whether it has nothing to do: who moves its clock waits for that."""

import asyncio
from datetime import timedelta

import pytest

from support.nouns import NOW, queue_item
from support.stored import ENGINES, opened
from support.workplace import Workplace


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def stored(request, tmp_path):
    with opened(tmp_path, request.param) as store:
        yield store
    request.param.drop(tmp_path)


def test_a_worker_with_nothing_to_do_is_at_rest_once_it_has_looked(stored):
    workplace = Workplace(stored)

    async def body():
        async with workplace.working():
            since = workplace.clock.monotonic() + 5
            assert not workplace.worker.is_at_rest(since), "it has not looked since"
            for _ in range(8):
                workplace.clock.advance(1)
                await workplace.rest()
            assert workplace.worker.is_at_rest(since)

    stored.run(body())


def test_a_worker_amid_its_work_is_not_at_rest(stored):
    amid, let_go = asyncio.Event(), asyncio.Event()

    async def handler(_lease):
        amid.set()
        await let_go.wait()

    workplace = Workplace(stored, handler=handler)

    async def body():
        async with workplace.working():
            await workplace.hand_over("a", "1")
            await asyncio.wait_for(amid.wait(), 10)
            assert not workplace.worker.is_at_rest(-1.0)
            let_go.set()
            await asyncio.wait_for(workplace.until(1), 10)

    stored.run(body())


def test_work_that_falls_due_later_is_known(stored):
    workplace = Workplace(stored)
    due_at = NOW + timedelta(minutes=5)

    async def body():
        async with workplace.working():
            await workplace.put(queue_item("1", lane="a", due_at=due_at))
            for _ in range(3):
                workplace.clock.advance(1)
                await workplace.rest()
            assert workplace.worker.next_due == due_at
            assert workplace.worker.is_at_rest(-1.0)

    stored.run(body())
