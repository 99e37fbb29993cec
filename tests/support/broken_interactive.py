"""Interactive messages that break one of Meta's rules, and ones that just keep it.

Each broken one stands with what the content check says of it: the path below `interactive` and
the code.
"""

from typing import Any

from support.kinds import (
    CATALOGUE,
    CTA,
    FLOW,
    LIST,
    ORDER,
    PRODUCTS,
    TEXT_HEADER,
    interactive,
    media_card,
    product_card,
    reply,
    rows,
)
from support.sends import without


def buttons(*given):
    return interactive("button", {"buttons": list(given)})


def listing(*sections, button="Choose", **changes):
    return interactive("list", {"button": button, "sections": list(sections)}, **changes)


def link(**parameters):
    return interactive(
        "cta_url", {"name": "cta_url", "parameters": {**CTA["parameters"], **parameters}}
    )


def flow(**parameters):
    return interactive("flow", {"name": "flow", "parameters": parameters})


def cards(*given, **changes):
    return interactive("carousel", {"cards": list(given)}, **changes)


def section(*counts, title="Popular"):
    return {
        "title": title,
        "product_items": [{"product_retailer_id": f"sku{number}"} for number in range(*counts)],
    }


def products(*sections):
    return interactive(
        "product_list",
        {"catalog_id": CATALOGUE, "sections": list(sections)},
        header=TEXT_HEADER,
    )


FLOW_PARAMETERS = FLOW["parameters"]
CARD_BODY = "/action/cards/0/body/text"


BROKEN_INTERACTIVE: list[Any] = [
    # the frame
    (buttons(reply()) | {"interactive": "x"}, [("", "wrong_type")]),
    (buttons(reply()) | {"interactive": {}}, [("/type", "required")]),
    (interactive("poll", {}), [("/type", "kind_unknown")]),
    (interactive("button", None), [("/action", "required")]),
    (interactive("cta_url", CTA, body=None), [("/body", "required")]),
    (interactive("cta_url", CTA, body={"text": ""}), [("/body/text", "empty")]),
    (interactive("cta_url", CTA, body={"text": "x" * 1025}), [("/body/text", "too_long")]),
    (interactive("list", LIST, body={"text": "x" * 1025}), [("/body/text", "too_long")]),
    (interactive("cta_url", CTA, footer={"text": "x" * 61}), [("/footer/text", "too_long")]),
    (interactive("cta_url", CTA, footer={}), [("/footer/text", "required")]),
    (
        interactive("cta_url", CTA, header={"type": "text", "text": "x" * 61}),
        [("/header/text", "too_long")],
    ),
    (interactive("cta_url", CTA, header={"type": "text"}), [("/header/text", "required")]),
    (interactive("cta_url", CTA, header={"text": "x"}), [("/header/type", "required")]),
    (interactive("cta_url", CTA, header={"type": "audio"}), [("/header/type", "wrong_value")]),
    (interactive("cta_url", CTA, header={"type": "image"}), [("/header/image", "required")]),
    (
        interactive("cta_url", CTA, header={"type": "image", "image": {}}),
        [("/header/image/id", "required")],
    ),
    # reply buttons
    (buttons(), [("/action/buttons", "too_few")]),
    (buttons(*map(reply, range(4))), [("/action/buttons", "too_many")]),
    (buttons(reply(), "x"), [("/action/buttons/1", "wrong_type")]),
    (
        buttons({"type": "url", "reply": reply()["reply"]}),
        [("/action/buttons/0/type", "wrong_value")],
    ),
    (buttons({"type": "reply"}), [("/action/buttons/0/reply", "required")]),
    (
        buttons(reply(1), {"type": "reply", "reply": {"id": "change-1", "title": "Other"}}),
        [("/action/buttons/1/reply/id", "repeated")],
    ),
    (
        buttons(reply(1), {"type": "reply", "reply": {"id": "x", "title": "Change 1"}}),
        [("/action/buttons/1/reply/title", "repeated")],
    ),
    (
        buttons({"type": "reply", "reply": {"id": "x" * 257, "title": "y" * 21}}),
        [
            ("/action/buttons/0/reply/id", "too_long"),
            ("/action/buttons/0/reply/title", "too_long"),
        ],
    ),
    # lists
    (listing({"rows": rows(1)}, button="x" * 21), [("/action/button", "too_long")]),
    (
        listing({"rows": rows(1)}, header={"type": "image", "image": {"id": "1"}}),
        [("/header/type", "wrong_value")],
    ),
    (listing(), [("/action/sections", "too_few")]),
    (listing({"rows": []}), [("/action/sections/0/rows", "too_few")]),
    (listing({"title": "x"}), [("/action/sections/0/rows", "required")]),
    (listing({"rows": rows(11)}), [("/action/sections", "too_many")]),
    (
        listing({"title": "a", "rows": rows(6)}, {"title": "b", "rows": rows(5, 6)}),
        [("/action/sections", "too_many")],
    ),
    (
        listing({"title": "a", "rows": rows(1)}, {"rows": rows(1, 1)}),
        [("/action/sections/1/title", "required")],
    ),
    (
        listing({"title": "a", "rows": rows(1)}, {"title": "b", "rows": rows(1)}),
        [("/action/sections/1/rows/0/id", "repeated")],
    ),
    (
        listing({"title": "x" * 25, "rows": rows(1)}),
        [("/action/sections/0/title", "too_long")],
    ),
    (
        listing({"rows": [{"id": "x" * 201, "title": "y" * 25, "description": "z" * 73}]}),
        [
            ("/action/sections/0/rows/0/id", "too_long"),
            ("/action/sections/0/rows/0/title", "too_long"),
            ("/action/sections/0/rows/0/description", "too_long"),
        ],
    ),
    # links, requests, flows, orders
    (
        interactive("cta_url", {"name": "url"}),
        [
            ("/action/name", "wrong_value"),
            ("/action/parameters", "required"),
        ],
    ),
    (link(display_text="x" * 21), [("/action/parameters/display_text", "too_long")]),
    (link(url="example.com"), [("/action/parameters/url", "wrong_value")]),
    (interactive("location_request_message", {"name": "x"}), [("/action/name", "wrong_value")]),
    (
        interactive("address_message", {"name": "address_message", "parameters": {}}),
        [("/action/parameters/country", "required")],
    ),
    (
        interactive(
            "address_message", {"name": "address_message", "parameters": {"country": "India"}}
        ),
        [("/action/parameters/country", "wrong_value")],
    ),
    (
        flow(**{**FLOW_PARAMETERS, "flow_cta": "x" * 31}),
        [("/action/parameters/flow_cta", "too_long")],
    ),
    (
        flow(**{**FLOW_PARAMETERS, "flow_name": "x"}),
        [("/action/parameters/flow_name", "not_allowed")],
    ),
    (flow(**without(FLOW_PARAMETERS, "flow_id")), [("/action/parameters/flow_id", "required")]),
    (
        flow(**{**FLOW_PARAMETERS, "flow_action": "go"}),
        [("/action/parameters/flow_action", "wrong_value")],
    ),
    (
        flow(**{**FLOW_PARAMETERS, "flow_action_payload": {}}),
        [("/action/parameters/flow_action_payload/screen", "required")],
    ),
    (
        flow(**without(FLOW_PARAMETERS, "flow_message_version")),
        [("/action/parameters/flow_message_version", "required")],
    ),
    (
        interactive(
            "order_details",
            {"name": "review_and_pay", "parameters": without(ORDER, "currency")},
        ),
        [("/action/parameters/currency", "required")],
    ),
    (
        interactive(
            "order_status",
            {"name": "review_order", "parameters": {"reference_id": "1", "order": {}}},
        ),
        [("/action/parameters/order/status", "required")],
    ),
    (interactive("voice_call", {"name": "call"}), [("/action/name", "wrong_value")]),
    (interactive("request_contact_info", {}), [("/action/name", "required")]),
    # products
    (
        interactive("product", {}, body=None),
        [
            ("/action/catalog_id", "required"),
            ("/action/product_retailer_id", "required"),
        ],
    ),
    (interactive("product_list", PRODUCTS), [("/header", "required")]),
    (products(), [("/action/sections", "too_few")]),
    (products(section(0)), [("/action/sections/0/product_items", "too_few")]),
    (products(section(31)), [("/action/sections", "too_many")]),
    (products(section(20), section(20, 31)), [("/action/sections", "too_many")]),
    (products(section(1, title="x" * 25)), [("/action/sections/0/title", "too_long")]),
    (
        products(section(1), without(section(1), "title")),
        [("/action/sections/1/title", "required")],
    ),
    (products(*[section(1)] * 11), [("/action/sections", "too_many")]),
    (
        products({"product_items": [{}]}),
        [("/action/sections/0/product_items/0/product_retailer_id", "required")],
    ),
    (interactive("catalog_message", {}), [("/action/name", "required")]),
    (
        interactive(
            "catalog_message",
            {
                "name": "catalog_message",
                "parameters": {"thumbnail_product_retailer_id": ""},
            },
        ),
        [("/action/parameters/thumbnail_product_retailer_id", "empty")],
    ),
    # carousels
    (cards(media_card(0)), [("/action/cards", "too_few")]),
    (cards(*map(media_card, range(11))), [("/action/cards", "too_many")]),
    (cards(media_card(0), media_card(0)), [("/action/cards/1/card_index", "repeated")]),
    (cards(media_card(0), media_card("1")), [("/action/cards/1/card_index", "wrong_type")]),
    (cards(media_card(0), media_card(10)), [("/action/cards/1/card_index", "out_of_range")]),
    (
        cards(media_card(0), without(media_card(1), "card_index")),
        [("/action/cards/1/card_index", "required")],
    ),
    (
        cards(media_card(0, type="button"), media_card(1)),
        [
            ("/action/cards/0/type", "wrong_value"),
            ("/action/cards/1/type", "wrong_value"),
        ],
    ),
    (cards(media_card(0), product_card(1)), [("/action/cards/1/type", "wrong_value")]),
    (
        cards(without(media_card(0), "header"), media_card(1)),
        [("/action/cards/0/header", "required")],
    ),
    (
        cards(media_card(0), media_card(1, header={"type": "video", "video": {"id": "1"}})),
        [("/action/cards/1/header/type", "wrong_value")],
    ),
    (
        cards(media_card(0, header={"type": "text", "text": "x"}), media_card(1)),
        [
            ("/action/cards/0/header/type", "wrong_value"),
            ("/action/cards/1/header/type", "wrong_value"),
        ],
    ),
    (cards(media_card(0, body={"text": "x" * 161}), media_card(1)), [(CARD_BODY, "too_long")]),
    (
        cards(media_card(0, body={"text": "a\nb\nc\nd"}), media_card(1)),
        [(CARD_BODY, "too_many")],
    ),
    (
        cards(without(media_card(0), "action"), media_card(1)),
        [("/action/cards/0/action", "required")],
    ),
    (cards(media_card(0), media_card(1), body=None), [("/body", "required")]),
    (
        cards(
            product_card(0),
            product_card(1, action={"product_retailer_id": "a", "catalog_id": "2"}),
        ),
        [("/action/cards/1/action/catalog_id", "wrong_value")],
    ),
    (
        cards(product_card(0), product_card(1, action={"catalog_id": CATALOGUE})),
        [("/action/cards/1/action/product_retailer_id", "required")],
    ),
]

WHOLE_INTERACTIVE = [
    interactive("cta_url", CTA, body={"text": "x" * 1024}, footer={"text": "x" * 60}),
    interactive("cta_url", CTA, header={"type": "text", "text": "x" * 60}),
    buttons({"type": "reply", "reply": {"id": "x" * 256, "title": "y" * 20}}),
    listing({"title": "a", "rows": rows(5)}, {"title": "b", "rows": rows(5, 5)}),
    listing(
        {"rows": [{"id": "x" * 200, "title": "y" * 24, "description": "z" * 72}]},
        button="x" * 20,
    ),
    link(display_text="x" * 20),
    flow(**{**without(FLOW_PARAMETERS, "flow_id"), "flow_name": "x", "flow_cta": "x" * 30}),
    products(section(10), section(10, 20), section(20, 30)),
    products(*[section(1)] * 10),
    cards(*map(media_card, range(10))),
    cards(*map(product_card, range(10))),
    cards(media_card(0, body={"text": "a\nb\nc"}), without(media_card(1), "body")),
    interactive("catalog_message", {"name": "catalog_message"}),
]
