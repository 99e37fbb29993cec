"""A store that failed one lane once cost the leases of another: they were held by nobody.

Their messages then came back as those of a lost worker, minutes late.
"""

from support.nouns import queue_item
from support.stored import opened
from support.workplace import Workplace
from waypost.model.errors import StoreError
from waypost.queue.claimer import Claim


class FailingOnce:
    """A store that fails the first claim of the lane `bad`, and nothing else."""

    def __init__(self, stored):
        self.stored = stored
        self.has_failed = False

    async def write(self, step, item):
        is_bad = isinstance(item, Claim) and item.lane.name == "bad"
        if is_bad and not self.has_failed:
            self.has_failed = True
            raise StoreError("the disk is full")
        return await self.stored.store.write(step, item)

    async def read(self, query):
        return await self.stored.store.read(query)

    def on_hint(self, heard):
        """There is no other process."""


def test_work_of_one_lane_is_begun_although_the_claim_of_another_failed(tmp_path):
    with opened(tmp_path) as stored:
        store = FailingOnce(stored)
        workplace = Workplace(stored, store=store)

        async def body():
            await workplace.put(queue_item("1", lane="bad"), queue_item("2", lane="good"))
            async with workplace.working():
                workplace.clock.advance(1)
                await workplace.until(2)

        stored.run(body())
        assert store.has_failed
        assert sorted(lease.item_id for lease in workplace.handled) == ["1", "2"]
        assert not any(lease.was_lost for lease in workplace.handled)
        assert stored.ask(lambda t: t.queue.backlog()) == {}
