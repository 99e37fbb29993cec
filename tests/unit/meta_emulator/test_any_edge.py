"""Whatever any edge and any control call is asked, the answer is Meta's, or a sentence."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.emulated import MESSAGES, NUMBER, WABA, Answered, Emulated, emulated, order_update
from unit.meta_emulator.test_any_body import ODD, json_values

LONG = "1" * 5000
DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
OWNERS = {
    "number": NUMBER,
    "waba": WABA,
    "template": "546151681022906",
    "catalogue": "194836987003835",
    "medium": "1558081531584829",
    "upload": "upload:x",
    "_media": "_media",
}
KEYS = [
    "messaging_product",
    "name",
    "id",
    "code",
    "prefilled_message",
    "profile_picture_handle",
    "websites",
    "vertical",
    "commands",
    "prompts",
    "pin",
    "subject",
    "participants",
    "requests",
    "item_type",
    "block_users",
    "hsm_ids",
    "languages",
    "components",
    "category",
    "webhook_configuration",
    "override_callback_uri",
    "catalog_id",
    "from",
    "message",
    "reply_to",
    "template",
    "items",
]
QUERIES = ["limit", "after", "before", "fields", "filter", "filtering", "sort", "wait_s", "ext"]
ODD_TEXTS = [
    "",
    "0",
    "-1",
    LONG,
    "²",
    "\u0661",
    "nan",
    "[]",
    "{",
    '{"a": []}',
    "cGxhY2U6wrI",
    "x{y{z",
]
CASES = {"max_examples": 300, "deadline": None, "suppress_health_check": list(HealthCheck)}

odd_values = st.one_of(st.sampled_from(ODD), st.sampled_from(ODD_TEXTS), json_values)
bodies = st.one_of(
    st.dictionaries(st.sampled_from(KEYS), odd_values, max_size=6).map(json.dumps),
    st.fixed_dictionaries(
        {"messaging_product": st.just("whatsapp")},
        optional=dict.fromkeys(KEYS[1:], odd_values),
    ).map(json.dumps),
    st.sampled_from(["", "x", "[]", DEEP.decode()]),
)
queries = st.dictionaries(
    st.sampled_from(QUERIES + KEYS), st.one_of(st.sampled_from(ODD_TEXTS), st.text()), max_size=3
)


def _has_shape(answer: Answered) -> bool:
    if answer.status < 400:
        return True
    if not answer.body:  # bytes of media that are gone
        return answer.status == 404
    error = answer.json["error"]
    return isinstance(error, str) or {"message", "type", "code", "fbtrace_id"} <= set(error)


def _asked(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query, errors='replace')}" if query else path


EDGES = sorted(emulated().emulator.app._rooms._edges)
ROUTES = sorted((route.method, route.path) for route in emulated().emulator.control.routes)
SLOW = {"changes", "clock", "messages/{id}/release", "handshake"}
"""Calls that wait, or whose effect is on the machine's time."""


@settings(**CASES)
@given(st.sampled_from(EDGES), queries, bodies)
def test_any_edge_that_is_asked_anything_answers_as_meta_does(edge, query, body):
    kind, method, last = edge
    owner = OWNERS.get(kind, kind if kind in {"me", "oauth", "app", "debug_token"} else "1" * 16)
    path = _asked(f"/v25.0/{owner}/{last.replace('*', 'x')}", query)
    answer = asyncio.run(emulated().ask(method, path, body.encode()))
    assert answer.status not in {500, 502}, answer.body
    assert _has_shape(answer), answer.body


@settings(**CASES)
@given(st.sampled_from([one for one in ROUTES if one[1] not in SLOW]), queries, bodies)
def test_any_control_call_that_is_asked_anything_answers_or_says_a_sentence(route, query, body):
    method, path = route
    path = path.replace("{number}", NUMBER).replace("{person}", "919876543210")
    path = path.replace("{place...}", "x").replace("{", "").replace("}", "")
    asked = _asked(f"/_emulator/{path}", query)
    it = emulated()
    answer = asyncio.run(it.ask(method.replace("*", "POST"), asked, body.encode()))
    assert answer.status < 500, answer.body
    assert _has_shape(answer), answer.body


async def _shown(it: Emulated) -> list[Any]:
    """What the control API shows of all that was sent."""
    shown = [(await it.ask("GET", f"/_emulator/{one}")).json["data"] for one in PLACES]
    for heading in shown[-1]:
        path = f"/_emulator/conversations/{NUMBER}/{heading['person']}"
        assert (await it.ask("GET", path)).status == 200
    return shown


PLACES = ("messages", "refusals", "conversations")


def test_a_send_by_its_query_is_kept_as_the_object_that_it_spells():
    query = {
        "messaging_product": "whatsapp",
        "to": "+919876543210",
        "type": "text",
        "text": '{"body": "Hello"}',
    }

    async def scene() -> None:
        it = emulated()
        for body in (b"", b"no JSON"):
            answer = await it.ask("POST", _asked(MESSAGES, query), body)
            assert answer.status == 200
        messages, refusals, talks = await _shown(it)
        assert [message["request"]["text"] for message in messages] == [{"body": "Hello"}] * 2
        assert (refusals, len(talks)) == ([], 1)

    asyncio.run(scene())


@pytest.mark.parametrize(
    "message",
    [
        {"type": "text", "text": {"body": "x"}, "context": ["x"]},
        {"type": "contacts", "contacts": [1]},
        {"type": "order", "order": {"product_items": [{"quantity": "many"}]}},
        {"type": "interactive", "interactive": {"action": ["x"], "type": "list"}},
    ],
    ids=["context", "contacts", "order", "interactive"],
)
def test_what_a_person_sends_in_no_shape_of_metas_hides_no_conversation(message):
    async def scene() -> None:
        it = emulated()
        order = {"from": "+919876543210", "message": message}
        assert (await it.ask("POST", "/_emulator/inbound", order)).status == 200
        shown = (await it.ask("GET", f"/_emulator/conversations/{NUMBER}/919876543210")).json
        (entry,) = shown["data"][0]["entries"]
        assert "is not drawn" in entry["shown"]["trouble"]

    asyncio.run(scene())


@pytest.mark.parametrize(
    "contact",
    [
        {"name": {"formatted_name": "x"}, "org": 5},
        {"name": {"formatted_name": "x"}, "phones": [{"phone": {}}]},
    ],
)
def test_a_card_of_a_person_with_odd_parts_hides_no_conversation(contact):
    async def scene() -> None:
        it = emulated()
        await it.send({**TEXT, "type": "contacts", "contacts": [contact]})
        await _shown(it)

    asyncio.run(scene())


TEXT = {"messaging_product": "whatsapp", "to": "+919876543210", "type": "text"}


@pytest.mark.parametrize(
    "path",
    [
        f"/v{LONG}.0/{NUMBER}",
        f"/v25.0/{WABA}/message_templates?limit={LONG}",
        f"/v25.0/{WABA}/message_templates?after=cGxhY2U6wrI",
        f"/v25.0/{NUMBER}/message_history?limit={LONG}",
        f"/v25.0/1/uploads?file_length={LONG}&file_type=image/jpeg",
        f"/_media/1558081531584829?ext={LONG}",
        f"/v25.0/{WABA}/phone_numbers?filtering=%5B%7B%22operator%22%3A%5B%5D%7D%5D",
    ],
)
def test_numbers_and_words_of_any_length_are_read_or_refused(path):
    async def scene() -> None:
        for method in ("GET", "POST"):
            answer = await emulated().ask(method, path)
            assert answer.status in {200, 400, 404}

    asyncio.run(scene())


def test_a_card_or_a_button_with_an_endless_index_is_refused():
    async def scene() -> None:
        button = {"type": "button", "sub_type": "url", "index": LONG, "parameters": []}
        send = order_update()
        send["template"]["components"].append(button)
        answer = await emulated().send(send)
        assert (answer.status, answer.json["error"]["code"]) == (400, 100)

    asyncio.run(scene())


@pytest.mark.parametrize("degrees", ["nan", "inf", "1e400"])
def test_a_place_that_is_nowhere_on_earth_is_refused(degrees):
    place = {"latitude": degrees, "longitude": 1}
    answer = asyncio.run(emulated().send({**TEXT, "type": "location", "location": place}))
    assert (answer.status, answer.json["error"]["code"]) == (400, 100)


@pytest.mark.parametrize("user_id", ["..", "IN.", ".1", "IN.1.2", "IN.1 2", f"IN.{'1' * 129}"])
def test_a_user_id_without_metas_shape_is_refused(user_id):
    send = {"messaging_product": "whatsapp", "recipient": user_id, "text": {"body": "x"}}
    answer = asyncio.run(emulated().send(send))
    assert (answer.status, answer.json["error"]["code"]) == (400, 131009)


def test_a_change_of_a_number_that_changes_nothing_leaves_its_webhooks_where_they_go():
    async def scene() -> None:
        it = emulated()
        path = f"/v25.0/{NUMBER}"
        hook = {"override_callback_uri": "http://elsewhere/hook", "verify_token": "verify"}
        assert (await it.ask("POST", path, {"webhook_configuration": hook})).status == 200
        refused = await it.ask("POST", path, {"webhook": "none"})
        assert (refused.status, refused.json["error"]["code"]) == (400, 100)
        shown = (await it.ask("GET", f"{path}?fields=webhook_configuration")).json
        assert shown["webhook_configuration"]["phone_number"] == "http://elsewhere/hook"

    asyncio.run(scene())


@pytest.mark.parametrize("code", [0, 33, 131044, 131064, 132008, 132068, 132069, 134011])
def test_every_code_of_a_send_has_its_title(code):
    async def scene() -> None:
        it = emulated()
        await it.ask("POST", "/_emulator/faults", {"refuse": {"code": code}})
        answer = await it.send(order_update())
        assert answer.json["error"]["code"] == code
        assert "Unknown error" not in answer.json["error"]["message"]

    asyncio.run(scene())


@pytest.mark.parametrize(
    "header",
    [
        {"format": "IMAGE", "text": 1.5, "example": {"header_handle": ["x"]}},
        {"format": "TEXT", "text": "Hello", "example": "-1"},
        {"format": "TEXT", "text": "Hello", "example": None},
    ],
)
def test_a_header_with_odd_parts_breaks_neither_its_template_nor_the_page(header):
    definition = {
        "name": "odd",
        "language": "en_US",
        "category": "MARKETING",
        "components": [{"type": "HEADER", **header}, {"type": "BODY", "text": "Hello there"}],
    }

    async def scene() -> None:
        it = emulated()
        answer = await it.ask("POST", f"/v25.0/{WABA}/message_templates", definition)
        assert answer.status in {200, 400}
        previews = (await it.ask("GET", "/_emulator/previews")).json["data"]
        assert all("trouble" not in preview["shown"] for preview in previews)

    asyncio.run(scene())
