"""What a recording holds, what it never holds, and which requests mean the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta_emulator.proxy.recorder import Replay, asked_of
from meta_emulator.proxy.secrets import clean
from meta_emulator.proxy.values import (
    Answered,
    Body,
    Recorded,
    RecordingError,
    body_of,
    key_of,
    read_recording,
)

TOKEN = "EAAJB-token-of-somebody"
PATH = "/v25.0/1/messages"


def asked(body=b"", query="", headers=(), method="POST", path=PATH):
    return asked_of(method, path, query, list(headers), body)[0]


def form(boundary, content=b"\x89PNG\xff", token=TOKEN):
    raw = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="access_token"\r\n\r\n{token}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    ).encode()
    raw += content + f"\r\n--{boundary}--\r\n".encode()
    return raw, [("content-type", f"multipart/form-data; boundary={boundary}")]


@pytest.mark.parametrize(
    ("body", "query", "headers"),
    [
        (b"{}", "", [("authorization", f"Bearer {TOKEN}")]),
        (b"{}", "", [("authorization", f"OAuth {TOKEN}")]),
        (b"{}", f"access_token={TOKEN}&fields=id", []),
        (b"{}", f"fields=id&appsecret_proof={TOKEN}", []),
        (json.dumps({"access_token": TOKEN}).encode(), "", []),
        (f'{{"to":"1", "access_token" : "{TOKEN}"}}'.encode(), "", []),
        (f"access_token={TOKEN}&to=1".encode(), "", []),
        (f"to=1&access_token={TOKEN}".encode(), "", []),
        (json.dumps({"batch": f"/1?access_token={TOKEN}&x=1"}).encode(), "", []),
        (f'{{"text":"{TOKEN}"}}'.encode(), "", [("authorization", f"Bearer {TOKEN}")]),
        (b"{}", "", [("cookie", TOKEN)]),
        (b"{}", "", [("x-copy", TOKEN), ("authorization", f"Bearer {TOKEN}")]),
        (*form("b")[:1], "", form("b")[1]),
    ],
)
def test_a_token_stands_nowhere_in_what_is_written_down(body, query, headers):
    found = asked(body, query, headers)

    assert TOKEN not in repr(found)
    assert TOKEN.encode() not in found.body.raw


@given(st.text(min_size=8), st.text())
def test_no_spelling_of_a_token_in_json_is_left(token, text):
    raw = json.dumps({"text": text, "access_token": token, "more": [1]}).encode()

    shown = json.loads(clean(raw, []))

    assert shown["access_token"] == "***"
    assert shown["more"] == [1]


@given(st.binary())
def test_any_body_is_written_down_and_read_again(raw):
    assert body_of(raw).raw == raw


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (asked(b'{"a":1,"b":[2]}'), asked(b'{ "b": [2], "a": 1 }')),
        (asked(query="a=1&b=2"), asked(query="b=2&a=1&access_token=x")),
        (asked(headers=[("authorization", "Bearer one-token")]), asked(headers=[("x", "y")])),
        (asked(b'{"a":1,"access_token":"abcdefgh"}'), asked(b'{"a":1}')),
        (asked(*form("one")[:1], "", form("one")[1]), asked(form("two")[0], "", form("two")[1])),
    ],
)
def test_what_means_the_same_is_the_same_request(one, other):
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    "other",
    [
        asked(b'{"a":2}'),
        asked(b'{"a":1}', query="x=1"),
        asked(b'{"a":1}', method="DELETE"),
        asked(b'{"a":1}', path="/v25.0/2/messages"),
        asked(b'{"a":[1]}'),
        asked(form("b", b"another file")[0], "", form("b")[1]),
    ],
)
def test_what_means_something_else_is_another_request(other):
    assert key_of(asked(b'{"a":1}')) != key_of(other)
    assert key_of(asked(form("b")[0], "", form("b")[1])) != key_of(other)


def answer(text):
    return Answered(200, [], Body(text=text))


def test_answers_come_in_their_order_and_only_a_look_may_be_repeated():
    post, get = asked(b"{}"), asked(method="GET")
    replay = Replay(
        [
            Recorded("2026-11-20T12:00:00+00:00", request, answer(text))
            for request, text in ((post, "1"), (get, "a"), (post, "2"), (get, "b"))
        ]
    )
    texts = [found.body.text for _ in range(2) if (found := replay.answer(post))]

    assert texts == ["1", "2"]
    assert replay.answer(post) is None
    assert replay.was_recorded(post)
    assert [replay.answer(get).body.text for _ in range(3)] == ["a", "b", "b"]
    assert replay.answer(asked(b'{"other":1}')) is None
    assert not replay.was_recorded(asked(b'{"other":1}'))


def test_a_line_that_is_no_exchange_is_named():
    good = (
        b'{"at":"","request":{"method":"GET","path":"/","query":"","headers":[],"body":{}},'
        b'"answer":{"status":200,"headers":[],"body":{"text":"{}"}}}'
    )
    assert len(read_recording(good + b"\n\n" + good)) == 2
    with pytest.raises(RecordingError, match="line 3 is no recorded exchange"):
        read_recording(good + b"\n\n{}\n")
    with pytest.raises(RecordingError, match="line 1 is no recorded exchange"):
        read_recording(b"\xff")
