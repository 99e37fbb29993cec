"""The message that was sent tells which of its buttons was tapped, the template where it cannot."""

import json

import pytest

from waypost.meta.inbound_parts import Tapped
from waypost.model.submission import Content
from waypost.webhook.tapped_button import (
    Button,
    ButtonPlace,
    defined_buttons,
    find_place,
    is_clear,
    sent_buttons,
)

TOP = ButtonPlace(None, 0)


def button(payload, index="0", sub_type="quick_reply"):
    parameters = [] if payload is None else [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": parameters}


def template(*components):
    shown = {"name": "a", "language": {"code": "en"}, "components": list(components)}
    return Content("template", json.dumps({"template": shown}).encode(), "a", "en")


def interactive(shown):
    return Content("interactive", json.dumps({"interactive": shown}).encode())


def test_buttons_of_a_template_are_found_at_the_top_and_on_cards():
    cards = [
        {"card_index": 1, "components": [{"type": "HEADER"}, button("b", 1)]},
        {"components": [button("c", "0", "QUICK_REPLY"), button("u", "1", "url")]},
    ]

    assert sent_buttons(template(button("a"), {"type": "carousel", "cards": cards})) == [
        Button(TOP, "a"),
        Button(ButtonPlace(1, 1), "b"),
        Button(ButtonPlace(1, 0), "c"),
    ]


def test_reply_buttons_of_an_interactive_message_are_found_on_cards_too():
    reply = {"type": "reply", "reply": {"id": "yes", "title": "Yes"}}
    quick = {"type": "quick_reply", "quick_reply": {"id": "no", "title": "No"}}
    cards = [{"card_index": 0, "action": {"buttons": [quick]}}]

    assert sent_buttons(interactive({"type": "button", "action": {"buttons": [reply]}})) == [
        Button(TOP, "yes")
    ]
    assert sent_buttons(interactive({"type": "list", "action": {"button": "x"}})) == []
    carousel = {"type": "carousel", "action": {"cards": cards}}
    assert Button(ButtonPlace(0, 0), "no") in sent_buttons(interactive(carousel))


@pytest.mark.parametrize(
    "content",
    [
        template(),
        template({"type": "carousel", "cards": "x"}, {"type": "button"}),
        template({"type": "button", "sub_type": "quick_reply", "index": True, "parameters": [{}]}),
        Content("template", b"{}"),
        Content("text", b'{"text":{"body":"x"}}'),
        interactive([]),
    ],
)
def test_a_message_without_payloads_tells_no_button(content):
    sent = sent_buttons(content)

    assert [one for one in sent if one.payload] == []
    assert find_place(Tapped("a", "A"), sent, {}) is None


SAME = [Button(ButtonPlace(card, 0), "same") for card in (0, 1)]
TEXTS = {ButtonPlace(0, 0): "Aloe", ButtonPlace(1, 0): "Fern"}


@pytest.mark.parametrize(
    ("tapped", "sent", "defined", "place"),
    [
        (Tapped("a", "whatever"), [Button(TOP, "a")], {TOP: "Other"}, TOP),
        (Tapped("same", "Fern"), SAME, TEXTS, ButtonPlace(1, 0)),
        (Tapped("same", "Rose"), SAME, TEXTS, None),
        (Tapped("same", "Fern"), SAME, {}, None),
        (Tapped("Fern", "Fern"), [], TEXTS, ButtonPlace(1, 0)),
        (Tapped("Fern", "Fern"), SAME, TEXTS, None),
        (Tapped("", ""), [Button(TOP, "")], {}, None),
    ],
)
def test_a_payload_tells_before_a_text_and_two_that_fit_tell_nothing(tapped, sent, defined, place):
    assert find_place(tapped, sent, defined) == place


def test_only_a_payload_of_one_button_is_clear():
    assert is_clear(Tapped("a", "A"), [Button(TOP, "a")])
    assert not is_clear(Tapped("same", "A"), SAME)
    assert not is_clear(Tapped("", "A"), [Button(TOP, "")])


def test_the_last_card_of_a_definition_speaks_for_those_behind_it():
    quick = {"type": "QUICK_REPLY", "text": "More"}
    url = {"type": "URL", "text": "See"}
    card = {"components": [{"type": "BUTTONS", "buttons": [url, quick]}]}
    components = [
        {"type": "BUTTONS", "buttons": [quick]},
        {"type": "carousel", "cards": [card]},
        {"type": "CAROUSEL", "cards": []},
    ]

    assert defined_buttons(components, 2) == {
        TOP: "More",
        ButtonPlace(0, 1): "More",
        ButtonPlace(1, 1): "More",
    }
