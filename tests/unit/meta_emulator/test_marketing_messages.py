"""The Marketing Messages API: what it takes, what it costs, and when it is the only way."""

import asyncio
from typing import Any

import pytest

from support.emulated import MESSAGES, NUMBER, WABA, Emulated, emulated, order_update, running

MARKETING = f"/v25.0/{NUMBER}/marketing_messages"


def category_of(it: Emulated, name: str, category: str) -> None:
    """The template of a name becomes one of `category`."""
    templates = it.emulator.state.wabas[WABA].templates
    templates[name, "en_US"].category = category


def promotion(**more: Any) -> tuple[Emulated, dict[str, Any]]:
    """An emulator where the simplest template is marketing, and a send of it."""
    it = emulated()
    category_of(it, "order_update", "MARKETING")
    return it, order_update(**more)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"product_policy": "STRICT"},
        {"product_policy": "CLOUD_API_FALLBACK", "message_activity_sharing": True},
    ],
)
def test_a_marketing_template_is_taken(more):
    it, send = promotion(**more)
    answer = asyncio.run(it.ask("POST", MARKETING, send))
    assert answer.json["messages"][0]["message_status"] == "accepted"


async def categories(it: Emulated, send: dict[str, Any], path: str) -> list[str]:
    """The pricing categories that the statuses of a send tell."""
    answer = await it.ask("POST", path, send)
    await it.clock.turn(5)
    return [
        status["pricing"]["category"]
        for post in it.receiver.posts
        for change in post.changes
        for status in change["value"].get("statuses", ())
        if status["id"] == answer.wamid and "pricing" in status
    ]


@pytest.mark.parametrize(
    ("path", "is_onboarded", "category"),
    [
        (MARKETING, True, "marketing_lite"),
        (MARKETING, False, "marketing"),
        (MESSAGES, True, "marketing"),
    ],
)
def test_its_price_is_its_own_unless_it_went_through_cloud_api(path, is_onboarded, category):
    async def go() -> list[str]:
        async with running() as it:
            category_of(it, "order_update", "MARKETING")
            it.emulator.state.wabas[WABA].has_marketing_messages = is_onboarded
            return await categories(it, order_update(), path)

    assert set(asyncio.run(go())) == {category}


@pytest.mark.parametrize(("version", "code"), [("v22.0", 131055), ("v25.0", 134100)])
def test_a_template_that_is_no_marketing_is_refused(version, code):
    it = emulated()
    path = f"/{version}/{NUMBER}/marketing_messages"
    answer = asyncio.run(it.ask("POST", path, order_update()))
    assert answer.json["error"]["code"] == code


@pytest.mark.parametrize(
    "body",
    [
        {"messaging_product": "whatsapp", "to": "+919876543210", "text": {"body": "x"}},
        order_update(product_policy="LAX"),
        order_update(message_activity_sharing="yes"),
    ],
)
def test_a_body_that_is_no_marketing_message_is_code_100(body):
    answer = asyncio.run(emulated().ask("POST", MARKETING, body))
    assert answer.json["error"]["code"] == 100


def test_a_strict_send_of_an_account_that_is_not_onboarded_is_refused():
    it, send = promotion(product_policy="STRICT")
    it.emulator.state.wabas[WABA].has_marketing_messages = False
    answer = asyncio.run(it.ask("POST", MARKETING, send))
    assert answer.json["error"]["code"] == 131055


def test_a_paused_template_is_unavailable_there():
    it, send = promotion()
    it.emulator.state.wabas[WABA].templates["order_update", "en_US"].status = "PAUSED"
    answer = asyncio.run(it.ask("POST", MARKETING, send))
    assert (answer.status, answer.json["error"]["code"]) == (500, 134102)


def test_an_account_may_close_cloud_api_to_marketing():
    async def go() -> None:
        it, send = promotion()
        order = {"disable_marketing_messages_on_cloud_api": True}
        changed = await it.ask("POST", f"/v25.0/{WABA}", order)
        assert changed.json == {"id": WABA}
        assert (await it.send(send)).json["error"]["code"] == 131063
        assert (await it.ask("POST", MARKETING, send)).wamid
        category_of(it, "order_update", "UTILITY")
        assert (await it.send(send)).wamid

    asyncio.run(go())
