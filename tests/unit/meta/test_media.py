"""Media and blocked users in Meta's words, out and back."""

import json
from email.parser import BytesParser
from email.policy import HTTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.nouns import SEALED_TOKEN
from waypost.meta.blocks import block_call, read_results
from waypost.meta.media import (
    ShownMedium,
    begin_sample_call,
    give_sample_call,
    is_media_id,
    read_handle,
    read_id,
    read_offset,
    read_shown,
    upload_call,
)
from waypost.model.errors import MetaRefusedError
from waypost.runtime.http import AnswerLostError, HttpAnswer

BOUNDARY = "f0" * 16


def parts_of(name: str, mime_type: str, data: bytes):
    """The upload's form, as another program reads it."""
    call = upload_call("1065", SEALED_TOKEN, BOUNDARY, (name, mime_type, data))
    assert (call.method, call.path) == ("POST", "1065/media")
    assert isinstance(call.body, bytes)
    head = f"Content-Type: {call.headers['Content-Type']}\r\n\r\n".encode()
    form = BytesParser(policy=HTTP).parsebytes(head + call.body)
    return {
        part.get_param("name", header="content-disposition"): part for part in form.iter_parts()
    }


def test_an_upload_is_a_form_of_three_parts():
    parts = parts_of("shop.jpg", "image/jpeg", b"\xff\xd8\xff\r\n--not the end")

    assert list(parts) == ["messaging_product", "type", "file"]
    assert parts["messaging_product"].get_payload(decode=True) == b"whatsapp"
    assert parts["type"].get_payload(decode=True) == b"image/jpeg"
    assert parts["file"].get_content_type() == "image/jpeg"
    assert parts["file"].get_filename() == "shop.jpg"
    assert parts["file"].get_payload(decode=True) == b"\xff\xd8\xff\r\n--not the end"


@given(st.text(max_size=50))
def test_no_name_of_a_file_breaks_out_of_its_line(name):
    call = upload_call("1065", SEALED_TOKEN, BOUNDARY, (name, "image/png", b"x"))

    assert isinstance(call.body, bytes)
    head = call.body.rpartition(b"\r\n\r\n")[0]
    assert head.count(b"\r\n") == 10, "as many as for any other name"
    assert head.splitlines()[-2].count(b'"') == 4


def test_a_name_that_is_no_unicode_still_goes():
    call = upload_call("1065", SEALED_TOKEN, BOUNDARY, ("a\udcffb.png", "image/png", b"x"))

    assert isinstance(call.body, bytes)
    assert b'filename="a?b.png"' in call.body


def test_a_samples_upload_is_begun_with_what_it_will_be_and_given_from_an_offset():
    begun = begin_sample_call("670", SEALED_TOKEN, "a b.pdf", 9, "application/pdf")
    given_ = give_sample_call("upload:MTph?sig=AR", SEALED_TOKEN, "token", 4, b"data")

    assert begun.path == "670/uploads"
    assert begun.query == {
        "file_name": "a b.pdf",
        "file_length": "9",
        "file_type": "application/pdf",
    }
    assert given_.path == "upload:MTph?sig=AR", "the signature belongs to the id"
    assert given_.headers["Authorization"] == "OAuth token"
    assert given_.headers["file_offset"] == "4"


def test_what_meta_says_of_media_is_read():
    shown = {
        "messaging_product": "whatsapp",
        "url": "https://lookaside.example/x",
        "mime_type": "image/jpeg",
        "sha256": "00",
        "file_size": "303833",
        "id": "2621",
    }
    assert read_shown(shown) == ShownMedium("image/jpeg", 303833)
    assert read_shown({**shown, "file_size": 5}) == ShownMedium("image/jpeg", 5)
    assert read_shown({**shown, "file_size": "many"}) == ShownMedium("image/jpeg", 0)
    assert read_shown({"id": "2621", "name": "a WABA"}) is None
    assert read_id({"id": "2621"}) == "2621"
    assert read_handle({"h": "4::aW1h"}) == "4::aW1h"
    assert [read_offset(one) for one in ({"file_offset": 7}, {}, {"file_offset": "7"})] == [7, 0, 0]


@pytest.mark.parametrize("body", [{}, {"id": ""}, {"id": 5}, {"id": None}])
def test_an_upload_without_an_id_is_an_answer_lost(body):
    with pytest.raises(AnswerLostError, match="has no id"):
        read_id(body)


@pytest.mark.parametrize("word", ["1558081531584829", "a-b_c"])
def test_a_word_of_letters_and_digits_can_be_a_media_id(word):
    assert is_media_id(word)


@pytest.mark.parametrize("word", ["", "a/b", "..", "1?x=1", "1" * 101, "१२"])
def test_no_other_word_can_and_none_stands_in_a_path(word):
    assert not is_media_id(word)


def test_phones_and_user_ids_are_named_differently():
    call = block_call("DELETE", "1065", SEALED_TOKEN, ["+919876543210", "IN.13491208655302741918"])

    assert (call.method, call.path) == ("DELETE", "1065/block_users")
    assert call.body == {
        "messaging_product": "whatsapp",
        "block_users": [{"user": "+919876543210"}, {"user_id": "IN.13491208655302741918"}],
    }


def answer(status: int, body: object) -> HttpAnswer:
    return HttpAnswer(status, {}, json.dumps(body).encode())


def test_a_refusal_that_lists_users_is_read_user_by_user():
    results = read_results(
        answer(
            400,
            {
                "messaging_product": "whatsapp",
                "block_users": {
                    "added_users": [{"input": "+1", "wa_id": "1"}],
                    "failed_users": [
                        {
                            "input": "+2",
                            "wa_id": "2",
                            "errors": [{"code": 139102, "message": "no"}],
                        },
                        {"input": "+3"},
                    ],
                },
                "error": {"message": "some failed", "code": 139100},
            },
        )
    )

    assert [(one.user, one.failure.code if one.failure else None) for one in results] == [
        ("+1", None),
        ("+2", "139102"),
        ("+3", "0"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"block_users": {}},
        {"block_users": []},
        {"block_users": {"added_users": [{}]}},
        {"block_users": {"failed_users": [{"input": "+1", "errors": ["?"]}]}},
        [],
        {"success": True},
    ],
)
def test_an_answer_that_tells_of_nobody_is_lost(body):
    with pytest.raises(AnswerLostError):
        read_results(answer(200, body))


def test_a_refusal_that_tells_of_nobody_is_metas_own():
    with pytest.raises(MetaRefusedError) as raised:
        read_results(answer(400, {"error": {"message": "(#100) no", "code": 100}}))

    assert raised.value.failure.code == "100"
