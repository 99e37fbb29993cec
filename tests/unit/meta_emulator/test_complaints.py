"""Quality from traffic: recipients who stop lower the quality of the template they got."""

import asyncio
from typing import Any

import pytest

from support.emulated import Emulated, emulated, order_update, running

ORDER_UPDATE = "546151681022906"
RULE = {"fewest": 10, "yellow": 0.1, "red": 0.3}
LOOK = 900 + 5


def number(place: int) -> str:
    return f"+9198765432{place:02}"


async def send(it: Emulated, count: int = 10) -> None:
    for place in range(count):
        assert (await it.send(order_update(to=number(place)))).status == 200


async def write(it: Emulated, place: int, text: str = "Stop ") -> None:
    order = {"from": number(place), "text": text}
    assert (await it.ask("POST", "/_emulator/inbound", order)).status == 200


async def quality_of(it: Emulated) -> str:
    answer = await it.ask("GET", f"/v25.0/{ORDER_UPDATE}?fields=quality_score")
    return str(answer.json["quality_score"]["score"])


def told(it: Emulated) -> list[Any]:
    return [
        change["value"].get("new_quality_score") or change["value"]["event"]
        for post in it.receiver.posts
        for change in post.changes
        if change["field"].startswith("message_template")
    ]


def test_complaints_lower_the_quality_and_too_many_pause_the_template():
    async def scene() -> None:
        async with running() as it:
            await it.ask("POST", "/_emulator/quality", RULE)
            await send(it)
            await write(it, 0)
            await write(it, 1, "When does it come?")
            await it.clock.turn(LOOK)
            assert await quality_of(it) == "YELLOW"
            await send(it)
            for place in range(5):
                await write(it, place)
            await it.clock.turn(LOOK)
            assert await quality_of(it) == "RED"
            assert told(it) == ["YELLOW", "RED", "PAUSED"]
            refused = await it.send(order_update())
            assert refused.json["error"]["code"] == 132015

    asyncio.run(scene())


def test_who_stops_marketing_complains_and_quality_comes_back_with_further_sends():
    async def scene() -> None:
        async with running() as it:
            await it.ask("POST", "/_emulator/quality", RULE)
            await send(it)
            stop = {"from": number(3), "value": "stop"}
            await it.ask("POST", "/_emulator/user_preferences", stop)
            await it.clock.turn(LOOK)
            assert await quality_of(it) == "YELLOW"
            await send(it)
            await it.clock.turn(LOOK)
            assert await quality_of(it) == "GREEN"

    asyncio.run(scene())


def test_one_recipient_complains_once_for_each_message_they_got():
    async def scene() -> str:
        async with running() as it:
            await it.ask("POST", "/_emulator/quality", RULE)
            await send(it)
            for _ in range(9):
                await write(it, 0)
            await it.clock.turn(LOOK)
            return await quality_of(it)

    assert asyncio.run(scene()) == "YELLOW"


@pytest.mark.parametrize("rule", [{}, {**RULE, "fewest": 11}])
def test_without_a_rule_or_with_too_few_sends_quality_stays(rule):
    async def scene() -> list[Any]:
        async with running() as it:
            await it.ask("POST", "/_emulator/quality", rule)
            await send(it)
            for place in range(10):
                await write(it, place)
            await it.clock.turn(LOOK)
            return [await quality_of(it), told(it)]

    assert asyncio.run(scene()) == ["GREEN", []]


def test_what_was_counted_outlives_a_snapshot():
    async def scene() -> str:
        async with running() as it:
            await it.ask("POST", "/_emulator/quality", RULE)
            await send(it)
            await write(it, 0)
            kept = it.emulator.snapshot()
            it.emulator.restore(kept)
            await it.clock.turn(LOOK)
            return await quality_of(it)

    assert asyncio.run(scene()) == "YELLOW"


@pytest.mark.parametrize("rule", [{"fewest": 0}, {"yellow": 0}, {"yellow": 0.5, "red": 0.1}])
def test_a_rule_that_means_nothing_is_refused(rule):
    assert asyncio.run(emulated().ask("POST", "/_emulator/quality", rule)).status == 400
