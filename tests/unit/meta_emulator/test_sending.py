"""The send endpoint around the template checks: tokens, envelopes, answers, other messages."""

import asyncio
from base64 import b64decode
from typing import Any

import pytest

from support.emulated import (
    MESSAGES,
    NUMBER,
    WABA,
    Answered,
    emulated,
    fixture,
    order_update,
)

BEARER = {"authorization": "Bearer token"}


def ask(*arguments: Any) -> Answered:
    return asyncio.run(emulated().ask(*arguments))


def free_form(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "to": "919876543210",
        "type": kind,
        kind: content,
        **more,
    }


def test_an_accepted_template_send_answers_as_meta_does():
    answer = ask("POST", MESSAGES, fixture("carousel-send"))
    wamid = answer.json["messages"][0]["id"]
    assert answer.json == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+919876543210", "wa_id": "919876543210"}],
        "messages": [{"id": wamid, "message_status": "accepted"}],
    }
    assert wamid.startswith("wamid.HBgM")
    assert b"919876543210" in b64decode(wamid.removeprefix("wamid."))
    usage = answer.headers["x-business-use-case-usage"]
    assert usage.startswith(f'{{"{WABA}":[{{"type":"whatsapp"')
    assert answer.headers["facebook-api-version"] == "v25.0"
    assert {"x-fb-trace-id", "x-fb-rev", "x-fb-request-id"} <= set(answer.headers)


def test_every_send_gets_its_own_wamid():
    async def scene() -> set[str]:
        it = emulated()
        return {(await it.send(order_update())).wamid for _ in range(200)}

    assert len(asyncio.run(scene())) == 200


@pytest.mark.parametrize(
    ("to", "shown", "wa_id"),
    [
        ("+919876543210", "+919876543210", "919876543210"),
        ("919876543210", "919876543210", "919876543210"),
        (919876543210, "919876543210", "919876543210"),
        ("+91 98765-43210", "+91 98765-43210", "919876543210"),
        ("+1 (631) 555-1234", "+1 (631) 555-1234", "16315551234"),
    ],
)
def test_the_recipient_is_echoed_as_text_beside_its_digits(to, shown, wa_id):
    answer = ask("POST", MESSAGES, order_update(to=to))
    assert answer.json["contacts"] == [{"input": shown, "wa_id": wa_id}]


def test_a_user_id_is_a_recipient_without_a_phone():
    message = order_update(recipient="IN.13491208655302741918")
    del message["to"]
    answer = ask("POST", MESSAGES, message)
    assert answer.json["contacts"] == [
        {"input": "IN.13491208655302741918", "user_id": "IN.13491208655302741918"}
    ]


def test_the_phone_wins_if_a_user_id_is_sent_too():
    answer = ask("POST", MESSAGES, order_update(recipient="IN.1"))
    assert answer.json["contacts"][0]["wa_id"] == "919876543210"


@pytest.mark.parametrize("path", [f"/v14.0/{NUMBER}/messages", f"/{NUMBER}/messages"])
def test_any_version_and_none_are_served(path):
    assert ask("POST", path, order_update()).wamid


def test_the_token_may_come_in_the_query():
    assert ask("POST", f"{MESSAGES}?access_token=token", order_update(), {}).wamid


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "An access token is required to request this resource."),
        (
            {"authorization": "Bearer wrong"},
            "Invalid OAuth access token - Cannot parse access token",
        ),
        (
            {"authorization": "Basic token"},
            "An access token is required to request this resource.",
        ),
    ],
)
def test_without_the_token_nothing_is_looked_at(headers, message):
    answer = ask("POST", "/v25.0/999/messages", b"{", headers)
    assert answer.status == 401
    assert answer.json["error"]["message"] == message
    assert answer.json["error"]["code"] == 190
    assert answer.headers["www-authenticate"] == (
        f'OAuth "Facebook Platform" "invalid_token" "{message}"'
    )


def test_an_unknown_number_is_an_unknown_object():
    answer = ask("POST", "/v25.0/999/messages", order_update())
    error = answer.json["error"]
    assert answer.status == 400
    assert (error["code"], error["error_subcode"]) == (100, 33)
    assert error["type"] == "GraphMethodException"
    assert error["message"].startswith(
        "Unsupported post request. Object with ID '999' does not exist"
    )
    assert b"https:\\/\\/developers.facebook.com\\/docs\\/graph-api" in answer.body


def test_an_error_repeats_the_request_id_and_names_itself_in_the_challenge():
    answer = ask("POST", MESSAGES, {"messaging_product": "whatsapp"})
    assert answer.json["error"]["fbtrace_id"] == answer.headers["x-fb-request-id"]
    assert answer.headers["www-authenticate"] == (
        'OAuth "Facebook Platform" "invalid_request" "(#100) The parameter to is required."'
    )


def test_an_error_text_is_ascii_and_a_header_stays_one_line():
    message = free_form("text", {"body": "x"}, recipient_type="नमस्ते\r\nx: y")
    answer = ask("POST", MESSAGES, message)
    assert answer.body.isascii()
    assert "\n" not in answer.headers["www-authenticate"]
    assert "नमस्ते" in answer.json["error"]["message"]


SHAPELESS = {
    "no JSON": (b"{", "The parameter messaging_product is required."),
    "no object": ([1], "The parameter messaging_product is required."),
    "no product": ({}, "The parameter messaging_product is required."),
    "other product": (
        {"messaging_product": "sms"},
        'Param messaging_product must be one of {WHATSAPP} - got "sms".',
    ),
    "unknown kind of recipient": (
        free_form("text", {"body": "x"}, recipient_type="channel"),
        'Param recipient_type must be one of {INDIVIDUAL, GROUP} - got "channel".',
    ),
    "long callback data": (
        free_form("text", {"body": "x"}, biz_opaque_callback_data="x" * 513),
        "Param biz_opaque_callback_data must be at most 512 characters long.",
    ),
    "callback data no string": (
        free_form("text", {"body": "x"}, biz_opaque_callback_data=5),
        "Param biz_opaque_callback_data must be a string.",
    ),
    "no recipient": (
        free_form("text", {"body": "x"}, to=None),
        "The parameter to is required.",
    ),
    "template missing": (free_form("template", None), "The parameter template is required."),
    "template no object": (free_form("template", "x"), "Param template must be an object."),
    "text missing": (free_form("text", None), "The parameter text is required."),
    "text no object": (free_form("text", "x"), "Param text must be an object."),
    "text empty": (
        free_form("text", {"body": ""}),
        "Param text['body'] must be at most 4096 characters long.",
    ),
    "text too long": (
        free_form("text", {"body": "x" * 4097}),
        "Param text['body'] must be at most 4096 characters long.",
    ),
    "text body missing": (free_form("text", {}), "The parameter text['body'] is required."),
    "text body no string": (
        free_form("text", {"body": 1}),
        "Param text['body'] must be a string.",
    ),
    "interactive without type": (
        free_form("interactive", {}),
        "The parameter interactive['type'] is required.",
    ),
    "interactive without action": (
        free_form("interactive", {"type": "button"}),
        "The parameter interactive['action'] is required.",
    ),
    "reaction to nothing": (
        free_form("reaction", {"emoji": "x"}),
        "The parameter reaction['message_id'] is required.",
    ),
    "location without place": (
        free_form("location", {"latitude": 1}),
        "The parameter location['longitude'] is required.",
    ),
    "no contact": (
        free_form("contacts", []),
        "Param contacts must be an array of at least one contact.",
    ),
    "unknown mark": (
        {"messaging_product": "whatsapp", "status": "seen", "message_id": "x"},
        'Param status must be one of {READ} - got "seen".',
    ),
    "mark on nothing": (
        {"messaging_product": "whatsapp", "status": "read"},
        "The parameter message_id is required.",
    ),
}


@pytest.mark.parametrize(("message", "reason"), SHAPELESS.values(), ids=SHAPELESS.keys())
def test_a_message_of_no_shape_is_code_100(message, reason):
    answer = ask("POST", MESSAGES, message)
    assert answer.status == 400
    assert answer.json["error"]["message"] == f"(#100) {reason}"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (free_form("text", {"body": "x"}, to="12"), 131009),
        (free_form("text", {"body": "x"}, to="919876543210,919876543211"), 131009),
        (free_form("text", {"body": "x"}, to=["919876543210"]), 131009),
        (free_form("text", {"body": "x"}, to="+91 98000 00001"), 131021),
        (free_form("text", {"body": "x"}, to=None, recipient="nobody"), 131009),
        (free_form("image", {"id": "1", "link": "2"}), 131008),
    ],
)
def test_a_recipient_or_media_that_cannot_be_is_refused(message, code):
    answer = ask("POST", MESSAGES, message)
    assert (answer.status, answer.json["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    "message",
    [
        free_form("text", {"body": "नमस्ते", "preview_url": False}),
        {"messaging_product": "whatsapp", "to": "919876543210", "text": {"body": "no type"}},
        {
            "messaging_product": "whatsapp",
            "to": "919876543210",
            "interactive": {
                "type": "list",
                "body": {"text": "x"},
                "action": {
                    "button": "x",
                    "sections": [{"rows": [{"id": "1", "title": "One"}]}],
                },
            },
        },
        free_form("image", {"link": "https://x/y.jpg"}, unknown_key={"kept": True}),
        free_form("reaction", {"message_id": "wamid.x", "emoji": "👍"}),
        free_form("location", {"latitude": 1, "longitude": 2}),
        free_form("contacts", [{"name": {"formatted_name": "x"}}]),
    ],
)
def test_other_messages_are_accepted_without_a_message_status(message):
    answer = ask("POST", MESSAGES, message)
    assert list(answer.json["messages"][0]) == ["id"], answer.json


def test_marking_as_read_is_no_message():
    async def scene() -> tuple[Answered, int]:
        it = emulated()
        mark = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}
        return await it.ask("POST", MESSAGES, mark), len(it.emulator.state.messages)

    answer, messages = asyncio.run(scene())
    assert (answer.json, messages) == ({"success": True}, 0)


def test_an_edge_that_an_object_does_not_have_is_an_unknown_object():
    answer = ask("POST", f"/v25.0/{WABA}/messages", order_update())
    assert answer.json["error"]["error_subcode"] == 33


def test_a_path_of_no_edge_is_told_so():
    assert ask("GET", "/v25.0/a/b/c").json["error"]["code"] == 2500


def test_a_body_in_pieces_is_read_whole():
    async def scene() -> int:
        it = emulated()
        pieces = [b'{"messaging_product":"whatsapp","to":"919876543210",', b'"text":{"body":"x"}}']
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": MESSAGES,
            "query_string": b"",
            "headers": [(b"authorization", b"Bearer token")],
        }
        await it.emulator.app(scope, receive, send)
        status: int = sent[0]["status"]
        return status

    assert asyncio.run(scene()) == 200
