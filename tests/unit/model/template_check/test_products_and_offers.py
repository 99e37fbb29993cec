"""Multi-product messages, limited-time offers, tap targets, and components of other kinds."""

import pytest

from support.checked import (
    COUPON,
    URL,
    body_of,
    button,
    buttons_of,
    found,
    header_of,
    text,
)

HELLO = body_of("Hello.")
MPM = [HELLO, buttons_of({"type": "MPM", "text": "View items"})]
ACTION = "/0/parameters/0/action"


def section(products=1, title="Plants"):
    items = [{"product_retailer_id": "plant01"}] * products
    return {"title": title, "product_items": items}


def mpm(*sections, **instead):
    action = {"thumbnail_product_retailer_id": "plant01", "sections": list(sections), **instead}
    return button("mpm", 0, action=action)


@pytest.mark.parametrize(
    "sent",
    [
        mpm(section()),
        mpm(section(15), section(15)),
        mpm(*[section()] * 10),
        mpm(section(title="x" * 24)),
        mpm(section(title="10% off_summer")),
        mpm(section(title="Size 5*6*7")),
    ],
)
def test_a_multi_product_button_is_right(sent):
    assert found(MPM, sent) == []


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            mpm(section(), thumbnail_product_retailer_id=None),
            ("/thumbnail_product_retailer_id", "value_missing", 131008),
        ),
        (mpm(), ("/sections", "section_count", 131008)),
        (mpm(*[section()] * 11), ("/sections", "section_count", 131009)),
        (mpm(section(15), section(16)), ("/sections", "product_count", 131009)),
        (mpm(section(), section(0)), ("/sections/1/product_items", "product_count", 131008)),
        (mpm(section(title="")), ("/sections/0/title", "section_title", 131008)),
        (
            mpm({"product_items": section()["product_items"]}),
            ("/sections/0/title", "section_title", 131008),
        ),
        (mpm(section(title="x" * 25)), ("/sections/0/title", "section_title", 131009)),
        (mpm(section(title="All *new* plants")), ("/sections/0/title", "section_title", 131009)),
        (mpm(section(title="~Old~")), ("/sections/0/title", "section_title", 131009)),
        (
            mpm({"title": "Plants", "product_items": [{}]}),
            ("/sections/0/product_items/0/product_retailer_id", "value_missing", 131008),
        ),
    ],
)
def test_what_is_wrong_with_sections(sent, expected):
    place, code, meta_code = expected
    assert found(MPM, sent) == [(ACTION + place, code, meta_code)]


def test_a_multi_product_button_is_needed():
    assert found(MPM) == [("", "button_missing", 131008)]
    assert found(MPM, button("mpm", 0)) == [("/0", "button_missing", 131008)]


# --- limited-time offers

OFFER = [
    {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "x", "has_expiration": True}},
    HELLO,
    buttons_of(COUPON, URL),
]
FILLED = [button("copy_code", 0, coupon_code="X" * 15), button("url", 1, text("x"))]


def offer(end):
    parameter = {"type": "limited_time_offer", "limited_time_offer": end}
    return {"type": "limited_time_offer", "parameters": [parameter]}


def test_an_offer_with_its_end_is_right():
    assert found(OFFER, *FILLED, offer({"expiration_time_ms": 1698562800000})) == []


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([], ("", "offer_missing", 131008)),
        ([{"type": "limited_time_offer"}], ("/2", "offer_missing", 131008)),
        ([offer(None)], ("/2/parameters/0", "offer_missing", 131008)),
        ([offer({})], ("/2/parameters/0/limited_time_offer", "offer_missing", 131008)),
    ],
)
def test_an_offer_without_its_end_is_wrong(sent, expected):
    assert found(OFFER, *FILLED, *sent) == [expected]


@pytest.mark.parametrize("end", [1698562800, "1698562800000", 1698562800000.5, True, -1])
def test_an_end_is_a_whole_number_of_milliseconds(end):
    assert found(OFFER, *FILLED, offer({"expiration_time_ms": end})) == [
        ("/2/parameters/0/limited_time_offer/expiration_time_ms", "value_invalid", 131009)
    ]


def test_an_offer_that_does_not_end_needs_no_component():
    never = {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"has_expiration": False}}
    assert found([never, *OFFER[1:]], *FILLED) == []


def test_the_code_of_an_offer_is_shorter():
    sent = [button("copy_code", 0, coupon_code="X" * 16), FILLED[1]]
    assert found(OFFER, *sent, offer({"expiration_time_ms": 1698562800000})) == [
        ("/0/parameters/0/coupon_code", "coupon_code", 131009)
    ]


def test_the_url_of_an_offer_stands_after_its_code_however_it_is_defined():
    defined = [*OFFER[:2], buttons_of(URL, COUPON)]
    assert found(defined, *FILLED, offer({"expiration_time_ms": 1698562800000})) == []


def test_the_url_of_an_offer_without_code_stands_first():
    defined = [*OFFER[:2], buttons_of(URL)]
    end = offer({"expiration_time_ms": 1698562800000})
    assert found(defined, button("url", 0, text("x")), end) == []
    assert found(defined, button("url", 1, text("x")), end) == [
        ("/0/index", "button_misplaced", 131008)
    ]


def test_an_end_has_no_place_where_there_is_no_offer():
    assert found([HELLO], offer({"expiration_time_ms": 1698562800000})) == [
        ("/0", "component_unexpected", 132012)
    ]


# --- tap targets, and the rest


def tap(*targets):
    kind = "tap_target_configuration"
    return {"type": kind, "parameters": [{"type": kind, kind: list(targets)}]}


def test_a_tap_target_has_a_url_and_a_title():
    assert found([HELLO], tap({"url": "https://x", "title": "Offer"})) == []
    assert found([HELLO], tap({"url": "https://x"})) == [
        ("/0/parameters/0/tap_target_configuration/0", "value_missing", 131008)
    ]


def test_a_tap_target_goes_with_no_video():
    sent = {"type": "header", "parameters": [{"type": "video", "video": {"id": "1"}}]}
    assert found([header_of("VIDEO"), HELLO], sent, tap({"url": "x", "title": "y"})) == [
        ("/1", "component_unexpected", 132012)
    ]


@pytest.mark.parametrize("kind", ["footer", "buttons", "call_permission_request"])
def test_components_of_definitions_are_no_components_of_sends(kind):
    defined = [HELLO, {"type": "CALL_PERMISSION_REQUEST"}]
    assert found(defined, {"type": kind}) == [("/0/type", "component_unexpected", 100)]


def test_the_status_of_an_order_is_metas_to_judge():
    sent = {"type": "order_status", "parameters": [{"type": "order_status"}]}
    assert found([HELLO], sent) == []


def test_a_component_of_a_type_that_nobody_here_knows_is_named():
    assert found([HELLO], {"type": "buton"}) == [("/0/type", "kind_unknown", 100)]
