"""What Meta tells of a received medium, and to whom a token may be shown."""

import base64
import hashlib
import json

import pytest

from waypost.meta.inbound_media import (
    ToldMedium,
    may_see_token,
    read_digest,
    read_shown_medium,
    read_told,
)

DIGEST = hashlib.sha256(b"bytes").digest()
BASE = "https://graph.facebook.com"


def value(message):
    return json.dumps({"messages": [message]}).encode()


IMAGE = {
    "id": "1",
    "mime_type": "image/jpeg",
    "sha256": base64.b64encode(DIGEST).decode(),
    "url": "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
}


def test_a_webhook_tells_where_the_bytes_are_and_what_they_hash_to():
    told = read_told(value({"type": "image", "image": IMAGE}))

    assert told == ToldMedium(IMAGE["url"], DIGEST, "image/jpeg")


def test_an_edited_message_tells_of_its_new_medium():
    edited = {"type": "edit", "edit": {"message": {"type": "image", "image": IMAGE}}}

    assert read_told(value(edited)).digest == DIGEST


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b'{"messages":[]}', b'{"messages":[7]}', b'{"messages":[{"type":{}}]}']
    + [value({"type": "image", "image": image}) for image in (None, [], {"url": 7, "sha256": 7})],
)
def test_what_is_of_a_wrong_type_is_not_there(raw):
    assert read_told(raw) == ToldMedium()


def test_a_hash_is_read_in_both_of_metas_spellings_and_in_no_other():
    assert read_digest(DIGEST.hex()) == read_digest(base64.b64encode(DIGEST).decode()) == DIGEST
    assert [read_digest(told) for told in ("", "x" * 64, "aGFsbG8=", None, 7)] == [None] * 5


@pytest.mark.parametrize(
    "url",
    [
        IMAGE["url"],
        "https://mmg.whatsapp.net/x",
        "https://graph.facebook.com/v23.0/1",
        "https://scontent.xx.fbcdn.net:443/x",
    ],
)
def test_meta_is_shown_a_token(url):
    assert may_see_token(url, BASE)


@pytest.mark.parametrize(
    "url",
    [
        "http://lookaside.fbsbx.com/x",
        "https://evilfbsbx.com/x",
        "https://fbsbx.com.evil.example/x",
        "https://lookaside.fbsbx.com@evil.example/x",
        "https://lookaside.fbsbx.com:8443/x",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "//lookaside.fbsbx.com/x",
        "https://[",
        "",
    ],
)
def test_nobody_else_is(url):
    assert not may_see_token(url, BASE)


def test_another_address_of_where_the_graph_api_is_may_see_it_too():
    assert may_see_token("http://127.0.0.1:8081/_media/1", "http://127.0.0.1:8081")
    assert not may_see_token("http://127.0.0.1:8082/_media/1", "http://127.0.0.1:8081")


@pytest.mark.parametrize("size", ["9" * 5000, 10**40, -1, True, 1.5, [[]], {"a": 1}, "٣"])
def test_a_size_that_cannot_be_one_is_not_told(size):
    assert read_shown_medium({"file_size": size}).size_bytes is None
