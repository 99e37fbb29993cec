"""Meta's rates, when they are kept: 80 a second for a number, 45 at once to one recipient."""

import asyncio

from support.emulated import Emulated, order_update, running


async def sends(it: Emulated, count: int, start: int = 0, *, same: bool = False) -> list[int]:
    """The codes that `count` sends got; 200 for those accepted."""
    codes = []
    for number in range(start, start + count):
        to = "919876543210" if same else f"9199{number:08d}"
        answer = await it.send(order_update(to=to))
        codes.append(200 if answer.status == 200 else answer.json["error"]["code"])
    return codes


def test_a_number_sends_eighty_a_second():
    async def scene() -> None:
        async with running(keeps_limits=True) as it:
            assert await sends(it, 90) == [200] * 80 + [130429] * 10
            await it.clock.turn(0.25)
            assert await sends(it, 30, 1000) == [200] * 20 + [130429] * 10

    asyncio.run(scene())


def test_one_recipient_gets_forty_five_at_once_and_then_one_in_six_seconds():
    async def scene() -> None:
        async with running(keeps_limits=True) as it:
            assert await sends(it, 47, same=True) == [200] * 45 + [131056] * 2
            await it.clock.turn(5.9)
            assert await sends(it, 1, same=True) == [131056]
            await it.clock.turn(0.2)
            assert await sends(it, 2, same=True) == [200, 131056]
            assert await sends(it, 1, 7) == [200]

    asyncio.run(scene())


def test_without_being_asked_no_rate_is_kept():
    async def scene() -> None:
        async with running() as it:
            assert await sends(it, 200, same=True) == [200] * 200

    asyncio.run(scene())
