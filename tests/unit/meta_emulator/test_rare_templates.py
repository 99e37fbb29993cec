"""Kinds of templates that the default seed lacks: places, moving pictures, payments, calls."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from meta_emulator.seed import TemplateSeed, default_seed
from support.emulated import Answered, action, body, button, emulated, header, template, text

BODY = {"type": "BODY", "text": "Hello {{1}}, look here."}


def buttons(*kinds: str) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": [{"type": kind, "text": "Go"} for kind in kinds]}


HELD = {
    "place": [{"type": "HEADER", "format": "LOCATION"}, BODY],
    "moving": [{"type": "HEADER", "format": "GIF"}, BODY],
    "payment": [BODY, buttons("ORDER_DETAILS")],
    "call": [BODY, buttons("VOICE_CALL")],
    "permission": [BODY, {"type": "CALL_PERMISSION_REQUEST"}],
    "details": [BODY, buttons("REQUEST_CONTACT_INFO")],
    "plain": [BODY],
    "catalogue": [BODY, buttons("CATALOG")],
    "flow": [BODY, buttons("FLOW")],
    "offer": [
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"has_expiration": True}},
        BODY,
    ],
}


def place(**more: Any) -> dict[str, Any]:
    content = {"latitude": "37.44", "longitude": -122.16, "name": "Shop", "address": "Road", **more}
    return header({"type": "location", "location": content})


def order(**more: Any) -> dict[str, Any]:
    amount = {"value": 100, "offset": 100}
    details = {
        "reference_id": "r",
        "type": "physical-goods",
        "currency": "INR",
        "total_amount": amount,
        "order": {
            "status": "pending",
            "items": [{"name": "n", "quantity": 1, "amount": amount}],
            "subtotal": amount,
        },
        **more,
    }
    return button("order_details", 0, action({"order_details": details}))


def status(word: str) -> dict[str, Any]:
    content = {"reference_id": "r", "order": {"status": word}}
    return {
        "type": "order_status",
        "parameters": [{"type": "order_status", "order_status": content}],
    }


def target(**content: str) -> dict[str, Any]:
    key = "tap_target_configuration"
    return {"type": key, "parameters": [{"type": key, key: [content]}]}


def call(**more: Any) -> dict[str, Any]:
    parameters = [{"type": key, key: value} for key, value in more.items()]
    return {"type": "button", "sub_type": "voice_call", "parameters": parameters}


def ends(moment: Any) -> dict[str, Any]:
    key = "limited_time_offer"
    return {"type": key, "parameters": [{"type": key, key: {"expiration_time_ms": moment}}]}


def currency(**instead: Any) -> dict[str, Any]:
    content = {"fallback_value": "$1", "code": "USD", "amount_1000": 1000, **instead}
    given = {key: value for key, value in content.items() if value is not None}
    return body({"type": "currency", "currency": given})


NAME = body("Pablo")
FILM = {"link": "https://shop.example/a.mp4"}


def ask(name: str, *components: dict[str, Any]) -> Answered:
    """The answer to a send of the held template `name`."""
    seed = default_seed()
    templates = [
        TemplateSeed(f"{number}", held, "en_US", "MARKETING", parts)
        for number, (held, parts) in enumerate(HELD.items())
    ]
    held = replace(seed, wabas=[replace(seed.wabas[0], templates=templates)])
    return asyncio.run(emulated(held).send(template(name, *components)))


@pytest.mark.parametrize(
    ("name", "components"),
    [
        ("place", (place(), NAME)),
        ("moving", (header({"type": "gif", "gif": FILM}), NAME)),
        ("moving", (header({"type": "video", "video": FILM}), NAME)),
        ("payment", (NAME, order())),
        ("call", (NAME, call(ttl_minutes=100, payload="p"))),
        ("call", (NAME,)),
        ("permission", (NAME,)),
        ("details", (NAME,)),
        ("plain", (NAME, status("shipped"))),
        ("plain", (NAME, target(url="https://shop.example", title="Offer"))),
        ("plain", (currency(),)),
        (
            "catalogue",
            (NAME, button("catalog", 0, action({"thumbnail_product_retailer_id": "plant01"}))),
        ),
        ("flow", (NAME,)),
        ("offer", (NAME, ends(1698562800000))),
    ],
)
def test_a_send_of_a_rare_kind_is_taken(name, components):
    assert ask(name, *components).wamid


@pytest.mark.parametrize(
    ("name", "components", "code", "reason"),
    [
        ("place", (NAME,), 132012, "header: Format mismatch, expected LOCATION, received UNKNOWN"),
        ("place", (place(latitude=None), NAME), 131008, "header: location requires latitude"),
        (
            "place",
            (place(latitude="north"), NAME),
            131009,
            "header: latitude must be a number of degrees",
        ),
        (
            "payment",
            (NAME,),
            131008,
            "buttons: Button at index 0 of type Order_Details requires a parameter",
        ),
        (
            "payment",
            (NAME, order(currency="rupees")),
            131009,
            "action['order_details']['currency'] must be 1 to 3 characters long",
        ),
        (
            "call",
            (NAME, call(ttl_minutes=43_201)),
            131009,
            "buttons: ttl_minutes must be 1 to 43200",
        ),
        (
            "call",
            (NAME, call(payload="x" * 513)),
            131009,
            "buttons: payload must be at most 512 characters long",
        ),
        (
            "details",
            (NAME, button("request_contact_info", 0, text("x"))),
            132012,
            "buttons: Format mismatch at index 0, expected NONE, received TEXT",
        ),
        (
            "plain",
            (NAME, target(url="https://shop.example")),
            131008,
            (
                "The parameter template['components'][1]['parameters'][0]"
                "['tap_target_configuration'][0]['title'] is required."
            ),
        ),
        ("plain", (currency(code=None),), 131008, "body: currency requires code"),
        (
            "catalogue",
            (NAME, button("catalog", 0, action({"thumbnail_product_retailer_id": "nowhere"}))),
            131009,
            "Products not found in FB Catalog",
        ),
        ("offer", (NAME,), 131008, "limited_time_offer: expiration_time_ms is required"),
        (
            "offer",
            (NAME, ends("soon")),
            131009,
            "limited_time_offer: expiration_time_ms must be a time in ms",
        ),
    ],
)
def test_a_send_of_a_rare_kind_that_does_not_fit_is_refused(name, components, code, reason):
    error = ask(name, *components).json["error"]
    assert (error["code"], error["error_data"]["details"]) == (code, reason)


@pytest.mark.parametrize(
    ("component", "reason"),
    [
        (status("lost"), "must be one of {PENDING, PROCESSING"),
        (
            button("flow", 0, action({"flow_token": 5})),
            "Param action['flow_token'] must be a string.",
        ),
    ],
)
def test_a_component_of_no_shape_is_code_100(component, reason):
    name = "flow" if component["type"] == "button" else "plain"
    error = ask(name, NAME, component).json["error"]
    assert error["code"] == 100
    assert reason in error["message"]
