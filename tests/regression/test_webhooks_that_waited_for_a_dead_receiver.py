"""Webhooks stay below 3 MB, and what nobody took for seven days is given up, tried or not."""

import asyncio
from types import SimpleNamespace
from typing import Any

from meta_emulator.webhook.delivery import MOST_BYTES
from support.emulated import emulated, order_update, running

WEEK_S = 7 * 24 * 3600.0


async def writes(it: Any, text: str) -> None:
    order = {"from": "+919876543210", "text": text}
    assert (await it.ask("POST", "/_emulator/inbound", order)).status == 200


def test_a_thousand_long_messages_come_in_bodies_below_three_megabytes():
    async def scene() -> list[int]:
        it = emulated(batch=1000, workers=1)
        for _ in range(400):
            await writes(it, "🦊" * 2000)
        task = asyncio.ensure_future(it.emulator.run())
        await it.clock.turn(1)
        task.cancel()
        assert sum(len(post.changes) for post in it.receiver.posts) == 400
        return [len(post.body) for post in it.receiver.posts]

    sizes = asyncio.run(scene())
    assert max(sizes) <= MOST_BYTES
    assert len(sizes) == -(-400 // (MOST_BYTES // (sizes[0] // (400 // len(sizes)))))


def test_one_update_that_is_too_large_alone_goes_alone():
    async def scene() -> list[int]:
        async with running() as it:
            await writes(it, "a" * (MOST_BYTES + 1))
            await writes(it, "b")
            await it.clock.turn(1)
            return [len(post.changes) for post in it.receiver.posts]

    assert asyncio.run(scene()) == [1, 1]


def test_after_a_week_nothing_waits_for_a_receiver_that_never_answered():
    async def scene() -> SimpleNamespace:
        async with running(batch=1, workers=2) as it:
            it.receiver.always = 0
            for nth in range(20):
                await it.send(order_update(to=f"+9198765{nth:05}"))
            await it.clock.turn(WEEK_S + 600)
            kept = it.emulator.deliverer.snapshot()
            it.receiver.always = 200
            it.receiver.posts.clear()
            await it.clock.turn(600)
            return SimpleNamespace(kept=kept, posts=it.receiver.posts)

    left = asyncio.run(scene())
    assert left.kept.keys() == {"posts"}
    assert left.posts == []
