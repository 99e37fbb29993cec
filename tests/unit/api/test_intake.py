"""What is uploaded at once is bounded, for all and for each account."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from waypost.api.bounded import MIB
from waypost.api.customer.door import RefusedError
from waypost.api.customer.intake import LARGEST, Intake
from waypost.model.refusal import Reason

SHOP, STORE, STALL = 1, 2, 3


def test_a_crowd_never_has_more_in_hand_than_the_bound():
    async def run():
        intake, seen, done = Intake(10 * MIB), [], []

        async def upload(number):
            async with intake.hold(number % 5, str(number % 4 * MIB)):
                seen.append(intake.held_bytes)
                await asyncio.sleep(0)
            done.append(number)

        await asyncio.gather(*(upload(number) for number in range(200)))
        return seen, done, intake.held_bytes

    seen, done, left = asyncio.run(run())
    assert max(seen) == 10 * MIB
    assert (len(done), left) == (200, 0)


def test_one_account_leaves_half_of_it_to_others():
    async def run():
        intake = Intake(wait_s=0.01)
        async with AsyncExitStack() as stack:
            for _ in range(2):
                await stack.enter_async_context(intake.hold(SHOP, str(LARGEST)))
            with pytest.raises(RefusedError) as refused:
                await stack.enter_async_context(intake.hold(SHOP, "1"))
            await stack.enter_async_context(intake.hold(STORE, None))
            await stack.enter_async_context(intake.hold(STALL, str(LARGEST)))
            with pytest.raises(RefusedError):
                await stack.enter_async_context(intake.hold(STORE, "1"))
        return refused.value.refusal, intake.held_bytes

    refusal, left = asyncio.run(run())
    assert (refusal.reason, refusal.faults[0].code) == (Reason.RATE, "too_many_uploads")
    assert refusal.retry_after_s >= 1
    assert left == 0


def test_who_stops_waiting_takes_no_room():
    async def run():
        intake = Intake(2)
        async with asyncio.TaskGroup() as tasks:

            async def upload(account_id):
                async with intake.hold(account_id, "1"):
                    await asyncio.sleep(0)

            async with intake.hold(SHOP, "1"):
                waiting = tasks.create_task(upload(SHOP))
                await asyncio.sleep(0)
                waiting.cancel()
            # Room was given back before the one who waited for it saw that it was cancelled.
            await upload(STORE)
        return intake.held_bytes

    assert asyncio.run(run()) == 0
