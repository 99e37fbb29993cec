"""The clock of the tests wakes whom it should, in order, without waiting."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from waypost.runtime.clock import Clock, SystemClock, TestClock

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_systems_time_is_aware_and_moves_on():
    clock: Clock = SystemClock()
    before = clock.monotonic()
    asyncio.run(clock.sleep(0.001))
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() - before >= 0.001


def test_a_test_clock_stands_still_until_it_is_advanced():
    clock = TestClock(START)
    assert clock.now() == clock.now() == START
    clock.advance(90)
    assert clock.now() == START + timedelta(seconds=90)
    assert clock.monotonic() == 90


def test_a_start_in_another_zone_becomes_utc():
    start = datetime(2026, 3, 1, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert TestClock(start).now() == START
    assert TestClock(start).now().tzinfo is UTC


def test_a_start_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        TestClock(START.replace(tzinfo=None))


def test_a_clock_is_never_turned_back():
    with pytest.raises(ValueError, match="never turned back"):
        TestClock(START).advance(-1)


def test_sleepers_wake_in_the_order_of_their_times():
    clock = TestClock(START)
    woken: list[str] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(name)

    async def body() -> None:
        async with asyncio.TaskGroup() as group:
            for name, seconds in (("late", 30), ("early", 10), ("as early", 10), ("never yet", 60)):
                group.create_task(sleeper(name, seconds))
            await clock.wait_for_sleepers(4)
            clock.advance(9.9)
            await clock.sleep(0)
            assert woken == []
            clock.advance(50)
            await clock.sleep(0)
            assert woken == ["early", "as early", "late"]
            clock.advance(1)

    asyncio.run(body())
    assert woken == ["early", "as early", "late", "never yet"]


def test_a_cancelled_sleeper_is_no_longer_counted():
    clock = TestClock(START)

    async def body() -> None:
        sleeper = asyncio.ensure_future(clock.sleep(5))
        await clock.wait_for_sleepers(1)
        sleeper.cancel()
        await asyncio.wait([sleeper])
        waiting = asyncio.ensure_future(clock.wait_for_sleepers(1))
        await clock.sleep(0)
        assert not waiting.done()
        other = asyncio.ensure_future(clock.sleep(1))
        await waiting
        clock.advance(1)
        await other

    asyncio.run(body())


def test_a_sleep_of_nothing_lets_others_run_and_waits_for_no_one():
    clock = TestClock(START)
    ran: list[bool] = []

    async def other() -> None:
        ran.append(True)

    async def body() -> None:
        task = asyncio.ensure_future(other())
        await clock.sleep(0)
        assert ran == [True]
        await task

    asyncio.run(body())
