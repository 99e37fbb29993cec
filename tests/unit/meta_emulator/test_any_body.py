"""Whatever is sent, the answer is Meta's: an acceptance, or an error in its envelope."""

import asyncio
import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.emulated import MESSAGES, Answered, emulated, fixture, order_update

SENDS = [fixture("carousel-meta"), fixture("mpm-meta"), order_update()]
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


def answer_to(body: Any) -> Answered:
    return asyncio.run(emulated().ask("POST", MESSAGES, body))


def is_metas(answer: Answered) -> bool:
    if answer.status == 200:
        return "messages" in answer.json or answer.json == {"success": True}
    error = answer.json["error"]
    return answer.status in {400, 404} and {"message", "type", "code", "fbtrace_id"} <= set(error)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SENDS), st.data())
def test_a_send_with_anything_changed_in_it_gets_an_answer_of_metas(send, data):
    body = copy.deepcopy(send)
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
    assert is_metas(answer_to(body)), json.dumps(body)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary())
def test_bytes_of_any_kind_get_an_answer_of_metas(raw):
    assert is_metas(answer_to(raw))
