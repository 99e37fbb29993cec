"""Who has only the answer can mend the body: it says where, what, how, and Meta's own code.

Each body below is broken in one place. The refusal is held to every word; then the body is mended
with nothing but the answer - its pointer, and the JSON that its remedy shows - and is accepted.
"""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from support.pair import meta_fixture, running, wrapped
from waypost.model.account import CheckMode

CARDS = "/messaging_object/template/components/1/cards"
MPM = "/messaging_object/template/components/2"
ACTION = f"{MPM}/parameters/0/action"
IMAGE = '{"type":"image","image":{"id":"<media id>"}}'
URL_END = '{"type":"text","text":"<end of the URL>"}'
FILLING = {
    "<media id>": "1558081531584829",
    "<value of {{1}}>": "john",
    "<value of {{3}}>": "20OFF",
    "<end of the URL>": "buddhas-temple",
    "<product>": "2lc20305pt",
    "<title>": "Popular Bundles",
}
"""What a customer would write in the places that a remedy leaves open."""

Body = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A broken body, the answer's detail, and what somebody does who follows it.

    mend  takes the mended body's place of the pointer: what holds it, its key, the JSON shown
    """

    fixture: str
    breaking: Callable[[Body], object]
    path: str
    code: str
    meta_code: int
    message: str
    remedy: str
    mend: Callable[[Any, Any, Any], object]

    def broken(self) -> Body:
        body: Body = meta_fixture(self.fixture)
        self.breaking(body)
        return wrapped(body)


def cards(body: Body) -> Any:
    return body["template"]["components"][1]["cards"]


def action(body: Body) -> Any:
    return body["template"]["components"][2]["parameters"][0]["action"]


def put(holder: Any, key: Any, shown: Any) -> None:
    """What the remedy shows, in the place of what stands there."""
    holder[key] = shown


def add(holder: Any, key: Any, shown: Any) -> None:
    """What the remedy shows, at the end of what stands there."""
    holder[key].append(shown)


def set_index(body: Body, index: int) -> None:
    body["template"]["components"][2]["index"] = index


def wrong_header(body: Body) -> None:
    video = {"type": "video", "video": {"id": "1116034925734553"}}
    cards(body)[1]["components"][0]["parameters"][0] = video


CASES = {
    "a card is missing": Case(
        "carousel-meta",
        lambda body: cards(body).pop(),
        CARDS,
        "card_count",
        132012,
        "The template has 2 cards, and 1 card is sent; a media-card carousel is sent with exactly "
        "as many as it defines; card_index 1 is missing.",
        'Add {"card_index":1,"components":[{"type":"header","parameters":['
        + IMAGE
        + ']},{"type":"body","parameters":[{"type":"text","text":"<value of {{1}}>"}]},'
        '{"type":"button","sub_type":"url","index":1,"parameters":[' + URL_END + "]}]} to cards.",
        add,
    ),
    "a card has no image": Case(
        "carousel-meta",
        lambda body: cards(body)[1]["components"].pop(0),
        f"{CARDS}/1/components",
        "header_missing",
        132012,
        "On the card with card_index 1, the header is missing; the template defines a header of "
        "kind IMAGE.",
        'Add {"type":"header","parameters":['
        + IMAGE
        + "]} to the components of the card with card_index 1.",
        add,
    ),
    "a card has a video where an image belongs": Case(
        "carousel-meta",
        wrong_header,
        f"{CARDS}/1/components/0/parameters/0",
        "header_kind",
        132012,
        'On the card with card_index 1, the header is of type "video"; the template defines a '
        "header of kind IMAGE.",
        f"Put {IMAGE} in its place.",
        put,
    ),
    "a link of a card has no end": Case(
        "carousel-meta",
        lambda body: cards(body)[1]["components"].pop(),
        f"{CARDS}/1/components",
        "button_missing",
        131008,
        'On the card with card_index 1, the URL button "Shop" at index 1 is not filled, and needs '
        "a parameter.",
        'Add {"type":"button","sub_type":"url","index":1,"parameters":['
        + URL_END
        + "]} to the components of the card with card_index 1.",
        add,
    ),
    "a variable of a card is not filled": Case(
        "carousel-meta",
        lambda body: cards(body)[1]["components"][1].update(parameters=[]),
        f"{CARDS}/1/components/1/parameters",
        "variable_count",
        132000,
        "On the card with card_index 1, the body has 1 variable, {{1}}, and no parameters are "
        "sent.",
        'Add {"type":"text","text":"<value of {{1}}>"} at the end of its parameters.',
        add,
    ),
    "a variable of the message is not filled": Case(
        "carousel-meta",
        lambda body: body["template"]["components"][0]["parameters"].pop(),
        "/messaging_object/template/components/0/parameters",
        "variable_count",
        132000,
        "The body has 3 variables, {{1}}, {{2}} and {{3}}, and 2 parameters are sent.",
        'Add {"type":"text","text":"<value of {{3}}>"} at the end of its parameters.',
        add,
    ),
    "a card is too long once it is filled": Case(
        "carousel-meta",
        lambda body: cards(body)[0]["components"][1]["parameters"][0].update(text="x" * 150),
        f"{CARDS}/0/components/1/parameters",
        "text_too_long",
        132005,
        "On the card with card_index 0, the body has 165 characters once its variables are filled "
        "in, 15 of the template and 150 of the values; at most 160 are allowed.",
        "Shorten the values of {{1}} by 5 characters in all.",
        lambda holder, key, _: holder[key][0].update(text=holder[key][0]["text"][:-5]),
    ),
    "an image that nobody uploaded": Case(
        "carousel-meta",
        lambda body: cards(body)[1]["components"][0]["parameters"][0]["image"].update(id="15580"),
        f"{CARDS}/1/components/0/parameters/0/image/id",
        "media_unknown",
        131009,
        'No uploaded medium has the id "15580".',
        "Upload it for this sender and put the id of the answer here, or give a link.",
        lambda holder, key, _: put(holder, key, FILLING["<media id>"]),
    ),
    "the products have no picture": Case(
        "mpm-meta",
        lambda body: action(body).pop("thumbnail_product_retailer_id"),
        f"{ACTION}/thumbnail_product_retailer_id",
        "required",
        131008,
        "The action of the MPM button has no thumbnail_product_retailer_id.",
        'Add "thumbnail_product_retailer_id":"<product>" to the action: the product whose picture '
        "is shown.",
        lambda holder, key, _: put(holder, key, FILLING["<product>"]),
    ),
    "a title is too long": Case(
        "mpm-meta",
        lambda body: action(body)["sections"][0].update(title="Popular Bundles of the month"),
        f"{ACTION}/sections/0/title",
        "too_long",
        131009,
        'The title "Popular Bundles of the month" of the section at index 0 has 28 characters; at '
        "most 24 are allowed.",
        "Shorten it by 4 characters.",
        lambda holder, key, _: put(holder, key, holder[key][:-4].rstrip()),
    ),
    "a title has formatting marks": Case(
        "mpm-meta",
        lambda body: action(body)["sections"][1].update(title="*Premium* Packages"),
        f"{ACTION}/sections/1/title",
        "section_title",
        131009,
        'The title "*Premium* Packages" of the section at index 1 has formatting marks.',
        "Remove the pairs of *, _, ~ or ` around its words.",
        lambda holder, key, _: put(holder, key, holder[key].replace("*", "")),
    ),
    "there are too many products": Case(
        "mpm-meta",
        lambda body: action(body)["sections"][0].update(
            product_items=[{"product_retailer_id": f"plant{n:02}"} for n in range(1, 31)]
        ),
        f"{ACTION}/sections",
        "too_many",
        131009,
        "There are 31 products in all sections; at most 30 are allowed.",
        "Remove 1 product.",
        lambda holder, key, _: holder[key][0]["product_items"].pop(),
    ),
    "a section has no products": Case(
        "mpm-meta",
        lambda body: action(body)["sections"][1].update(product_items=[]),
        f"{ACTION}/sections/1/product_items",
        "empty",
        131008,
        "The section at index 1 has no products.",
        'Give it "product_items":[{"product_retailer_id":"<product>"}], or remove the section.',
        add,
    ),
    "a product is not in the catalogue": Case(
        "mpm-meta",
        lambda body: action(body)["sections"][0]["product_items"][1].update(
            product_retailer_id="nseiw1x3"
        ),
        f"{ACTION}/sections/0/product_items/1/product_retailer_id",
        "product_unknown",
        131009,
        'The catalogue has no product with the retailer id "nseiw1x3".',
        "Give a product's id as the catalogue has it, or add the product to the catalogue.",
        lambda holder, key, _: put(holder, key, "nseiw1x3ch"),
    ),
    "the button stands at another index": Case(
        "mpm-meta",
        lambda body: set_index(body, 1),
        f"{MPM}/index",
        "button_misplaced",
        132012,
        "A button of sub_type mpm is sent at index 1, where the template defines none; it has 1 "
        "button.",
        'Set "index" to 0, the place of the MPM button "View items" in the template.',
        lambda holder, key, _: put(holder, key, 0),
    ),
    "the header is an image": Case(
        "mpm-meta",
        lambda body: body["template"]["components"][0].update(
            parameters=[{"type": "image", "image": {"id": "1558081531584829"}}]
        ),
        "/messaging_object/template/components/0",
        "header_kind",
        132012,
        "The header sent is no text, and the template defines a text as header.",
        'Put {"type":"header","parameters":[{"type":"text","text":"<value of {{1}}>"}]} in its '
        "place.",
        put,
    ),
    "the button is missing": Case(
        "mpm-meta",
        lambda body: body["template"]["components"].pop(),
        "/messaging_object/template/components",
        "button_missing",
        131008,
        'The MPM button "View items" at index 0 is not filled, and needs a parameter.',
        'Add {"type":"button","sub_type":"mpm","index":0,"parameters":[{"type":"action","action":'
        '{"thumbnail_product_retailer_id":"<product>","sections":[{"title":"<title>",'
        '"product_items":[{"product_retailer_id":"<product>"}]}]}}]} to template.components.',
        add,
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_answer_alone_says_where_what_and_how_and_the_mended_body_is_accepted(tmp_path, case):
    async def run():
        async with running(tmp_path, check_mode=CheckMode.STRICT) as pair:
            body = case.broken()
            refused = await pair.send(body)
            assert (refused.status, pair.arrived()) == (400, [])
            (detail,) = refused.json["error"]["details"]
            follow(detail, body, case.mend)
            message_id = await pair.accepted(body)
            await pair.until_told(message_id, "sent", "delivered", "read")
            return detail

    assert asyncio.run(run()) == {
        "path": case.path,
        "code": case.code,
        "message": case.message,
        "meta_code": case.meta_code,
        "mend": case.remedy,
    }


def follow(detail: dict[str, Any], body: Body, mend: Callable[[Any, Any, Any], object]) -> None:
    """Mends the body at the answer's pointer, with the JSON of the answer's remedy."""
    holder: Any = body
    *steps, key = detail["path"].split("/")[1:]
    for step in steps:
        holder = holder[int(step) if isinstance(holder, list) else step]
    mend(holder, int(key) if isinstance(holder, list) else key, shown_in(detail["mend"]))


def shown_in(remedy: str) -> Any:
    """The JSON object that the remedy shows, its open places filled; None if it shows none."""
    found = re.search(r'\{"', remedy)
    if found is None:
        return None
    shown, _ = json.JSONDecoder().raw_decode(remedy, found.start())
    text = json.dumps(shown)
    for place, value in FILLING.items():
        text = text.replace(place, value)
    assert "<" not in text, text
    return json.loads(text)
