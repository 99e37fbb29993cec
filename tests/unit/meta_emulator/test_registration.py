"""A number is registered and deregistered, verified, and guards its pin."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from support.emulated import MESSAGES, NUMBER, Emulated, emulated, order_update

REGISTER = f"/v25.0/{NUMBER}/register"
DEREGISTER = f"/v25.0/{NUMBER}/deregister"


def pin(value: Any = "123456") -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "pin": value}


async def code_of(it: Emulated, path: str, body: Any = None) -> int | None:
    """Meta's code of the answer; None of a success."""
    answer = await it.ask("POST", path, body)
    if answer.status == 200:
        assert answer.json == {"success": True}
        return None
    code: int = answer.json["error"]["code"]
    return code


def test_a_deregistered_number_sends_nothing_until_it_is_registered_again():
    async def go() -> None:
        it = emulated()
        assert await code_of(it, DEREGISTER) is None
        assert await code_of(it, MESSAGES, order_update()) == 133010
        assert await code_of(it, DEREGISTER) == 133010
        shown = await it.ask("GET", f"/v25.0/{NUMBER}?fields=status,platform_type")
        assert shown.json["status"] == "DISCONNECTED"
        assert await code_of(it, REGISTER, pin()) is None
        assert (await it.send(order_update())).wamid

    asyncio.run(go())


def test_the_first_pin_is_the_numbers_and_a_wrong_one_is_refused():
    async def go() -> None:
        it = emulated()
        assert await code_of(it, REGISTER, pin("111111")) is None
        assert await code_of(it, REGISTER, pin("222222")) == 133005
        assert await code_of(it, REGISTER, pin("111111")) == 133009  # in the same moment
        await it.clock.turn(2)
        assert await code_of(it, REGISTER, pin("111111")) is None

    asyncio.run(go())


def test_too_many_wrong_pins_lock_the_number_for_an_hour():
    async def go() -> None:
        it = emulated()
        await code_of(it, REGISTER, pin("111111"))
        for _ in range(5):
            await it.clock.turn(2)
            assert await code_of(it, REGISTER, pin("000000")) == 133005
        await it.clock.turn(2)
        assert await code_of(it, REGISTER, pin("111111")) == 133008
        await it.clock.turn(3600)
        assert await code_of(it, REGISTER, pin("111111")) is None

    asyncio.run(go())


def test_a_pin_can_be_changed_through_the_number():
    async def go() -> None:
        it = emulated()
        assert await code_of(it, f"/v25.0/{NUMBER}", {"pin": "654321"}) is None
        assert await code_of(it, REGISTER, pin("111111")) == 133005
        await it.clock.turn(2)
        assert await code_of(it, REGISTER, pin("654321")) is None

    asyncio.run(go())


def test_ten_registrations_in_three_days_are_all_there_are():
    async def go() -> None:
        it = emulated()
        for _ in range(10):
            assert await code_of(it, REGISTER, pin()) is None
        assert await code_of(it, REGISTER, pin()) == 133016
        assert await code_of(it, DEREGISTER) == 133016
        await it.clock.turn(72 * 3600 + 1)
        assert await code_of(it, REGISTER, pin()) is None

    asyncio.run(go())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"pin": "123456"}, "messaging_product"),
        ({"messaging_product": "whatsapp"}, "pin is required"),
        (pin("12345"), "six digits"),
        (pin("abcdef"), "six digits"),
    ],
)
def test_a_registration_of_no_shape_is_code_100(body, words):
    answer = asyncio.run(emulated().ask("POST", REGISTER, body))
    assert answer.json["error"]["code"] == 100
    assert words in answer.json["error"]["message"]


def test_a_number_that_is_not_verified_is_verified_by_its_code_before_it_is_registered():
    async def go() -> None:
        it = emulated()
        number = it.emulator.state.numbers[NUMBER]
        await code_of(it, DEREGISTER)
        number.seed = replace(number.seed, code_verification_status="NOT_VERIFIED")
        assert await code_of(it, REGISTER, pin()) == 133006
        asked = f"/v25.0/{NUMBER}/request_code?code_method=SMS&language=en"
        assert await code_of(it, asked) is None
        assert await code_of(it, f"/v25.0/{NUMBER}/verify_code?code=000000") == 100
        right = number.digits[-6:]
        assert await code_of(it, f"/v25.0/{NUMBER}/verify_code?code={right}") is None
        assert await code_of(it, REGISTER, pin()) is None

    asyncio.run(go())


@pytest.mark.parametrize("query", ["", "?code_method=PIGEON&language=en", "?code_method=SMS"])
def test_a_code_is_asked_for_by_a_method_and_in_a_language(query):
    answer = asyncio.run(emulated().ask("POST", f"/v25.0/{NUMBER}/request_code{query}"))
    assert answer.json["error"]["code"] == 100
