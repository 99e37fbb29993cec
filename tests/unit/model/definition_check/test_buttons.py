"""Each kind of button, how many there may be, and their order."""

import pytest

from support.definitions import (
    CALL,
    COUPON,
    FLOW,
    OTP,
    REPLY,
    SHOP,
    authentication,
    body,
    buttons,
    defined,
)
from waypost.model.definition_check.check import check_definition

APP = {"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"}
ONE_TAP = OTP | {"otp_type": "ONE_TAP", "supported_apps": [APP]}
ZERO_TAP = ONE_TAP | {"otp_type": "zero_tap", "zero_tap_terms_accepted": True}


def told(definition):
    return [
        (fault.path.removeprefix("/components/1/buttons"), fault.code, fault.meta_code)
        for fault in check_definition(definition)
    ]


def found(*each):
    return told(defined(body(), buttons(*each)))


def without(button, key):
    return {name: value for name, value in button.items() if name != key}


@pytest.mark.parametrize(
    "each",
    [
        [REPLY] * 10,
        [REPLY, REPLY, SHOP, CALL],
        [SHOP, SHOP, CALL, COUPON, REPLY],
        [SHOP | {"url": "https://shop.example.com"}],
        [without(SHOP, "example") | {"url": "https://shop.example.com"}],
        [SHOP | {"example": "aloe"}],
        [COUPON | {"example": ["25OFF"]}],
        [without(FLOW, "flow_id") | {"flow_name": "survey"}],
        [{"type": "VOICE_CALL", "text": "Call us", "ttl_minutes": 100}],
        [{"type": "VOICE_CALL"}],
        [{"type": "REQUEST_CONTACT_INFO"}],
        [{"type": "ORDER_DETAILS", "text": "Review and pay"}],
    ],
)
def test_sound_buttons_are_taken(each):
    assert found(*each) == []


def test_there_are_at_most_ten_buttons():
    (fault,) = check_definition(defined(body(), buttons(*[REPLY] * 12)))

    assert (fault.path, fault.code) == ("/components/1/buttons", "definition_button_too_many")
    assert fault.mend == "Take out 2."


@pytest.mark.parametrize(("button", "most"), [(SHOP, 2), (CALL, 1), (COUPON, 1)])
def test_some_kinds_may_stand_there_once_or_twice(button, most):
    assert found(*[button] * most) == []
    assert found(*[button] * (most + 1)) == [("", "definition_button_too_many", 100)]


@pytest.mark.parametrize(
    ("each", "position"),
    [([REPLY, SHOP, REPLY], 2), ([SHOP, REPLY, CALL], 2), ([REPLY, REPLY, SHOP, CALL, REPLY], 4)],
)
def test_quick_replies_stand_in_one_block(each, position):
    assert found(*each) == [(f"/{position}", "definition_button_order", 100)]


@pytest.mark.parametrize("button", [None, "URL", []])
def test_a_button_that_is_no_object_is_named(button):
    assert found(REPLY, button) == [("/1", "wrong_type", 100)]


@pytest.mark.parametrize("button", [{}, {"type": 7, "text": "More"}])
def test_a_button_without_a_type_is_named(button):
    assert found(button) == [("/0/type", "required", 100)]


@pytest.mark.parametrize("button", [REPLY, SHOP, CALL, FLOW])
def test_a_label_has_at_most_25_characters(button):
    assert found(button | {"text": "x" * 25}) == []
    assert found(button | {"text": "x" * 26}) == [("/0/text", "too_long", 2388040)]


@pytest.mark.parametrize("button", [REPLY, SHOP, CALL, FLOW])
def test_a_button_that_only_the_customer_can_label_needs_its_label(button):
    assert found(without(button, "text")) == [("/0/text", "required", 100)]


def test_a_label_has_no_placeholder():
    assert found(REPLY | {"text": "More, {{1}}"}) == [("/0/text", "placeholder_misplaced", 100)]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://shop.example.com/{{1}}/more", "elsewhere than at its end"),
        ("https://shop.example.com/{{1}}?to={{2}}", "has 2 placeholders"),
        ("https://shop.example.com/{{2}}", "other than {{1}}"),
        ("https://shop.example.com/{{product}}", "other than {{1}}"),
        ("https://shop.example.com/{{1}", "without their counterpart"),
    ],
)
def test_a_url_has_one_placeholder_at_its_end(url, said):
    (fault,) = check_definition(defined(body(), buttons(SHOP | {"url": url})))

    assert fault.path == "/components/1/buttons/0/url"
    assert fault.code == "placeholder_malformed"
    assert said in fault.message


def test_a_url_has_at_most_2000_characters():
    url = "https://shop.example.com/"

    assert found(SHOP | {"url": url.ljust(2000, "x")}) == []
    assert found(SHOP | {"url": url.ljust(2001, "x")}) == [("/0/url", "too_long", 2388040)]


@pytest.mark.parametrize("example", [None, [], "", [""], [7], ["a", "b"]])
def test_the_placeholder_of_a_url_has_an_example(example):
    assert found(SHOP | {"example": example}) == [("/0/example", "definition_example_missing", 100)]


def test_a_phone_number_has_at_most_20_characters():
    assert found(CALL | {"phone_number": "+9198000000010000000"}) == []
    assert found(CALL | {"phone_number": "+91980000000100000000"}) == [
        ("/0/phone_number", "too_long", 2388040)
    ]


@pytest.mark.parametrize(
    ("button", "key", "code"),
    [
        (without(SHOP, "url"), "url", "required"),
        (SHOP | {"url": 7}, "url", "wrong_type"),
        (without(CALL, "phone_number"), "phone_number", "required"),
        (without(COUPON, "example"), "example", "definition_example_missing"),
        (without(FLOW, "flow_id"), "flow_id", "required"),
        (FLOW | {"flow_name": "survey"}, "flow_name", "wrong_value"),
        ({"type": "voice_call", "ttl_minutes": 0}, "ttl_minutes", "out_of_range"),
    ],
)
def test_a_button_without_what_its_kind_needs_is_named(button, key, code):
    assert found(button) == [(f"/0/{key}", code, 100)]


def test_the_code_to_copy_has_at_most_20_characters():
    assert found(COUPON | {"example": "x" * 20}) == []
    assert found(COUPON | {"example": "x" * 21}) == [("/0/example", "too_long", 2388040)]


@pytest.mark.parametrize(
    "button",
    [OTP, without(OTP, "text"), ONE_TAP, ZERO_TAP, OTP | {"otp_type": "ONE_TAP"} | APP],
    ids=["copy_code", "unlabelled", "one_tap", "zero_tap", "one_tap_of_one_app"],
)
def test_a_button_for_a_one_time_password_is_taken(button):
    assert told(authentication(buttons(button))) == []


@pytest.mark.parametrize(
    ("button", "key", "code"),
    [
        (without(OTP, "otp_type"), "otp_type", "required"),
        (OTP | {"otp_type": "TWO_TAP"}, "otp_type", "wrong_value"),
        (without(ONE_TAP, "supported_apps"), "supported_apps", "required"),
        (ONE_TAP | {"supported_apps": [APP] * 6}, "supported_apps", "out_of_range"),
        (ONE_TAP | {"supported_apps": ["shop"]}, "supported_apps/0", "wrong_type"),
        (
            ONE_TAP | {"supported_apps": [APP, without(APP, "signature_hash")]},
            "supported_apps/1/signature_hash",
            "required",
        ),
        (
            ZERO_TAP | {"zero_tap_terms_accepted": False},
            "zero_tap_terms_accepted",
            "wrong_value",
        ),
    ],
)
def test_a_button_for_a_one_time_password_says_how_and_for_which_apps(button, key, code):
    assert told(authentication(buttons(button))) == [(f"/0/{key}", code, 100)]


def test_a_one_time_password_is_for_authentication_alone():
    assert found(OTP) == [("/0/type", "definition_button_misplaced", 100)]
