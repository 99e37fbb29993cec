"""What a recipient does comes to the customer, and says which of our messages it answers."""

import asyncio

import pytest

from support.nouns import PHONE_NUMBER_ID, SENDER_ID, WABA_ID
from support.pair import TO, meta_fixture, running, text, wrapped
from support.received import tell_everything

PHONE = TO[1:]


def flow(folder, body):
    async def run():
        async with running(folder) as pair:
            await tell_everything(pair)
            return await body(pair)

    return asyncio.run(run())


async def sent(pair, message, **references):
    """Our id of a message and Meta's, once it was read."""
    message_id = await pair.accepted(wrapped(message, **references))
    report = await pair.until_state(message_id, "read")
    return message_id, report.wamid


def incoming(pair):
    """The incoming callbacks that came so far."""
    return [
        told.json
        for told in pair.shop.told
        if "messages" in told.json.get("meta_object", {}).get("value", {})
    ]


async def answered(pair, order, count=1):
    """The callbacks about what a recipient does now."""
    await pair.order("inbound", {"from": PHONE, "name": "Asha", **order})
    await pair.until(lambda: len(incoming(pair)) >= count)
    return incoming(pair)


def test_a_tap_on_a_card_names_message_card_button_and_references(tmp_path):
    async def body(pair):
        message_id, wamid = await sent(pair, meta_fixture("carousel-meta"), ref="spring")
        (told,) = await answered(pair, {"tap": {"id": wamid, "card": 1, "button": 0}})
        return message_id, wamid, told

    message_id, wamid, told = flow(tmp_path, body)
    (message,) = told["meta_object"]["value"]["messages"]
    assert message["type"] == "button"
    assert message["button"] == {"payload": "more-crassulas", "text": "Send me more like this!"}
    assert message["context"] == {"from": SENDER_ID, "id": wamid}
    extra = told["extra_info"]
    assert (extra["reply_to"], extra["ref"]) == (message_id, "spring")
    assert (extra["card_index"], extra["button_index"]) == (1, 0)
    assert extra["waba_id"] == WABA_ID
    assert "reply_to_is_probable" not in extra


def test_an_order_has_its_prices_and_the_message_it_probably_came_from(tmp_path):
    async def body(pair):
        message_id, wamid = await sent(pair, meta_fixture("mpm-meta"), ref="basket")
        await sent(pair, meta_fixture("carousel-meta"))
        items = {"nseiw1x3ch": 2}
        (told,) = await answered(pair, {"order": {"id": wamid, "items": items}})
        return message_id, told

    message_id, told = flow(tmp_path, body)
    (message,) = told["meta_object"]["value"]["messages"]
    (item,) = message["order"]["product_items"]
    assert (item["product_retailer_id"], item["quantity"]) == ("nseiw1x3ch", 2)
    assert item["item_price"] > 0
    assert "context" not in message
    extra = told["extra_info"]
    assert (extra["reply_to"], extra["ref"]) == (message_id, "basket")
    assert extra["reply_to_is_probable"] is True


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"type": "text", "text": {"body": "Thanks"}}, "text"),
        (
            {"type": "location", "location": {"latitude": 37.442, "longitude": -122.161}},
            "location",
        ),
        (
            {
                "type": "contacts",
                "contacts": [{"name": {"formatted_name": "Ravi"}, "phones": [{"phone": "+1"}]}],
            },
            "contacts",
        ),
        (
            {
                "type": "interactive",
                "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "One"}},
            },
            "interactive",
        ),
    ],
)
def test_an_answer_comes_word_for_word_with_what_it_answers(tmp_path, message, kind):
    async def body(pair):
        message_id, wamid = await sent(pair, text())
        context = {"from": SENDER_ID, "id": wamid}
        (told,) = await answered(pair, {"message": {**message, "context": context}})
        return message_id, told

    message_id, told = flow(tmp_path, body)
    value = told["meta_object"]["value"]
    (came,) = value["messages"]
    assert (came["type"], came[kind]) == (kind, message[kind])
    assert value["metadata"]["phone_number_id"] == PHONE_NUMBER_ID
    assert value["contacts"][0]["profile"]["name"] == "Asha"
    assert told["extra_info"]["reply_to"] == message_id


def test_a_reaction_says_to_which_message_and_opens_the_window(tmp_path):
    async def body(pair):
        message_id, wamid = await sent(pair, meta_fixture("carousel-meta"))
        reaction = {"type": "reaction", "reaction": {"message_id": wamid, "emoji": "👍"}}
        (told,) = await answered(pair, {"message": reaction})
        window = await pair.ask(lambda t: t.recipients.wrote_at([(1, SENDER_ID, TO)]))
        return message_id, told, window

    message_id, told, window = flow(tmp_path, body)
    assert told["extra_info"]["reply_to"] == message_id
    assert window


def test_a_webhook_that_comes_again_is_told_once(tmp_path):
    async def body(pair):
        message = {"type": "text", "text": {"body": "Hi"}, "id": "wamid.SAME"}
        for _ in range(3):
            await pair.order("inbound", {"from": PHONE, "message": message})
        await pair.until(lambda: incoming(pair))
        await pair.pass_time(5)
        return incoming(pair), [told.headers["webhook-id"] for told in pair.shop.told]

    told, ids = flow(tmp_path, body)
    assert len(told) == 1
    assert len(ids) == len(set(ids))
