"""A template send of no shape is code 100, with the place in Meta's words."""

import pytest

from support.emulated import (
    body,
    button,
    header,
    image,
    order_update,
    text,
)
from support.emulated_sends import (
    card,
    refusal_of,
)

PARAMETER = "template['components'][0]['parameters'][0]"
CARD = "template['components'][1]['cards'][0]"
SHAPELESS = {
    "components are no array": (
        {"components": {}},
        "(#100) Param template['components'] must be an array.",
    ),
    "component without type": (
        {"components": [{}]},
        "(#100) The parameter template['components'][0]['type'] is required.",
    ),
    "unknown component": (
        {"components": [{"type": "footer"}]},
        (
            "(#100) Param template['components'][0]['type'] must be one of {BODY, BUTTON, CAROUSEL,"
            ' HEADER, LIMITED_TIME_OFFER, ORDER_STATUS, TAP_TARGET_CONFIGURATION} - got "footer".'
        ),
    ),
    "parameters are no array": (
        {"components": [{"type": "body", "parameters": "x"}]},
        "(#100) Param template['components'][0]['parameters'] must be an array.",
    ),
    "parameter is no object": (
        {"components": [{"type": "body", "parameters": ["x"]}]},
        f"(#100) Param {PARAMETER} must be an object.",
    ),
    "parameter without type": (
        {"components": [{"type": "body", "parameters": [{"text": "x"}]}]},
        f"(#100) The parameter {PARAMETER}['type'] is required.",
    ),
    "text is no string": (
        {"components": [{"type": "body", "parameters": [{"type": "text", "text": 5}]}]},
        f"(#100) Param {PARAMETER}['text'] must be a string.",
    ),
    "button without sub_type": (
        {"components": [{"type": "button", "index": 0}]},
        "(#100) The parameter template['components'][0]['sub_type'] is required.",
    ),
    "index is no number": (
        {"components": [button("url", "one", text("x"))]},
        "(#100) Param template['components'][0]['index'] must be an integer.",
    ),
    "index beyond nine": (
        {"components": [button("url", 10, text("x"))]},
        "(#100) Param template['components'][0]['index'] must be from 0 to 9.",
    ),
    "index twice": (
        {"components": [button("mpm", 0), button("mpm", "0")]},
        "(#100) Param template['components'][1]['index'] must not repeat 0.",
    ),
    "cards are no array": (
        {"components": [body(), {"type": "carousel"}]},
        "(#100) Param template['components'][1]['cards'] must be an array.",
    ),
    "card is no object": (
        {"components": [body(), {"type": "carousel", "cards": [5]}]},
        f"(#100) Param {CARD} must be an object.",
    ),
    "card without index": (
        {"components": [body(), {"type": "carousel", "cards": [{}]}]},
        f"(#100) The parameter {CARD}['card_index'] is required.",
    ),
    "card twice": (
        {"components": [body(), {"type": "carousel", "cards": [card(0), card(0)]}]},
        (
            "(#100) Param template['components'][1]['cards'] must have each card_index from 0 to 1"
            " once."
        ),
    ),
    "image and video in one parameter": (
        {
            "components": [
                body(),
                {
                    "type": "carousel",
                    "cards": [card(0, header({**image(), "video": {"id": "1"}}))],
                },
            ]
        },
        f"(#100) Unexpected key \"video\" on param \"{CARD}['components'][0]['parameters'][0]\".",
    ),
    "no name": ({"name": None}, "(#100) The parameter template['name'] is required."),
    "no language": ({"language": None}, "(#100) The parameter template['language'] is required."),
    "no language code": (
        {"language": {}},
        "(#100) The parameter template['language']['code'] is required.",
    ),
}


@pytest.mark.parametrize(("change", "message"), SHAPELESS.values(), ids=SHAPELESS.keys())
def test_a_template_of_no_shape_is_code_100_with_its_place(change, message):
    send = order_update()
    send["template"].update(change)
    assert refusal_of(send) == (400, message, "")
