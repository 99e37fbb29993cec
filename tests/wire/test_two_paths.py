"""The fast path and the thorough one say the same, and neither ever raises."""

import copy
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.kinds import FREE_FORM, TEMPLATES
from support.sends import (
    NO_TEMPLATES,
    card,
    carousel,
    message,
    mpm,
    mpm_button,
    sample,
    section,
    template,
    text,
    wrap,
)
from waypost.model.refusal import Reason, Refusal
from waypost.model.submission import Submission
from waypost.wire.canonical import parse_canonical
from waypost.wire.envelope import render_refusal
from waypost.wire.extra_info import SOURCES
from waypost.wire.thorough import parse_thoroughly, salvage

FAST_KINDS = ["text", "image by id", "image by link", "video", "document", "button", "list"]
EXTRA = {
    "ref": "customer1",
    "ref1": "é😀",
    "ref2": None,
    "wa_source": "zoho",
    "enable_url_tracking_body": True,
}
CLEAN = [
    wrap(carousel(card(0), card(1)), **EXTRA),
    wrap(mpm(section(3), section(2, "Other")), **EXTRA),
    wrap(text("hello\n\u00e9", preview_url=True)),
    wrap(text(), send_at=1_800_000_000, validity_period=3600, priority="bulk"),
    wrap(text(), send_at="2027-01-31T18:00:00+05:30", priority="high"),
    wrap(text(), send_at=None, validity_period=None, priority=None),
    wrap(text(), callback_profile_id="IN_7b0f2a6c-1d7e-4c1a-9e77-1a5b3c4d5e6f"),
    wrap(text(), callback_profile_id=None),
    wrap({**text(), "context": {"message_id": "wamid.1"}}),
    {"messaging_object": message(template())},
    *(wrap(FREE_FORM[kind]) for kind in FAST_KINDS),
    wrap({**FREE_FORM["button"], "context": {"message_id": "wamid.1"}}),
    wrap(
        message(
            template(
                {
                    "type": "header",
                    "parameters": [{"type": "image", "image": {"link": "https://a"}}],
                },
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "parameter_name": "first", "text": "Jessica"},
                        {
                            "type": "currency",
                            "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1},
                        },
                        {"type": "date_time", "date_time": {"fallback_value": "today"}},
                    ],
                },
                {
                    "type": "button",
                    "sub_type": "copy_code",
                    "index": 0,
                    "parameters": [{"type": "coupon_code", "coupon_code": "25OFF"}],
                },
            )
        )
    ),
]
FRAGMENTS = [
    b"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"',
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\\udc00",
    b"\\u00e9",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\x00",
    b"\x1f",
    b"\n",
    b" ",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"1.0",
    b"-0",
    b"9" * 30,
    b"null",
    b"true",
    b'"type":"text",',
    b'"to":"+14155550100",',
    b'"x":[',
    b'"index":1,',
    b'"index":1.0,',
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["text", "payload", "image", "mpm", "+919812345678", "9", "true", "Header"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "payload", "id", "image", "index", "cards", "~/"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)

MOMENTS = (
    st.integers(-(10**12), 10**12)
    | st.datetimes().map(str)
    | st.datetimes().map(lambda at: at.isoformat() + "Z")
    | st.from_regex(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?[+-]\d\d:?\d\d", fullmatch=True)
)


def places(value):
    """Every container of a JSON value with each of its keys."""
    found = []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, key))
        if isinstance(inner, (dict, list)):
            found += places(inner)
    return found


def hold_together(body: bytes, templates=NO_TEMPLATES) -> bool:
    """Holds both paths to one meaning; whether the fast one took the body."""
    fast = parse_canonical(body)
    slow = parse_thoroughly(body, templates, 1000)
    if fast is not None:
        assert isinstance(slow, Submission), (body, slow)
        assert json.loads(fast.content.json) == json.loads(slow.content.json)
        assert fast.content.json.decode() == slow.content.json.decode()
        assert fast == slow
    salvaged = salvage(body, templates, 1000)
    if isinstance(slow, Submission):
        assert salvaged == slow
    else:
        assert 1 <= len(slow) <= 100
        assert json.loads(render_refusal(Refusal(Reason.PAYLOAD, slow)).body)
    return fast is not None


@pytest.mark.parametrize("body", CLEAN)
@pytest.mark.parametrize("options", [{}, {"indent": 2}, {"ensure_ascii": False}])
def test_a_clean_body_goes_the_fast_way_and_means_the_same(body, options):
    assert hold_together(json.dumps(body, **options).encode())


@pytest.mark.parametrize("given", [*FREE_FORM.values(), *TEMPLATES.values()])
def test_a_message_of_any_kind_means_the_same_on_both_ways(given):
    hold_together(json.dumps(wrap(given)).encode())
    hold_together(json.dumps(given).encode())


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_every_documented_source_goes_the_fast_way(source):
    assert hold_together(json.dumps(wrap(text(), wa_source=source)).encode())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("send_at", "2027-01-31T18:00:00"),
        ("send_at", -1),
        ("send_at", "0000-01-01T00:00:00+14:00"),
        ("validity_period", "3600"),
        ("validity_period", 29),
        ("priority", "HIGH"),
        ("priority", "urgent"),
    ],
)
def test_what_the_fast_way_leaves_of_a_time_means_the_same(key, value):
    assert not hold_together(json.dumps(wrap(text(), **{key: value})).encode())


TIMES = ("send_at", "validity_period", "priority")


@given(key=st.sampled_from([*TIMES, "callback_profile_id"]), value=JSON | MOMENTS)
def test_any_value_of_our_own_keys_means_the_same_on_both_ways(key, value):
    hold_together(json.dumps(wrap(text(), **{key: value})).encode())


@pytest.mark.parametrize(
    "component",
    [
        {"type": "header", "parameters": [{"type": "image", "image": {}}]},
        {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"text": "x"}]},
        {"type": "body", "parameters": [{"text": "x"}]},
        {"type": "carousel", "cards": [card(1), card(0)]},
        {"type": "carousel", "cards": [card(0, components=[mpm_button()])]},
        mpm_button(section(16), section(15)),
        {**mpm_button(), "parameters": mpm_button()["parameters"] * 2},
    ],
)
def test_what_is_not_quite_clean_goes_the_thorough_way(component):
    assert not hold_together(json.dumps(wrap(message(template(component)))).encode())


@pytest.mark.parametrize("place", ["name", "ref", "text"])
def test_a_character_that_no_database_holds_goes_the_thorough_way(place):
    body = json.dumps(wrap(carousel(), ref="A")).replace("summer", "B").replace("welcome", "C")
    letter = {"name": "B", "ref": "A", "text": "C"}[place]

    assert not hold_together(body.replace(f'"{letter}"', r'"\u0000"').encode())


def test_a_documented_sample_needs_the_thorough_way():
    assert not hold_together(sample("carousel"))
    assert not hold_together(sample("mpm"))


@given(body=st.sampled_from(CLEAN), data=st.data())
@settings(max_examples=200, deadline=None)
def test_both_ways_agree_on_a_body_with_changed_values(body, data):
    body = copy.deepcopy(body)
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(body) or [(body, "type")]))
        if isinstance(container, dict):
            match data.draw(st.sampled_from(["drop", "change", "add"])):
                case "drop":
                    container.pop(key, None)
                case "change":
                    container[key] = data.draw(JSON)
                case _:
                    container[data.draw(st.sampled_from(["type", "image", "x", "text"]))] = (
                        data.draw(JSON)
                    )
        elif container:
            container[0] = data.draw(JSON)
    hold_together(json.dumps(body).encode())


@given(
    body=st.sampled_from([*map(json.dumps, CLEAN), sample("carousel").decode()]),
    cuts=st.lists(
        st.tuples(
            st.integers(0, 10_000), st.integers(0, 3), st.sampled_from(FRAGMENTS) | st.binary()
        ),
        min_size=1,
        max_size=3,
    ),
)
@settings(max_examples=400, deadline=None)
def test_both_ways_agree_on_a_body_with_changed_bytes(body, cuts):
    raw = body.encode()
    for place, length, fragment in cuts:
        at = place % len(raw)
        raw = raw[:at] + fragment + raw[at + length :]
    hold_together(raw)


@given(
    key=st.sampled_from(
        ["type", "to", "text", "index", "sub_type", "parameters", "id", "code", "name", "ref"]
    ),
    value=JSON,
    is_last=st.booleans(),
)
@example(key="type", value="text", is_last=True)
@settings(max_examples=300, deadline=None)
def test_both_ways_agree_on_repeated_keys(key, value, is_last):
    for body in CLEAN:
        raw = json.dumps(body)
        if f'"{key}": ' not in raw:
            continue
        if is_last:
            before, _, after = raw.rpartition("}")
            raw = f'{before}, "{key}": {json.dumps(value)}}}{after}'
        else:
            raw = raw.replace(f'"{key}": ', f'"{key}": {json.dumps(value)}, "{key}": ', 1)
        hold_together(raw.encode())


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_give_an_answer(raw):
    assert not hold_together(raw)


@given(JSON)
@settings(deadline=None)
def test_any_json_gives_an_answer(value):
    hold_together(json.dumps(value).encode())
    hold_together(json.dumps({"messaging_object": value, "extra_info": value}).encode())
    hold_together(json.dumps(wrap(message(value), ref=value, wa_source=value)).encode())
    hold_together(json.dumps(wrap(message(template(value)))).encode())
