"""The cards of a carousel."""

import pytest

from support.definitions import (
    CALL,
    COUPON,
    FLOW,
    MPM,
    OTP,
    PRODUCT,
    REPLY,
    SHOP,
    VIEW,
    body,
    buttons,
    card,
    carousel,
    defined,
    footer,
    header,
    media,
)
from waypost.model.definition_check.check import check_definition

CARDS = "/components/1/cards"


def found(*cards):
    return [
        (fault.path.removeprefix(CARDS), fault.code, fault.meta_code)
        for fault in check_definition(defined(body(), carousel(*cards)))
    ]


def product(*each):
    return card(PRODUCT, buttons(*(each or (VIEW,))))


@pytest.mark.parametrize(
    "cards",
    [
        [card()] * 2,
        [card()] * 10,
        [card(media("video"), buttons(CALL, SHOP))] * 3,
        [card(media())] * 2,
        [card(buttons(REPLY), body("An aloe."), media()), card(media(), body("A"), buttons(REPLY))],
        [product()] * 2,
        [product(SHOP)] * 2,
    ],
)
def test_sound_cards_are_taken(cards):
    assert found(*cards) == []


@pytest.mark.parametrize(("count", "mend"), [(1, "Give it 2 cards or more."), (12, "Take out 2.")])
def test_media_cards_are_2_to_10(count, mend):
    (fault,) = check_definition(defined(body(), carousel(*[card()] * count)))

    assert (fault.path, fault.code) == (CARDS, "definition_card_count")
    assert fault.mend == mend


@pytest.mark.parametrize("count", [1, 3, 10])
def test_product_cards_are_defined_with_two(count):
    assert found(*[product()] * count) == [("", "definition_card_count", 100)]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            card(media("VIDEO"), body("B"), buttons(REPLY, SHOP)),
            'the format "VIDEO", and the first',
        ),
        (card(media(), buttons(REPLY, SHOP)), "no body, and the first card one"),
        (card(media(), body("B"), buttons(REPLY)), 'the buttons "QUICK_REPLY", and the first'),
        (card(media(), body("B"), buttons(SHOP, REPLY)), 'the buttons "URL, QUICK_REPLY"'),
        (card(media(), body("B")), 'the buttons "none", and the first card "QUICK_REPLY, URL"'),
    ],
)
def test_every_card_is_made_like_the_first(other, said):
    (fault,) = check_definition(defined(body(), carousel(card(), card(), other)))

    assert (fault.path, fault.code) == (f"{CARDS}/2/components", "definition_cards_differ")
    assert said in fault.message


def test_a_card_that_differs_in_two_ways_is_told_of_both():
    other = card(media("VIDEO"), buttons(REPLY, SHOP))

    assert found(card(), other) == [("/1/components", "definition_cards_differ", 100)] * 2


@pytest.mark.parametrize("one", [None, "card", 7])
def test_a_card_that_is_no_object_is_named(one):
    assert found(card(), card(), one) == [("/2", "wrong_type", 100)]


@pytest.mark.parametrize("one", [{}, {"components": []}, {"components": None}])
def test_a_card_without_components_is_named(one):
    assert ("/1/components", "required", 100) in found(card(), one)


def test_a_card_without_a_header_is_named():
    one = card(body("An aloe."), buttons(REPLY))

    assert found(one, one) == [
        ("/0/components", "definition_component_missing", 2388047),
        ("/1/components", "definition_component_missing", 2388047),
    ]


def test_a_card_without_its_image_is_named():
    one = card({"type": "HEADER", "format": "IMAGE"}, body("An aloe."), buttons(REPLY, SHOP))

    assert found(card(), one) == [
        ("/1/components/0/example", "definition_example_missing", 2388047)
    ]


@pytest.mark.parametrize(
    "head", [header("Hello"), media("DOCUMENT"), {"type": "HEADER", "format": "LOCATION"}]
)
def test_a_card_shows_an_image_a_video_or_a_product(head):
    one = card(head, body("An aloe."))

    assert ("/0/components/0/format", "definition_header_format", 2388047) in found(one, one)


@pytest.mark.parametrize("component", [footer(), {"type": "carousel", "cards": []}])
def test_a_card_has_a_header_a_body_and_buttons_only(component):
    one = card(media(), component)

    assert [(path, code) for path, code, _ in found(one, one)] == [
        ("/0/components/1/type", "definition_component_misplaced"),
        ("/1/components/1/type", "definition_component_misplaced"),
    ]


def test_a_media_card_has_at_most_two_buttons():
    one = card(media(), buttons(REPLY, SHOP, CALL))

    assert found(one, one) == [
        ("/0/components/1/buttons", "definition_button_too_many", 100),
        ("/1/components/1/buttons", "definition_button_too_many", 100),
    ]


@pytest.mark.parametrize("button", [VIEW, MPM, COUPON, FLOW])
def test_a_media_card_has_replies_numbers_and_urls_only(button):
    one = card(media(), buttons(button))

    assert [(path, code) for path, code, _ in found(one, one)] == [
        ("/0/components/1/buttons/0/type", "definition_button_misplaced"),
        ("/1/components/1/buttons/0/type", "definition_button_misplaced"),
    ]


@pytest.mark.parametrize("button", [REPLY, CALL, OTP])
def test_a_product_card_has_a_view_or_a_url(button):
    one = product(button)

    assert ("/0/components/1/buttons/0/type", "definition_button_misplaced", 100) in found(one, one)


def test_a_product_card_has_one_button():
    assert found(card(PRODUCT), card(PRODUCT)) == [
        ("/0/components", "definition_button_missing", 100),
        ("/1/components", "definition_button_missing", 100),
    ]
    one = product(VIEW, SHOP)
    assert found(one, one) == [
        ("/0/components/1/buttons", "definition_button_too_many", 100),
        ("/1/components/1/buttons", "definition_button_too_many", 100),
    ]


def test_the_placeholders_of_a_card_follow_the_rules_of_all_bodies():
    one = card(media(), body("For {{2}} only.", "x"), buttons(REPLY, SHOP))

    assert found(card(), one) == [("/1/components/1/text", "placeholder_gap", 2388072)]


def test_kinds_that_are_not_known_may_stand_on_a_card():
    one = card(media(), {"type": "HOLOGRAM"}, buttons({"type": "TELEPORT", "text": "Go"}))

    assert found(one, one) == []
