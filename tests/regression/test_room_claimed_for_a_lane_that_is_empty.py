"""Room for work that was claimed in vain, of a lane with nothing left, once stayed unused.

Another lane that had got no room waited for the next look, a second later, though nothing else
was done.
"""

import pytest

from support.nouns import ACCOUNT, queue_item
from support.stored import opened
from support.workplace import Workplace
from waypost.model.work import LaneKey


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as store:
        yield store


def test_a_lane_that_got_no_room_is_next_when_the_others_had_nothing(stored):
    workplace = Workplace(stored, concurrency=1)

    async def body():
        async with workplace.working():
            await workplace.put(queue_item("1", lane="last"))
            for lane in ("empty", "empty too", "last"):
                workplace.worker.wake(LaneKey(ACCOUNT, lane))
            await workplace.until(1)  # the clock stands still: no look finds it

    stored.run(body())
    assert [one.lane for one in workplace.handled] == ["last"]
