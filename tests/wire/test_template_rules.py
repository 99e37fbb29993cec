"""The contract's rows on templates and their buttons, one test a sentence."""

import pytest

from support.sends import (
    accepted,
    body_component,
    button,
    card,
    message,
    refused,
    sent_on,
    template,
    without,
    wrap,
)

# ---- templates ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Carousel Template", "über/~name", "日本", "a" * 600])
def test_the_characters_of_a_template_name_are_not_judged(name):
    assert accepted(wrap(message(template(name=name)))).content.template_name == name


def test_a_name_that_no_database_can_hold_is_a_fault():
    assert refused(wrap(message(template(name="a\0b", code="en\0")))) == [
        ("/messaging_object/template/name", "nul_character"),
        ("/messaging_object/template/language/code", "nul_character"),
    ]


def test_a_template_may_have_no_components():
    assert sent_on(wrap(message(template())))["template"]["components"] == []
    assert accepted(wrap(message(without(template(), "components"))))


def test_a_template_needs_name_and_language():
    assert refused(wrap(message({}))) == [
        ("/messaging_object/template/name", "required"),
        ("/messaging_object/template/language", "required"),
    ]
    assert refused(wrap(message({"name": "", "language": {}}))) == [
        ("/messaging_object/template/name", "empty"),
        ("/messaging_object/template/language/code", "required"),
    ]
    assert refused(wrap(message({"name": 7, "language": "en_US", "components": {}}))) == [
        ("/messaging_object/template/name", "wrong_type"),
        ("/messaging_object/template/language", "wrong_type"),
        ("/messaging_object/template/components", "wrong_type"),
    ]


BASE = "/messaging_object/template/components"


@pytest.mark.parametrize("given", [1, 1.5, None, True, {"type": "text"}, ["a"]])
def test_every_text_parameter_is_a_string(given):
    body = wrap(message(template(body_component(type="text", text=given))))

    assert refused(body) == [(f"{BASE}/0/parameters/0/text", "wrong_type")]


def test_a_text_parameter_may_leave_its_type_out():
    sent = sent_on(wrap(message(template(body_component(text="hello")))))

    assert sent["template"]["components"][0]["parameters"] == [{"text": "hello", "type": "text"}]


def test_a_parameter_whose_type_cannot_be_told_is_a_fault():
    body = wrap(message(template(body_component(text="a", payload="b"), body_component())))

    assert refused(body) == [
        (f"{BASE}/0/parameters/0/type", "required"),
        (f"{BASE}/1/parameters/0/type", "required"),
    ]


@pytest.mark.parametrize(
    ("component", "fault"),
    [
        (7, ("", "wrong_type")),
        ({}, ("/type", "required")),
        ({"type": 7}, ("/type", "wrong_type")),
        ({"type": "body"}, ("/parameters", "required")),
        ({"type": "header", "parameters": {}}, ("/parameters", "wrong_type")),
        ({"type": "body", "parameters": [7]}, ("/parameters/0", "wrong_type")),
        ({"type": "carousel"}, ("/cards", "required")),
        ({"type": "carousel", "cards": {}}, ("/cards", "wrong_type")),
        ({"type": "carousel", "cards": [7]}, ("/cards/0", "wrong_type")),
        ({"type": "button", "sub_type": "url", "index": 0}, ("/parameters", "required")),
        ({"type": "button", "index": 0, "parameters": []}, ("/sub_type", "required")),
        (
            {"type": "header", "parameters": [{"type": "image", "image": {}}]},
            ("/parameters/0/image/id", "required"),
        ),
        (
            {"type": "header", "parameters": [{"type": "image", "image": "1"}]},
            ("/parameters/0/image", "wrong_type"),
        ),
        (
            {"type": "header", "parameters": [{"type": "video", "video": {"id": 15580815}}]},
            ("/parameters/0/video/id", "wrong_type"),
        ),
        (
            {"type": "header", "parameters": [{"type": "document", "document": {"link": ""}}]},
            ("/parameters/0/document/link", "empty"),
        ),
        (
            {"type": "button", "sub_type": "voice_call", "parameters": [{"ttl_minutes": "9"}]},
            ("/parameters/0/ttl_minutes", "wrong_type"),
        ),
    ],
)
def test_a_component_of_the_wrong_shape_is_a_fault_where_it_stands(component, fault):
    path, code = fault

    assert refused(wrap(message(template(component)))) == [(f"{BASE}/0{path}", code)]


@pytest.mark.parametrize(
    "component",
    [
        {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://a/b"}}]},
        {"type": "header", "parameters": [{"type": "product", "product": {"catalog_id": "1"}}]},
        {"type": "body", "parameters": []},
        {"type": "body", "parameters": [{"type": "tomorrow", "x": 1}]},
        {"type": "button", "sub_type": "catalog", "index": 0, "parameters": []},
        {"type": "button", "sub_type": "flow", "index": 3},
        {"type": "button", "sub_type": "voice_call", "parameters": [{"ttl_minutes": 9}]},
        {"type": "button", "sub_type": "tomorrow", "parameters": [{"type": "x"}]},
        button("copy_code", {"type": "coupon_code", "coupon_code": "25OFF"}),
    ],
)
def test_what_meta_documents_elsewhere_is_accepted(component):
    assert accepted(wrap(message(template(component))))


# ---- buttons --------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [0, 9, "0", "9"])
def test_an_index_is_an_integer_or_a_digit_string(given):
    value = button("quick_reply", {"type": "payload", "payload": "x"}, index=given)

    assert sent_on(wrap(message(template(value))))["template"]["components"][0]["index"] == int(
        given
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (-1, "out_of_range"),
        (10, "out_of_range"),
        ("10", "out_of_range"),
        ("-1", "wrong_value"),
        ("one", "wrong_value"),
        ("", "wrong_value"),
        ("²", "wrong_value"),
        ("9" * 5000, "wrong_value"),
        (0.0, "wrong_type"),
        (True, "wrong_type"),
        (None, "wrong_type"),
    ],
)
def test_another_index_is_a_fault(given, code):
    value = button("quick_reply", {"type": "payload", "payload": "x"}, index=given)

    assert refused(wrap(message(template(value)))) == [(f"{BASE}/0/index", code)]


@pytest.mark.parametrize(
    "parameter",
    [
        {"type": "payload", "payload": "blue-elf"},
        {"type": "Payload", "payload": "blue-elf"},
        {"type": "text", "text": "blue-elf"},
        {"payload": "blue-elf"},
    ],
)
def test_a_url_button_goes_on_with_text_whichever_form_it_came_in(parameter):
    given = [button("url", parameter), {"type": "carousel", "cards": [card(0)]}]
    given[1]["cards"][0]["components"][3]["parameters"] = [parameter]

    sent = sent_on(wrap(message(template(*given))))["template"]["components"]

    expected = [{"type": "text", "text": "blue-elf"}]
    assert sent[0]["parameters"] == expected
    assert sent[1]["cards"][0]["components"][3]["parameters"] == expected


def test_a_button_may_have_one_lone_parameter():
    lone = {**button("quick_reply"), "parameters": {"type": "payload", "payload": "x"}}

    assert sent_on(wrap(message(template(lone)))) == sent_on(
        wrap(message(template(button("quick_reply", {"type": "payload", "payload": "x"}))))
    )


def test_a_fault_in_a_lone_parameter_is_told_where_it_stands():
    lone = {**button("url"), "parameters": {"type": "payload", "payload": 7}}

    assert refused(wrap(message(template(lone)))) == [
        (f"{BASE}/0/parameters/payload", "wrong_type")
    ]


@pytest.mark.parametrize(
    ("sub_type", "parameter"),
    [
        ("quick_reply", {"type": "action", "action": {}}),
        ("url", {"type": "action", "action": {}}),
        ("mpm", {"type": "payload", "payload": "x"}),
        ("copy_code", {"type": "payload", "payload": "x"}),
    ],
)
def test_a_parameter_that_does_not_suit_its_button_is_a_fault(sub_type, parameter):
    assert refused(wrap(message(template(button(sub_type, parameter))))) == [
        (f"{BASE}/0/parameters/0/type", "wrong_value")
    ]
