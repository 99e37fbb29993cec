"""The clock that follows another's: it is the machine's, and what it was moved by."""

import asyncio
from datetime import UTC, datetime

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from waypost.runtime.clock import Clock, FollowingClock

DAY = 86_400.0


def run(body, loop_factory=asyncio.new_event_loop):
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(body)


def test_it_is_ahead_of_the_machine_by_what_it_was_moved():
    clock = FollowingClock(DAY)
    before = clock.monotonic()
    clock.shift(DAY)

    assert clock.ahead_s == 2 * DAY
    assert clock.now().tzinfo is UTC
    assert (clock.now() - datetime.now(UTC)).total_seconds() == pytest.approx(2 * DAY, abs=5)
    assert clock.monotonic() - before == pytest.approx(DAY, abs=5)


def test_it_is_never_turned_back():
    with pytest.raises(ValueError, match="never turned back"):
        FollowingClock().shift(-1)


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_who_sleeps_wakes_by_the_machines_time_too_and_never_too_early(loop_factory):
    async def body():
        clock: Clock = FollowingClock()
        for seconds in (0.0004, 0.0016, 0.004):
            due = clock.monotonic() + seconds
            await clock.sleep(seconds)
            assert clock.monotonic() >= due

    run(body(), loop_factory)


def test_a_move_wakes_whose_time_has_come_in_order_and_nobody_else():
    async def body():
        clock, woken = FollowingClock(), []

        async def sleeper(seconds):
            await clock.sleep(seconds)
            woken.append(seconds)

        tasks = [asyncio.create_task(sleeper(seconds)) for seconds in (3 * DAY, 3600, 60, 7200)]
        await asyncio.sleep(0)
        clock.shift(7300)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert woken == [60, 3600, 7200]
        clock.shift(3 * DAY)
        await asyncio.gather(*tasks)
        assert woken == [60, 3600, 7200, 3 * DAY]

    run(body())


def test_who_is_cancelled_is_forgotten():
    async def body():
        clock = FollowingClock()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(clock.sleep(DAY), 0.001)
        assert clock._sleepers == {}
        clock.shift(2 * DAY)

    run(body())


def test_none_or_fewer_seconds_only_let_others_run():
    async def body():
        clock = FollowingClock()
        await asyncio.wait_for(asyncio.gather(clock.sleep(0), clock.sleep(-1)), 5)

    run(body())


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.floats(60, 40 * DAY), min_size=1, max_size=20),
    st.lists(st.floats(60, 40 * DAY), min_size=1, max_size=5),
)
def test_those_are_awake_whose_time_all_moves_together_have_passed(sleeps, moves):
    async def body():
        clock, woken = FollowingClock(), []

        async def sleeper(seconds):
            await clock.sleep(seconds)
            woken.append(seconds)

        tasks = [asyncio.create_task(sleeper(seconds)) for seconds in sleeps]
        await asyncio.sleep(0)
        for seconds in moves:
            clock.shift(seconds)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        return woken

    passed = sum(moves)
    woken = run(body())

    surely = [seconds for seconds in sleeps if seconds <= passed]
    perhaps = [seconds for seconds in sleeps if seconds <= passed + 30]
    assert set(surely) <= set(woken) <= set(perhaps)
