"""A worker whose lanes all had to wait once went round and round instead of resting."""

import asyncio
from dataclasses import dataclass

from support.nouns import queue_item
from support.stored import opened
from support.workplace import Workplace


@dataclass
class Never:
    """Nobody may go for a long time."""

    asked: int = 0

    def wait_s(self, *_):
        self.asked += 1
        return 1000.0

    def ended(self, lane):
        pass

    def most_waiting(self, _):
        return 10

    def is_closed(self, _):
        return False


def test_a_worker_rests_while_every_lane_must_wait(tmp_path):
    with opened(tmp_path) as stored:
        admission = Never()
        workplace = Workplace(stored, admission=admission)

        async def body():
            await workplace.put(queue_item("1"))
            async with asyncio.timeout(5), workplace.working():
                asked = admission.asked
                for _ in range(100):
                    await asyncio.sleep(0)
                assert admission.asked == asked

        stored.run(body())
        assert workplace.handled == []
        assert admission.asked > 0


def test_a_worker_that_is_cut_off_begins_nothing_more(tmp_path):
    with opened(tmp_path) as stored:

        async def take_for_ever(_):
            await asyncio.Event().wait()

        workplace = Workplace(stored, handler=take_for_ever, concurrency=1)

        async def body():
            running = asyncio.ensure_future(workplace.worker.run())
            await workplace.rest()
            await workplace.hand_over("a", "1", "2")
            await workplace.until(1)
            running.cancel()
            await asyncio.wait([running])
            return running.cancelled()

        assert stored.run(body())
        assert [lease.item_id for lease in workplace.handled] == ["1"]
