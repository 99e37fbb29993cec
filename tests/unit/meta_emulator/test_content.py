"""Messages that are no templates: what Meta takes is taken, and each limit has its error."""

import asyncio
from typing import Any

import pytest

from support.emulated import MESSAGES, Answered, emulated, running

CATALOGUE = "194836987003835"
IMAGE = {"link": "https://shop.example/a.jpg"}


def free_form(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "to": "919876543210",
        "type": kind,
        kind: content,
        **more,
    }


def interactive(kind: str, action: Any, **more: Any) -> dict[str, Any]:
    """With a body, unless `more` says otherwise."""
    content = {"type": kind, "body": {"text": "Choose"}, "action": action, **more}
    return free_form("interactive", {key: content[key] for key in content if content[key]})


def named(kind: str, name: str, **parameters: Any) -> dict[str, Any]:
    return interactive(kind, {"name": name, "parameters": parameters})


def replies(*titles: str) -> dict[str, Any]:
    buttons = [
        {"type": "reply", "reply": {"id": f"{place}", "title": title}}
        for place, title in enumerate(titles)
    ]
    return interactive("button", {"buttons": buttons})


def listed(*numbers: int, **row: Any) -> dict[str, Any]:
    """A list with a section for each of `numbers`, of so many rows."""
    sections = [
        {
            "title": f"Section {place}",
            "rows": [
                {"id": f"{place}-{row_place}", "title": "Row", **row} for row_place in range(n)
            ],
        }
        for place, n in enumerate(numbers)
    ]
    return interactive("list", {"button": "Options", "sections": sections})


def product_list(*sections: int, catalogue: str = CATALOGUE, **more: Any) -> dict[str, Any]:
    listed_sections = [
        {
            "title": f"Section {place}",
            "product_items": [
                {"product_retailer_id": f"plant{number + 1:02d}"} for number in range(count)
            ],
        }
        for place, count in enumerate(sections)
    ]
    header = {"type": "text", "text": "Plants"}
    action = {"catalog_id": catalogue, "sections": listed_sections}
    return interactive("product_list", action, **{"header": header, **more})


def link_card(place: Any, **more: Any) -> dict[str, Any]:
    parameters = {"display_text": "Shop now", "url": "https://shop.example/a"}
    return {
        "card_index": place,
        "type": "cta_url",
        "header": {"type": "image", "image": IMAGE},
        "body": {"text": "Aloe"},
        "action": {"name": "cta_url", "parameters": parameters},
        **more,
    }


def product_card(place: int, product: str = "plant01") -> dict[str, Any]:
    action = {"product_retailer_id": product, "catalog_id": CATALOGUE}
    return {"card_index": place, "type": "product", "action": action}


def cards(*given: dict[str, Any]) -> dict[str, Any]:
    return interactive("carousel", {"cards": list(given)})


def amount(value: int) -> dict[str, int]:
    return {"value": value, "offset": 100}


def order(**instead: Any) -> dict[str, Any]:
    item = {"retailer_id": "1", "name": "bread", "quantity": 1, "amount": amount(1000)}
    details = {
        "reference_id": "r-1",
        "type": "digital-goods",
        "currency": "INR",
        "payment_configuration": "configuration",
        "payment_type": "upi",
        "total_amount": amount(1000),
        "order": {"status": "pending", "items": [item], "subtotal": amount(1000)},
        **instead,
    }
    return named("order_details", "review_and_pay", **details)


FLOW = {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Open", "flow_token": "t"}
TAKEN = {
    "text with a preview": free_form(
        "text", {"body": "see https://x.example", "preview_url": True}
    ),
    "image with a caption": free_form("image", {**IMAGE, "caption": "x" * 1024}),
    "image by id": free_form("image", {"id": "1558081531584829"}),
    "audio": free_form("audio", {"link": "https://shop.example/a.ogg"}),
    "video": free_form("video", {"link": "https://shop.example/a.mp4", "caption": "x"}),
    "document": free_form(
        "document", {"link": "https://shop.example/a.pdf", "filename": "a.pdf", "caption": "x"}
    ),
    "sticker": free_form("sticker", {"link": "https://shop.example/a.webp"}),
    "place": free_form(
        "location", {"latitude": "-37.4", "longitude": 122.1, "name": "Shop", "address": "Road"}
    ),
    "five contacts": free_form("contacts", [{"name": {"formatted_name": "x"}}] * 5),
    "reaction": free_form("reaction", {"message_id": "wamid.x", "emoji": "👍"}),
    "reaction taken back": free_form("reaction", {"message_id": "wamid.x", "emoji": ""}),
    "reply": free_form("text", {"body": "x"}, context={"message_id": "wamid.x"}),
    "three reply buttons": replies("One", "Two", "x" * 20),
    "list of ten rows": listed(5, 5, description="x" * 72),
    "list with one section without title": interactive(
        "list", {"button": "Options", "sections": [{"rows": [{"id": "1", "title": "Row"}]}]}
    ),
    "link": named("cta_url", "cta_url", display_text="Shop", url="https://shop.example"),
    "flow": named("flow", "flow", **FLOW),
    "product": interactive(
        "product", {"catalog_id": CATALOGUE, "product_retailer_id": "plant01"}, body=None
    ),
    "thirty products": product_list(15, 15),
    "catalogue": named("catalog_message", "catalog_message"),
    "catalogue with its picture": named(
        "catalog_message", "catalog_message", thumbnail_product_retailer_id="plant01"
    ),
    "request for a place": interactive("location_request_message", {"name": "send_location"}),
    "request for an address": named("address_message", "address_message", country="IN"),
    "request for contact details": interactive(
        "request_contact_info", {"name": "request_contact_info"}
    ),
    "request to call": interactive("call_permission_request", {"name": "call_permission_request"}),
    "button to call": named("voice_call", "voice_call", display_text="Call", ttl_minutes=100),
    "cards with links": cards(*map(link_card, range(10))),
    "cards with products": cards(product_card(0), product_card(1, "plant02")),
    "order": order(),
    "order status": named(
        "order_status", "review_order", reference_id="r-1", order={"status": "shipped"}
    ),
}


def ask(message: Any) -> Answered:
    return asyncio.run(emulated().ask("POST", MESSAGES, message))


@pytest.mark.parametrize("message", TAKEN.values(), ids=TAKEN.keys())
def test_every_kind_of_message_is_taken(message):
    assert ask(message).wamid


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "caption on a sound": (
        free_form("audio", {"link": "https://x.example/a", "caption": "x"}),
        100,
        'Unexpected key "caption" on param "audio".',
    ),
    "caption too long": (
        free_form("image", {**IMAGE, "caption": "x" * 1025}),
        131009,
        "image['caption'] must be 1 to 1024 characters long",
    ),
    "link that is none": (
        free_form("image", {"link": "a.jpg"}),
        100,
        "Param image['link'] must be a valid URI.",
    ),
    "media id of nothing": (
        free_form("image", {"id": "5"}),
        100,
        "Param image['id'] is not a valid whatsapp business account media attachment ID",
    ),
    "beyond the pole": (
        free_form("location", {"latitude": 91, "longitude": 0}),
        131009,
        "location['latitude'] must be from -90 to 90",
    ),
    "258 contacts": (
        free_form("contacts", [{"name": {"formatted_name": "x"}}] * 258),
        131009,
        "contacts: at most 257 are allowed",
    ),
    "contact without name": (
        free_form("contacts", [{"name": {}}]),
        131008,
        "The parameter contacts[0]['name']['formatted_name'] is required.",
    ),
    "reply to nothing": (
        free_form("text", {"body": "x"}, context={}),
        100,
        "The parameter context['message_id'] is required.",
    ),
    "four buttons": (
        replies("1", "2", "3", "4"),
        131009,
        "interactive['action']['buttons'] must have 1 to 3 items",
    ),
    "title of a button too long": (
        replies("x" * 21),
        131009,
        "interactive['action']['buttons'][0]['reply']['title'] must be 1 to 20 characters long",
    ),
    "two buttons alike": (
        replies("One", "One"),
        131009,
        "interactive['action']['buttons'][1]['reply']['title'] must not repeat One",
    ),
    "no body": (
        interactive("list", {"button": "x"}, body=None),
        131008,
        "The parameter interactive['body'] is required.",
    ),
    "eleven rows": (listed(6, 5), 131009, "Total row count exceed max allowed count: 10"),
    "description too long": (
        listed(1, description="x" * 73),
        131009,
        (
            "interactive['action']['sections'][0]['rows'][0]['description'] must be 1 to 72"
            " characters long"
        ),
    ),
    "picture over a list": (
        interactive("list", {"button": "x"}, header={"type": "image", "image": IMAGE}),
        100,
        "Param interactive['header']['type'] must be one of {TEXT} - got \"image\".",
    ),
    "header over a product": (
        interactive(
            "product",
            {"catalog_id": CATALOGUE, "product_retailer_id": "plant01"},
            header={"type": "text", "text": "x"},
        ),
        131009,
        "interactive['header'] is not allowed for product",
    ),
    "link to nowhere": (
        named("cta_url", "cta_url", display_text="Shop", url="shop"),
        100,
        "Param interactive['action']['parameters']['url'] must be a valid URI.",
    ),
    "flow by id and name": (
        named("flow", "flow", **FLOW, flow_name="n"),
        131008,
        ("interactive['action']['parameters']: exactly one of flow_id and flow_name is required"),
    ),
    "product of nobody": (
        interactive("product", {"catalog_id": CATALOGUE, "product_retailer_id": "nowhere"}),
        131009,
        "Products not found in FB Catalog",
    ),
    "thirty-one products": (product_list(16, 15), 131009, "at most 30 products are allowed"),
    "another's catalogue": (
        product_list(1, catalogue="5"),
        131009,
        "Products not found in FB Catalog",
    ),
    "product list without header": (
        product_list(1, header=None),
        131008,
        "interactive['header'] is required",
    ),
    "one card": (
        cards(link_card(0)),
        131009,
        "interactive['action']['cards'] must have 2 to 10 items",
    ),
    "cards of two kinds": (
        cards(link_card(0), product_card(1)),
        131009,
        "interactive['action']['cards']: all cards must have the same type and header type",
    ),
    "card twice": (
        cards(link_card(0), link_card(0)),
        131009,
        "interactive['action']['cards']: card_index must not repeat",
    ),
    "card of three breaks": (
        cards(link_card(0), link_card(1, body={"text": "a\nb\nc\nd"})),
        131009,
        "interactive['action']['cards'][1]['body'] must have at most 2 line breaks",
    ),
    "order of no goods": (
        order(type="air"),
        100,
        (
            "Param interactive['action']['parameters']['type'] must be one of {DIGITAL-GOODS,"
            ' PHYSICAL-GOODS} - got "air".'
        ),
    ),
    "order without a sum": (
        order(total_amount=None),
        131008,
        "The parameter interactive['action']['parameters']['total_amount'] is required.",
    ),
    "unknown type": (
        free_form("carrier_pigeon", {}),
        131051,
        (
            "type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION,"
            ' REACTION, STICKER, TEMPLATE, TEXT, VIDEO} - got "carrier_pigeon".'
        ),
    ),
}


@pytest.mark.parametrize(("message", "code", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_breaks_a_limit_is_refused_with_its_place(message, code, reason):
    error = ask(message).json["error"]
    told = (
        error["message"].removeprefix("(#100) ") if code == 100 else error["error_data"]["details"]
    )
    assert (error["code"], told) == (code, reason)


def test_media_of_another_kind_is_taken_and_fails_later():
    async def scene() -> list[Any]:
        async with running(status_delays=(("sent", 0.0),)) as it:
            await it.send(free_form("image", {"id": "2621233374848975"}))
            await it.clock.turn(0.1)
            (change,) = it.receiver.posts[0].changes
            (status,) = change["value"]["statuses"]
            return [status["status"], status["errors"][0]["code"]]

    assert asyncio.run(scene()) == ["failed", 131053]


def test_read_receipts_are_remembered_with_their_typing_indicator():
    async def scene() -> list[Any]:
        it = emulated()
        mark = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}
        typing = {**mark, "typing_indicator": {"type": "text"}}
        for body in (mark, typing):
            assert (await it.ask("POST", MESSAGES, body)).json == {"success": True}
        refused = await it.ask("POST", MESSAGES, {**mark, "typing_indicator": {"type": "song"}})
        assert refused.json["error"]["code"] == 100
        shown = (await it.ask("GET", "/_emulator/reads")).json["data"]
        return [(item["message_id"], item["is_typing"]) for item in shown]

    assert asyncio.run(scene()) == [("wamid.x", False), ("wamid.x", True)]
