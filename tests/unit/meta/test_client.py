"""A send is Meta's body with Meta's headers, and its answer is one of four outcomes."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.nouns import SEALED_TOKEN, VAULT, content, dispatchable, sender
from waypost.meta.client import MetaClient, read_answer
from waypost.meta.graph import GraphCall, GraphClient
from waypost.meta.outcome import Lost, NotReached, Refused, Taken, TokenSealed
from waypost.meta.payload import render_message
from waypost.meta.signature import is_signed, sign
from waypost.model.errors import MetaRefusedError
from waypost.model.meta_error import ErrorClass
from waypost.model.recipient import Recipient
from waypost.runtime.http import AnswerLostError, HttpAnswer, NeverLeftError

TAKEN = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "+919876543210", "wa_id": "919876543210"}],
    "messages": [{"id": "wamid.1", "message_status": "accepted"}],
}


class Meta:
    """Keeps what is asked, and answers or fails in turn."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def post(self, url, headers, body, timeout_s):
        self.asked.append((url, dict(headers), body, timeout_s))
        return self.answer()

    async def request(self, call, timeout_s):
        self.asked.append((call.url, dict(call.headers), call.body, timeout_s))
        return self.answer()

    def answer(self):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(status, document):
    return HttpAnswer(status, {}, json.dumps(document).encode())


def client(meta):
    return MetaClient(meta, "https://graph.example", "v25.0", 30, VAULT)


def graph(meta):
    return GraphClient(meta, "https://graph.example", "v25.0", 30, VAULT)


def send(meta, **changes):
    return asyncio.run(client(meta).send(dispatchable(**changes)))


def test_a_send_goes_to_the_number_with_its_token():
    meta = Meta(answer(200, TAKEN))

    assert send(meta) == Taken("wamid.1", "919876543210")
    ((url, headers, body, timeout_s),) = meta.asked
    assert url == "https://graph.example/v25.0/106540352242922/messages"
    assert headers == {"Authorization": "Bearer token", "Content-Type": "application/json"}
    assert body == render_message(dispatchable())
    assert timeout_s == 30


def test_a_call_that_never_left_is_not_reached():
    assert send(Meta(NeverLeftError("refused"))) == NotReached("refused")


def test_a_token_that_cannot_be_opened_leaves_nothing_and_the_message_waits():
    meta = Meta()
    outcome = send(meta, sender=sender(access_token="sealed:by-somebody-else"))

    assert isinstance(outcome, TokenSealed)
    assert "sealed with another key" in outcome.why
    assert meta.asked == []


def test_a_call_whose_answer_did_not_come_is_lost():
    assert send(Meta(AnswerLostError("timed out"))) == Lost("timed out")


def test_a_refusal_is_told_in_words_with_its_class():
    error = {
        "message": "(#131026) Message undeliverable",
        "code": 131026,
        "error_data": {"details": "the number is not on WhatsApp"},
    }
    outcome = read_answer(answer(400, {"error": error}))

    assert isinstance(outcome, Refused)
    assert outcome.row.error_class is ErrorClass.RECIPIENT
    assert outcome.failure.code == "131026"
    assert outcome.failure.detail == "the number is not on WhatsApp"


def test_a_refusal_without_details_gives_metas_message():
    outcome = read_answer(answer(401, {"error": {"code": 190, "message": "Session has expired"}}))

    assert outcome.failure.detail == "Session has expired"
    assert outcome.row.error_class is ErrorClass.ACCOUNT


def test_a_message_that_meta_takes_and_holds_says_so():
    held = {"messages": [{"id": "wamid.1", "message_status": "held_for_quality_assessment"}]}

    assert send(Meta(answer(200, held))).held == "held_for_quality_assessment"


def test_what_meta_says_is_kept_with_its_status_and_names_no_recipient():
    error = {"message": "No +919876543210 (919876543210)", "code": 131026, "fbtrace_id": "Ax9"}
    outcome = send(Meta(answer(400, {"error": error})))

    assert outcome.status == 400
    assert "9876543210" not in outcome.said
    assert '"fbtrace_id": "Ax9"' in outcome.said


def test_an_answer_that_is_none_of_metas_is_kept_as_it_came():
    outcome = send(Meta(HttpAnswer(502, {}, b"<html>bad gateway</html>")))

    assert isinstance(outcome, Lost)
    assert (outcome.status, outcome.said) == (502, "<html>bad gateway</html>")


@pytest.mark.parametrize(
    "document", [{}, {"messages": []}, {"messages": [{}]}, [], None, {"messages": [{"id": 7}]}]
)
def test_a_200_that_names_no_message_is_lost(document):
    assert isinstance(read_answer(answer(200, document)), Lost)


def test_a_recipient_without_a_number_has_no_wa_id():
    document = {**TAKEN, "contacts": [{"input": "US.1", "user_id": "US.1"}]}

    assert read_answer(answer(200, document)) == Taken("wamid.1", None)
    assert read_answer(answer(200, {"messages": [{"id": "w"}]})) == Taken("w", None)


@given(status=st.integers(100, 599), body=st.binary(max_size=50))
def test_any_answer_is_one_of_the_outcomes_and_never_by_chance_a_success(status, body):
    assert isinstance(read_answer(HttpAnswer(status, {}, body)), Lost | Refused)


def test_a_list_is_read_over_all_its_pages():
    first = {
        "data": [{"name": "a"}],
        "paging": {"cursors": {"after": "x+/="}, "next": "https://elsewhere"},
    }
    last = {"data": [{"name": "b"}], "paging": {"cursors": {"after": "y"}}}
    meta = Meta(answer(200, first), answer(200, last))
    call = GraphCall("GET", "77/message_templates", SEALED_TOKEN, {"fields": "id,name"})

    async def read():
        return [page async for page in graph(meta).pages(call)]

    assert asyncio.run(read()) == [[{"name": "a"}], [{"name": "b"}]]
    base = "https://graph.example/v25.0/77/message_templates?fields=id%2Cname"
    assert [url for url, *_ in meta.asked] == [base, f"{base}&after=x%2B%2F%3D"]
    assert meta.asked[1][1:] == ({"Authorization": "Bearer token"}, None, 30)


def test_a_refused_call_gives_metas_own_sentence():
    error = {"message": "Unsupported get request", "code": 100, "error_subcode": 33}
    meta = Meta(answer(400, {"error": error}))

    with pytest.raises(MetaRefusedError, match="Unsupported get request") as refused:
        asyncio.run(graph(meta).ask(GraphCall("GET", "77", SEALED_TOKEN)))
    assert (refused.value.failure.code, refused.value.status) == ("100", 400)
    assert refused.value.subcode == 33


def test_a_body_goes_as_json_or_as_the_bytes_it_is():
    meta = Meta(answer(200, {}), answer(200, {}))
    for body, headers in (({"name": "a"}, {}), (b"--x", {"Content-Type": "multipart/form-data"})):
        call = GraphCall("POST", "77/x", SEALED_TOKEN, body=body, headers=headers)
        asyncio.run(graph(meta).ask(call))

    assert [(headers["Content-Type"], body) for _, headers, body, _ in meta.asked] == [
        ("application/json", b'{"name":"a"}'),
        ("multipart/form-data", b"--x"),
    ]


def test_the_recipient_and_our_id_are_put_into_the_customers_object():
    assert json.loads(render_message(dispatchable())) == {
        **json.loads(content().json),
        "to": "+919876543210",
        "biz_opaque_callback_data": dispatchable().message_id,
    }


def test_a_user_id_goes_by_its_own_key():
    rendered = json.loads(render_message(dispatchable(recipient=Recipient(user_id='US."1"'))))

    assert rendered["recipient"] == 'US."1"'
    assert "to" not in rendered


def test_the_senders_token_never_stands_in_the_body():
    assert b"secret-token" not in render_message(
        dispatchable(sender=sender(access_token="secret-token"))
    )


@given(st.binary(), st.text(st.characters(codec="utf-8")))
def test_only_the_same_bytes_under_the_same_secret_are_signed(body, secret):
    signature = sign(body, secret)

    assert is_signed(body, secret, signature)
    assert is_signed(body, secret, f" {signature} ")
    assert not is_signed(body + b" ", secret, signature)
    assert not is_signed(body, secret + "x", signature)


@pytest.mark.parametrize("signature", ["", "sha256=", "sha1=00", "\xff", "é" * 70])
def test_a_signature_that_is_none_is_refused(signature):
    assert not is_signed(b"{}", "secret", signature)
    assert is_signed(b"{}", "secret", SIGNED)


SIGNED = "sha256=77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13"
"""Of `{}` under the key `secret`, by `openssl dgst -sha256 -hmac`."""
