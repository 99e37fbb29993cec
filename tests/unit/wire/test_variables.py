"""wire/variables.py: the documented variables of each kind of event."""

import json

import pytest

from support.nouns import NOW, UNDELIVERABLE
from waypost.model.callback import AccountEvent, EventKind, IncomingEvent, SampleEvent, StatusEvent
from waypost.model.lifecycle import State
from waypost.model.submission import References
from waypost.wire import variables as documented
from waypost.wire.variables import variables_of

SECONDS = str(int(NOW.timestamp()))


def status(state, **changes):
    given = {
        "account_id": 1,
        "message_id": "A1",
        "submission_id": "A1",
        "trace_id": "t",
        "waba_id": "w",
        "sender_id": "919800000001",
        "phone_number_id": "104",
        "recipient": "+919407000000",
        "references": References("r", None, "r2"),
        "track_body": False,
        "track_button": False,
        "occurred_at": NOW,
        **changes,
    }
    return StatusEvent(status=state, **given)


def test_a_status_has_every_documented_variable():
    assert variables_of(status(State.DELIVERED, price_minor=100)) == {
        "id": "A1",
        "custom_response": "false",
        "timestamp": SECONDS,
        "mobile": "919407000000",
        "message": "Message delivered",
        "status": "delivered",
        "phone_number": "919800000001",
        "error": "",
        "error_code": "",
        "ref": "r",
        "ref1": "",
        "ref2": "r2",
        "price": "0.01",
    }
    assert list(variables_of(status(State.READ))) == list(documented.STATUS)


def test_what_was_not_sent_has_the_spelling_of_the_flat_form_and_its_reason():
    told = variables_of(status(State.NOT_SENT, failure=UNDELIVERABLE, recipient="IN.1349"))

    assert (told["status"], told["error_code"]) == ("not-sent", UNDELIVERABLE.code)
    assert (told["error"], told["mobile"]) == (UNDELIVERABLE.title, "IN.1349")


@pytest.mark.parametrize(
    ("minor", "shown"), [(None, ""), (0, "0"), (785, "0.0785"), (10_000, "1"), (123_400, "12.34")]
)
def test_a_price_is_in_units_of_its_currency(minor, shown):
    assert variables_of(status(State.DELIVERED, price_minor=minor))["price"] == shown


def incoming(message, **changes):
    value = {
        "metadata": {"display_phone_number": "919800000001"},
        "contacts": [{"profile": {"name": "J\u00f6rg"}, "wa_id": "919407000000"}],
        "messages": [{"from": "919407000000", "id": "wamid.1", **message}],
    }
    return variables_of(
        IncomingEvent(1, "I1", "919800000001", "w", json.dumps(value).encode(), NOW, "t", **changes)
    )


@pytest.mark.parametrize(
    ("message", "kind", "body"),
    [
        ({"type": "text", "text": {"body": "hi"}}, "text", "hi"),
        ({"type": "button", "button": {"payload": "p", "text": "Yes"}}, "button", "Yes"),
        (
            {
                "type": "interactive",
                "interactive": {"type": "list_reply", "list_reply": {"id": "1", "title": "One"}},
            },
            "interactive",
            "One",
        ),
        ({"type": "image", "image": {"caption": "look"}}, "image", "look"),
        ({"type": "audio", "audio": {"voice": True}}, "voice", ""),
        ({"type": "reaction", "reaction": {"emoji": "+"}}, "reaction", "+"),
        ({"type": "order", "order": {"text": "two"}}, "order", "two"),
        ({"type": "unsupported"}, "unsupported", ""),
        ({}, "", ""),
    ],
)
def test_what_was_written_is_its_body_of_whichever_kind(message, kind, body):
    told = incoming(message)

    assert (told["type"], told["body"], told["message"]) == (kind, body, body)
    assert (told["name"], told["from"], told["wanumber"]) == (
        "J\u00f6rg",
        "919407000000",
        "919800000001",
    )
    assert set(told) == set(documented.INCOMING)


def test_a_place_and_cards_are_told_as_json():
    place = {"latitude": 1.5, "longitude": 2}

    assert json.loads(incoming({"type": "location", "location": place})["location"]) == place
    assert incoming({"type": "contacts", "contacts": [{"a": 1}]})["contacts"] == '[{"a":1}]'


def test_what_a_medium_needs_is_told():
    told = incoming(
        {"type": "image", "image": {"mime_type": "image/jpeg"}},
        media_url="https://g/m/1",
        reply_to="A1",
        references=References("r", None, None),
    )

    assert (told["mime_type"], told["media_url"]) == ("image/jpeg", "https://g/m/1")
    assert (told["reply_to"], told["ref"]) == ("A1", "r")


def account_event(kind, field, value):
    return variables_of(
        AccountEvent(1, "E1", kind, "w1", field, json.dumps(value).encode(), NOW, "t")
    )


def test_a_template_status_has_the_documented_variables():
    told = account_event(
        EventKind.TEMPLATE_STATUS,
        "message_template_status_update",
        {
            "event": "APPROVED",
            "message_template_id": 594,
            "message_template_name": "offer",
            "message_template_language": "en_US",
            "reason": None,
            "other_info": {"title": "x"},
        },
    )

    assert told["message_template_id"] == "594"
    assert (told["event"], told["reason"], told["other_info"]) == ("APPROVED", "", '{"title":"x"}')
    assert (told["id"], told["time"], told["company_id"]) == ("w1", SECONDS, "")
    assert set(documented.TEMPLATE) - {"callback_profile_id"} <= set(told)


def test_the_quality_of_a_number_has_the_documented_variables():
    value = {"display_phone_number": "1655", "event": "FLAGGED", "current_limit": "TIER_10K"}

    told = account_event(EventKind.PHONE_QUALITY, "phone_number_quality_update", value)

    assert {name: told[name] for name in documented.QUALITY} == value


def test_a_sample_has_the_documented_variables():
    told = variables_of(SampleEvent(1, "E1", "w1", "m1", "UPLOADED", "a.jpg", "4:x", NOW, "l"))

    assert set(told) == set(documented.SAMPLE) - {"callback_profile_id"}
    assert (told["status"], told["uploaded_file_handle"]) == ("UPLOADED", "4:x")
