"""Whatever the JSON is, nothing is raised, and what is found can be looked up and mended."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.definitions import (
    CALL,
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
    card,
    carousel,
    defined,
    footer,
    header,
    media,
)
from support.mutations import REPLACEMENTS, places, replaced
from waypost.model.definition_check.check import check_definition, check_edit
from waypost.model.finding import MAX_FINDINGS

SOUND = [
    defined(header("Our {{1}} is on!", "Sale"), body(), footer(), buttons(REPLY, SHOP, CALL)),
    defined(media(), OFFER, body("Hi {{1}}, look.", "Pablo"), buttons(COUPON, SHOP)),
    defined(body(), carousel()),
    defined(body(), carousel(*[card(PRODUCT, buttons(VIEW))] * 2)),
    defined(body(), buttons(MPM), message_send_ttl_seconds=43_200),
    defined(body(), buttons(FLOW), {"type": "tap_target_configuration"}, parameter_format="NAMED"),
    authentication(
        {"type": "FOOTER", "code_expiration_minutes": 5},
        buttons(OTP | {"otp_type": "one_tap", "supported_apps": [{"package_name": "a.b"}]}),
    ),
]
KEYS = [
    "type",
    "format",
    "text",
    "buttons",
    "cards",
    "components",
    "example",
    "name",
    "language",
    "category",
    "parameter_format",
    "body_text",
    "header_text",
    "body_text_named_params",
    "param_name",
    "header_handle",
    "url",
    "otp_type",
    "limited_time_offer",
    "message_send_ttl_seconds",
    "status",
]
TEXTS = st.one_of(
    st.sampled_from(
        [
            "body",
            "header",
            "footer",
            "BUTTONS",
            "carousel",
            "limited_time_offer",
            "url",
            "quick_reply",
            "otp",
            "spm",
            "MPM",
            "image",
            "text",
            "product",
            "NAMED",
            "marketing",
            "authentication",
            "{{1}}",
            "{{2}}{{1}}",
            "{{a}}",
            "{{",
            "}}",
            "approved",
        ]
    ),
    st.text(),
    st.text(alphabet="{} a1é"),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=4)), inner, max_size=5),
    ),
    max_leaves=40,
)


def assert_can_be_looked_up(faults: Any, document: Any) -> None:
    """Each path leads to a value, or to one that is missing in an object."""
    assert len(faults) <= MAX_FINDINGS
    msgspec.json.encode(faults)
    for fault in faults:
        assert fault.message.endswith(".")
        assert fault.mend
        assert fault.meta_code
        value = document
        *steps, last = fault.path.split("/")[1:] or [None]
        for step in steps:
            value = value[int(step)] if isinstance(value, list) else value[step]
        if last is not None and isinstance(value, list):
            assert int(last) < len(value)
        elif last is not None:
            assert isinstance(value, dict)


@given(JSON)
def test_no_json_raises_as_a_definition(document):
    assert_can_be_looked_up(check_definition(document), document)


@given(JSON, JSON)
def test_no_json_raises_as_a_change(change, current):
    assert_can_be_looked_up(check_edit(change, current), change)


@given(st.lists(JSON, max_size=4), st.sampled_from(["marketing", "utility", "authentication"]))
def test_no_json_raises_as_components(components, category):
    document = defined() | {"components": components, "category": category}

    assert_can_be_looked_up(check_definition(document), document)


@pytest.mark.parametrize("definition", SOUND, ids=lambda definition: str(len(str(definition))))
def test_no_value_at_any_place_of_a_definition_raises(definition):
    for place in places(definition):
        for value in [*REPLACEMENTS, "{{1}}", "\ud800", float("nan"), 10**5000]:
            document = replaced(definition, place, value)
            assert_can_be_looked_up(check_definition(document), document)
            assert_can_be_looked_up(check_edit(document, definition), document)


def test_findings_end_at_a_hundred():
    document = defined(body(), buttons(*[{}] * 1000))

    assert len(check_definition(document)) == MAX_FINDINGS


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    ["{{1}}" * 200_000, "{{" * 500_000, "{{ " + " " * 1_000_000, "{{x!}} " * 150_000],
    ids=["placeholders", "braces", "blanks", "malformed"],
)
def test_a_text_of_a_million_characters_is_read_at_once(text):
    document = defined(header(text), body(text), footer(text), buttons(SHOP | {"url": text}))

    assert len(check_definition(document)) >= 4
