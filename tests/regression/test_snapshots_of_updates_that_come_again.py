"""What a webhook's lots are drawn by, and that it is a repeat, outlives a snapshot."""

import asyncio

from support.emulated import emulated, order_update

PLAN = {"seed": 5, "repeat_after_200": {"share": 1.0, "after_ms": 1000}}


def test_a_repeat_that_waited_in_a_snapshot_comes_alone_and_once():
    async def scene() -> list[int]:
        it = emulated(status_delays=(("sent", 0.1),), workers=1)
        await it.ask("POST", "/_emulator/faults", PLAN)
        task = asyncio.ensure_future(it.emulator.run())
        await it.send(order_update())
        await it.clock.turn(0.5)
        it.receiver.always = 0
        await it.clock.turn(1)
        snapshot = it.emulator.snapshot()
        it.receiver.always = 200
        it.receiver.posts.clear()
        it.emulator.restore(snapshot)
        await it.clock.turn(60)
        task.cancel()
        return [len(post.changes) for post in it.receiver.posts]

    assert asyncio.run(scene()) == [1]
