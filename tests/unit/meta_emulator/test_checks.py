"""Every error that the checks of a template send can give, a row each."""

import asyncio
import copy

import pytest

from support.emulated import (
    action,
    body,
    button,
    fixture,
    header,
    image,
    named,
    order_update,
    payload,
    template,
    text,
)
from support.emulated_sends import (
    answer_of,
    card,
    carousel,
    full_card,
    mpm,
    plants,
    product_card,
    refusal_of,
    section,
)

TOO_MANY = "(#132000) Number of parameters does not match the expected number of params"
FORMAT = "(#132012) Parameter format does not match format in the created template"
MISSING = "(#131008) Required parameter is missing"
NOT_VALID = "(#131009) Parameter value is not valid"
EMPTY_HEADER = "header component parameter should not be empty"
NOT_FOUND = "Products not found in FB Catalog"


ACCEPTED = {
    "documented carousel": fixture("carousel-send"),
    "documented multi-product": fixture("mpm-send"),
    "Meta's carousel": fixture("carousel-meta"),
    "Meta's multi-product": fixture("mpm-meta"),
    "plain": order_update(),
    "no variables": template("hello_world"),
    "named, in any order": template(
        "sale_offer_named",
        header(named("season", "Summer")),
        body(named("discount", "25%"), named("first_name", "Pablo")),
    ),
    "currency and date": template(
        "order_update",
        body(
            {
                "type": "currency",
                "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000},
            },
            {"type": "date_time", "date_time": {"fallback_value": "Monday"}},
        ),
    ),
    "upper case types": template(
        "Carousel Template",
        {**body("x"), "type": "BODY"},
        {
            "type": "CAROUSEL",
            "cards": [
                full_card(
                    "0",
                    header={**header({**image(), "type": "IMAGE"}), "type": "Header"},
                    reply=button("QUICK_REPLY", 0, {**payload("p"), "type": "Payload"}),
                )
            ],
        },
    ),
    "quick reply left out": carousel(full_card(0, reply=None), full_card(1, reply=None)),
    "cards out of order": carousel(full_card(1), full_card(0)),
    "video cards": carousel(
        *(
            full_card(n, header=header({"type": "video", "video": {"link": "https://x/y.mp4"}}))
            for n in (0, 1)
        ),
        name="carousel_video_cards",
    ),
    "two product cards": carousel(product_card(0), product_card(1), name="product_carousel"),
    "ten product cards": carousel(*map(product_card, range(10)), name="product_carousel"),
    "thirty products": mpm(section(*plants(1, 15)), section(*plants(16, 30))),
    "some products unknown": mpm(section("plant01", "nowhere")),
    "document": template(
        "receipt_document",
        header({"type": "document", "document": {"id": "2621233374848975", "filename": "x.pdf"}}),
        body("Pablo"),
    ),
    "coupon": template(
        "coupon_offer",
        body("25OFF", "25%"),
        button("COPY_CODE", "1", {"type": "coupon_code", "coupon_code": "25OFF"}),
    ),
    "catalogue, thumbnail left out": template("catalogue_invitation", body("Pablo")),
    "flow": template(
        "survey_flow",
        body("Pablo"),
        button("flow", "0", action({"flow_token": "t", "flow_action_data": {}})),
    ),
    "limited-time offer": template(
        "limited_offer",
        header(image()),
        body("Pablo", "CARIBE25"),
        {
            "type": "limited_time_offer",
            "parameters": [
                {
                    "type": "limited_time_offer",
                    "limited_time_offer": {"expiration_time_ms": 1698562800000},
                }
            ],
        },
        button("copy_code", 0, {"type": "coupon_code", "coupon_code": "CARIBE25"}),
        button("url", 1, text("n3mtql")),
    ),
    "single product": template(
        "single_product",
        header(
            {
                "type": "product",
                "product": {"product_retailer_id": "vrpj01fvwp", "catalog_id": "194836987003835"},
            }
        ),
        body("25OFF"),
    ),
    "one-time password": template("login_code", body("123456"), button("url", "0", text("123456"))),
}


@pytest.mark.parametrize("message", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_send_that_fits_its_template_is_accepted(message):
    answer = asyncio.run(answer_of(message))
    assert answer.json["messages"][0]["message_status"] == "accepted", answer.json


REFUSED = {
    "unknown template": (
        template("nowhere"),
        (
            404,
            "(#132001) Template name does not exist in the translation",
            "template name (nowhere) does not exist in en_US",
        ),
    ),
    "template under review": (
        template("pending_offer", body("x")),
        (
            404,
            "(#132001) Template name does not exist in the translation",
            "template name (pending_offer) is not approved in en_US",
        ),
    ),
    "paused template": (
        template("paused_offer", body("x")),
        (400, "(#132015) Template is paused", "template (paused_offer) is paused"),
    ),
    "disabled template": (
        template("disabled_offer", body("x")),
        (400, "(#132016) Template is disabled", "template (disabled_offer) is disabled"),
    ),
    "too few body variables": (
        template("catalogue_invitation"),
        (
            400,
            TOO_MANY,
            (
                "body: number of localizable_params (0) does not match the expected number of"
                " params (1)"
            ),
        ),
    ),
    "too many body variables": (
        template("order_update", body("a", "b", "c")),
        (
            400,
            TOO_MANY,
            (
                "body: number of localizable_params (3) does not match the expected number of"
                " params (2)"
            ),
        ),
    ),
    "header variable missing": (
        template("abandoned_cart", body("x")),
        (
            400,
            TOO_MANY,
            (
                "header: number of localizable_params (0) does not match the expected number of"
                " params (1)"
            ),
        ),
    ),
    "card body variable missing": (
        carousel(full_card(0), full_card(1, body=None)),
        (
            400,
            TOO_MANY,
            (
                "body: number of localizable_params (0) does not match the expected number of"
                " params (1)"
            ),
        ),
    ),
    "media header missing": (
        template("receipt_document", body("x")),
        (400, FORMAT, "header: Format mismatch, expected DOCUMENT, received UNKNOWN"),
    ),
    "other media in the header": (
        template("receipt_document", header(image()), body("x")),
        (400, FORMAT, "header: Format mismatch, expected DOCUMENT, received IMAGE"),
    ),
    "media in a text header": (
        template("abandoned_cart", header(image()), body("x")),
        (400, FORMAT, "header: Format mismatch, expected TEXT, received IMAGE"),
    ),
    "media where there is no header": (
        template("order_update", header(image()), body("a", "b")),
        (400, FORMAT, "header: Format mismatch, expected NONE, received IMAGE"),
    ),
    "image in the body": (
        template("order_update", body("a", image())),
        (400, FORMAT, "body: Format mismatch, expected TEXT, received IMAGE"),
    ),
    "one card too few": (carousel(full_card(0)), (400, FORMAT, EMPTY_HEADER)),
    "one card too many": (
        carousel(full_card(0), full_card(1), full_card(2)),
        (400, FORMAT, EMPTY_HEADER),
    ),
    "carousel left out": (
        template("carousel_two_cards", body("a", "b", "c")),
        (400, FORMAT, EMPTY_HEADER),
    ),
    "carousel where there is none": (
        template("order_update", body("a", "b"), {"type": "carousel", "cards": [card(0)]}),
        (400, FORMAT, "carousel: Format mismatch, expected NONE, received CAROUSEL"),
    ),
    "one product card": (
        carousel(product_card(0), name="product_carousel"),
        (400, FORMAT, EMPTY_HEADER),
    ),
    "eleven product cards": (
        carousel(*map(product_card, range(11)), name="product_carousel"),
        (400, FORMAT, EMPTY_HEADER),
    ),
    "card without header": (
        carousel(full_card(0, header=None), full_card(1)),
        (400, FORMAT, EMPTY_HEADER),
    ),
    "video in an image card": (
        carousel(
            full_card(0),
            full_card(1, header=header({"type": "video", "video": {"id": "1116034925734553"}})),
        ),
        (400, FORMAT, "header: Format mismatch, expected IMAGE, received VIDEO"),
    ),
    "payload for a URL": (
        carousel(full_card(0, url=button("url", 1, payload("x"))), full_card(1)),
        (400, FORMAT, "buttons: Format mismatch at index 1, expected TEXT, received PAYLOAD"),
    ),
    "other button at the place": (
        carousel(full_card(0, reply=button("copy_code", 0)), full_card(1)),
        (
            400,
            FORMAT,
            "buttons: Format mismatch at index 0, expected QUICK_REPLY, received COPY_CODE",
        ),
    ),
    "button beyond the last": (
        template("hello_world", button("quick_reply", 0, payload("x"))),
        (400, FORMAT, "buttons: Format mismatch at index 0, expected NONE, received QUICK_REPLY"),
    ),
    "other parameter names": (
        template(
            "sale_offer_named",
            header(named("season", "Summer")),
            body(named("discount", "25%"), named("name", "Pablo")),
        ),
        (
            400,
            FORMAT,
            "body: expected the parameter names first_name, discount, received discount, name",
        ),
    ),
    "positional for named": (
        template("sale_offer_named", header("Summer"), body("25%", "Pablo")),
        (400, "(#100) Invalid parameter", "Parameter name is missing or empty"),
    ),
    "URL variable missing": (
        carousel(full_card(0, url=None), full_card(1)),
        (400, MISSING, "buttons: Button at index 1 of type Url requires a parameter"),
    ),
    "URL variable at another place": (
        carousel(full_card(0, reply=None, url=button("url", 0, text("x"))), full_card(1)),
        (400, MISSING, "Parameter value for URL was expected but was not found"),
    ),
    "URL without variable filled": (
        template(
            "receipt_document",
            header({"type": "document", "document": {"id": "2621233374848975"}}),
            body("x"),
            button("url", 1, text("x")),
        ),
        (400, TOO_MANY, "buttons: Button at index 1 of type Url does not require parameters"),
    ),
    "multi-product button missing": (
        template("abandoned_cart", header("a"), body("b")),
        (400, MISSING, "buttons: Button at index 0 of type Mpm requires a parameter"),
    ),
    "image object missing": (
        carousel(full_card(0, header=header({"type": "image"})), full_card(1)),
        (400, MISSING, "header: parameter of type image requires an image object"),
    ),
    "image by id and link": (
        carousel(
            full_card(0, header=header({"type": "image", "image": {"id": "1", "link": "2"}})),
            full_card(1),
        ),
        (400, MISSING, "header: image requires exactly one of id and link"),
    ),
    "offer without its end": (
        template(
            "limited_offer",
            header(image()),
            body("a", "b"),
            button("copy_code", 0, {"type": "coupon_code", "coupon_code": "A"}),
            button("url", 1, text("x")),
        ),
        (400, MISSING, "limited_time_offer: expiration_time_ms is required"),
    ),
    "body too long": (
        template("order_update", body("x" * 1000, "y")),
        (
            400,
            "(#132005) Translated text too long",
            (
                "body: the text has 1035 characters after its variables are filled in; at most"
                " 1024 are allowed"
            ),
        ),
    ),
    "card body too long": (
        carousel(full_card(0), full_card(1, body=body("x" * 150))),
        (
            400,
            "(#132005) Translated text too long",
            (
                "body: the text has 169 characters after its variables are filled in; at most"
                " 160 are allowed"
            ),
        ),
    ),
    "newline in a variable": (
        template("order_update", body("a\nb", "c")),
        (
            400,
            "(#132018) Template validation error",
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        ),
    ),
    "five spaces in a variable": (
        template("order_update", body("a     b", "c")),
        (
            400,
            "(#132018) Template validation error",
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        ),
    ),
    "no product known": (mpm(section("nowhere")), (400, NOT_VALID, NOT_FOUND)),
    "product card unknown": (
        carousel(product_card(0), product_card(1, "nowhere"), name="product_carousel"),
        (400, NOT_VALID, NOT_FOUND),
    ),
    "other catalogue": (
        carousel(product_card(0), product_card(1, catalogue="1"), name="product_carousel"),
        (400, NOT_VALID, NOT_FOUND),
    ),
    "product card without id": (
        carousel(product_card(0), product_card(1, ""), name="product_carousel"),
        (400, MISSING, "header: product requires product_retailer_id"),
    ),
    "thumbnail missing": (
        mpm(section("plant01"), thumbnail_product_retailer_id=None),
        (400, MISSING, "buttons: action requires thumbnail_product_retailer_id"),
    ),
    "no section": (mpm(), (400, MISSING, "buttons: action requires at least one section")),
    "eleven sections": (
        mpm(*(section("plant01") for _ in range(11))),
        (400, NOT_VALID, "buttons: at most 10 sections are allowed"),
    ),
    "section without title": (
        mpm(section("plant01", title=None)),
        (400, MISSING, "buttons: section 0 requires a title"),
    ),
    "long title": (
        mpm(section("plant01", title="x" * 25)),
        (400, NOT_VALID, "buttons: the title of section 0 exceeds 24 characters"),
    ),
    "section without products": (
        mpm(section()),
        (400, MISSING, "buttons: section 0 requires product_items"),
    ),
    "item without id": (
        mpm({"title": "x", "product_items": [{}]}),
        (400, MISSING, "buttons: section 0 has an item without product_retailer_id"),
    ),
    "thirty-one products": (
        mpm(section(*plants(1, 15)), section(*plants(16, 31))),
        (400, NOT_VALID, "buttons: at most 30 products are allowed"),
    ),
    "unknown media": (
        carousel(full_card(0), full_card(1, header=header(image("42")))),
        (400, NOT_VALID, "Media ID 42 does not exist or has expired"),
    ),
    "coupon too long": (
        template(
            "coupon_offer",
            body("a", "b"),
            button("copy_code", 1, {"type": "coupon_code", "coupon_code": "A" * 21}),
        ),
        (400, NOT_VALID, "buttons: coupon_code must be 1 to 20 letters and digits"),
    ),
    "URL too long": (
        carousel(full_card(0, url=button("url", 1, text("x" * 2000))), full_card(1)),
        (
            400,
            "(#132005) Translated text too long",
            "buttons: the URL is longer than 2000 characters",
        ),
    ),
}


@pytest.mark.parametrize(("message", "refusal"), REFUSED.values(), ids=REFUSED.keys())
def test_a_send_that_does_not_fit_is_refused_in_metas_words(message, refusal):
    assert refusal_of(message) == refusal


def test_before_v23_forbidden_characters_are_the_general_code():
    status, message, details = refusal_of(template("order_update", body("a\tb", "c")), "v22.0")
    assert (status, message) == (400, "(#100) Invalid parameter")
    assert details.startswith("Param text cannot have new-line/tab")


def test_counts_are_told_before_kinds_and_kinds_before_missing_buttons():
    """One send with every fault: mending them one by one uncovers the next in Meta's order."""
    wrong = carousel(
        full_card(0, header=header(image("42")), body=body("a\nb", "c"), url=None),
        full_card(1, header=header({"type": "video", "video": {"id": "1"}})),
    )
    codes = []
    cards = wrong["template"]["components"][1]["cards"]
    mends = (
        cards[0]["components"][1]["parameters"].pop,
        lambda: cards[1]["components"].__setitem__(0, header(image())),
        lambda: cards[0]["components"].append(button("url", 1, text("x"))),
        lambda: cards[0]["components"].__setitem__(1, body("a")),
        lambda: cards[0]["components"].__setitem__(0, header(image())),
    )
    for mend in mends:
        codes.append(int(refusal_of(copy.deepcopy(wrong))[1][2:8]))
        mend()
    assert codes == [132000, 132012, 131008, 132018, 131009]
    assert asyncio.run(answer_of(wrong)).status == 200
