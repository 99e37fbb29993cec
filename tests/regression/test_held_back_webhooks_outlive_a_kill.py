"""A webhook that a plan holds back is in the file as soon as its status is."""

import asyncio
import json

from meta_emulator.runtime.state_file import StateFile
from meta_emulator.server import go_on
from support.emulated import emulated, order_update


def test_what_is_held_back_is_kept_with_the_status_that_it_tells(tmp_path):
    async def scene() -> tuple[int, int]:
        it = emulated(status_delays=(("sent", 0.1),))
        delays = {"delay_webhooks": {"min_ms": 60_000, "max_ms": 60_000}}
        await it.ask("POST", "/_emulator/faults", delays)
        file = StateFile.open(tmp_path / "state")
        keeper = go_on(it.emulator, file)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(it.emulator.run()), group.create_task(keeper.run())]
            await keeper.settled(is_all=True)
            await it.send(order_update())
            await it.clock.turn(1)
            await keeper.settled(is_all=False)
            parts = file.read()
            for task in tasks:
                task.cancel()
        file.close()
        statuses = json.loads(parts["messages"]["s1"])
        return len(statuses), len(json.loads(parts["turbulence"]["held"]))

    assert asyncio.run(scene()) == (1, 1)
