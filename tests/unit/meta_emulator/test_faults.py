"""What goes wrong by order: how much of it, and when."""

import asyncio
from itertools import pairwise

from support.emulated import emulated, order_update, running

FAULTS = "/_emulator/faults"


def answers(order, sends=300):
    async def scene():
        it = emulated()
        await it.ask("POST", FAULTS, order)
        return [await it.send(order_update()) for _ in range(sends)]

    return asyncio.run(scene())


def test_the_share_of_dropped_sends_is_about_what_was_ordered_and_none_of_them_is_a_message():
    async def scene():
        it = emulated()
        await it.ask("POST", FAULTS, {"drop": 0.25})
        statuses = [(await it.send(order_update())).status for _ in range(400)]
        return statuses, (await it.ask("GET", "/_emulator/messages?limit=500")).json["data"]

    statuses, messages = asyncio.run(scene())
    assert 70 <= statuses.count(503) <= 130
    assert len(messages) == statuses.count(200)


def test_a_share_of_sends_is_refused_until_the_number_is_used_up():
    order = {"refuse": {"code": 131000, "count": 40, "share": 0.5}}
    statuses = [one.status for one in answers(order)]
    assert statuses.count(200) == 260
    assert 10 <= statuses[:40].count(200) <= 30
    assert statuses[-100:] == [200] * 100


def test_bursts_of_throttling_come_and_go_by_the_clock():
    async def scene():
        async with running() as it:
            await it.ask("POST", FAULTS, {"throttle": {"every_ms": 1000, "for_ms": 300}})
            codes = []
            for _ in range(20):
                answer = await it.send(order_update())
                codes.append(200 if answer.status == 200 else answer.json["error"]["code"])
                await it.clock.turn(0.1)
            return codes

    codes = asyncio.run(scene())
    changes = sum(before != after for before, after in pairwise(codes))
    assert 5 <= codes.count(130429) <= 7
    assert codes.count(200) == 20 - codes.count(130429)
    assert 3 <= changes <= 4


def test_a_late_answer_comes_after_the_statuses_of_its_message():
    async def scene():
        async with running() as it:
            await it.ask("POST", FAULTS, {"late_ms": 2000})
            asked = asyncio.ensure_future(it.send(order_update()))
            await it.clock.turn(1)
            told = [one.changes[0]["value"]["statuses"][0]["status"] for one in it.receiver.posts]
            was_done = asked.done()
            await it.clock.turn(2)
            return told, was_done, (await asked).status

    assert asyncio.run(scene()) == (["sent", "delivered"], False, 200)


def test_a_late_answer_comes_at_once_when_the_fault_is_lifted():
    async def scene():
        async with running() as it:
            await it.ask("POST", FAULTS, {"late_ms": 60_000})
            asked = asyncio.ensure_future(it.send(order_update()))
            await it.clock.turn(1)
            await it.ask("POST", FAULTS, {})
            await it.clock.turn(0.2)
            return asked.done()

    assert asyncio.run(scene())
