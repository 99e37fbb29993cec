"""One thing that is wrong was told twice, and of two at one place one was told twice.

A body's fault and the check's finding of it stood at two pointers; two faults at one pointer both
got the words of the last finding there.
"""

import asyncio

import pytest

from support.pair import meta_fixture, running, wrapped
from waypost.model.account import CheckMode

CARDS = "/messaging_object/template/components/1/cards"
MPM = "/messaging_object/template/components/2"


def told(folder, body):
    """Pointer and sentence of every detail."""

    async def run():
        async with running(folder, check_mode=CheckMode.STRICT) as pair:
            answer = await pair.send(wrapped(body))
            assert answer.status == 400, answer.body
            return [(one["path"], one["message"]) for one in answer.json["error"]["details"]]

    return asyncio.run(run())


def test_too_many_sections_and_too_many_products_are_both_told(tmp_path):
    body = meta_fixture("mpm-send")
    action = body["template"]["components"][2]["parameters"][0]["action"]
    product = action["sections"][0]["product_items"][0]
    action["sections"] = [{"title": "One", "product_items": [product] * 3} for _ in range(11)]
    place = f"{MPM}/parameters/0/action/sections"
    assert told(tmp_path, body) == [
        (place, "There are 11 sections; at most 10 are allowed."),
        (place, "There are 33 products in all sections; at most 30 are allowed."),
    ]


def test_a_button_without_its_action_is_told_once(tmp_path):
    body = meta_fixture("mpm-send")
    del body["template"]["components"][2]["parameters"][0]["action"]
    assert told(tmp_path, body) == [
        (
            f"{MPM}/parameters/0/action",
            "The parameter of the button at index 0 has no action.",
        )
    ]


@pytest.mark.parametrize(
    ("header", "place", "sentence"),
    [
        ({"type": "image"}, "/image", "the header's parameter has no image object."),
        (
            {"type": "image", "image": {}},
            "/image/id",
            "the header's image has neither id nor link, and needs exactly one of them.",
        ),
    ],
)
def test_a_header_without_its_image_is_told_once(tmp_path, header, place, sentence):
    body = meta_fixture("carousel-send")
    card = body["template"]["components"][1]["cards"][0]
    card["components"][0]["parameters"] = [header]
    assert told(tmp_path, body) == [
        (
            f"{CARDS}/0/components/0/parameters/0{place}",
            f"On the card with card_index 0, {sentence}",
        )
    ]
