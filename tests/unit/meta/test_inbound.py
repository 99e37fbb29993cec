"""What recipients tell is read out of Meta's webhooks, whatever kind of message it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.nouns import NOW, PHONE_NUMBER_ID, WABA_ID
from waypost.meta.events import parse_webhook

PHONE = "919876543210"
USER_ID = "IN.13491208655302741918"
CONTACT = {"profile": {"name": "Asha"}, "wa_id": PHONE, "user_id": USER_ID}
SECONDS = str(int(NOW.timestamp()))


def parse(value, field="messages"):
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1", "phone_number_id": PHONE_NUMBER_ID},
        **value,
    }
    entry = {"id": WABA_ID, "changes": [{"field": field, "value": value}]}
    return parse_webhook(json.dumps({"entry": [entry]}).encode())


def message(**changes):
    made = {
        "from": PHONE,
        "id": "wamid.IN",
        "timestamp": SECONDS,
        "type": "text",
        "text": {"body": "Hello"},
        **changes,
    }
    return {key: part for key, part in made.items() if part is not None}


def the_message(contacts=(), **changes):
    understood = parse({"contacts": list(contacts), "messages": [message(**changes)]})
    assert understood.dropped == []
    (one,) = understood.messages
    return one


def the_preference(contacts=(), **changes):
    told = {
        "wa_id": PHONE,
        "detail": "User requested to stop marketing messages",
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": int(SECONDS),
        **changes,
    }
    understood = parse({"contacts": contacts, "user_preferences": [told]}, "user_preferences")
    assert understood.others == {"user_preferences": 1}
    assert understood.dropped == []
    return understood.preferences[0] if understood.preferences else None


def test_a_text_is_read_whole():
    one = the_message([CONTACT])

    assert (one.phone_number_id, one.wamid, one.kind) == (PHONE_NUMBER_ID, "wamid.IN", "text")
    assert (one.wa_id, one.user_id, one.group_id) == (PHONE, USER_ID, None)
    assert (one.words, one.occurred_at) == (("Hello",), NOW)


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        (
            "button",
            {"payload": "no-more", "text": "Stop promotions"},
            ("Stop promotions", "no-more"),
        ),
        ("button", {"payload": "Stop", "text": "Stop"}, ("Stop",)),
        (
            "interactive",
            {"type": "button_reply", "button_reply": {"id": "cancel", "title": "Cancel"}},
            ("Cancel", "cancel"),
        ),
        (
            "interactive",
            {"type": "list_reply", "list_reply": {"id": "a", "title": "A", "description": "x"}},
            ("A", "a"),
        ),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "name": "flow"}}, ()),
        ("order", {"catalog_id": "1", "text": "stop", "product_items": []}, ()),
        ("image", {"caption": "stop", "id": "1"}, ()),
        ("location", {"latitude": 1.5, "longitude": 2}, ()),
        ("contacts", [{"name": {"formatted_name": "Stop"}}], ()),
        ("reaction", {"message_id": "wamid.1"}, ()),
        ("system", {"body": "User A changed from 1 to 2", "type": "user_changed_number"}, ()),
        ("unsupported", {"type": "edit"}, ()),
    ],
)
def test_every_kind_says_what_it_can(kind, body, words):
    one = the_message(type=kind, text=None, **{kind: body})

    assert (one.kind, one.words) == (kind, words)


def test_a_message_without_a_kind_is_one():
    assert the_message(type=None).kind == "unknown"


@pytest.mark.parametrize("phone", [None, ""])
def test_a_recipient_may_be_a_user_id_alone(phone):
    one = the_message(**{"from": phone, "from_user_id": USER_ID})

    assert (one.wa_id, one.user_id) == (None, USER_ID)


def test_a_contact_tells_the_phone_of_a_user_id():
    others = [None, {"wa_id": "15550000001", "user_id": "US.1"}, CONTACT]
    one = the_message(others, **{"from": None, "from_user_id": USER_ID})

    assert (one.wa_id, one.user_id) == (PHONE, USER_ID)


def test_a_message_of_a_group_is_known_as_one():
    assert the_message(group_id="Y2FwaV9ncm91cDox").group_id == "Y2FwaV9ncm91cDox"


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (None, "messages/0: is no object"),
        (message(**{"from": None}), "messages/0: does not say whom it is from"),
        (message(**{"from": "Asha"}), "messages/0: does not say whom it is from"),
        (message(timestamp="soon"), "messages/0: timestamp 'soon' is none"),
        (message(timestamp=[[]]), "messages/0: timestamp of another type is none"),
    ],
)
def test_a_message_that_cannot_be_understood_costs_only_itself(broken, why):
    understood = parse({"messages": [broken, message()]})

    assert understood.dropped == [f"/entry/0/changes/0/value/{why}"]
    assert [one.words for one in understood.messages] == [("Hello",)]
    assert understood.inbound == 2


@pytest.mark.parametrize(("word", "wants"), [("stop", False), ("resume", True), ("signup", True)])
def test_a_preference_is_read_whole(word, wants):
    told = the_preference([CONTACT], value=word)

    assert (told.phone_number_id, told.waba_id) == (PHONE_NUMBER_ID, WABA_ID)
    assert (told.wa_id, told.user_id, told.occurred_at) == (PHONE, USER_ID, NOW)
    assert told.wants_marketing is wants
    assert told.detail == "User requested to stop marketing messages"


def test_a_preference_about_something_else_is_none_of_ours():
    assert the_preference(category="calls") is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"value": "later"}, "value 'later' is not known"),
        ({"value": ["stop"]}, "value of another type is not known"),
        ({"timestamp": None}, "timestamp None is none"),
        ({"wa_id": None}, "does not say whose it is"),
    ],
)
def test_a_preference_that_cannot_be_understood_is_named(changes, why):
    told = {"wa_id": PHONE, "category": "marketing_messages", "value": "stop", "timestamp": 1}
    understood = parse({"user_preferences": [7, told | changes]}, "user_preferences")

    where = "/entry/0/changes/0/value/user_preferences"
    assert understood.preferences == []
    assert understood.dropped == [f"{where}/0: is no object", f"{where}/1: {why}"]


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
)
MESSAGE = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(["id", "type", "text", "button", "interactive", "group_id"], ANYTHING)
    | {
        "from": st.just(PHONE) | ANYTHING,
        "from_user_id": st.just(USER_ID) | ANYTHING,
        "timestamp": st.just(SECONDS) | ANYTHING,
    },
)
PREFERENCE = st.fixed_dictionaries(
    {},
    optional={
        "wa_id": st.just(PHONE) | ANYTHING,
        "category": st.just("marketing_messages") | ANYTHING,
        "value": st.just("stop") | ANYTHING,
        "timestamp": st.just(1) | ANYTHING,
        "detail": ANYTHING,
    },
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "contacts": st.lists(ANYTHING, max_size=2) | ANYTHING,
            "metadata": ANYTHING,
            "messages": st.lists(MESSAGE | ANYTHING, max_size=3) | ANYTHING,
            "user_preferences": st.lists(PREFERENCE | ANYTHING, max_size=3) | ANYTHING,
        },
    ),
    st.sampled_from(["messages", "user_preferences"]),
)
def test_no_value_makes_the_reading_fail(value, field):
    understood = parse(value, field)

    for one in [*understood.messages, *understood.preferences]:
        assert one.wa_id or one.user_id
        assert one.occurred_at.tzinfo is not None
