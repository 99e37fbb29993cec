"""The receiver that scenarios trust: it takes what is documented, and notices what is not."""

import copy
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from support.nouns import SIGNING_SECRET
from support.receiver import Receiver

TRACE = "8f14e45f-0000-4c1a-9e77-1a5000000000"
REFERENCES = {"ref": "spring", "ref1": "", "ref2": ""}
TRACKING = {"enable_url_tracking_body": False, "enable_url_tracking_button": False}
METADATA = {"display_phone_number": "919800000001", "phone_number_id": "106540352242922"}
STATUS = {
    "meta_object": {
        "value": {
            "messaging_product": "whatsapp",
            "metadata": METADATA,
            "statuses": [
                {
                    "id": "wamid.A",
                    "status": "sent",
                    "timestamp": "1722834665",
                    "recipient_id": "919407000000",
                }
            ],
        },
        "field": "messages",
    },
    "extra_info": {
        "trace_id": TRACE,
        "message_id": "A1",
        "waba_id": "1",
        **REFERENCES,
        **TRACKING,
    },
    "status": "sent",
    "message_id": "A1",
}
NOT_SENT = {
    "code": "WAV2101",
    "status": "not sent",
    "reason": "Account daily limit reached",
    "message_id": "A1",
    "extra_info": {**TRACKING, "message_id": "A1", "waba_id": "1", **REFERENCES},
}


def in_status(change):
    """The documented status with something changed."""
    body = copy.deepcopy(STATUS)
    change(body)
    return body


def with_word(word, sequence):
    body = in_status(lambda one: one.update(status=word))
    body["meta_object"]["value"]["statuses"][0]["status"] = word
    return body, f"A1.{word}.x", sequence


def take(receiver, body, event_id="A1.sent.x", sequence=2, secret=SIGNING_SECRET):
    """One call, as a gateway makes it."""
    raw = json.dumps(body)
    now = datetime.now(UTC)
    headers = {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, now, raw),
        "waypost-sequence": str(sequence),
        "waypost-attempt": "1",
        "user-agent": "Waypost/1 callbacks",
        "content-type": "application/json",
    }
    return receiver.take(headers, raw.encode())


@pytest.fixture
def receiver():
    return Receiver("http://shop/hook", SIGNING_SECRET)


@pytest.mark.parametrize("body", [STATUS, NOT_SENT])
def test_what_is_documented_is_taken(receiver, body):
    assert take(receiver, body) == 200
    assert receiver.problems == []
    assert receiver.fates()["A1"].state == body["status"]


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["extra_info"].pop("ref2"),
        lambda one: one["extra_info"].update(more=1),
        lambda one: one.update(status=one.pop("status")),
        lambda one: one.update(status="delivered"),
        lambda one: one["meta_object"]["value"]["statuses"][0].update(timestamp=1722834665),
        lambda one: one["meta_object"]["value"]["statuses"][0].update(recipient_id="+919407000000"),
        lambda one: one["meta_object"]["value"]["statuses"][0].update(errors=[{"code": 1}]),
        lambda one: one["extra_info"].update(message_id="A2"),
    ],
)
def test_what_is_not_as_documented_is_noticed(receiver, change):
    assert take(receiver, in_status(change)) == 400
    assert len(receiver.problems) == 1
    assert receiver.fates() == {}


def test_a_forged_call_is_noticed(receiver):
    other = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="

    assert take(receiver, STATUS, secret=other) == 400
    assert "No matching signature" in receiver.problems[0]


def test_a_repetition_counts_once_and_two_events_under_one_id_are_noticed(receiver):
    assert [take(receiver, STATUS), take(receiver, STATUS)] == [200, 200]
    assert (len(receiver.events), receiver.problems) == (1, [])

    take(receiver, in_status(lambda one: one["extra_info"].update(ref="other")))
    assert "two events under one id" in receiver.problems[0]


def test_late_statuses_are_sorted_by_their_sequence_and_lead_nothing_back(receiver):
    for body, event_id, sequence in (with_word("read", 4), with_word("delivered", 3)):
        take(receiver, body, event_id, sequence)
    take(receiver, STATUS, sequence=5)

    fate = receiver.fates()["A1"]
    assert (fate.statuses, fate.state) == (["delivered", "read", "sent"], "read")
    assert receiver.out_of_order() == ["A1.delivered.x"]
