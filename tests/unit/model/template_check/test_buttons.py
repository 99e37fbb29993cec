"""Buttons: at their place in the template, and filled with what they need."""

import pytest

from support.checked import (
    COUPON,
    PHONE,
    REPLY,
    STATIC_URL,
    URL,
    body,
    body_of,
    button,
    buttons_of,
    check,
    found,
    text,
)

HELLO = body_of("Hello.")


def template(*buttons):
    return [HELLO, buttons_of(*buttons)]


@pytest.mark.parametrize(
    "sent",
    [
        [button("url", 1, text("aloe"))],
        [button("quick_reply", 0, payload="more"), button("url", 1, text("aloe"))],
        [button("url", 1, text("aloe")), button("quick_reply", 0, payload="")],
        [button("quick_reply", 0), button("url", 1, text("aloe"))],
        [button("quick_reply", 0, text("more")), button("url", 1, text("aloe"))],
    ],
)
def test_buttons_at_their_places_are_right(sent):
    assert found(template(REPLY, URL, PHONE), *sent) == []


def test_a_url_without_its_end_is_missing():
    assert found(template(REPLY, URL)) == [("", "button_missing", 131008)]
    assert found(template(REPLY, URL), button("url", 1)) == [("/0", "button_missing", 131008)]


def test_a_missing_button_is_told_with_what_to_add():
    (fault,) = check(template(REPLY, URL))
    assert fault.message == (
        'The URL button "Shop" at index 1 is not filled, and needs a parameter.'
    )
    assert fault.mend == (
        'Add {"type":"button","sub_type":"url","index":1,'
        '"parameters":[{"type":"text","text":"<end of the URL>"}]} to template.components.'
    )


def test_a_url_at_another_buttons_index_is_told_once_with_its_own():
    (fault,) = check(template(PHONE, URL), button("url", 0, text("aloe")))
    assert (fault.path, fault.code, fault.meta_code) == (
        "/components/0/index",
        "button_misplaced",
        131008,
    )
    assert fault.message == (
        "A button of sub_type url is sent at index 0, where the template defines "
        'the PHONE_NUMBER button "Call".'
    )
    assert fault.mend == ('Set "index" to 1, the place of the URL button "Shop" in the template.')


def test_swapped_indexes_are_both_told():
    sent = [button("quick_reply", 1, payload="x"), button("url", 0, text("y"))]
    assert found(template(REPLY, URL), *sent) == [
        ("/0/index", "button_misplaced", 132012),
        ("/1/index", "button_misplaced", 131008),
    ]


def test_the_end_of_a_url_at_that_of_another_url_is_misplaced():
    assert found(template(STATIC_URL, URL), button("url", 0, text("aloe"))) == [
        ("/0/index", "button_misplaced", 131008)
    ]


def test_a_misplaced_button_is_looked_into_as_well():
    assert found(template(PHONE, URL), button("url", 0, text("a\nb"))) == [
        ("/0/index", "button_misplaced", 131008),
        ("/0/parameters/0", "variable_characters", 132018),
    ]


def test_a_kind_that_the_template_has_not_takes_the_blame_for_the_one_it_has():
    assert found(template(URL), button("copy_code", 0, coupon_code="25OFF")) == [
        ("/0", "button_misplaced", 132012)
    ]


def test_a_button_where_there_is_none_is_unexpected():
    (fault,) = check([HELLO], button("quick_reply", 0, payload="x"))
    assert (fault.path, fault.meta_code) == ("/components/0", 132012)
    assert fault.mend == "Remove this button component."


def test_an_index_is_filled_once():
    sent = button("url", 0, text("aloe"))
    assert found(template(URL), sent, sent) == [("/1/index", "button_repeated", 100)]


def test_a_url_without_variable_takes_no_end():
    assert found(template(STATIC_URL), button("url", 0, text("aloe"))) == [
        ("/0/parameters", "url_suffix_unexpected", 132000)
    ]
    assert found(template(STATIC_URL), button("url", 0)) == []


def test_a_whole_url_has_a_longest_length():
    fixed = len("https://shop.example.com/")
    assert found(template(URL), button("url", 0, text("x" * (2000 - fixed)))) == []
    assert found(template(URL), button("url", 0, text("x" * (2001 - fixed)))) == [
        ("/0/parameters/0", "url_too_long", 132005)
    ]


@pytest.mark.parametrize(
    ("defined", "sent", "expected"),
    [
        (URL, button("url", 0, text("")), ("", "variable_empty", 131008)),
        (URL, button("url", 0, payload="x"), ("/type", "button_parameter", 132012)),
        (REPLY, button("quick_reply", 0, coupon_code="x"), ("/type", "button_parameter", 132012)),
        (
            COUPON,
            button("copy_code", 0, {"type": "coupon_code"}),
            ("/coupon_code", "value_missing", 131008),
        ),
        (COUPON, button("copy_code", 0, coupon_code=""), ("/coupon_code", "coupon_code", 131009)),
        (
            COUPON,
            button("copy_code", 0, coupon_code="X" * 21),
            ("/coupon_code", "coupon_code", 131009),
        ),
        (
            COUPON,
            button("copy_code", 0, coupon_code="25 OFF"),
            ("/coupon_code", "coupon_code", 131009),
        ),
        (
            COUPON,
            button("copy_code", 0, coupon_code="ÄÖÜ"),
            ("/coupon_code", "coupon_code", 131009),
        ),
        (
            {"type": "CATALOG"},
            button("catalog", 0, action={"thumbnail_product_retailer_id": ""}),
            ("/action/thumbnail_product_retailer_id", "value_invalid", 131009),
        ),
        (
            {"type": "FLOW"},
            button("flow", 0, action={"flow_action_data": []}),
            ("/action/flow_action_data", "value_invalid", 131009),
        ),
        (
            {"type": "ORDER_DETAILS"},
            button("order_details", 0, action={}),
            ("/action", "value_missing", 131008),
        ),
        (
            {"type": "ORDER_DETAILS"},
            button("order_details", 0, action={"order_details": {"reference_id": "r"}}),
            ("/action/order_details", "value_missing", 131008),
        ),
        (
            {"type": "VOICE_CALL"},
            button("voice_call", 0, ttl_minutes=0),
            ("/ttl_minutes", "value_invalid", 131009),
        ),
        (
            {"type": "VOICE_CALL"},
            button("voice_call", 0, ttl_minutes=43201),
            ("/ttl_minutes", "value_invalid", 131009),
        ),
        (
            {"type": "VOICE_CALL"},
            button("voice_call", 0, payload="x" * 513),
            ("/payload", "value_invalid", 131009),
        ),
    ],
)
def test_values_that_a_button_does_not_take(defined, sent, expected):
    place, code, meta_code = expected
    assert found(template(defined), sent) == [(f"/0/parameters/0{place}", code, meta_code)]


@pytest.mark.parametrize(
    ("defined", "sent"),
    [
        ({"type": "CATALOG"}, []),
        ({"type": "CATALOG"}, [button("catalog", 0)]),
        (
            {"type": "CATALOG"},
            [button("catalog", 0, action={"thumbnail_product_retailer_id": "plant01"})],
        ),
        ({"type": "FLOW"}, []),
        ({"type": "FLOW"}, [button("flow", 0, action={})]),
        ({"type": "VOICE_CALL"}, []),
        ({"type": "VOICE_CALL"}, [button("voice_call", None, ttl_minutes=100, payload="x")]),
        ({"type": "PHONE_NUMBER"}, []),
        ({"type": "SPM"}, []),
        (COUPON, [button("copy_code", 0, coupon_code="X" * 20)]),
    ],
)
def test_values_that_a_button_takes(defined, sent):
    assert found(template(defined), *sent) == []


@pytest.mark.parametrize("kind", ["SPM", "PHONE_NUMBER"])
def test_buttons_that_a_send_says_nothing_about(kind):
    assert found(template({"type": kind}), button(kind.lower(), 0)) == [
        ("/0", "component_unexpected", 132012)
    ]


def test_more_than_one_value_is_too_many():
    assert found(template(URL), button("url", 0, text("a"), text("b"))) == [
        ("/0/parameters", "button_parameter", 132000)
    ]


def test_a_kind_of_button_that_nobody_here_knows_is_metas_to_judge():
    defined = template({"type": "REQUEST_CONTACT_INFO"})
    assert found(defined) == []
    assert found(defined, button("request_contact_info", 0, payload="x")) == []


def test_a_button_without_an_index_is_the_first_of_its_kind():
    assert found(template(REPLY, URL), button("url", None, text("aloe"))) == []


# --- one-time codes

CREATED = [
    {"type": "BODY", "add_security_recommendation": True},
    {"type": "FOOTER", "code_expiration_minutes": 5},
    buttons_of({"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}),
]
GIVEN_BACK = [
    body_of("*{{1}}* is your verification code."),
    buttons_of(
        {
            "type": "URL",
            "text": "Copy code",
            "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
        }
    ),
]


@pytest.mark.parametrize("defined", [CREATED, GIVEN_BACK])
@pytest.mark.parametrize("category", ["", "AUTHENTICATION"])
class TestOneTimeCodes:
    def test_the_code_stands_in_the_body_and_on_the_button(self, defined, category):
        sent = [body("123456"), button("url", 0, text("123456"))]
        assert found(defined, *sent, category=category) == []

    def test_another_code_on_the_button_is_wrong(self, defined, category):
        sent = [body("123456"), button("url", 0, text("123457"))]
        assert found(defined, *sent, category=category) == [
            ("/1/parameters/0", "one_time_code", 131009)
        ]

    def test_a_code_has_a_longest_length(self, defined, category):
        sent = [body("1" * 16), button("url", 0, text("1" * 16))]
        assert found(defined, *sent, category=category) == [
            ("/0/parameters/0/text", "one_time_code", 131009)
        ]

    def test_both_are_needed(self, defined, category):
        assert found(defined, category=category) == [
            ("", "variable_count", 132000),
            ("", "button_missing", 131008),
        ]

    def test_the_button_is_called_url(self, defined, category):
        sent = [body("123456"), button("copy_code", 0, coupon_code="123456")]
        assert found(defined, *sent, category=category) == [("/1", "button_misplaced", 132012)]
