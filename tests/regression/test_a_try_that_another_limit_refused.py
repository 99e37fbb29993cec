"""A try that a limit refuses does not use up the acceptance that a magic number has in store."""

import asyncio

from support.emulated import NUMBER, emulated, order_update

ONCE = "+919555" + "900303"


def test_the_try_after_a_refusal_is_accepted_also_if_a_limit_came_between():
    async def scene() -> list[int]:
        it = emulated(limits=frozenset({"throughput"}))
        answers = [(await it.send(order_update(to=ONCE))).status]
        throughput = it.emulator.limits.throughput
        number = it.emulator.state.numbers[NUMBER]
        while throughput.tokens(number) >= 1:
            throughput.hear(number)
        answers.append((await it.send(order_update(to=ONCE))).status)
        await it.clock.turn(5)
        answers += [(await it.send(order_update(to=ONCE))).status for _ in range(3)]
        return answers

    assert asyncio.run(scene()) == [500, 400, 200, 500, 200]
