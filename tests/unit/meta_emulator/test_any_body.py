"""Whatever is sent, the answer is Meta's: an acceptance, or an error in its envelope."""

import asyncio
import copy
import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.emulated import MESSAGES, NUMBER, WABA, Answered, emulated, fixture, order_update

SENDS = [fixture("carousel-meta"), fixture("mpm-meta"), order_update()]
FREE_FORM = {
    "interactive": [
        {
            "type": "list",
            "header": {"type": "text", "text": "x"},
            "body": {"text": "x"},
            "footer": {"text": "x"},
            "action": {
                "button": "x",
                "sections": [{"title": "x", "rows": [{"id": "1", "title": "x"}]}],
            },
        },
        {
            "type": "product_list",
            "header": {"type": "text", "text": "x"},
            "body": {"text": "x"},
            "action": {
                "catalog_id": "194836987003835",
                "sections": [{"product_items": [{"product_retailer_id": "plant01"}]}],
            },
        },
        {
            "type": "carousel",
            "body": {"text": "x"},
            "action": {
                "cards": [
                    {
                        "card_index": place,
                        "type": "cta_url",
                        "header": {"type": "image", "image": {"link": "https://x.example"}},
                        "action": {
                            "name": "cta_url",
                            "parameters": {"display_text": "x", "url": "https://x.example"},
                        },
                    }
                    for place in range(2)
                ]
            },
        },
        {
            "type": "flow",
            "body": {"text": "x"},
            "action": {
                "name": "flow",
                "parameters": {
                    "flow_message_version": "3",
                    "flow_id": "1",
                    "flow_cta": "x",
                    "flow_action_payload": {"screen": "x"},
                },
            },
        },
        {
            "type": "order_details",
            "body": {"text": "x"},
            "action": {
                "name": "review_and_pay",
                "parameters": {
                    "reference_id": "x",
                    "type": "digital-goods",
                    "currency": "INR",
                    "total_amount": {"value": 1, "offset": 100},
                    "order": {
                        "status": "pending",
                        "items": [
                            {"name": "x", "quantity": 1, "amount": {"value": 1, "offset": 100}}
                        ],
                        "subtotal": {"value": 1, "offset": 100},
                    },
                },
            },
        },
    ],
    "contacts": [[{"name": {"formatted_name": "x"}, "phones": [{"phone": "1"}]}]],
    "location": [{"latitude": 1, "longitude": "2", "name": "x"}],
    "document": [{"id": "2621233374848975", "filename": "x", "caption": "x"}],
    "reaction": [{"message_id": "x", "emoji": "x"}],
}
SENDS += [
    {
        "messaging_product": "whatsapp",
        "to": "919876543210",
        "type": kind,
        kind: content,
        "context": {"message_id": "x"},
    }
    for kind, contents in FREE_FORM.items()
    for content in contents
]
SENDS.append({"messaging_product": "whatsapp", "status": "read", "message_id": "x"})
DEFINITIONS = [
    {
        "name": "an_offer",
        "language": "en_US",
        "category": "MARKETING",
        "message_send_ttl_seconds": 43200,
        "components": components,
    }
    for components in (
        [
            {
                "type": "HEADER",
                "format": "TEXT",
                "text": "Hi {{1}}",
                "example": {"header_text": ["x"]},
            },
            {
                "type": "BODY",
                "text": "Hello there {{1}}, how do you do?",
                "example": {"body_text": [["x"]]},
            },
            {"type": "FOOTER", "text": "x"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "QUICK_REPLY", "text": "x"},
                    {"type": "URL", "text": "x", "url": "https://x/{{1}}", "example": ["x"]},
                    {"type": "COPY_CODE", "example": "x"},
                ],
            },
        ],
        [
            {"type": "BODY", "text": "x"},
            {
                "type": "CAROUSEL",
                "cards": [
                    {
                        "components": [
                            {
                                "type": "HEADER",
                                "format": "IMAGE",
                                "example": {"header_handle": ["x"]},
                            },
                            {"type": "BODY", "text": "x"},
                            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "x"}]},
                        ]
                    }
                ]
                * 2,
            },
        ],
    )
]
USERS = {"messaging_product": "whatsapp", "block_users": [{"user": "919876543210"}]}
ODD = [
    None,
    True,
    0,
    -1,
    10,
    1.5,
    "",
    "0",
    "text",
    "IMAGE",
    "नमस्ते",
    [],
    {},
    [None],
    [[]],
    {"id": 1},
]

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container within `value`, with each of its keys."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found = [(value, key) for key in list(keys)]
    for key in list(keys):
        if isinstance(value[key], dict | list):
            found += places(value[key])
    return found


def answer_to(body: Any, path: str = MESSAGES) -> Answered:
    return asyncio.run(emulated().ask("POST", path, body))


def changed(given: Any, data: st.DataObject) -> Any:
    """`given` with one to three things replaced, removed, doubled or added."""
    body = copy.deepcopy(given)
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(body)))
        match data.draw(st.sampled_from(["replace", "remove", "double"])):
            case "replace":
                container[key] = copy.deepcopy(
                    data.draw(st.one_of(st.sampled_from(ODD), json_values))
                )
            case "remove":
                del container[key]
            case "double" if isinstance(container, list):
                container.append(copy.deepcopy(container[key]))
            case _:
                container["unknown_key"] = 1
        if not body:
            break
    return body


def is_metas(answer: Answered) -> bool:
    if answer.status == 200:
        return "messages" in answer.json or answer.json == {"success": True}
    error = answer.json["error"]
    return answer.status in {400, 404} and {"message", "type", "code", "fbtrace_id"} <= set(error)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SENDS), st.data())
def test_a_send_with_anything_changed_in_it_gets_an_answer_of_metas(send, data):
    body = changed(send, data)
    assert is_metas(answer_to(body)), json.dumps(body)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(DEFINITIONS), st.data())
def test_a_definition_with_anything_changed_in_it_gets_an_answer_of_metas(definition, data):
    body = changed(definition, data)
    answer = answer_to(body, f"/v25.0/{WABA}/message_templates")
    assert answer.status == 200 or is_metas(answer), json.dumps(body)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_list_of_users_with_anything_changed_in_it_gets_an_answer_of_metas(data):
    body = changed(USERS, data)
    assert is_metas(answer_to(body, f"/v25.0/{NUMBER}/block_users")), json.dumps(body)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(), json_values.map(json.dumps)))
def test_a_filter_of_any_kind_gets_an_answer_of_metas(text):
    path = f"/v25.0/194836987003835/products?filter={quote(text)}"
    answer = asyncio.run(emulated().ask("GET", path))
    assert answer.status == 200 or is_metas(answer)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary())
def test_bytes_of_any_kind_get_an_answer_of_metas(raw):
    assert is_metas(answer_to(raw))
