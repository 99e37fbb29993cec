"""wire/callbacks.py: the V2 envelope and the smaller form of what was not sent."""

import json
from datetime import UTC, datetime

import pytest

from waypost.model.callback import StatusEvent
from waypost.model.failure import Failure
from waypost.model.lifecycle import State
from waypost.model.submission import References
from waypost.wire.callbacks import render_status, status_word

VALUE = (
    '{"messaging_product":"whatsapp","metadata":{"display_phone_number":"919800000001",'
    '"phone_number_id":"104000"},"contacts":[{"profile":{"name":"J\\u00f6rg"},'
    '"wa_id":"919407000000","user_id":"IN.1349"}],"statuses":[{"id":"wamid.HBgM",'
    '"status":"STATUS","timestamp":"1722834665","recipient_id":"919407000000",%s'
    '"pricing":{"billable":true,"pricing_model":"PMP","category":"marketing"},"tomorrow":1.50}]}'
)
MARK = '"biz_opaque_callback_data":"A0000000000000000001",'


def event(status=State.SENT, **changes):
    given = {
        "account_id": 1,
        "message_id": "A0000000000000000001",
        "submission_id": "A0000000000000000001",
        "trace_id": "8f14e45f-e000-4c1a-9e77-1a5000000000",
        "waba_id": "12000034512345",
        "phone_number_id": "104000",
        "sender_id": "919800000001",
        "recipient": "+919407000000",
        "references": References("customer1", "marketing", "dictionary"),
        "track_body": False,
        "track_button": True,
        "occurred_at": datetime.fromtimestamp(1722834665, UTC),
        "wamid": "wamid.HBgM",
        **changes,
    }
    return StatusEvent(status=status, **given)


@pytest.mark.parametrize("status", [State.SENT, State.DELIVERED, State.READ, State.FAILED])
def test_metas_value_goes_out_as_it_came_without_our_own_mark(status):
    value = VALUE.replace("STATUS", status.value)

    body = render_status(event(status, meta_value=(value % MARK).encode()))

    assert body.decode() == (
        f'{{"meta_object":{{"value":{value % ""},"field":"messages"}},'
        '"extra_info":{"trace_id":"8f14e45f-e000-4c1a-9e77-1a5000000000",'
        '"message_id":"A0000000000000000001","waba_id":"12000034512345","ref":"customer1",'
        '"ref1":"marketing","ref2":"dictionary","enable_url_tracking_body":false,'
        f'"enable_url_tracking_button":true}},"status":"{status.value}",'
        '"message_id":"A0000000000000000001"}'
    )


def test_a_value_with_whitespace_is_the_same_value():
    value = json.loads((VALUE % MARK).replace("STATUS", "sent"))
    indented = json.dumps(value, indent=2).encode()

    shown = json.loads(render_status(event(meta_value=indented)))["meta_object"]["value"]

    del value["statuses"][0]["biz_opaque_callback_data"]
    assert shown == value


def test_what_never_reached_meta_has_the_smaller_form():
    failure = Failure("WAV2101", "Account daily limit reached", "", "Wait until tomorrow.")

    body = render_status(event(State.NOT_SENT, failure=failure, wamid=None))

    assert body == (
        b'{"code":"WAV2101","status":"not sent","reason":"Account daily limit reached",'
        b'"message_id":"A0000000000000000001","extra_info":{"enable_url_tracking_body":false,'
        b'"enable_url_tracking_button":true,"message_id":"A0000000000000000001",'
        b'"waba_id":"12000034512345","ref":"customer1","ref1":"marketing","ref2":"dictionary"}}'
    )


def test_what_meta_refused_at_once_is_a_failed_status_like_any_other():
    failure = Failure(
        "132001", "Template name does not exist", "template name (x) does not exist", "Mend it."
    )

    body = json.loads(render_status(event(State.FAILED, failure=failure, wamid=None)))

    assert body["status"] == "failed"
    assert body["meta_object"] == {
        "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "919800000001", "phone_number_id": "104000"},
            "statuses": [
                {
                    "id": "",
                    "status": "failed",
                    "timestamp": "1722834665",
                    "recipient_id": "919407000000",
                    "errors": [
                        {
                            "code": 132001,
                            "title": "Template name does not exist",
                            "message": "Template name does not exist",
                            "error_data": {"details": "template name (x) does not exist"},
                            "href": (
                                "/documentation/business-messaging/whatsapp/support/error-codes"
                            ),
                        }
                    ],
                }
            ],
        },
        "field": "messages",
    }


def test_a_recipient_known_by_user_id_alone_is_told_by_it():
    failure = Failure("WAV2102", "Gone", "", "")

    body = json.loads(render_status(event(State.FAILED, failure=failure, recipient="IN.1349")))

    (status,) = body["meta_object"]["value"]["statuses"]
    assert status["recipient_user_id"] == "IN.1349"
    assert "recipient_id" not in status
    assert status["errors"][0]["code"] == "WAV2102"


def test_a_status_that_no_webhook_told_is_told_all_the_same():
    body = json.loads(render_status(event(State.DELIVERED)))

    assert body["meta_object"]["value"]["statuses"] == [
        {
            "id": "wamid.HBgM",
            "status": "delivered",
            "timestamp": "1722834665",
            "recipient_id": "919407000000",
        }
    ]


def test_references_that_were_not_given_are_empty():
    body = json.loads(render_status(event(references=References())))

    assert [body["extra_info"][key] for key in ("ref", "ref1", "ref2")] == ["", "", ""]


def test_a_state_that_is_never_told_has_no_word():
    assert status_word(State.NOT_SENT) == "not sent"
    with pytest.raises(KeyError):
        status_word(State.ACCEPTED)
    with pytest.raises(KeyError):
        render_status(event(State.UNKNOWN))
