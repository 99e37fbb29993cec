"""A suspended endpoint was not tried as long as its events waited for attempts of their own.

Those of an endpoint that fails for half a day are a day apart: when it was suspended nothing was
due, and so there was nothing to try it with, though it answered again within the hour.
"""

import asyncio

from support.endpoints import office, profile_at
from waypost.model.callback import ProfileState
from waypost.runtime.http import NeverLeftError

HOUR = 3600.0
ONE = profile_at(1)


def test_what_waits_for_a_suspended_endpoint_is_there_to_try_it_with(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(ONE)
            here.endpoints.answer = lambda _: NeverLeftError("connection refused")
            await here.tell("A1.sent", profile_id=ONE.profile_id)
            while (await here.profile(ONE.profile_id)).state is ProfileState.ACTIVE:
                await here.pass_time(600, 300)
            began = len(here.endpoints.called)

            here.endpoints.answer = lambda _: 200
            await here.pass_time(2 * HOUR, 60)

            assert here.endpoints.events()[began:] == ["A1.sent"]
            assert (await here.profile(ONE.profile_id)).state is ProfileState.ACTIVE

    asyncio.run(scenario())
