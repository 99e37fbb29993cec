"""Words of a query or a command, as filters."""

from datetime import UTC, datetime

import pytest

from waypost.model.lifecycle import State
from waypost.model.search import Lead, MessageFilters, lead_of
from waypost.model.submission import References
from waypost.report.filters import FilterError, read_filters


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-20", at(2026, 11, 20)),
        ("2026-11-20T12:30:00Z", at(2026, 11, 20, 12, 30)),
        ("2026-11-20T18:00:00+05:30", at(2026, 11, 20, 12, 30)),
        ("2026-11-20T18:00:00 05:30", at(2026, 11, 20, 12, 30)),
        ("2026-11-20T12:30-0000", at(2026, 11, 20, 12, 30)),
        ("2026-11-20 12:30:00.5z", at(2026, 11, 20, 12, 30, 0, 500_000)),
        ("0", at(1970, 1, 1)),
        ("1795177800", at(2026, 11, 20, 12, 30)),
    ],
)
def test_an_instant_is_read_in_every_form(text, instant):
    assert read_filters({"from": text}).since == instant


@pytest.mark.parametrize(
    "text",
    [
        "now",
        "2026-13-01",
        "2026-11-20T12:30:00",
        "-1",
        "99999999999999",
        "2026-11-20T25:00Z",
        "1e9",
    ],
)
def test_what_is_no_instant_is_refused_with_the_forms_there_are(text):
    with pytest.raises(FilterError, match="Unix seconds") as refused:
        read_filters({"to": text})
    assert list(refused.value.faults) == ["to"]


@pytest.mark.parametrize(
    ("text", "recipient"),
    [
        ("+919876543210", "+919876543210"),
        (" 919876543210", "+919876543210"),
        ("+91 98765-43210", "+919876543210"),
        ("US.13491208655302741918", "US.13491208655302741918"),
        ("erased:0f8fad5b", "erased:0f8fad5b"),
    ],
)
def test_a_recipient_is_read_as_messages_have_it(text, recipient):
    assert read_filters({"recipient": text}).recipient == recipient


def test_states_are_read_as_customers_read_them():
    states = read_filters({"state": "not sent, FAILED,not_sent"}).states

    assert states == (State.NOT_SENT, State.FAILED)


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(FilterError) as refused:
        read_filters({"from": "x", "state": "y", "sender": "z", "ref": "r" * 600})
    assert set(refused.value.faults) == {"from", "state", "sender", "ref"}


def test_what_is_left_out_or_empty_is_left_open():
    assert read_filters({"ref": "", "state": None, "from": "  "}) == MessageFilters()


@pytest.mark.parametrize(
    ("filters", "lead"),
    [
        (MessageFilters(), Lead.ACCOUNT),
        (MessageFilters(template="x", states=(State.READ,), sender_id="1"), Lead.ACCOUNT),
        (MessageFilters(failure_code="1"), Lead.FAILURE),
        (MessageFilters(failure_code="1", references=References(None, "a", "b")), Lead.REF1),
        (MessageFilters(recipient="+1", references=References("a")), Lead.RECIPIENT),
    ],
)
def test_what_fewest_messages_have_leads(filters, lead):
    assert lead_of(filters) is lead
