"""Carousels: how many cards, and each against its own definition."""

import pytest

from support.checked import (
    REPLY,
    URL,
    body,
    body_of,
    button,
    buttons_of,
    carousel,
    carousel_of,
    check,
    found,
    header,
    header_of,
    media,
    product,
    text,
)

HELLO = body_of("Hello.")
CARD = [header_of("IMAGE"), body_of("For {{1}}."), buttons_of(REPLY, URL)]
PRODUCT_CARD = [header_of("PRODUCT"), buttons_of({"type": "SPM", "text": "View"})]
MEDIA = [HELLO, carousel_of(CARD, CARD)]
PRODUCTS = [HELLO, carousel_of(PRODUCT_CARD, PRODUCT_CARD)]


def card(**instead):
    parts = {
        "header": header(media()),
        "body": body("john"),
        "reply": button("quick_reply", 0, payload="more"),
        "url": button("url", 1, text("aloe")),
        **instead,
    }
    return [part for part in parts.values() if part is not None]


def test_as_many_media_cards_as_defined_are_right():
    assert found(MEDIA, carousel(card(), card())) == []
    assert found([HELLO, carousel_of(CARD)], carousel(card())) == []


def test_cards_may_come_in_any_order():
    sent = carousel(card(), card())
    sent["cards"].reverse()
    assert found(MEDIA, sent) == []


@pytest.mark.parametrize("number", [0, 1, 3])
def test_another_number_of_media_cards_is_wrong(number):
    assert found(MEDIA, carousel(*[card()] * number)) == [("/0/cards", "card_count", 132012)]


def test_a_missing_card_is_told_with_what_to_add():
    (fault,) = check(MEDIA, carousel(card()))
    assert fault.message == (
        "The template has 2 cards, and 1 card is sent; a media-card carousel is sent with exactly "
        "as many as it defines; card_index 1 is missing."
    )
    assert fault.mend is not None
    assert fault.mend.startswith('Add {"card_index":1,"components":[{"type":"header",')
    assert '"sub_type":"url","index":1' in fault.mend


@pytest.mark.parametrize("number", [2, 5, 10])
def test_two_to_ten_product_cards_are_right(number):
    assert found(PRODUCTS, carousel(*[[header(product())]] * number)) == []


@pytest.mark.parametrize("number", [0, 1, 11])
def test_another_number_of_product_cards_is_wrong(number):
    assert found(PRODUCTS, carousel(*[[header(product())]] * number)) == [
        ("/0/cards", "card_count", 132012)
    ]


def test_a_carousel_left_out_is_missing():
    assert found(MEDIA) == [("", "carousel_missing", 132012)]


def test_a_carousel_where_there_is_none_is_unexpected():
    assert found([HELLO], carousel(card())) == [("/0", "component_unexpected", 132012)]


def test_one_carousel_is_enough():
    sent = carousel(card(), card())
    assert found(MEDIA, sent, sent) == [("/1", "component_repeated", 100)]


@pytest.mark.parametrize(
    ("instead", "expected"),
    [
        ({"header": None}, ("", "header_missing", 132012)),
        ({"header": header(media("video"))}, ("/0/parameters/0", "header_kind", 132012)),
        ({"body": None}, ("", "variable_count", 132000)),
        ({"body": body("a", "b")}, ("/1/parameters", "variable_count", 132000)),
        ({"body": body("x" * 156)}, ("/1/parameters", "text_too_long", 132005)),
        ({"body": body("a\tb")}, ("/1/parameters/0/text", "variable_characters", 132018)),
        ({"url": None}, ("", "button_missing", 131008)),
        (
            {"reply": None, "url": button("url", 0, text("aloe"))},
            ("/2/index", "button_misplaced", 131008),
        ),
        ({"more": {"type": "carousel", "cards": []}}, ("/4", "component_unexpected", 132012)),
        ({"more": {"type": "footer"}}, ("/4/type", "component_unexpected", 100)),
    ],
)
def test_a_fault_of_one_card_is_told_of_that_card(instead, expected):
    place, code, meta_code = expected
    assert found(MEDIA, carousel(card(), card(**instead))) == [
        (f"/0/cards/1/components{place}", code, meta_code)
    ]


def test_a_card_without_its_image_is_named():
    (fault,) = check(MEDIA, carousel(card(), card(header=None)))
    assert fault.path == "/components/0/cards/1/components"
    assert fault.message == (
        "On the card with card_index 1, the header is missing; "
        "the template defines a header of kind IMAGE."
    )
    assert fault.mend == (
        'Add {"type":"header","parameters":[{"type":"image","image":{"id":"<media id>"}}]} '
        "to the components of the card with card_index 1."
    )


def test_each_card_is_held_against_its_own_definition():
    defined = [HELLO, carousel_of(CARD, [header_of("VIDEO"), body_of("No variable.")])]
    assert found(defined, carousel(card(), [header(media("video"))])) == []
    assert found(defined, carousel(card(), [header(media("image"))])) == [
        ("/0/cards/1/components/0/parameters/0", "header_kind", 132012)
    ]


def test_a_card_without_components_lacks_all_that_is_needed():
    sent = {"type": "carousel", "cards": [{"card_index": 0}]}
    assert found([HELLO, carousel_of(CARD)], sent) == [
        ("/0/cards/0", "header_missing", 132012),
        ("/0/cards/0", "variable_count", 132000),
        ("/0/cards/0", "button_missing", 131008),
    ]


def test_all_cards_name_one_catalogue():
    sent = carousel([header(product())], [header(product(catalogue="2"))])
    assert found(PRODUCTS, sent) == [
        (
            "/0/cards/1/components/0/parameters/0/product/catalog_id",
            "catalogue_mismatch",
            131009,
        )
    ]


def test_product_cards_need_product_and_catalogue():
    sent = carousel([header(product())], [header(product(name=None, catalogue=None))])
    place = "/0/cards/1/components/0/parameters/0/product"
    assert found(PRODUCTS, sent) == [(place, "value_missing", 131008)] * 2


def test_product_cards_with_a_url_need_its_end_on_each():
    defined = [HELLO, carousel_of(*[[header_of("PRODUCT"), buttons_of(URL)]] * 2)]
    filled = [header(product()), button("url", 0, text("aloe"))]
    assert found(defined, carousel(filled, filled, filled)) == []
    assert found(defined, carousel(filled, filled, filled[:1])) == [
        ("/0/cards/2/components", "button_missing", 131008)
    ]


@pytest.mark.parametrize(("indexes", "place"), [((0, 0), "/1"), ((0, 5), "/1")])
def test_cards_are_numbered_without_gaps_or_repeats(indexes, place):
    sent = carousel(card(), card())
    for number, index in enumerate(indexes):
        sent["cards"][number]["card_index"] = index
    assert found(MEDIA, sent) == [(f"/0/cards{place}/card_index", "card_index", 100)]


def test_a_definition_that_says_nothing_of_its_cards_is_not_checked():
    assert found([HELLO, {"type": "CAROUSEL"}], carousel(card())) == []


@pytest.mark.parametrize(
    ("sent", "mend"),
    [
        (header(media()), "Move this component onto the card whose header it is."),
        (
            button("quick_reply", 0, payload="x"),
            "Move this component onto the card whose button it fills.",
        ),
    ],
)
def test_what_belongs_on_a_card_is_sent_there(sent, mend):
    (fault,) = check(MEDIA, sent, carousel(card(), card()))
    assert (fault.path, fault.meta_code, fault.mend) == ("/components/0", 132012, mend)
