"""wire/envelope.py: what the documents do not print."""

import json

import pytest

from waypost.model.refusal import Fault, Reason, Refusal
from waypost.model.sender import Sender, SenderState
from waypost.wire.envelope import render_accepted, render_refusal, render_senders


@pytest.mark.parametrize("reason", list(Reason))
def test_every_refusal_has_the_four_keys_in_order_and_one_error(reason):
    answer = json.loads(render_refusal(Refusal(reason)).body)

    assert list(answer) == ["code", "message", "data", "error"]
    assert len(answer["error"]) == 1
    assert answer["data"] == ([] if reason is Reason.CREDENTIALS else {})


@pytest.mark.parametrize(
    ("reason", "status", "code"),
    [
        (Reason.RATE, 429, "WA429"),
        (Reason.IDEMPOTENCY, 409, "WA409"),
        (Reason.NOT_FOUND, 404, "WA404"),
        (Reason.METHOD, 405, "WA405"),
    ],
)
def test_our_own_refusals_have_codes_of_the_same_spelling(reason, status, code):
    answer = render_refusal(Refusal(reason))

    assert (answer.status, json.loads(answer.body)["code"]) == (status, code)


def test_a_json_fault_tells_line_and_column():
    fault = Fault("", "invalid_json", "the body is not JSON", line=3, column=7)

    body = render_refusal(Refusal(Reason.PAYLOAD, (fault,))).body

    assert body.endswith(
        b'"error":{"payload":"Incorrect payload format","details":[{"path":"",'
        b'"code":"invalid_json","message":"the body is not JSON","line":3,"column":7}]}}'
    )


def test_too_many_requests_say_when_to_come_back():
    assert dict(render_refusal(Refusal(Reason.RATE, retry_after_s=7)).headers) == {
        b"content-type": b"application/json",
        b"retry-after": b"7",
    }
    assert dict(render_refusal(Refusal(Reason.RATE)).headers)[b"retry-after"] == b"1"


def test_too_many_requests_with_faults_say_both():
    answer = render_refusal(Refusal(Reason.RATE, (Fault("", "rate", "10 in a second"),)))

    assert dict(answer.headers)[b"retry-after"] == b"1"
    assert json.loads(answer.body)["error"]["details"][0]["message"] == "10 in a second"


def test_an_answer_for_several_recipients_lists_each_with_its_message_id():
    answer = render_accepted(
        "A0000000000000000001",
        [
            ("+919812345678", "A0000000000000000001:0"),
            ("US.13491208655302741918", "A0000000000000000001:1"),
        ],
    )

    assert json.loads(answer.body) == {
        "code": "WA202",
        "message": "Request Accepted",
        "data": {
            "message_id": "A0000000000000000001",
            "messages": [
                {"to": "+919812345678", "message_id": "A0000000000000000001:0"},
                {"to": "US.13491208655302741918", "message_id": "A0000000000000000001:1"},
            ],
        },
        "error": {},
    }


def test_the_credentials_test_lists_the_senders_and_no_token():
    sender = Sender("919800000001", "1040", "2050", "secret-token", 80, state=SenderState.PAUSED)

    answer = render_senders([sender])

    assert answer.status == 200
    assert answer.body == (
        b'{"code":"WA200","message":"Request Processed Successfully","data":{"senders":['
        b'{"phone_number":"+919800000001","phone_number_id":"1040","waba_id":"2050",'
        b'"status":"paused"}]},"error":{}}'
    )
