"""What a message of each kind may say; each finding names its place, Meta's code and a remedy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.broken_kinds import BROKEN_KINDS, WHOLE_KINDS, changed
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


@pytest.mark.parametrize("message", FREE_FORM.values(), ids=FREE_FORM)
def test_a_sound_message_has_no_finding(message):
    assert findings(message) == []


@pytest.mark.parametrize(
    ("message", "expected"),
    BROKEN_KINDS,
)
def test_what_breaks_a_rule_is_found_where_it_stands(message, expected):
    assert findings(message) == [expected]


@pytest.mark.parametrize(
    "message",
    WHOLE_KINDS,
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
