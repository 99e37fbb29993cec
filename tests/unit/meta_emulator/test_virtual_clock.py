"""The emulator's clock: it is moved, stands still, goes on, and wakes whom it should, in order."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from meta_emulator.runtime.clock import VirtualClock, let_go_on

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = 86400.0
LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


def frozen() -> VirtualClock:
    return VirtualClock(is_frozen=True, start=START)


def run(body, loop_factory=asyncio.new_event_loop):
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(body)


async def sleeper(clock, seconds, woken, name=None):
    await clock.sleep(seconds)
    woken.append((seconds if name is None else name, clock.monotonic()))


def test_a_frozen_clock_goes_on_only_when_it_is_moved():
    async def body():
        clock = frozen()
        assert (clock.now(), clock.monotonic()) == (START, 0.0)
        await clock.advance(DAY, let_go_on)
        assert (clock.now(), clock.monotonic()) == (START + timedelta(days=1), DAY)
        assert clock.ahead_s == DAY

    run(body())


def test_a_start_in_another_zone_is_shown_in_utc():
    zone = timezone(timedelta(hours=5, minutes=30))
    clock = VirtualClock(is_frozen=True, start=START.astimezone(zone))

    assert (clock.now(), clock.now().tzinfo) == (START, UTC)


def test_a_clock_that_is_not_frozen_follows_the_machine():
    async def body():
        clock = VirtualClock()
        before = clock.monotonic()
        await clock.sleep(0.002)
        assert 0.002 <= clock.monotonic() - before < 5
        assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5

    run(body())


@pytest.mark.parametrize("loop_factory", LOOPS)
def test_a_sleeper_never_wakes_before_its_time_whatever_a_loop_rounds(loop_factory):
    async def body():
        clock = VirtualClock()
        for seconds in (0.0004, 0.0006, 0.0014, 0.0016, 0.0049):
            due = clock.monotonic() + seconds
            await clock.sleep(seconds)
            assert clock.monotonic() >= due - 1e-9

    run(body(), loop_factory)


@pytest.mark.parametrize("loop_factory", LOOPS)
def test_days_pass_at_once_on_a_clock_that_runs(loop_factory):
    async def body():
        clock, woken = VirtualClock(), []
        async with asyncio.TaskGroup() as group:
            for seconds in (30 * DAY, 3600.0, 60.0):
                group.create_task(sleeper(clock, seconds, woken))
            before = clock.monotonic()
            await clock.advance(31 * DAY, let_go_on)
        assert [seconds for seconds, _ in woken] == [60.0, 3600.0, 30 * DAY]
        assert 31 * DAY <= clock.monotonic() - before < 31 * DAY + 5

    run(body(), loop_factory)


def test_none_or_fewer_seconds_only_let_others_run():
    async def body():
        clock, went = frozen(), []
        task = asyncio.create_task(asyncio.sleep(0, went.append("other")))
        await clock.sleep(0)
        await clock.sleep(-1)
        await task
        assert (went, clock.monotonic(), clock.next_due_s) == (["other"], 0.0, None)

    run(body())


def test_a_clock_is_never_turned_back():
    with pytest.raises(ValueError, match="never turned back"):
        run(frozen().advance(-1, let_go_on))


def test_those_of_one_moment_wake_in_the_order_in_which_they_fell_asleep():
    async def body():
        clock, woken = frozen(), []
        async with asyncio.TaskGroup() as group:
            for name in range(20):
                group.create_task(sleeper(clock, 5.0, woken, name))
            await clock.advance(5, let_go_on)
        assert [name for name, _ in woken] == list(range(20))

    run(body())


def test_who_sleeps_again_when_woken_is_woken_again_within_the_same_move():
    async def body():
        clock, beats = frozen(), []

        async def beat():
            while True:
                await clock.sleep(60)
                beats.append(clock.monotonic())

        task = asyncio.create_task(beat())
        await clock.advance(600, let_go_on)
        task.cancel()
        assert beats == [60.0 * number for number in range(1, 11)]

    run(body())


def test_what_a_settling_takes_of_the_machines_time_is_not_lost():
    async def body():
        clock = VirtualClock()
        before = clock.monotonic()

        async def slow():
            await asyncio.sleep(0.02)

        await clock.advance(0.01, slow)
        assert clock.monotonic() - before >= 0.01

    run(body())


def test_a_cancelled_sleeper_is_woken_by_nobody_and_falls_due_no_more():
    async def body():
        clock, woken = frozen(), []
        task = asyncio.create_task(sleeper(clock, 10, woken))
        await let_go_on()
        assert clock.next_due_s == 10
        task.cancel()
        await let_go_on()
        assert clock.next_due_s is None
        await clock.advance(100, let_go_on)
        assert woken == []

    run(body())


def test_cancelled_sleepers_are_let_go_of_long_before_their_time():
    async def body():
        clock = frozen()
        for _ in range(1000):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(clock.sleep(30 * DAY), 0)
        kept = asyncio.create_task(clock.sleep(1))
        await let_go_on()
        for _ in range(1000):
            task = asyncio.create_task(clock.sleep(DAY))
            await asyncio.sleep(0)
            task.cancel()
        await let_go_on()
        assert len(clock._sleepers) <= 3
        assert not kept.done()
        await clock.advance(1, let_go_on)
        assert kept.done()

    run(body())


def test_a_clock_that_is_frozen_wakes_nobody_and_one_that_is_thawed_goes_on_from_there():
    async def body():
        clock, woken = VirtualClock(), []
        task = asyncio.create_task(sleeper(clock, 0.01, woken))
        await asyncio.sleep(0)
        clock.freeze()
        clock.freeze()
        stood = clock.now()
        await asyncio.sleep(0.03)
        assert (clock.now(), woken) == (stood, [])
        clock.thaw()
        clock.thaw()
        assert (clock.now() - stood).total_seconds() < 5
        await asyncio.wait_for(task, 5)
        assert len(woken) == 1

    run(body())


def test_a_frozen_clock_can_be_moved_and_goes_on_from_where_it_was_moved_to():
    async def body():
        clock = VirtualClock(start=START)
        clock.freeze()
        stood = clock.monotonic()
        await clock.advance(DAY, let_go_on)
        assert clock.monotonic() == stood + DAY
        clock.thaw()
        assert stood + DAY <= clock.monotonic() < stood + DAY + 5

    run(body())


def test_a_clock_begins_anew_at_another_moment():
    clock = frozen()
    clock.set_to(START + timedelta(days=400))

    assert clock.now() == START + timedelta(days=400)
    assert clock.monotonic() == 0.0


SECONDS = st.floats(0.001, 40 * DAY, allow_nan=False)


@settings(deadline=None, max_examples=60)
@given(st.lists(SECONDS, min_size=1, max_size=30), st.lists(SECONDS, min_size=1, max_size=6))
def test_each_wakes_at_its_own_moment_in_order_however_the_clock_is_moved(sleeps, moves):
    async def body():
        clock, woken = frozen(), []
        tasks = [asyncio.create_task(sleeper(clock, seconds, woken)) for seconds in sleeps]
        for seconds in moves:
            await clock.advance(seconds, let_go_on)
        for task in tasks:
            task.cancel()
        return woken, clock.monotonic()

    woken, end = run(body())

    assert end == pytest.approx(sum(moves))
    assert [seconds for seconds, _ in woken] == sorted(s for s in sleeps if s <= end + 1e-9)
    for seconds, at in woken:
        assert at == pytest.approx(seconds, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(SECONDS, st.booleans()), min_size=1, max_size=30))
def test_only_those_wake_that_were_not_cancelled(sleeps):
    async def body():
        clock, woken = frozen(), []
        tasks = [asyncio.create_task(sleeper(clock, seconds, woken)) for seconds, _ in sleeps]
        await let_go_on()
        for task, (_, is_cancelled) in zip(tasks, sleeps, strict=True):
            if is_cancelled:
                task.cancel()
        await let_go_on()
        await clock.advance(41 * DAY, let_go_on)
        return woken

    woken = run(body())

    assert [seconds for seconds, _ in woken] == sorted(s for s, gone in sleeps if not gone)


@settings(deadline=None, max_examples=30)
@given(st.floats(0, 3 * DAY), st.integers(1, 12))
def test_a_move_in_parts_is_a_move(seconds, parts):
    async def body(cuts):
        clock, beats = frozen(), []

        async def beat():
            while True:
                await clock.sleep(3600)
                beats.append(round(clock.monotonic(), 3))

        task = asyncio.create_task(beat())
        await let_go_on()
        for _ in range(cuts):
            await clock.advance(seconds / cuts, let_go_on)
        await clock.advance(0.001, let_go_on)
        task.cancel()
        return beats

    assert run(body(1)) == run(body(parts))
