"""Management calls: so many an hour for a WABA, on the edges that Meta lists, told in a header."""

import asyncio
import json

from support.emulated import NUMBER, WABA, order_update, running

KEPT = frozenset({"management"})
TEMPLATES, PHONES = f"/v25.0/{WABA}/message_templates", f"/v25.0/{WABA}/phone_numbers"


def usage(answer):
    """The one object in the header of business use case usage."""
    (told,) = json.loads(answer.headers["x-business-use-case-usage"])[WABA]
    return told


async def calls(it, count, path=PHONES):
    return [await it.ask("GET", path) for _ in range(count)]


def test_an_account_without_a_registered_number_has_two_hundred_calls_an_hour():
    async def scene():
        async with running(limits=KEPT) as it:
            it.emulator.state.first_number.is_registered = False
            first = (await calls(it, 1))[0]
            assert (usage(first)["call_count"], usage(first)["type"]) == (
                1,
                "whatsapp_business_management",
            )
            await it.clock.turn(600)
            answers = await calls(it, 199)
            assert {one.status for one in answers} == {200}
            assert usage(answers[98])["call_count"] == 50
            last = usage(answers[-1])
            assert (last["call_count"], last["estimated_time_to_regain_access"]) == (100, 50)

            (refused,) = await calls(it, 1)
            assert refused.status == 400
            assert refused.json["error"]["code"] == 80007
            assert usage(refused)["estimated_time_to_regain_access"] == 50
            (refused,) = await calls(it, 1, TEMPLATES)
            assert refused.json["error"]["code"] == 80008

            await it.clock.turn(3000)
            assert [one.status for one in await calls(it, 2)] == [200, 400]

    asyncio.run(scene())


def test_an_account_with_a_registered_number_has_five_thousand():
    async def scene():
        async with running(limits=KEPT) as it:
            answers = await calls(it, 5001)
            assert [one.status for one in answers[-2:]] == [200, 400]
            assert usage(answers[2499])["call_count"] == 50

    asyncio.run(scene())


def test_sends_and_numbers_are_not_management_calls():
    async def scene():
        async with running(limits=KEPT) as it:
            it.emulator.state.first_number.is_registered = True
            await calls(it, 5000)
            assert (await it.send(order_update())).status == 200
            assert (await it.ask("GET", f"/v25.0/{NUMBER}")).status == 200
            assert (await it.ask("GET", f"/v25.0/{WABA}")).json["error"]["code"] == 80007

    asyncio.run(scene())


def test_calls_beyond_the_limit_pass_where_it_is_not_kept():
    async def scene():
        async with running() as it:
            it.emulator.state.first_number.is_registered = False
            answers = await calls(it, 250)
            assert {one.status for one in answers} == {200}
            assert usage(answers[-1])["call_count"] == 100

    asyncio.run(scene())
