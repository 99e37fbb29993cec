"""How much there was can be asked without reading it."""

import asyncio

from support.emulated import order_update, running


def test_counts_go_on_over_a_reset():
    async def scene():
        async with running() as it:
            await it.send(order_update())
            await it.ask("POST", "/_emulator/reset")
            await it.send(order_update())
            await it.send({})
            return (await it.ask("GET", "/_emulator/counts")).json["data"]

    ((counts),) = asyncio.run(scene())
    assert (counts["messages"], counts["refusals"], counts["callbacks"]) == (2, 1, 0)
