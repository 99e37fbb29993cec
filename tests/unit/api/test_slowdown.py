"""Failures of one address are answered ever later, up to a bound; whoever succeeds is free."""

import asyncio
from contextlib import suppress

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from support.nouns import NOW
from waypost.api.slowdown import (
    FREE_FAILURES,
    LONGEST_WAIT_S,
    MOST_ADDRESSES,
    MOST_WAITING,
    WINDOW_S,
    Slowdown,
    home_of,
)
from waypost.model.refusal import Reason, Refusal
from waypost.runtime.clock import TestClock
from waypost.runtime.metrics import Metrics

GUESSER = "203.0.113.7"


class Door:
    """A slowdown on a turned clock."""

    def __init__(self):
        self.clock, self.registry = TestClock(NOW), CollectorRegistry()
        self.slowdown = Slowdown(self.clock, Metrics(self.registry))

    async def fail(self, address=GUESSER, times=1):
        """Fails so often, each after the answer to the one before; the seconds each took."""
        took = []
        for _ in range(times):
            started = self.clock.monotonic()
            failing = asyncio.ensure_future(self.slowdown.failed(address))
            await asyncio.sleep(0)
            while not failing.done():
                self.clock.advance(0.01)
                for _ in range(3):
                    await asyncio.sleep(0)
            assert failing.result() is None
            took.append(round(self.clock.monotonic() - started, 1))
        return took

    def counted(self, result):
        name = "waypost_failed_authentications_total"
        return self.registry.get_sample_value(name, {"result": result})


def run(body):
    async def opened():
        return await body(Door())

    return asyncio.run(opened())


def test_five_failures_are_free_and_then_waits_double_up_to_five_seconds():
    took = run(lambda door: door.fail(times=13))

    assert took == [0.0] * 5 + [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_nobody_else_waits():
    async def body(door):
        await door.fail(times=8)
        return await door.fail("203.0.113.8", 5)

    assert run(body) == [0.0] * 5


def test_failures_that_lie_back_are_forgotten():
    async def body(door):
        await door.fail(times=8)
        door.clock.advance(WINDOW_S + 1)
        return await door.fail(times=6)

    assert run(body) == [0.0] * 5 + [0.1]


def test_failures_that_come_seldom_are_never_slowed():
    async def body(door):
        took = []
        for _ in range(30):
            took += await door.fail()
            door.clock.advance(WINDOW_S / FREE_FAILURES + 1)
        return took

    assert run(body) == [0.0] * 30


def test_a_success_clears_the_address():
    async def body(door):
        await door.fail(times=8)
        door.slowdown.succeeded(GUESSER)
        return await door.fail(times=6)

    assert run(body) == [0.0] * 5 + [0.1]


def test_only_so_many_wait_at_once_and_the_next_is_told_when_to_come_again():
    async def body(door):
        await door.fail(times=11)  # now 6.4 s would be due, and 5 s are
        waiting = [
            asyncio.ensure_future(door.slowdown.failed(GUESSER)) for _ in range(MOST_WAITING)
        ]
        await door.clock.wait_for_sleepers(MOST_WAITING)
        refused = await door.slowdown.failed(GUESSER)
        door.clock.advance(LONGEST_WAIT_S)
        assert await asyncio.gather(*waiting) == [None] * MOST_WAITING
        return refused, await door.fail(), door.counted("turned_away")

    refused, took, turned_away = run(body)
    assert refused == Refusal(Reason.RATE, retry_after_s=5)
    assert took == [LONGEST_WAIT_S]
    assert turned_away == 1


def test_a_client_that_leaves_gives_its_place_back():
    async def body(door):
        await door.fail(times=5)
        for _ in range(3):
            leaving = [asyncio.ensure_future(door.slowdown.failed(GUESSER)) for _ in range(8)]
            await door.clock.wait_for_sleepers(8)
            for one in leaving:
                one.cancel()
                with suppress(asyncio.CancelledError):
                    await one
        return await door.fail()

    assert run(body) == [LONGEST_WAIT_S]


def test_it_is_logged_once_when_an_address_begins_to_be_slowed():
    with capture_logs() as lines:
        run(lambda door: door.fail(times=10))

    assert lines == [{"event": "address.slowed", "log_level": "warning", "address": GUESSER}]


def test_every_failure_is_counted():
    async def body(door):
        await door.fail(times=7)
        return door.counted("told"), door.counted("slowed")

    assert run(body) == (5, 2)


def test_what_is_remembered_is_bounded_and_the_longest_silent_go_first():
    async def body(door):
        await door.fail(times=6)
        for number in range(MOST_ADDRESSES - 1):
            await door.slowdown.failed(str(number))
        kept = await door.fail()
        for number in range(MOST_ADDRESSES):
            await door.slowdown.failed(f"b{number}")
        assert len(door.slowdown._culprits) == MOST_ADDRESSES
        return kept, await door.fail()

    assert run(body) == ([0.2], [0.0])


@pytest.mark.parametrize(
    ("address", "home"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", ""),
        ("x" * 1000, "x" * 64),
    ],
)
def test_an_address_is_counted_by_where_it_is_at_home(address, home):
    assert home_of(address) == home
