"""A recipient taps a button or orders: Meta's webhook says what, and what cannot be is refused."""

import asyncio

import pytest

from support.emulated import order_update, running
from support.pair import meta_fixture

PHONE = "919876543210"
INBOUND = "/_emulator/inbound"
BUTTONS = {
    "messaging_product": "whatsapp",
    "to": PHONE,
    "type": "interactive",
    "interactive": {
        "type": "button",
        "body": {"text": "Well?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]},
    },
}


def answered(message, **order):
    """What the control API said, and the message of the webhook if there was one."""

    async def scene():
        async with running() as it:
            await it.ask("POST", INBOUND, {"from": PHONE, "text": "hi"}, {})
            wamid = (await it.send(message)).wamid
            given = {key: {"id": wamid, **value} for key, value in order.items()}
            said = await it.ask("POST", INBOUND, {"from": PHONE, **given}, {})
            await it.clock.turn(0)
            told = [
                one
                for post in it.receiver.posts
                for change in post.changes
                for one in change["value"].get("messages", ())
            ]
            return said, told[-1], wamid

    return asyncio.run(scene())


def test_a_tap_on_a_card_has_the_payload_that_was_sent():
    said, told, wamid = answered(meta_fixture("carousel-meta"), tap={"card": 1, "button": 0})

    assert said.status == 200
    assert told["button"] == {"payload": "more-crassulas", "text": "Send me more like this!"}
    assert told["context"]["id"] == wamid


def test_a_tap_on_a_reply_button_has_its_id():
    _, told, wamid = answered(BUTTONS, tap={"button": 0})

    assert told["interactive"] == {
        "type": "button_reply",
        "button_reply": {"id": "yes", "title": "Yes"},
    }
    assert told["context"]["id"] == wamid


def test_an_order_has_prices_and_names_no_message():
    _, told, _ = answered(meta_fixture("mpm-meta"), order={"items": {"nseiw1x3ch": 2}})

    (item,) = told["order"]["product_items"]
    assert (item["quantity"], item["currency"]) == (2, "INR")
    assert "context" not in told


@pytest.mark.parametrize(
    ("message", "order", "reason"),
    [
        (order_update(), {"tap": {"id": "wamid.none"}}, "there is no message wamid.none"),
        (meta_fixture("carousel-meta"), {"tap": {"card": 1, "button": 1}}, "has no quick reply 1"),
        (BUTTONS, {"tap": {"button": 3}}, "has no button 3"),
        (order_update(), {"order": {"items": {"x": 1}}}, "there is no product x"),
        (order_update(), {"order": {}}, "missing required field `items` - at `$.order`"),
        (order_update(), {"order": {"items": {}}}, 'an order needs "items"'),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_sentence(message, order, reason):
    said, _, _ = answered(message, **order)

    assert said.status == 400
    assert reason in said.json["error"]
