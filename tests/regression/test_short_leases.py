"""A lease no longer than one call to Meta once left no moment in which the call could begin."""

import asyncio
from datetime import timedelta

import pytest

from support.pair import running, text


@pytest.mark.parametrize(("lease_s", "meta_timeout_s"), [(1, 30), (30, 30), (60, 120)])
def test_every_lease_leaves_time_in_which_its_work_may_begin(tmp_path, lease_s, meta_timeout_s):
    async def body():
        async with running(tmp_path, lease_s=lease_s, meta_timeout_s=meta_timeout_s) as pair:
            message_id = await pair.accepted(text())
            await pair.until_told(message_id, "sent", "delivered", "read")
            return [worker._lease - worker._budget for worker in pair.gateway.workers]

    assert min(asyncio.run(body())) >= timedelta(seconds=lease_s / 4)
