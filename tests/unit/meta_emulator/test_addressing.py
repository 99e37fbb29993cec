"""Whom `to` reaches: country codes, numbers that WhatsApp knows otherwise, ids, identities."""

import asyncio
from typing import Any

import pytest

from meta_emulator.world.recipients import dialled, identity_of
from support.emulated import NUMBER, WABA, Answered, emulated, order_update, running

INDIAN, MEXICAN = "919876500000", "525512345678"


def send(**more: Any) -> Answered:
    return asyncio.run(emulated().send(order_update(**more)))


@pytest.mark.parametrize(
    ("to", "reached"),
    [
        ("+919876543210", "919876543210"),
        ("919876543210", "919876543210"),
        (919876543210, "919876543210"),
        ("9876543210", "919876543210"),
        (9876543210, "919876543210"),
        ("+1 (631) 555-1234", "16315551234"),
        ("1 (631) 555-1234", "9116315551234"),
        ("16502530000", "16502530000"),
        ("447911123456", "447911123456"),
        ("+5511987654321", "5511987654321"),
        ("+5531987654321", "553187654321"),
        ("+525512345678", "5215512345678"),
        ("+5215512345678", "5215512345678"),
    ],
)
def test_a_number_is_completed_and_told_as_whatsapp_knows_it(to, reached):
    assert dialled(to, INDIAN) == reached
    answer = send(to=to).json["contacts"][0]
    assert answer == {"input": str(to), "wa_id": reached}


@pytest.mark.parametrize("to", ["nobody", "+12", 1.5, ["+919876543210"], "", None, True])
def test_what_is_no_phone_reaches_nobody(to):
    assert dialled(to, INDIAN) is None


def test_a_business_cannot_write_to_itself_however_its_number_is_written():
    number = emulated().emulator.state.numbers[NUMBER]
    for to in (f"+{number.digits}", number.digits, int(number.digits)):
        assert send(to=to).json["error"]["code"] == 131021
    assert dialled(MEXICAN, MEXICAN) == dialled(f"+{MEXICAN}", MEXICAN)


def test_statuses_go_to_the_number_that_whatsapp_knows():
    async def go() -> set[str]:
        async with running() as it:
            await it.send(order_update(to="+5531987654321"))
            await it.clock.turn(5)
            return {
                status["recipient_id"]
                for post in it.receiver.posts
                for change in post.changes
                for status in change["value"]["statuses"]
            }

    assert asyncio.run(go()) == {"553187654321"}


def test_a_phone_goes_before_a_user_id():
    contact = send(recipient="IN.13491208655302741918").json["contacts"][0]
    assert contact == {"input": "+919876543210", "wa_id": "919876543210"}


def test_a_user_id_is_told_without_a_phone():
    message = order_update(recipient="IN.13491208655302741918")
    del message["to"]
    answer = asyncio.run(emulated().send(message))
    user_id = "IN.13491208655302741918"
    assert answer.json["contacts"] == [{"input": user_id, "user_id": user_id}]


def test_an_authentication_template_needs_a_phone():
    async def go() -> int:
        it = emulated()
        templates = it.emulator.state.wabas[WABA].templates.values()
        found = next(one for one in templates if one.form.has_code)
        message = order_update(recipient="IN.13491208655302741918")
        del message["to"]
        message["template"] = {"name": found.name, "language": {"code": found.language}}
        code: int = (await it.send(message)).json["error"]["code"]
        return code

    assert asyncio.run(go()) == 131062


@pytest.mark.parametrize(
    ("wanted", "code"), [(identity_of("919876543210"), None), ("other=", 137000), (7, 100)]
)
def test_a_message_is_sent_to_the_identity_that_was_meant(wanted, code):
    answer = send(recipient_identity_key_hash=wanted)
    assert answer.json.get("error", {}).get("code") == code


def test_identities_are_told_to_who_asked_for_it():
    async def go() -> None:
        async with running() as it:
            asked = {"user_identity_change": {"enable_identity_key_check": True}}
            await it.ask("POST", f"/v25.0/{NUMBER}/settings", asked)
            await it.send(order_update())
            await it.ask("POST", "/_emulator/inbound", {"from": "+919876543210", "text": "Hi"})
            await it.clock.turn(5)
            values = [change["value"] for post in it.receiver.posts for change in post.changes]
            told = [status for value in values for status in value.get("statuses", ())]
            hashes = {status["recipient_identity_key_hash"] for status in told}
            (heard,) = [value for value in values if "messages" in value]
            hashes.add(heard["contacts"][0]["identity_key_hash"])
            assert hashes == {identity_of("919876543210")}

    asyncio.run(go())


def test_who_writes_from_a_number_is_who_is_reached_by_it():
    async def go() -> str:
        it = emulated(limits="windows")
        phone = "+525512345678"
        await it.ask("POST", "/_emulator/inbound", {"from": phone, "text": "Hola"})
        free = {"messaging_product": "whatsapp", "to": phone, "type": "text", "text": {"body": "x"}}
        await it.send(free)
        (message,) = it.emulator.state.messages
        assert message.failure is None
        return message.wa_id or ""

    assert asyncio.run(go()) == "5215512345678"
