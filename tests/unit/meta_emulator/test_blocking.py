"""Block users: who wrote within 24 hours can be blocked, and is then out of reach."""

import asyncio
from typing import Any

import pytest

from support.emulated import NUMBER, Answered, Emulated, emulated, order_update, running

BLOCKED = f"/v25.0/{NUMBER}/block_users"
FIRST, SECOND = "+919876543210", "+919876543211"


def users(*phones: str) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "block_users": [{"user": phone} for phone in phones]}


async def write(it: Emulated, phone: str) -> Answered:
    return await it.ask("POST", "/_emulator/inbound", {"from": phone, "text": "hi"})


def test_who_wrote_is_blocked_listed_and_unblocked():
    async def scene() -> None:
        it = emulated()
        for phone in (FIRST, SECOND):
            await write(it, phone)
        added = (await it.ask("POST", BLOCKED, users(FIRST, SECOND))).json
        assert added == {
            "messaging_product": "whatsapp",
            "block_users": {
                "added_users": [
                    {"input": phone, "wa_id": phone.removeprefix("+")} for phone in (FIRST, SECOND)
                ]
            },
        }
        page = (await it.ask("GET", f"{BLOCKED}?limit=1")).json
        shown = {"input": "919876543210", "wa_id": "919876543210"}
        assert page["data"] == [{"messaging_product": "whatsapp", **shown}]
        after = page["paging"]["cursors"]["after"]
        second = (await it.ask("GET", f"{BLOCKED}?limit=1&after={after}")).json
        assert second["data"][0]["wa_id"] == "919876543211"
        removed = (await it.ask("DELETE", BLOCKED, users(FIRST))).json
        assert removed["block_users"] == {
            "removed_users": [{"input": FIRST, "wa_id": "919876543210"}]
        }
        left = (await it.ask("GET", BLOCKED)).json["data"]
        assert [item["wa_id"] for item in left] == ["919876543211"]

    asyncio.run(scene())


def test_who_did_not_write_within_a_day_is_told_apart():
    async def scene() -> None:
        async with running() as it:
            await write(it, SECOND)
            await it.clock.turn(24 * 3600 + 1)
            await write(it, FIRST)
            answer = await it.ask("POST", BLOCKED, users(FIRST, SECOND))
            assert answer.status == 200
            assert answer.json["error"]["code"] == 139100
            listed = answer.json["block_users"]
            assert [user["input"] for user in listed["added_users"]] == [FIRST]
            (failed,) = listed["failed_users"]
            assert (failed["input"], failed["errors"][0]["code"]) == (SECOND, 131047)

    asyncio.run(scene())


def test_an_answer_of_nobody_blocked_is_an_error():
    answer = asyncio.run(emulated().ask("POST", BLOCKED, users(FIRST)))
    assert (answer.status, answer.json["error"]["code"]) == (400, 139100)
    assert answer.json["block_users"]["added_users"] == []


def test_a_blocked_user_is_neither_reached_nor_heard():
    async def scene() -> list[int]:
        it = emulated()
        await write(it, FIRST)
        await it.ask("POST", BLOCKED, users(FIRST))
        silent = (await write(it, FIRST)).status
        refused = (await it.send(order_update(to=FIRST))).json["error"]["code"]
        reached = (await it.send(order_update(to=SECOND))).status
        return [silent, refused, reached]

    assert asyncio.run(scene()) == [400, 130403, 200]


def test_a_user_id_is_blocked_like_a_phone():
    async def scene() -> Any:
        async with running() as it:
            await write(it, FIRST)
            await it.clock.turn(0.1)
            (change,) = it.receiver.posts[0].changes
            user_id = change["value"]["contacts"][0]["user_id"]
            body = {"messaging_product": "whatsapp", "block_users": [{"user_id": user_id}]}
            added = (await it.ask("POST", BLOCKED, body)).json["block_users"]["added_users"]
            assert added == [{"input": user_id, "user_id": user_id}]
            return (await it.send(order_update(to=FIRST))).json["error"]["code"]

    assert asyncio.run(scene()) == 130403


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messaging_product": "whatsapp"},
        {"messaging_product": "whatsapp", "block_users": []},
        {"messaging_product": "whatsapp", "block_users": [{"user": "nobody"}]},
    ],
)
def test_a_list_that_is_none_is_refused(method, body):
    answer = asyncio.run(emulated().ask(method, BLOCKED, body))
    assert answer.json["error"]["code"] == 100
