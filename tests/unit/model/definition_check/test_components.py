"""Which components there are, and which belong to which kind of template."""

import pytest

from support.definitions import (
    CALL,
    CATALOG,
    COUPON,
    FLOW,
    MPM,
    OFFER,
    OTP,
    PRODUCT,
    REPLY,
    SHOP,
    VIEW,
    authentication,
    body,
    buttons,
    carousel,
    defined,
    footer,
    header,
    media,
)
from waypost.model.definition_check.check import check_definition


def told(definition):
    return [(fault.path, fault.code, fault.meta_code) for fault in check_definition(definition)]


def found(*components, **fields):
    return told(defined(*components, **fields))


@pytest.mark.parametrize(
    "components",
    [
        [header("Our sale is on!"), body(), footer(), buttons(REPLY)],
        [media("DOCUMENT"), body(), buttons(CALL, SHOP)],
        [{"type": "header", "format": "location"}, body()],
        [PRODUCT, body(), footer(), buttons(VIEW)],
        [header("Forget something, {{1}}?", "Pablo"), body(), footer(), buttons(MPM)],
        [body(), footer(), buttons(CATALOG)],
        [body(), buttons(FLOW)],
        [media(), OFFER, body(), buttons(COUPON, SHOP)],
        [OFFER, body(), buttons(SHOP)],
        [body(), carousel()],
        [body(), {"type": "call_permission_request"}],
        [media(), body(), {"type": "tap_target_configuration"}, buttons(SHOP)],
        [body(), {"type": "order_status"}],
    ],
    ids=lambda components: " ".join(part.get("format") or part["type"] for part in components),
)
def test_every_documented_kind_of_template_is_taken(components):
    assert found(*components) == []


def test_types_and_formats_are_read_in_either_case():
    lower = [
        {"type": "header", "format": "text", "text": "Hello"},
        {"type": "body", "text": "Here is our news."},
        {"type": "buttons", "buttons": [{"type": "quick_reply", "text": "More"}]},
    ]
    assert found(*lower) == []


def test_kinds_that_are_not_known_are_metas_to_judge():
    tomorrow = {"type": "HOLOGRAM", "text": "{{oops"}
    button = {"type": "TELEPORT", "text": "Go"}

    assert found(tomorrow, tomorrow, body(), buttons(button)) == []


def test_a_template_without_a_body_is_named():
    assert found(header("Hello")) == [("/components", "definition_component_missing", 2388072)]


@pytest.mark.parametrize(
    ("component", "meta_code"),
    [(body(), 2388072), (header("Hello"), 2388047), (footer(), 2388073)],
)
def test_a_component_that_stands_there_twice_is_named(component, meta_code):
    others = [] if component["type"] == "BODY" else [body()]

    assert found(*others, component, component) == [
        (f"/components/{len(others) + 1}", "component_repeated", meta_code)
    ]


@pytest.mark.parametrize("component", [None, "body", 7, []])
def test_a_component_that_is_no_object_is_named(component):
    assert found(body(), component) == [("/components/1", "wrong_type", 100)]


@pytest.mark.parametrize("component", [{}, {"type": None}, {"type": 7}, {"text": "Hello"}])
def test_a_component_without_a_type_is_named(component):
    assert found(body(), component) == [("/components/1/type", "required", 100)]


def test_components_that_are_no_array_are_named():
    assert told(defined() | {"components": {}}) == [("/components", "wrong_type", 100)]


@pytest.mark.parametrize(
    ("component", "key", "code", "meta_code"),
    [
        ({"type": "BODY"}, "text", "required", 2388072),
        ({"type": "BODY", "text": 7}, "text", "wrong_type", 2388072),
        ({"type": "HEADER"}, "format", "required", 2388047),
        ({"type": "HEADER", "format": "TEXT"}, "text", "required", 2388047),
        ({"type": "HEADER", "format": "IMGAE"}, "format", "definition_header_format", 2388047),
        ({"type": "FOOTER"}, "text", "required", 2388073),
        ({"type": "BUTTONS"}, "buttons", "required", 100),
        ({"type": "BUTTONS", "buttons": []}, "buttons", "required", 100),
        ({"type": "BUTTONS", "buttons": {}}, "buttons", "wrong_type", 100),
        ({"type": "CAROUSEL"}, "cards", "required", 100),
        ({"type": "LIMITED_TIME_OFFER"}, "limited_time_offer", "required", 100),
    ],
)
def test_a_component_without_what_it_must_have_is_named(component, key, code, meta_code):
    others = [] if component["type"] == "BODY" else [body()]

    assert found(*others, component) == [(f"/components/{len(others)}/{key}", code, meta_code)]


def test_a_gif_is_for_marketing_alone():
    assert found(media("GIF"), body()) == []
    assert found(media("GIF"), body(), category="UTILITY") == [
        ("/components/0/format", "definition_header_format", 2388047)
    ]


@pytest.mark.parametrize(
    ("components", "path"),
    [
        ([body(), carousel()], "/components/1"),
        ([body(), buttons(MPM)], "/components/1/buttons/0"),
        ([PRODUCT, body(), buttons(VIEW)], "/components/2/buttons/0"),
        ([body(), buttons(CATALOG)], "/components/1/buttons/0"),
        ([OFFER, body(), buttons(SHOP)], "/components/0"),
    ],
    ids=["carousel", "mpm", "spm", "catalog", "limited_time_offer"],
)
def test_what_sells_is_marketing(components, path):
    (fault,) = check_definition(defined(*components, category="UTILITY"))

    assert (fault.path, fault.code) == (path, "definition_category_mismatch")
    assert fault.mend == 'Set "category" to "MARKETING".'


def test_a_multi_product_template_has_one_button():
    assert found(body(), buttons(MPM, SHOP)) == [
        ("/components/1/buttons", "definition_button_misplaced", 100)
    ]
    assert found(body(), buttons(MPM, MPM)) == [
        ("/components/1/buttons", "definition_button_too_many", 100)
    ]


@pytest.mark.parametrize("head", [media(), {"type": "HEADER", "format": "LOCATION"}])
def test_a_multi_product_template_has_a_text_header_or_none(head):
    assert found(head, body(), buttons(MPM)) == [
        ("/components/0/format", "definition_header_format", 2388047)
    ]


def test_a_single_product_template_shows_its_product_in_the_header():
    assert found(body(), buttons(VIEW)) == [("/components/1", "definition_header_format", 2388047)]
    assert found(media(), body(), buttons(VIEW)) == [
        ("/components/0/format", "definition_header_format", 2388047)
    ]
    assert found(PRODUCT, body()) == [("/components/0", "definition_button_missing", 2388047)]


def test_the_body_of_a_single_product_template_has_at_most_160_characters():
    assert found(PRODUCT, body("x" * 161), buttons(VIEW)) == [
        ("/components/1/text", "too_long", 2388040)
    ]


def test_the_body_of_a_limited_time_offer_has_at_most_600_characters():
    assert found(OFFER, body("x" * 600), buttons(SHOP)) == []
    assert found(OFFER, body("x" * 601), buttons(SHOP)) == [
        ("/components/1/text", "too_long", 2388040)
    ]


def test_a_limited_time_offer_has_no_footer():
    assert found(OFFER, body(), footer(), buttons(SHOP)) == [
        ("/components/2", "definition_component_misplaced", 2388073)
    ]


def test_the_code_of_a_limited_time_offer_has_at_most_15_characters():
    code = COUPON | {"example": "x" * 16}

    assert found(body(), buttons(code)) == []
    assert found(OFFER, body(), buttons(code, SHOP)) == [
        ("/components/2/buttons/0/example", "too_long", 2388040)
    ]


def test_a_limited_time_offer_has_its_code_before_its_url():
    assert found(OFFER, body(), buttons(SHOP, COUPON)) == [
        ("/components/2/buttons", "definition_button_order", 100)
    ]


@pytest.mark.parametrize(
    ("offer", "key", "code", "meta_code"),
    [
        ({"text": "x" * 17}, "/text", "too_long", 2388040),
        ({"text": "For {{1}}"}, "/text", "placeholder_misplaced", 100),
        ({}, "/text", "required", 100),
        ({"text": "Now", "has_expiration": "yes"}, "/has_expiration", "wrong_type", 100),
        ("Now", "", "wrong_type", 100),
    ],
)
def test_the_offer_itself_says_in_16_characters_what_is_offered(offer, key, code, meta_code):
    component = {"type": "limited_time_offer", "limited_time_offer": offer}

    assert found(component, body(), buttons(SHOP)) == [
        (f"/components/0/limited_time_offer{key}", code, meta_code)
    ]


def test_a_tap_target_opens_the_first_url_button():
    target = {"type": "TAP_TARGET_CONFIGURATION"}

    assert found(body(), target) == [("/components/1", "definition_button_missing", 100)]
    assert found(media("VIDEO"), body(), target, buttons(SHOP)) == [
        ("/components/2", "definition_component_misplaced", 100)
    ]


@pytest.mark.parametrize(
    ("component", "meta_code"),
    [(header("Hello"), 2388047), (footer(), 2388073), (buttons(REPLY), 100), (OFFER, 100)],
)
def test_beside_the_cards_stands_the_body_alone(component, meta_code):
    assert ("/components/2", "definition_component_misplaced", meta_code) in found(
        body(), carousel(), component
    )


@pytest.mark.parametrize("minutes", [1, 90, None])
def test_an_authentication_template_is_taken(minutes):
    assert (
        told(authentication({"type": "FOOTER", "code_expiration_minutes": minutes}, buttons(OTP)))
        == []
    )


@pytest.mark.parametrize(
    ("minutes", "code"), [(0, "out_of_range"), (91, "out_of_range"), ("5", "wrong_type")]
)
def test_a_code_expires_after_1_to_90_minutes(minutes, code):
    definition = authentication(
        {"type": "FOOTER", "code_expiration_minutes": minutes}, buttons(OTP)
    )
    assert told(definition) == [("/components/1/code_expiration_minutes", code, 2388073)]


def test_an_authentication_template_may_be_written_as_meta_shows_it():
    shown = authentication(
        {"type": "FOOTER", "text": "This code expires in 5 minutes.", "code_expiration_minutes": 5},
        buttons({"type": "URL", "text": "Copy code", "url": "https://x/{{1}}", "example": ["1"]}),
    )
    shown["components"][0] = body("*{{1}}* is your verification code.")

    assert told(shown) == []


def test_the_security_recommendation_is_true_or_false():
    definition = authentication(buttons(OTP))
    definition["components"][0]["add_security_recommendation"] = "yes"

    assert told(definition) == [
        ("/components/0/add_security_recommendation", "wrong_type", 2388072)
    ]


def test_the_text_of_an_authentication_body_is_a_string_if_it_is_there():
    definition = authentication(buttons(OTP))
    definition["components"][0]["text"] = 7

    assert told(definition) == [("/components/0/text", "wrong_type", 2388072)]


def test_an_authentication_template_has_no_header():
    assert told(authentication(header("Hello"), buttons(OTP))) == [
        ("/components/1", "definition_component_misplaced", 2388047)
    ]


def test_an_authentication_template_has_a_button_for_the_code():
    assert told(authentication()) == [("/components", "definition_component_missing", 100)]


@pytest.mark.parametrize("button", [REPLY, CALL, COUPON, MPM, FLOW])
def test_an_authentication_template_has_no_other_button(button):
    assert told(authentication(buttons(OTP, button))) == [
        ("/components/1/buttons/1/type", "definition_button_misplaced", 100)
    ]


def test_an_authentication_template_has_one_button():
    assert told(authentication(buttons(OTP, OTP))) == [
        ("/components/1/buttons", "definition_button_too_many", 100),
    ]
