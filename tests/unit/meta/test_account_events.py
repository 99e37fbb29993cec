"""Every other webhook is told as one of its account, and what is wrong with it is known."""

import json

import pytest

from support.nouns import NOW, PHONE_NUMBER_ID, WABA_ID
from support.webhook_desk import METADATA, PHONE, SECONDS, change, written
from waypost.meta.account_health import Health
from waypost.meta.events import parse_webhook
from waypost.model.alarm import AlarmKind
from waypost.model.callback import EventKind

TIME = int(NOW.timestamp())
NUMBER = "15550783881"

FIELDS = {
    "message_template_status_update": EventKind.TEMPLATE_STATUS,
    "message_template_quality_update": EventKind.TEMPLATE_STATUS,
    "message_template_components_update": EventKind.TEMPLATE_STATUS,
    "template_category_update": EventKind.TEMPLATE_STATUS,
    "phone_number_quality_update": EventKind.PHONE_QUALITY,
    "phone_number_name_update": EventKind.PHONE_QUALITY,
    "business_capability_update": EventKind.PHONE_QUALITY,
    "payment_configuration_update": EventKind.PAYMENT_STATUS,
    **dict.fromkeys(
        (
            "account_update",
            "account_alerts",
            "account_review_update",
            "security",
            "user_preferences",
            "automatic_events",
            "history",
            "smb_app_state_sync",
            "smb_message_echoes",
            "partner_solutions",
            "group_lifecycle_update",
            "group_participants_update",
            "group_settings_update",
            "business_username_update",
            "calls",
            "flows",
            "standby",
            "something_of_next_year",
        ),
        EventKind.ACCOUNT,
    ),
}


def told(value, field, time=TIME):
    understood = parse_webhook(change(value, field, time=time))
    (one,) = understood.accounts
    return one


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_told_word_for_word_to_whoever_asks_for_its_kind(field):
    value = {"event": "SOMETHING", "display_phone_number": "+1 555-078-3881", "odd": [1, {}]}

    one = told(value, field)

    assert (one.field, one.kind, one.waba_id) == (field, FIELDS[field], WABA_ID)
    assert (one.number, one.phone_number_id, one.occurred_at) == (NUMBER, "", NOW)
    assert json.loads(one.value) == value


def test_a_field_with_metadata_is_about_its_number():
    one = told({"metadata": METADATA, "calls": [{"id": "wacid.1"}]}, "calls", time=None)

    assert (one.phone_number_id, one.occurred_at) == (PHONE_NUMBER_ID, None)


def test_what_has_no_time_has_that_of_what_it_lists():
    calls = [{"id": "wacid.1", "timestamp": SECONDS}]

    assert told({"contacts": [7], "calls": calls}, "calls", time=None).occurred_at == NOW


def test_errors_of_a_value_are_told_without_its_messages():
    error = {"code": 130429, "title": "Rate limit hit"}

    (one,) = parse_webhook(written(errors=[error])).accounts

    assert (one.field, one.kind) == ("messages", EventKind.ACCOUNT)
    assert json.loads(one.value)["errors"] == [error]
    assert "messages" not in json.loads(one.value)


@pytest.mark.parametrize("word", ["captured", "pending", "failed"])
def test_a_status_of_a_payment_is_none_of_its_message(word):
    status = {
        "id": "wamid.1",
        "type": "payment",
        "status": word,
        "timestamp": SECONDS,
        "recipient_id": PHONE,
        "payment": {"reference_id": "order-1", "amount": {"value": 2000, "offset": 100}},
    }

    understood = parse_webhook(change({"metadata": METADATA, "statuses": [status]}))

    (one,) = understood.accounts
    assert understood.statuses == []
    assert (one.kind, one.occurred_at) == (EventKind.PAYMENT_STATUS, NOW)
    assert json.loads(one.value)["statuses"] == [status]


TROUBLES = {
    "disabled": (
        "account_update",
        {
            "event": "DISABLED_UPDATE",
            "ban_info": {"waba_ban_state": "DISABLE", "waba_ban_date": "March 9, 2027"},
        },
        (AlarmKind.ACCOUNT_RESTRICTED, WABA_ID),
    ),
    "to be disabled": (
        "account_update",
        {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "SCHEDULE_FOR_DISABLE"}},
        (AlarmKind.ACCOUNT_RESTRICTED, WABA_ID),
    ),
    "violation": (
        "account_update",
        {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SCAM"}},
        (AlarmKind.ACCOUNT_RESTRICTED, WABA_ID),
    ),
    "restricted": (
        "account_update",
        {
            "event": "ACCOUNT_RESTRICTION",
            "restriction_info": [{"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING"}],
        },
        (AlarmKind.ACCOUNT_RESTRICTED, WABA_ID),
    ),
    "deleted": (
        "account_update",
        {"event": "ACCOUNT_DELETED"},
        (AlarmKind.ACCOUNT_RESTRICTED, WABA_ID),
    ),
    "alert": (
        "account_alerts",
        {
            "entity_type": "BUSINESS",
            "entity_id": "123",
            "alert_info": {
                "alert_severity": "CRITICAL",
                "alert_status": "ACTIVE",
                "alert_type": "OBA_REJECTED",
                "alert_description": "Rejected",
            },
        },
        (AlarmKind.ACCOUNT_ALERT, "123 OBA_REJECTED"),
    ),
    "review": (
        "account_review_update",
        {"decision": "REJECTED"},
        (AlarmKind.ACCOUNT_REVIEW, WABA_ID),
    ),
    "flagged": (
        "phone_number_quality_update",
        {"event": "FLAGGED", "display_phone_number": NUMBER, "current_limit": "TIER_10K"},
        (AlarmKind.NUMBER_QUALITY, NUMBER),
    ),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_says_what_happened_and_whose_turn_it_is(name):
    field, value, (kind, subject) = TROUBLES[name]

    health = told(value, field).health

    assert health is not None
    assert (health.kind, health.subject, health.is_over) == (kind, subject, False)
    assert health.detail.endswith((".", "Rejected"))
    assert health.next_step.startswith(("Account:", "Operator:"))


@pytest.mark.parametrize(
    ("field", "value", "over"),
    [
        (
            "account_update",
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}},
            Health(AlarmKind.ACCOUNT_RESTRICTED, WABA_ID),
        ),
        (
            "account_review_update",
            {"decision": "APPROVED"},
            Health(AlarmKind.ACCOUNT_REVIEW, WABA_ID),
        ),
        (
            "account_alerts",
            {"entity_id": "1", "alert_info": {"alert_status": "RESOLVED", "alert_type": "X"}},
            Health(AlarmKind.ACCOUNT_ALERT, "1 X"),
        ),
        (
            "phone_number_quality_update",
            {"event": "UNFLAGGED", "display_phone_number": NUMBER},
            Health(AlarmKind.NUMBER_QUALITY, NUMBER),
        ),
    ],
)
def test_a_trouble_that_is_over_is_told_so(field, value, over):
    health = told(value, field).health

    assert health == over
    assert health.is_over


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account_update", {"event": "VERIFIED_ACCOUNT"}),
        ("account_update", {"event": ["DISABLED_UPDATE"]}),
        ("account_alerts", {"alert_info": {"alert_severity": "INFORMATIONAL"}}),
        ("account_alerts", {"alert_info": 7}),
        ("account_review_update", {"decision": None}),
        ("phone_number_quality_update", {"event": "ONBOARDING"}),
        ("security", {"event": "PIN_CHANGED"}),
    ],
)
def test_most_of_what_is_told_is_no_trouble(field, value):
    assert told(value, field).health is None


def test_what_is_nested_too_deeply_costs_only_itself():
    deep = b"[" * 900 + b"]" * 900
    body = change({"a": 0}, "flows").replace(b'{"a": 0}', b'{"a": ' + deep + b"}")

    understood = parse_webhook(body)

    assert len(understood.accounts) + len(understood.dropped) == 1
