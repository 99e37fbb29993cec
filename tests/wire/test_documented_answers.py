"""Every answer the documents print: keys, their order and their texts, byte for byte."""

import json

import pytest

from support.sends import KALEYRA
from waypost.model.refusal import Fault, Reason, Refusal
from waypost.wire.envelope import render_accepted, render_refusal

DOCUMENTED = [
    (Reason.CREDENTIALS, "credentials", 401),
    (Reason.ACCOUNT, "account", 401),
    (Reason.SENDER, "sender", 401),
    (Reason.SENDER_VERSION, "sender-version", 401),
    (Reason.PAYLOAD, "payload", 400),
    (Reason.BALANCE, "balance", 400),
    (Reason.INTERNAL, "internal", 500),
]


def printed(name: str) -> bytes:
    """The printed answer without the whitespace between its tokens."""
    text = (KALEYRA / f"answer-{name}.json").read_text(encoding="utf-8")
    return json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize(("reason", "name", "status"), DOCUMENTED)
def test_a_documented_failure_is_answered_as_printed(reason, name, status):
    answer = render_refusal(Refusal(reason))

    assert answer.body == printed(name)
    assert answer.status == status
    assert dict(answer.headers)[b"content-type"] == b"application/json"


def test_an_acceptance_has_the_printed_keys_order_and_texts():
    text = (KALEYRA / "answer-accepted.json").read_text(encoding="utf-8")
    mended = text.replace('"WA202"\n', '"WA202",\n').replace('}\n"error"', '},\n"error"')
    expected = json.dumps(json.loads(mended), separators=(",", ":")).encode()

    answer = render_accepted("AXXXXXXXXXXXXXXXXXXX", [("+919812345678", "AXXXXXXXXXXXXXXXXXXX")])

    assert answer.body == expected
    assert answer.status == 202


@pytest.mark.parametrize(("reason", "name", "status"), DOCUMENTED)
def test_details_stand_beside_the_documented_key_and_change_nothing_else(reason, name, status):
    fault = Fault("/messaging_object/to", "required", "to is missing")

    answer = json.loads(render_refusal(Refusal(reason, (fault,))).body)
    details = answer["error"].pop("details")

    assert json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode() == printed(name)
    assert details == [
        {"path": "/messaging_object/to", "code": "required", "message": "to is missing"}
    ]
