"""The contract's rows on the body, one test a sentence."""

import json

import pytest
from msgspec.structs import replace

from support.sends import (
    NUMBER,
    accepted,
    body_component,
    card,
    carousel,
    message,
    mpm,
    parse,
    refused,
    sent_on,
    template,
    text,
    without,
    wrap,
)
from waypost.model.submission import References

BASE = "/messaging_object/template/components"

# ---- JSON -----------------------------------------------------------------------------------


def test_a_trailing_comma_is_accepted_before_either_bracket():
    plain = json.dumps(wrap(carousel()))
    commas = plain.replace("}", ",}").replace("]", " ,\n]").replace("{,", "{").replace("[ ,", "[")

    assert commas != plain
    assert accepted(commas.replace(",,", ",")).content == accepted(plain).content


@pytest.mark.parametrize("body", ["{,}", "[,]", '{"a":1,,}', "[1,,]", '{"a":,}', ",", "{} ,"])
def test_a_comma_that_ends_nothing_is_a_fault(body):
    assert refused(body) == [("", "invalid_json")]


def test_a_comma_and_bracket_in_a_string_stay_as_they_are():
    body = json.dumps(wrap(text('a,} b,] "c",}')))[:-1] + ",}"

    assert sent_on(body)["text"]["body"] == 'a,} b,] "c",}'


def test_the_last_of_repeated_keys_counts():
    body = json.dumps(wrap(text("last"))).replace('"body": "last"', '"body": 1, "body": "last"')

    assert sent_on(body)["text"] == {"body": "last"}
    assert accepted(body).content.json.count(b'"body"') == 1


@pytest.mark.parametrize("order", [("first", "last"), ("last", "last")])
def test_a_repeated_key_goes_to_meta_once(order):
    given = json.dumps(wrap(text("X"))).replace(
        '"body": "X"', ", ".join(f'"body": "{word}"' for word in order)
    )

    assert accepted(given).content.json.count(b"last") == 1
    assert b"first" not in accepted(given).content.json


def test_a_repeated_recipient_counts_once_and_is_the_last():
    given = json.dumps(wrap(text())).replace(
        f'"to": "{NUMBER}"', f'"to": "+919800000009", "to": "{NUMBER}"'
    )

    assert [recipient.address for recipient in accepted(given).recipients] == [NUMBER]


def test_numbers_go_on_as_they_were_written():
    location = message({"latitude": 0, "longitude": 1, "a": 2, "b": 3, "c": 4}, "location")
    given = json.dumps(wrap(location)).replace(
        '"latitude": 0, "longitude": 1, "a": 2, "b": 3, "c": 4',
        '"latitude": 1.0, "longitude": -1e2, "a": 0.12345678901234567890123, '
        '"b": 18446744073709551615, "c": -9223372036854775808',
    )

    assert (
        b'{"latitude":1.0,"longitude":-1e2,"a":0.12345678901234567890123,'
        b'"b":18446744073709551615,"c":-9223372036854775808}'
    ) in accepted(given).content.json


def test_the_order_of_keys_stays():
    given = {"type": "text", "zeta": 1, "text": {"body": "hello"}, "messaging_product": "whatsapp"}

    sent = accepted(wrap({**given, "to": NUMBER})).content.json

    assert sent == json.dumps(given, separators=(",", ":")).encode()


# ---- wrapping, case, type -------------------------------------------------------------------


def test_a_bare_meta_message_is_the_messaging_object():
    wrapped = accepted({"messaging_object": text()})

    assert accepted(text()) == replace(wrapped, pointer="")


def test_extra_info_in_a_bare_message_is_ours_and_stays_here():
    submission = accepted({**text(), "extra_info": {"ref": "order 7"}})

    assert submission.references == References("order 7")
    assert b"extra_info" not in submission.content.json


def test_pointers_of_a_bare_message_have_no_prefix():
    assert refused(text(body=None)) == [("/text/body", "wrong_type")]
    assert refused(wrap(text(body=None))) == [("/messaging_object/text/body", "wrong_type")]


@pytest.mark.parametrize("body", ["{}", '{"to": "+919812345678"}', '{"extra_info": {}}'])
def test_a_body_without_a_message_is_a_fault(body):
    assert refused(body) == [("/messaging_object", "required")]


@pytest.mark.parametrize("value", [None, [], "text", 1, True])
def test_a_messaging_object_of_another_kind_is_a_fault(value):
    assert refused({"messaging_object": value}) == [("/messaging_object", "wrong_type")]


@pytest.mark.parametrize("word", ["WhatsApp", "WHATSAPP", "whatsapp"])
def test_the_product_is_compared_without_regard_to_case(word):
    assert sent_on(wrap({**text(), "messaging_product": word}))["messaging_product"] == "whatsapp"


@pytest.mark.parametrize(
    ("value", "code"), [("sms", "wrong_value"), (1, "wrong_type"), ("", "empty")]
)
def test_another_product_is_a_fault(value, code):
    path = "/messaging_object/messaging_product"

    assert refused(wrap({**text(), "messaging_product": value})) == [(path, code)]
    assert refused(wrap(without(text(), "messaging_product"))) == [(path, "required")]


def test_types_of_every_depth_are_sent_on_in_metas_spelling():
    def shouting(value):
        if isinstance(value, dict):
            return {
                key: inner.upper() if key in {"type", "sub_type"} else shouting(inner)
                for key, inner in value.items()
            }
        return [shouting(inner) for inner in value] if isinstance(value, list) else value

    quiet = carousel(card(0), card(1))

    assert sent_on(wrap({**shouting(quiet), "type": "template"})) == without(quiet, "to")


@pytest.mark.parametrize(
    "content", [{"text": {"body": "hi"}}, {"template": template()}, {"contacts": [{}]}]
)
def test_a_type_left_out_is_taken_from_the_content(content):
    (kind,) = content
    bare = without(message(content[kind], kind), "type")

    assert sent_on(wrap(bare))["type"] == kind
    assert accepted(wrap(bare)).content.kind == kind


def test_a_type_left_out_without_content_is_a_fault():
    assert refused(wrap(without(text(), "type", "text"))) == [
        ("/messaging_object/type", "required")
    ]


def test_a_type_left_out_with_two_contents_is_a_fault():
    two = {**without(text(), "type"), "image": {"id": "1"}}

    assert refused(wrap(two)) == [("/messaging_object/type", "ambiguous_type")]


def test_a_content_that_its_type_does_not_name_is_a_fault():
    assert refused(wrap({**text(), "type": "template"})) == [
        ("/messaging_object/template", "required")
    ]


@pytest.mark.parametrize("kind", ["image", "audio", "interactive", "location", "reaction"])
def test_any_type_of_meta_is_accepted_with_its_object(kind):
    given = message({"id": "1", "deep": [{"x": None}]}, kind)

    assert sent_on(wrap(given)) == without(given, "to")
    assert refused(wrap(message([], kind))) == [(f"/messaging_object/{kind}", "wrong_type")]


def test_a_type_that_meta_adds_tomorrow_is_accepted_with_its_object():
    given = message({"prize": 1}, "raffle_2027")

    assert sent_on(wrap(given)) == without(given, "to")
    assert refused(wrap(message("x", "raffle_2027"))) == [
        ("/messaging_object/raffle_2027", "wrong_type")
    ]


@pytest.mark.parametrize("kind", ["context", "to", "type", "x y", "x\0", "a" * 65])
def test_a_word_that_can_be_no_message_type_is_a_fault(kind):
    given = {**text(), "context": {"message_id": "wamid.1"}, "type": kind, kind: {}}
    given["type"], given["to"] = kind, NUMBER

    assert refused(wrap(given)) == [("/messaging_object/type", "wrong_value")]


@pytest.mark.parametrize("given", ["individual", "Individual"])
def test_the_recipient_type_is_individual(given):
    assert sent_on(wrap({**text(), "recipient_type": given}))["recipient_type"] == "individual"


def test_the_recipient_type_may_be_left_out_and_is_not_put_in():
    assert "recipient_type" not in sent_on(wrap(without(text(), "recipient_type")))


@pytest.mark.parametrize(("given", "code"), [("group", "wrong_value"), (None, "wrong_type")])
def test_another_recipient_type_is_a_fault(given, code):
    assert refused(wrap({**text(), "recipient_type": given})) == [
        ("/messaging_object/recipient_type", code)
    ]


# ---- what stays and what goes ---------------------------------------------------------------


def test_unknown_keys_in_the_message_are_passed_on_at_every_depth():
    given = carousel(card(0, tomorrow={"x": [1, None, True]}))
    given["tomorrow"] = {"~/": []}
    given["template"]["language"]["policy"] = "deterministic"
    given["template"]["components"].append({"type": "limited_time_offer_2", "parameters": 7})

    assert sent_on(wrap(given)) == without(given, "to")


def test_unknown_keys_in_extra_info_are_ignored():
    body = wrap(text(), callback_url="https://shop", deep={"x": 1}, huge=10**30)

    assert accepted(body) == accepted(wrap(text()))


@pytest.mark.parametrize(
    ("given", "understood"), [("IN_1", "IN_1"), (None, None), ("", None), ("x" * 300, "x" * 300)]
)
def test_a_callback_profile_is_named_by_its_id(given, understood):
    body = wrap(text(), callback_profile_id=given)

    assert accepted(body).callback_profile_id == understood


def test_our_own_mark_and_the_recipient_are_not_in_the_content():
    given = {**text(), "biz_opaque_callback_data": "mine", "recipient": "US.1"}

    assert sent_on(wrap(given)) == without(text(), "to")


@pytest.mark.parametrize("extra", [None, {}])
def test_extra_info_may_be_empty_or_left_out(extra):
    assert accepted({"messaging_object": text(), "extra_info": extra}) == accepted(
        {"messaging_object": text()}
    )


# ---- text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "sent"),
    [(True, True), (False, False), ("true", True), ("false", False), ("False", False)],
)
def test_preview_url_goes_on_as_a_boolean(given, sent):
    assert sent_on(wrap(text(preview_url=given)))["text"]["preview_url"] is sent


@pytest.mark.parametrize("given", ["yes", "", 0, 1, None, []])
def test_a_preview_url_that_is_no_boolean_is_a_fault(given):
    assert refused(wrap(text(preview_url=given))) == [
        ("/messaging_object/text/preview_url", "wrong_type")
    ]


@pytest.mark.parametrize(("given", "code"), [("", "empty"), (7, "wrong_type"), ([], "wrong_type")])
def test_a_text_message_has_a_text(given, code):
    assert refused(wrap(text(given))) == [("/messaging_object/text/body", code)]


# ---- extra_info -----------------------------------------------------------------------------


def test_references_are_cut_at_255_code_points():
    submission = accepted(wrap(text(), ref="ä" * 300, ref1="😀" * 256, ref2="x" * 255))

    assert submission.references == References("ä" * 255, "😀" * 255, "x" * 255)


def test_a_reference_that_is_a_number_is_read_as_its_digits():
    body = json.dumps(wrap(text(), ref=7, ref1="A", ref2="B"))
    body = body.replace('"A"', "1.50").replace('"B"', "1" * 300)

    assert accepted(body).references == References("7", "1.50", "1" * 255)


def test_a_reference_loses_what_no_database_can_hold():
    assert accepted(wrap(text(), ref="a\0b")).references == References("ab")


@pytest.mark.parametrize("given", [True, [], {}])
def test_a_reference_of_another_kind_is_a_fault(given):
    assert refused(wrap(text(), ref=given, ref1=given, ref2=given)) == [
        ("/extra_info/ref", "wrong_type"),
        ("/extra_info/ref1", "wrong_type"),
        ("/extra_info/ref2", "wrong_type"),
    ]


def test_extra_info_of_another_kind_is_a_fault():
    assert refused({"messaging_object": text(), "extra_info": []}) == [
        ("/extra_info", "wrong_type")
    ]


@pytest.mark.parametrize(
    ("given", "source"),
    [
        ("zoho", "zoho"),
        ("CleverTap", "clevertap"),
        ("API", "api"),
        ("nobody", "api"),
        ("", "api"),
        (None, "api"),
        (7, "api"),
        ({}, "api"),
    ],
)
def test_a_source_is_one_of_the_list_or_else_api(given, source):
    assert accepted(wrap(text(), wa_source=given)).source == source


def test_tracking_is_asked_for_with_booleans():
    submission = accepted(
        wrap(text(), enable_url_tracking_body=True, enable_url_tracking_button=False)
    )

    assert (submission.track_body, submission.track_button) == (True, False)
    assert refused(wrap(text(), enable_url_tracking_body="on", enable_url_tracking_button=1)) == [
        ("/extra_info/enable_url_tracking_body", "wrong_type"),
        ("/extra_info/enable_url_tracking_button", "wrong_type"),
    ]


# ---- the list of faults ---------------------------------------------------------------------


def test_every_fault_of_a_body_is_listed():
    given = message(
        template(
            body_component(type="text", text=7),
            {"type": "carousel", "cards": [card("x"), card(0, components={})]},
            name=None,
        ),
        to="123",
        recipient_type="group",
        messaging_product="sms",
    )

    assert refused({"messaging_object": given, "extra_info": {"ref": []}}) == [
        ("/messaging_object/to", "invalid_phone_number"),
        ("/messaging_object/messaging_product", "wrong_value"),
        ("/messaging_object/recipient_type", "wrong_value"),
        ("/messaging_object/template/name", "wrong_type"),
        (f"{BASE}/0/parameters/0/text", "wrong_type"),
        (f"{BASE}/1/cards/0/card_index", "wrong_value"),
        (f"{BASE}/1/cards/1/components", "wrong_type"),
        ("/extra_info/ref", "wrong_type"),
    ]


def test_of_more_than_a_hundred_faults_the_last_says_that_there_are_more():
    hundred = [body_component(type="text", text=number) for number in range(100)]

    assert len(refused(wrap(message(template(*hundred))))) == 100
    more = parse(wrap(message(template(*hundred, 7))))
    assert len(more) == 100
    assert (more[-1].path, more[-1].code) == ("", "too_many_faults")
    assert more[98].path == f"{BASE}/98/parameters/0/text"


def test_an_mpm_body_of_another_kind_names_each_place():
    body = wrap(mpm({"title": 7, "product_items": [{"product_retailer_id": 7}, 8]}, 9))

    where = f"{BASE}/0/parameters/0/action/sections"
    assert refused(body) == [
        (f"{where}/0/title", "wrong_type"),
        (f"{where}/0/product_items/0/product_retailer_id", "wrong_type"),
        (f"{where}/0/product_items/1", "wrong_type"),
        (f"{where}/1", "wrong_type"),
    ]
