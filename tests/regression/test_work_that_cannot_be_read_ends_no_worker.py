"""An item that could not be read once ended the worker, and with it the gateway."""

import pytest

from support.nouns import queue_item
from support.stored import opened
from support.workplace import Workplace


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


def test_a_worker_that_cannot_read_its_work_tries_again(stored):
    # Twice: the store gives a step that failed a second try, on its own.
    failures = [ValueError("no such state"), ValueError("no such state")]

    async def load(_transaction, keys):
        if failures:
            raise failures.pop()
        return dict.fromkeys(keys, "cargo")

    async def body():
        workplace = Workplace(stored, load=load)
        await workplace.put(queue_item("A1"))
        async with workplace.working():
            assert workplace.handled == [], "it rests after the failure"
            workplace.clock.advance(2)
            return [lease.cargo for lease in await workplace.until(1)]

    assert stored.run(body()) == ["cargo"]
