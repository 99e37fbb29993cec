"""Groups: made, sent to, and told of participant by participant."""

import asyncio
from typing import Any

import pytest

from support.emulated import (
    MESSAGES,
    NUMBER,
    Emulated,
    emulated,
    fixture,
    order_update,
    running,
)

PEOPLE = ["+919876543210", "+919876543211"]
ORDER = {"id": "group-1", "subject": "Friends", "participants": PEOPLE}


def to_group(**more: Any) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "group",
        "to": "group-1",
        "type": "text",
        "text": {"body": "Hello"},
        **more,
    }


async def with_group(it: Emulated, **more: Any) -> Emulated:
    answer = await it.ask("POST", "/_emulator/groups", {**ORDER, **more})
    assert answer.status == 200, answer.body
    return it


def test_a_send_to_a_group_names_it_in_its_answer():
    async def go() -> None:
        it = await with_group(emulated())
        answer = await it.send(to_group())
        assert answer.json["contacts"] == [{"input": "group-1", "wa_id": "group-1"}]
        assert answer.json["messages"][0]["group_id"] == "group-1"
        assert "message_status" not in answer.json["messages"][0]
        sent = await it.send({**order_update(), "recipient_type": "group", "to": "group-1"})
        assert sent.json["messages"][0]["message_status"] == "accepted"

    asyncio.run(go())


def test_each_participant_has_a_status_of_its_own():
    async def go() -> list[dict[str, Any]]:
        async with running() as it:
            await with_group(it)
            wamid = (await it.send(to_group())).wamid
            await it.clock.turn(5)
            return [
                status
                for post in it.receiver.posts
                for change in post.changes
                for status in change["value"].get("statuses", ())
                if status["id"] == wamid
            ]

    statuses = asyncio.run(go())
    assert {status["recipient_id"] for status in statuses} == {"group-1"}
    assert {status["recipient_type"] for status in statuses} == {"group"}
    told = [(status["status"], status.get("recipient_participant_id")) for status in statuses]
    people = [person.removeprefix("+") for person in PEOPLE]
    assert told == [
        ("sent", None),
        *(("delivered", person) for person in people),
        *(("read", person) for person in people),
    ]


@pytest.mark.parametrize(
    ("send", "code"),
    [
        (to_group(to="nobody"), 131041),
        (to_group(to=None), 100),
        (
            {
                **to_group(type="location"),
                "location": {"latitude": 1, "longitude": 2},
            },
            131051,
        ),
        ({**fixture("carousel-send"), "recipient_type": "group", "to": "group-1"}, 131051),
    ],
    ids=["unknown", "nobody named", "location", "carousel"],
)
def test_what_cannot_go_to_a_group_is_refused(send, code):
    async def go() -> int:
        it = await with_group(emulated())
        found: int = (await it.ask("POST", MESSAGES, send)).json["error"]["code"]
        return found

    assert asyncio.run(go()) == code


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [({"participants": []}, 400, 131020), ({"is_suspended": True}, 403, 131207)],
)
def test_an_empty_or_suspended_group_gets_nothing(more, status, code):
    async def go() -> tuple[int, int]:
        it = await with_group(emulated(), **more)
        answer = await it.send(to_group())
        return answer.status, answer.json["error"]["code"]

    assert asyncio.run(go()) == (status, code)


def test_a_group_is_made_shown_changed_and_deleted():
    async def go() -> None:
        async with running() as it:
            order = {"messaging_product": "whatsapp", "subject": "Book club"}
            made = await it.ask("POST", f"/v25.0/{NUMBER}/groups", order)
            assert set(made.json) == {"request_id"}
            await it.clock.turn(1)
            (change,) = it.receiver.posts[-1].changes
            assert change["field"] == "group_lifecycle_update"
            (told,) = change["value"]["groups"]
            assert told["request_id"] == made.json["request_id"]
            path = f"/v25.0/{told['group_id']}"
            listed = await it.ask("GET", f"/v25.0/{NUMBER}/groups")
            assert [group["id"] for group in listed.json["data"]] == [told["group_id"]]
            renamed = {"messaging_product": "whatsapp", "subject": "Film club"}
            assert (await it.ask("POST", path, renamed)).json == {"success": True}
            shown = await it.ask("GET", f"{path}?fields=subject,total_participant_count")
            assert shown.json == {
                "subject": "Film club",
                "total_participant_count": 0,
                "id": told["group_id"],
            }
            first = (await it.ask("GET", f"{path}/invite_link")).json["invite_link"]
            assert (await it.ask("POST", f"{path}/invite_link")).json["invite_link"] != first
            assert (await it.ask("DELETE", path)).json == {"success": True}
            assert (await it.ask("GET", path)).json["error"]["error_subcode"] == 33

    asyncio.run(go())


def test_a_participant_is_removed():
    async def go() -> None:
        it = await with_group(emulated())
        users = {"messaging_product": "whatsapp", "participants": [{"user": PEOPLE[0]}]}
        answer = await it.ask("DELETE", "/v25.0/group-1/participants", users)
        assert answer.json == {"success": True}
        shown = await it.ask("GET", "/v25.0/group-1?fields=participants")
        assert shown.json["participants"] == [{"wa_id": PEOPLE[1].removeprefix("+")}]

    asyncio.run(go())
