"""What a message of each kind may say; each finding names its place, Meta's code and a remedy."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.kinds import FREE_FORM, contact
from support.mutations import REPLACEMENTS, places, replaced
from waypost.model.content_check.check import check_content

BASE = "/messaging_object"


def findings(message, kind=None):
    """The path below the message, the code and Meta's code of each finding."""
    found = check_content(kind or message["type"], message, BASE)
    for finding in found:
        assert finding.path.startswith(BASE)
        assert finding.message
        assert finding.mend
    return [(one.path.removeprefix(BASE), one.code, one.meta_code) for one in found]


def changed(name, *keys, to):
    """A sample with another value at the place that `keys` name."""
    message = copy.deepcopy(FREE_FORM[name])
    inner = message
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    return message


def lacking(name, *keys):
    """A sample without the key that `keys` name."""
    message = copy.deepcopy(FREE_FORM[name])
    inner = message
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return message


@pytest.mark.parametrize("message", FREE_FORM.values(), ids=FREE_FORM)
def test_a_sound_message_has_no_finding(message):
    assert findings(message) == []


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (lacking("text", "text", "body"), ("/text/body", "required", 131008)),
        (changed("text", "text", "body", to=""), ("/text/body", "empty", 131009)),
        (changed("text", "text", "body", to=7), ("/text/body", "wrong_type", 100)),
        (changed("text", "text", "body", to="x" * 4097), ("/text/body", "too_long", 100)),
        (changed("text", "text", "preview_url", to=1), ("/text/preview_url", "wrong_type", 100)),
        (changed("text", "text", to=[]), ("/text", "wrong_type", 100)),
        (changed("reply", "context", to="wamid"), ("/context", "wrong_type", 100)),
        (changed("reply", "context", to={}), ("/context/message_id", "required", 131008)),
        (
            changed("reply", "context", "message_id", to=""),
            ("/context/message_id", "empty", 131009),
        ),
        (lacking("reaction", "reaction", "emoji"), ("/reaction/emoji", "required", 131008)),
        (
            lacking("reaction", "reaction", "message_id"),
            ("/reaction/message_id", "required", 131008),
        ),
        (changed("reaction", "reaction", "emoji", to=1), ("/reaction/emoji", "wrong_type", 100)),
        (lacking("image by id", "image", "id"), ("/image/id", "required", 131008)),
        (
            changed("image by id", "image", "link", to="https://example.com"),
            ("/image/link", "not_allowed", 131008),
        ),
        (changed("image by id", "image", "id", to=155808), ("/image/id", "wrong_type", 100)),
        (
            changed("image by id", "image", "caption", to="x" * 1025),
            ("/image/caption", "too_long", 131009),
        ),
        (
            changed("image by link", "image", "link", to="ftp://example.com"),
            ("/image/link", "wrong_value", 100),
        ),
        (
            changed("image by link", "image", "link", to="https://example.com/a b.png"),
            ("/image/link", "wrong_value", 100),
        ),
        (
            changed("document", "document", "filename", to=""),
            ("/document/filename", "empty", 131009),
        ),
        (
            changed("sticker", "sticker", "caption", to="x"),
            ("/sticker/caption", "not_allowed", 100),
        ),
        (changed("audio", "audio", "caption", to="x"), ("/audio/caption", "not_allowed", 100)),
        (
            lacking("location", "location", "longitude"),
            ("/location/longitude", "required", 131008),
        ),
        (
            changed("location", "location", "latitude", to=90.01),
            ("/location/latitude", "out_of_range", 131009),
        ),
        (
            changed("location", "location", "latitude", to="-91"),
            ("/location/latitude", "out_of_range", 131009),
        ),
        (
            changed("location", "location", "longitude", to=-180.1),
            ("/location/longitude", "out_of_range", 131009),
        ),
        (
            changed("location", "location", "longitude", to=True),
            ("/location/longitude", "wrong_type", 100),
        ),
        (
            changed("location", "location", "latitude", to="north"),
            ("/location/latitude", "wrong_type", 100),
        ),
        (
            changed("location", "location", "latitude", to=10**400),
            ("/location/latitude", "wrong_type", 100),
        ),
        (changed("location", "location", "name", to=1), ("/location/name", "wrong_type", 100)),
        (changed("contacts", "contacts", to=[]), ("/contacts", "too_few", 131009)),
        (changed("contacts", "contacts", to={}), ("/contacts", "wrong_type", 100)),
        (changed("contacts", "contacts", 0, to="Jo"), ("/contacts/0", "wrong_type", 100)),
        (lacking("contacts", "contacts", 0, "name"), ("/contacts/0/name", "required", 131008)),
        (
            changed("contacts", "contacts", 0, "name", to={"first_name": "Jo"}),
            ("/contacts/0/name/formatted_name", "required", 131008),
        ),
        (
            changed("contacts", "contacts", 0, "phones", 0, "phone", to=19405551234),
            ("/contacts/0/phones/0/phone", "wrong_type", 100),
        ),
        (
            changed("contacts", "contacts", 0, "emails", to={}),
            ("/contacts/0/emails", "wrong_type", 100),
        ),
        (
            changed("contacts", "contacts", 0, "birthday", to="18.8.2012"),
            ("/contacts/0/birthday", "wrong_value", 131009),
        ),
    ],
)
def test_what_breaks_a_rule_is_found_where_it_stands(message, expected):
    assert findings(message) == [expected]


@pytest.mark.parametrize(
    "message",
    [
        changed("text", "text", "body", to="x" * 4096),
        changed("image by id", "image", "caption", to="é" * 1024),
        changed("image by id", "image", "caption", to=""),
        changed("location", "location", "latitude", to=-90),
        changed("location", "location", "longitude", to="180.0"),
        changed("contacts", "contacts", to=[contact()] * 257),
        changed("contacts", "contacts", 0, "tomorrow", to=1),
        changed("document", "document", "tomorrow", to=1),
    ],
)
def test_what_is_just_within_a_rule_has_no_finding(message):
    assert findings(message) == []


def test_more_contacts_than_whatsapp_takes_are_found():
    message = changed("contacts", "contacts", to=[contact()] * 258)

    assert findings(message) == [("/contacts", "too_many", 131009)]


def test_every_finding_is_told_at_once():
    message = changed("location", "location", to={"latitude": 91, "name": 1})

    assert findings(message) == [
        ("/location/latitude", "out_of_range", 131009),
        ("/location/longitude", "required", 131008),
        ("/location/name", "wrong_type", 100),
    ]


@pytest.mark.parametrize("kind", ["poll", "Text", "read"])
def test_a_kind_that_nobody_here_knows_is_found_with_what_to_do(kind):
    (finding,) = check_content(kind, {"type": kind, kind: {}}, BASE)

    assert (finding.path, finding.code, finding.meta_code) == (
        f"{BASE}/type",
        "kind_unknown",
        131051,
    )
    assert "warn or off" in str(finding.mend)


RECEIPT = {"status": "read", "message_id": "wamid.1", "typing_indicator": {"type": "text"}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (RECEIPT, []),
        ({**RECEIPT, "status": "x"}, [("/status", "wrong_value", 100)]),
        ({"status": "read"}, [("/message_id", "required", 131008)]),
        (
            {**RECEIPT, "typing_indicator": {"type": "voice"}},
            [("/typing_indicator/type", "wrong_value", 100)],
        ),
    ],
)
def test_a_read_receipt_names_a_message(given, expected):
    assert findings(given, "read_receipt") == expected


def test_of_a_template_only_what_stands_beside_it_is_looked_at():
    message = {"type": "template", "template": 7, "context": {}}

    assert findings(message) == [("/context/message_id", "required", 131008)]


def test_a_message_that_stands_alone_has_pointers_without_a_prefix():
    (finding,) = check_content("text", {"text": {}}, "")

    assert finding.path == "/text/body"


VALUES = [json for json in REPLACEMENTS if not (isinstance(json, str) and "\ue000" in json)]


@pytest.mark.parametrize("message", FREE_FORM.values(), ids=FREE_FORM)
def test_no_wrong_value_anywhere_raises(message):
    for path in places(message):
        for value in (*VALUES, float("nan"), 10**5000, "\ud800", "é" * 300):
            changed_message = replaced(message, path, value)
            if isinstance(changed_message, dict):
                found = check_content(message["type"], changed_message, BASE)
                assert len(found) <= 100
                assert all(one.message.encode() and (one.mend or "").encode() for one in found)


KEYS = st.sampled_from(
    [
        *("type", "body", "text", "header", "footer", "action", "buttons", "reply", "id", "title"),
        *("sections", "rows", "cards", "card_index", "parameters", "name", "image", "link"),
        *("context", "interactive", "contacts", "location", "latitude", "catalog_id"),
    ]
)
WORDS = st.sampled_from(
    ["button", "list", "cta_url", "flow", "carousel", "product", "product_list", "reply", "text"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


@given(
    kind=st.sampled_from(["text", "image", "location", "contacts", "interactive", "read_receipt"]),
    content=JSON,
    beside=st.dictionaries(KEYS, JSON, max_size=3),
)
@settings(max_examples=300, deadline=None)
def test_any_json_gives_findings_and_no_exception(kind, content, beside):
    assert len(check_content(kind, {**beside, kind: content}, BASE)) <= 100
