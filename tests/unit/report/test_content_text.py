"""What a message says as one text."""

import json

import pytest

from waypost.model.submission import Content
from waypost.report.content_text import ERASED, body_of, text_of_content, text_of_inbound


def content(kind, **message):
    return Content(kind, json.dumps(message).encode())


def template(*components):
    said = {"template": {"components": list(components)}}
    return Content("template", json.dumps(said).encode(), "order_update", "en_US")


def body(*parameters):
    return {"type": "body", "parameters": list(parameters)}


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (content("text", text={"body": "hello"}), "hello"),
        (content("image", image={"id": "1", "caption": "a shoe"}), "a shoe"),
        (content("audio", audio={"id": "1"}), ""),
        (content("reaction", reaction={"emoji": "👍"}), "👍"),
        (content("interactive", interactive={"body": {"text": "choose"}}), "choose"),
        (content("location", location={"name": "Shop", "address": "Road 1"}), "Shop, Road 1"),
        (content("location", location={"latitude": 1.5, "longitude": 2}), "1.5, 2"),
        (content("contacts", contacts=[{"name": {"formatted_name": "Asha"}}, {}]), "Asha"),
        (content("read_receipt", message_id="wamid.1"), ""),
        (content("text", text="not as it should be"), ""),
        (Content("text", b"no json"), ""),
        (Content("text", b"[]"), ""),
        (Content("text", b"[" * 100_000), ""),
        (Content("text", b'{"text":{"body":"\xff"}}'), ""),
        (Content("text", b'{"erased":true}'), ERASED),
    ],
)
def test_each_kind_has_its_words(said, text):
    assert text_of_content(said, None) == text


@pytest.mark.parametrize(
    ("components", "text"),
    [
        ([body({"type": "text", "text": "Asha"}, {"type": "text", "text": "17"})], "Hi Asha: 17"),
        (
            [
                {"type": "header", "parameters": [{"type": "text", "text": "no"}]},
                body(
                    {"type": "date_time", "date_time": {"fallback_value": "today"}},
                    {"type": "currency", "currency": {"fallback_value": "5 EUR"}},
                ),
            ],
            "Hi today: 5 EUR",
        ),
        ([], "Hi {{1}}: {{2}}"),
        ([body({"type": "text", "text": "{{2}}"})], "Hi {{2}}: {{2}}"),
    ],
)
def test_a_template_s_body_is_filled_in_by_place(components, text):
    assert text_of_content(template(*components), "Hi {{1}}: {{2}}") == text


def test_a_template_s_body_is_filled_in_by_name():
    said = template(body({"type": "text", "parameter_name": "name", "text": "Asha"}))

    assert text_of_content(said, "Hi {{ name }}") == "Hi Asha"


def test_a_template_that_is_not_known_says_nothing():
    assert text_of_content(template(body({"type": "text", "text": "Asha"})), None) == ""


def test_a_template_s_body_is_found_in_either_case():
    assert body_of([{"type": "HEADER", "text": "no"}, {"type": "body", "text": "yes"}]) == "yes"
    assert body_of([{"type": "BODY"}]) is None


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"type": "button", "button": {"text": "Stop", "payload": "x"}}, "Stop"),
        ({"type": "interactive", "interactive": {"list_reply": {"title": "Red"}}}, "Red"),
        ({"type": "interactive", "interactive": {"button_reply": {"title": "Yes"}}}, "Yes"),
        ({"type": "interactive", "interactive": {"nfm_reply": {"body": "Sent"}}}, "Sent"),
        ({"type": "order", "order": {"text": "two, please"}}, "two, please"),
        ({"type": "unsupported", "errors": []}, ""),
    ],
)
def test_what_a_recipient_wrote_or_tapped_is_told(message, text):
    value = json.dumps({"messages": [message]}).encode()

    assert text_of_inbound(message["type"], value) == text


@pytest.mark.parametrize("value", [b"", b"{}", b'{"messages":[]}', b'{"messages":[1]}', b"[]"])
def test_what_holds_no_message_says_nothing(value):
    assert text_of_inbound("text", value) == ""
