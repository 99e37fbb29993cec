"""How requests come: forms, queries, methods, versions, tokens, and what no request may be."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest

from support.emulated import (
    MESSAGES,
    NUMBER,
    TOKEN,
    WABA,
    Answered,
    emulated,
    order_update,
    template,
)

FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": f"Bearer {TOKEN}"}
READ = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"}


def ask(method: str, path: str, body: Any = None, headers: Any = None) -> Answered:
    return asyncio.run(emulated().ask(method, path, body, headers))


def test_a_send_may_come_as_a_form_with_objects_in_json():
    message = order_update()
    form = {
        "messaging_product": "whatsapp",
        "to": "+919876543210",
        "type": "template",
        "template": str(message["template"]).replace("'", '"'),
    }
    answer = ask("POST", MESSAGES, urlencode(form).encode(), FORM)
    assert answer.json["contacts"][0]["wa_id"] == "919876543210"


def test_a_send_may_come_in_the_query():
    assert ask("POST", f"{MESSAGES}?{urlencode(READ)}").json == {"success": True}


def test_a_body_goes_before_the_query():
    path = f"/v25.0/{NUMBER}/whatsapp_commerce_settings?is_cart_enabled=perhaps"
    assert ask("POST", path, {"is_cart_enabled": False}).json == {"success": True}


@pytest.mark.parametrize("place", ["query", "form", "json"])
def test_the_token_may_stand_anywhere(place):
    path, body, headers = MESSAGES, None, {}
    if place == "query":
        path, body = f"{MESSAGES}?access_token={TOKEN}", READ
    elif place == "form":
        body = urlencode({**READ, "access_token": TOKEN}).encode()
        headers = {"content-type": FORM["content-type"]}
    else:
        body = {**READ, "access_token": TOKEN}
    assert ask("POST", path, body, headers).json == {"success": True}


def test_bytes_that_are_no_json_are_a_body_without_anything():
    answer = ask("POST", MESSAGES, b"{not json")
    assert answer.json["error"]["message"] == "(#100) The parameter messaging_product is required."


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE"])
def test_a_method_that_the_graph_api_has_not_is_told_so(method):
    error = ask(method, f"/v25.0/{NUMBER}").json["error"]
    assert error["message"] == f"Unsupported request - method type: {method.lower()}"
    assert (error["code"], error["type"]) == (100, "GraphMethodException")


def test_head_is_get_without_a_body():
    answer = ask("HEAD", f"/v25.0/{NUMBER}")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_options_tells_the_methods_and_asks_for_no_token():
    answer = ask("OPTIONS", f"/v25.0/{NUMBER}", None, {})
    assert (answer.status, answer.headers["allow"]) == (200, "DELETE, GET, POST")


def test_a_query_may_name_the_method():
    async def go() -> None:
        it = emulated()
        path = f"/v25.0/{WABA}/subscribed_apps"
        assert (await it.ask("GET", f"{path}?method=delete")).json == {"success": True}
        assert (await it.ask("GET", path)).json == {"data": []}

    asyncio.run(go())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/v25.0/?ids={NUMBER},{WABA}", None),
        ("/", {"batch": [{"method": "GET", "relative_url": "me"}]}),
    ],
)
def test_several_questions_in_one_request_are_not_answered(path, body):
    answer = ask("POST" if body else "GET", path, body)
    assert (answer.status, answer.json["error"]["code"]) == (400, 1)
    assert "by its own request" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [("v14.0", "v21.0"), ("v19.0", "v21.0"), ("v21.0", "v21.0"), ("v99.0", "v26.0")],
)
def test_a_version_that_is_not_there_is_answered_as_the_nearest(asked, told):
    answer = ask("POST", f"/{asked}/{NUMBER}/messages", order_update())
    assert (answer.status, answer.headers["facebook-api-version"]) == (200, told)


def test_no_version_is_the_newest():
    answer = ask("POST", f"/{NUMBER}/messages", order_update())
    assert answer.headers["facebook-api-version"] == "v26.0"


@pytest.mark.parametrize(("version", "code"), [("v22.0", 100), ("v23.0", 132018)])
def test_forbidden_characters_have_a_code_of_their_own_since_v23(version, code):
    send = order_update()
    send["template"]["components"][0]["parameters"][0]["text"] = "two\nlines"
    answer = ask("POST", f"/{version}/{NUMBER}/messages", send)
    assert answer.json["error"]["code"] == code


@pytest.mark.parametrize(("version", "code"), [("v23.0", 100), ("v24.0", 131059)])
def test_an_unreadable_cursor_has_a_code_of_its_own_since_v24(version, code):
    answer = ask("GET", f"/{version}/{WABA}/message_templates?after=!!")
    assert answer.json["error"]["code"] == code


def test_an_unknown_object_is_named_with_the_method():
    error = ask("DELETE", "/v25.0/999").json["error"]
    assert error["message"].startswith("Unsupported delete request. Object with ID '999'")
    assert (error["code"], error["error_subcode"]) == (100, 33)


def test_a_link_that_cannot_be_fetched_fails_late():
    async def go() -> Any:
        it = emulated()
        await it.ask("POST", "/_emulator/inbound", {"from": "+919876543210", "text": "Hi"})
        message = {
            "messaging_product": "whatsapp",
            "to": "+919876543210",
            "type": "image",
            "image": {"link": "https://pictures.invalid/a.jpg"},
        }
        wamid = (await it.send(message)).wamid
        return next(m for m in it.emulator.state.messages if m.id == wamid).failure

    assert asyncio.run(go()) == 131053


def test_the_simplest_template_needs_no_components():
    assert ask("POST", MESSAGES, template("hello_world")).json["messages"][0]["id"]
