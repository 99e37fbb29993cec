"""What Meta tells of WABAs and numbers is kept once by each owner, told, and may be an alarm."""

import json

import pytest

from support.nouns import ACCOUNT, NOW, PROFILE_ID, SENDER_ID, WABA_ID, later
from support.stored import opened
from support.webhook_desk import METADATA, WebhookDesk, body_of, change, written
from waypost.model.alarm import AlarmKind
from waypost.model.callback import EventKind
from waypost.webhook.receiver import DEPLOYMENT

TIME = int(NOW.timestamp())
DISABLED = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}
REINSTATED = {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        stored.furnish()
        desk = WebhookDesk(stored)
        desk.tell_all(ACCOUNT, PROFILE_ID)
        yield desk


def alarms(desk):
    found = desk.stored.ask(lambda t: t.alarms.open(ACCOUNT, 10))
    return [(one.kind, one.subject) for one in found]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("message_template_status_update", EventKind.TEMPLATE_STATUS),
        ("phone_number_name_update", EventKind.PHONE_QUALITY),
        ("payment_configuration_update", EventKind.PAYMENT_STATUS),
        ("security", EventKind.ACCOUNT),
        ("something_of_next_year", EventKind.ACCOUNT),
    ],
)
def test_a_change_is_kept_and_told_with_metas_own_field_and_value(desk, field, kind):
    value = {"event": "X", "message_template_name": "a", "message_template_language": "en"}

    desk.work_off(change(value, field, time=TIME))

    (event,) = desk.events()
    assert (event.field, event.waba_id, event.occurred_at) == (field, WABA_ID, NOW)
    (told,) = desk.told()
    assert (told.kind, told.status) == (kind, field)
    assert told.event_id.startswith(event.account_event_id)
    body = body_of(told)
    assert list(body) == ["meta_object", "extra_info"]
    assert body["meta_object"] == {"value": value, "field": field}
    assert body["extra_info"]["waba_id"] == WABA_ID


def test_what_is_about_a_number_names_its_sender(desk):
    by_digits = {"display_phone_number": f"+{SENDER_ID}", "decision": "APPROVED"}
    calls = {"metadata": METADATA, "calls": []}

    desk.work_off(
        change(by_digits, "phone_number_name_update", time=TIME),
        change(calls, "calls", waba_id="unknown"),
    )

    assert [event.sender_id for event in desk.events()] == [SENDER_ID, SENDER_ID]


def test_what_meta_tells_again_is_told_once(desk):
    body = change(DISABLED, "account_update", time=TIME)
    later_one = change(DISABLED, "account_update", time=TIME + 1)

    desk.work_off(body, body, later_one)

    assert len(desk.events()) == len(desk.told()) == 2


def test_errors_without_a_time_happen_each_time_they_are_told(desk):
    body = written(errors=[{"code": 130429, "title": "Rate limit hit"}])

    desk.work_off(body, body)

    assert len(desk.events()) == len(desk.told()) == 2


def test_what_belongs_to_nobody_is_kept_for_the_deployment(desk):
    (webhook_id,) = desk.work_off(change({"calls": []}, "calls", waba_id="999", time=TIME))

    assert desk.events() == desk.told() == []
    (event,) = desk.events(DEPLOYMENT)
    assert (event.field, event.waba_id, json.loads(event.value)) == ("calls", "999", {"calls": []})
    assert desk.outcome(webhook_id)["unowned"] == 1


def test_a_disabled_waba_is_an_alarm_until_it_is_reinstated(desk):
    desk.work_off(change(DISABLED, "account_update", time=TIME))
    desk.work_off(change(DISABLED, "account_update", time=TIME + 1))

    assert alarms(desk) == [(AlarmKind.ACCOUNT_RESTRICTED, WABA_ID)]

    desk.work_off(change(REINSTATED, "account_update", time=TIME + 2))
    assert alarms(desk) == []
    past = desk.stored.ask(lambda t: t.alarms.past(ACCOUNT, 10))
    assert [one.cleared_at for one in past] == [later(0)]


def test_a_repeated_trouble_does_not_wake_an_alarm_that_is_over(desk):
    disabled = change(DISABLED, "account_update", time=TIME)

    desk.work_off(disabled, change(REINSTATED, "account_update", time=TIME + 2), disabled)

    assert alarms(desk) == []
