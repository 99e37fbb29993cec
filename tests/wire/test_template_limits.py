"""The documents' limits of carousels and of multi-product messages."""

import pytest

from support.sends import (
    accepted,
    card,
    carousel,
    message,
    mpm,
    mpm_button,
    refused,
    section,
    sent_on,
    template,
    wrap,
)
from waypost.model.template import Template

CARDS = "/messaging_object/template/components/1/cards"
ACTION = "/messaging_object/template/components/0/parameters/0/action"
COMPONENTS = "/messaging_object/template/components"


def defined(*components, name="summer"):
    return Template(name, "en_US", "MARKETING", "APPROVED", components)


@pytest.mark.parametrize("count", [1, 2, 10])
def test_a_carousel_has_one_to_ten_cards(count):
    assert accepted(wrap(carousel(*(card(index) for index in range(count)))))


def test_a_carousel_without_cards_is_a_fault():
    body = carousel()
    body["template"]["components"][1]["cards"] = []

    assert refused(wrap(body)) == [(CARDS, "empty")]


def test_an_eleventh_card_is_a_fault():
    body = carousel(*(card(index) for index in range(10)), card(10))

    assert refused(wrap(body)) == [(CARDS, "too_many"), (f"{CARDS}/10/card_index", "out_of_range")]


@pytest.mark.parametrize("indexes", [(0, 1, 2), ("0", "1", "2"), (2, 0, 1)])
def test_cards_are_numbered_from_0_in_any_order_by_integers_or_digits(indexes):
    sent = sent_on(wrap(carousel(*map(card, indexes))))

    cards = sent["template"]["components"][1]["cards"]
    assert [given["card_index"] for given in cards] == [int(index) for index in indexes]


@pytest.mark.parametrize(
    ("indexes", "faults"),
    [
        ((1,), [0]),
        ((0, 2), [1]),
        ((0, 0), [1]),
        ((1, 2), [1]),
        ((0, "0", 1), [1]),
    ],
)
def test_a_gap_or_a_repeat_in_the_numbers_of_cards_is_a_fault(indexes, faults):
    assert refused(wrap(carousel(*map(card, indexes)))) == [
        (f"{CARDS}/{position}/card_index", "out_of_sequence") for position in faults
    ]


def test_a_card_needs_its_number_and_its_components():
    assert refused(wrap(carousel({}))) == [
        (f"{CARDS}/0/card_index", "required"),
        (f"{CARDS}/0/components", "required"),
    ]


def test_a_card_has_no_carousel_in_it():
    inner = {"type": "carousel", "cards": [card()]}

    assert refused(wrap(carousel(card(components=[inner])))) == [
        (f"{CARDS}/0/components/0/type", "misplaced")
    ]


@pytest.mark.parametrize(
    ("said", "formats", "kept"),
    [
        ("video", None, "video"),
        ("IMAGE", None, "image"),
        ("video", ["IMAGE"], "image"),
        ("image", ["video"], "video"),
        ("image", ["PRODUCT"], "image"),
        (None, ["VIDEO"], "video"),
    ],
)
def test_of_an_image_and_a_video_the_one_its_template_defines_is_kept(said, formats, kept):
    parameter = {"image": {"id": "1"}, "video": {"id": "2"}}
    if said is not None:
        parameter["type"] = said
    body = wrap(carousel(card(components=[{"type": "Header", "parameters": [parameter]}])))
    known = [
        defined(
            {
                "type": "CAROUSEL",
                "cards": [{"components": [{"type": "HEADER", "format": kind}]} for kind in formats],
            }
        )
        for formats in [formats]
        if formats is not None
    ]

    header = sent_on(body, *known)["template"]["components"][1]["cards"][0]["components"][0]

    assert header["parameters"] == [{"type": kept, kept: parameter[kept]}]


def test_of_an_image_and_a_video_one_must_be_meant():
    parameter = {"image": {"id": "1"}, "video": {"id": "2"}}
    body = wrap(carousel(card(components=[{"type": "header", "parameters": [parameter]}])))

    assert refused(body) == [(f"{CARDS}/0/components/0/parameters/0/type", "required")]


@pytest.mark.parametrize(
    "sections",
    [
        [section(1)],
        [section(30)],
        [section(3)] * 10,
        [section(1, "x" * 24)],
        [section(1, "😀" * 24)],
    ],
)
def test_an_mpm_has_up_to_ten_sections_and_thirty_products(sections):
    assert accepted(wrap(mpm(*sections)))


@pytest.mark.parametrize(
    ("sections", "faults"),
    [
        ([section(31)], [("", "too_many")]),
        ([section(16), section(15)], [("", "too_many")]),
        ([section(1)] * 11, [("", "too_many")]),
        ([section(0)], [("/0/product_items", "empty")]),
        ([section(1, "x" * 25)], [("/0/title", "too_long")]),
        ([section(1, "")], [("/0/title", "empty")]),
        ([{"product_items": []}], [("/0/title", "required"), ("/0/product_items", "empty")]),
        ([{"title": "x"}], [("/0/product_items", "required")]),
    ],
)
def test_an_mpm_beyond_its_limits_is_a_fault(sections, faults):
    assert refused(wrap(mpm(*sections))) == [
        (f"{ACTION}/sections{path}", code) for path, code in faults
    ]


def test_an_mpm_needs_thumbnail_and_sections():
    body = message(template({**mpm_button(), "parameters": [{"type": "action", "action": {}}]}))

    assert refused(wrap(body)) == [
        (f"{ACTION}/thumbnail_product_retailer_id", "required"),
        (f"{ACTION}/sections", "required"),
    ]
    assert refused(wrap(mpm(sections=[]))) == [(f"{ACTION}/sections", "empty")]
    assert refused(wrap(mpm(thumbnail_product_retailer_id=None))) == [
        (f"{ACTION}/thumbnail_product_retailer_id", "wrong_type")
    ]


def test_an_mpm_has_exactly_one_button():
    assert refused(wrap(message(template(mpm_button(), mpm_button())))) == [
        (f"{COMPONENTS}/1", "too_many")
    ]


@pytest.mark.parametrize("parameters", [[], "two"])
def test_an_mpm_button_has_exactly_one_parameter(parameters):
    button = mpm_button()
    expected = (f"{COMPONENTS}/0/parameters", "empty")
    if parameters == "two":
        parameters = button["parameters"] * 2
        expected = (f"{COMPONENTS}/0/parameters/1", "too_many")

    assert refused(wrap(message(template({**button, "parameters": parameters})))) == [expected]
