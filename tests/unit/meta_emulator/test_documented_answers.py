"""Our answers have the keys that Meta's documented answers have, at every depth.

What a list holds is compared item by item with the documented first one. Beyond the documented
keys only `message_status` is given, which Meta's newer examples of template sends have.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from support.emulated import MESSAGES, NUMBER, WABA, Answered, Emulated, emulated
from support.media_samples import JPEG
from support.published import FOLDER, NEEDS_FOLDER, documented, filled, seed_for, sends

pytestmark = NEEDS_FOLDER

SEND = "POST /{Version}/{Phone-Number-ID}/messages"
UPLOAD = "POST /{Version}/{Phone-Number-ID}/media"
SHOW = "GET /{Version}/{Media-ID}"
REMOVE = "DELETE /{Version}/{Media-ID}"
LIST = "GET /{Version}/{WABA-ID}/message_templates"
CREATE = "POST /{Version}/{WABA-ID}/message_templates"
DELETE = "DELETE /{Version}/{WABA-ID}/message_templates"
READ = "Send typing indicator and read receipt"
MEDIUM = "/v25.0/1558081531584829"
TEMPLATES = f"/v25.0/{WABA}/message_templates"
DEFINITION = {
    "name": "a_new_one",
    "language": "en_US",
    "category": "MARKETING",
    "components": [{"type": "BODY", "text": "Hello there"}],
}
READ_MARK = {
    "messaging_product": "whatsapp",
    "status": "read",
    "message_id": "wamid.x",
    "typing_indicator": {"type": "text"},
}


def keys(value: Any, path: str = "") -> Iterator[str]:
    """The path of every key in a JSON value; of a list, those of its first item."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.{key}"
            yield from keys(inner, f"{path}.{key}")
    elif isinstance(value, list) and value:
        yield from keys(value[0], f"{path}[]")


def answers(*calls: str) -> list[Any]:
    """Every documented answer of some calls, as parameters; none without the folder."""
    if FOLDER is None:
        return []
    return [
        pytest.param(call, answer, id=f"{call.partition(' ')[0]} {name}")
        for call in calls
        for name, answer in documented(call).items()
    ]


def upload() -> tuple[bytes, dict[str, str]]:
    """A picture as a form, and the headers that it is sent with."""
    parts = (
        '--x\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = parts.encode() + JPEG + b"\r\n--x--\r\n"
    return body, {
        "content-type": "multipart/form-data; boundary=x",
        "authorization": "Bearer token",
    }


async def asked(it: Emulated, call: str) -> Answered:
    """What we answer to one of the calls that are no sends."""
    if call == UPLOAD:
        return await it.ask("POST", f"/v25.0/{NUMBER}/media", *upload())
    if call == CREATE:
        return await it.ask("POST", TEMPLATES, DEFINITION)
    if call == DELETE:
        return await it.ask("DELETE", f"{TEMPLATES}?name=hello_world")
    method = call.partition(" ")[0]
    path = TEMPLATES if call == LIST else MEDIUM
    return await it.ask(method, path)


@pytest.mark.parametrize(("call", "answer"), answers(UPLOAD, SHOW, REMOVE, CREATE, DELETE))
def test_a_call_is_answered_with_the_documented_keys(call, answer):
    ours = asyncio.run(asked(emulated(), call)).json
    assert set(keys(ours)) == set(keys(answer))


def test_a_template_is_listed_with_the_documented_keys():
    (answer,) = documented(LIST).values()
    ours = asyncio.run(asked(emulated(), LIST)).json
    of_each = {"category", "components", "id", "language", "name", "status"}
    for template in (*ours["data"], *answer["data"]):
        assert of_each <= set(template)
    assert set(keys(answer["paging"])) <= set(keys(ours["paging"]))


@pytest.mark.parametrize("send", sends())
def test_a_send_is_answered_with_the_documented_keys(send):
    given = filled(send)
    ours = asyncio.run(emulated(seed_for(given)).ask("POST", MESSAGES, given)).json
    mark, usual = documented(SEND)[READ], documented(SEND)["Example response"]
    answer = mark if given.get("status") == "read" else usual
    extra = {".messages[].message_status"} if given.get("type") == "template" else set()
    assert set(keys(ours)) == set(keys(answer)) | extra


def test_all_documented_answers_to_sends_are_of_two_shapes():
    shapes = {frozenset(keys(answer)) for answer in documented(SEND).values()}
    assert len(shapes) == 2
    mark = asyncio.run(emulated().ask("POST", MESSAGES, READ_MARK)).json
    assert frozenset(keys(mark)) in shapes
