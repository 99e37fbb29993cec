"""Webhooks about templates are understood in both spellings, and what is odd costs only itself."""

import json

import pytest

from waypost.meta.events import parse_webhook
from waypost.meta.template_events import (
    CATEGORY_FIELD,
    COMPONENTS_FIELD,
    QUALITY_FIELD,
    STATUS_FIELD,
    TemplateEventKind,
)

KINDS = TemplateEventKind
NAMED = {
    "message_template_id": 1689556908129832,
    "message_template_name": "order_confirmation",
    "message_template_language": "en-US",
}


def understood(field, value, waba_id="102290129340398"):
    change = {"field": field, "value": value}
    body = {"entry": [{"id": waba_id, "time": 1751247548, "changes": [change]}]}
    return parse_webhook(json.dumps(body).encode())


def told(field, **value):
    """Kind, value and reason of each event."""
    found = understood(field, {**NAMED, **value})
    assert found.dropped == []
    return [(one.kind, one.value, one.reason) for one in found.templates]


def test_an_event_names_its_template_as_the_list_does():
    found = understood(STATUS_FIELD, {**NAMED, "event": "APPROVED", "reason": "NONE"})

    (event,) = found.templates
    assert (event.waba_id, event.template_id) == ("102290129340398", "1689556908129832")
    assert (event.name, event.language) == ("order_confirmation", "en_US")
    assert found.others == {STATUS_FIELD: 1}


def test_an_approval_tells_status_and_category():
    value = {"event": "APPROVED", "reason": "NONE", "message_template_category": "UTILITY"}

    assert told(STATUS_FIELD, **value) == [
        (KINDS.STATUS, "APPROVED", ""),
        (KINDS.CATEGORY, "UTILITY", ""),
    ]


@pytest.mark.parametrize(
    ("value", "status", "reason"),
    [
        (
            {
                "event": "REJECTED",
                "reason": "INVALID_FORMAT",
                "rejection_info": {"reason": "Adjacent.", "recommendation": "Part them."},
            },
            "REJECTED",
            "INVALID_FORMAT; Adjacent.; Part them.",
        ),
        (
            {"event": "PAUSED", "reason": "NONE", "other_info": {"title": "FIRST_PAUSE"}},
            "PAUSED",
            "FIRST_PAUSE",
        ),
        ({"event": "PENDING_DELETION", "reason": None}, "PENDING_DELETION", ""),
        ({"event": "DISABLED", "disable_info": {"disable_date": 1751}}, "DISABLED", "1751"),
        ({"event": "REINSTATED"}, "APPROVED", ""),
        ({"event": "FLAGGED"}, "", "FLAGGED"),
        ({"event": "tomorrow's"}, "", "TOMORROW'S"),
    ],
)
def test_a_status_comes_with_its_reasons(value, status, reason):
    assert told(STATUS_FIELD, **value) == [(KINDS.STATUS, status, reason)]


@pytest.mark.parametrize("field", [QUALITY_FIELD, STATUS_FIELD])
def test_quality_is_understood_under_both_names(field):
    value = {"previous_quality_score": "GREEN", "new_quality_score": "YELLOW"}

    assert told(field, **value) == [(KINDS.QUALITY, "YELLOW", "")]


def test_a_category_that_changed_and_one_that_will_are_told_apart():
    done = {"previous_category": "UTILITY", "new_category": "MARKETING"}
    coming = {
        "correct_category": "MARKETING",
        "new_category": "UTILITY",
        "category_update_timestamp": 1746169200,
    }

    assert told(CATEGORY_FIELD, **done) == [(KINDS.CATEGORY, "MARKETING", "")]
    assert told(CATEGORY_FIELD, new_category="MARKETING") == [(KINDS.CATEGORY, "MARKETING", "")]
    assert told(CATEGORY_FIELD, **coming) == [
        (KINDS.CATEGORY_ANNOUNCED, "MARKETING", "at 1746169200")
    ]


def test_changed_components_are_told_without_a_value():
    assert told(COMPONENTS_FIELD, message_template_element="Hi {{1}}!") == [
        (KINDS.COMPONENTS, "", "")
    ]


@pytest.mark.parametrize(
    ("field", "change", "waba_id", "says"),
    [
        (STATUS_FIELD, {}, "1", "event is no text"),
        (STATUS_FIELD, {"event": 7}, "1", "event is no text"),
        (QUALITY_FIELD, {"new_quality_score": None}, "1", "new_quality_score is no text"),
        (CATEGORY_FIELD, {}, "1", "new_category is no text"),
        (STATUS_FIELD, {"message_template_name": 7}, "1", "message_template_name is no text"),
        (COMPONENTS_FIELD, {"message_template_language": ""}, "1", "message_template_language"),
        (COMPONENTS_FIELD, {}, None, "its entry has no `id`"),
    ],
)
def test_what_cannot_be_understood_is_named_by_its_place(field, change, waba_id, says):
    found = understood(field, {**NAMED, **change}, waba_id)

    assert found.templates == []
    (dropped,) = found.dropped
    assert dropped.startswith("/entry/0/changes/0/value/")
    assert says in dropped
