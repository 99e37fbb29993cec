"""The control API: what was sent, refused and heard; inbound messages, faults, reset, handshake."""

import asyncio
import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from support.emulated import (
    MESSAGES,
    NUMBER,
    WABA,
    Emulated,
    emulated,
    order_update,
    running,
    template,
)


def control(path: str) -> str:
    return f"/_emulator/{path}"


def test_messages_are_shown_as_they_were_received():
    async def scene() -> None:
        async with running() as it:
            send = order_update(to=919876543210, biz_opaque_callback_data="ours", unknown=[1, None])
            headers = {"authorization": "Bearer token", "x-trace": "7"}
            wamid = (await it.ask("POST", MESSAGES, send, headers)).wamid
            await it.clock.turn(0.2)
            (shown,) = (await it.ask("GET", control("messages"), None, {})).json["data"]
            assert shown == {
                "position": 1,
                "id": wamid,
                "time": "2026-11-20T12:00:00Z",
                "phone_number_id": NUMBER,
                "waba_id": WABA,
                "to": "919876543210",
                "type": "template",
                "template": "order_update",
                "words": "Hello Pablo, your order 860198 is on its way.",
                "request": send,
                "headers": headers,
                "version": "v25.0",
                "biz_opaque_callback_data": "ours",
                "statuses": [
                    {
                        "status": "sent",
                        "time": "2026-11-20T12:00:00.150000Z",
                        "timestamp": "1795176000",
                        "delivered_at": "2026-11-20T12:00:00.150000Z",
                        "code": None,
                    }
                ],
            }

    asyncio.run(scene())


def test_messages_are_paged_by_position_and_found_by_recipient():
    async def scene() -> None:
        it = emulated()
        for digit in "0123":
            await it.send(order_update(to=f"+91987654321{digit}"))
        pages = {
            query: [
                message["position"]
                for message in (await it.ask("GET", control(f"messages{query}"))).json["data"]
            ]
            for query in ("", "?limit=2", "?after=2", "?after=1&limit=2", "?to=%2B919876543212")
        }
        assert pages == {
            "": [1, 2, 3, 4],
            "?limit=2": [1, 2],
            "?after=2": [3, 4],
            "?after=1&limit=2": [2, 3],
            "?to=%2B919876543212": [3],
        }

    asyncio.run(scene())


def test_refusals_keep_the_request_and_the_error():
    async def scene() -> None:
        it = emulated()
        await it.send(template("nowhere"))
        await it.ask("POST", MESSAGES, b"{not json")
        first, second = (await it.ask("GET", control("refusals"))).json["data"]
        assert first["request"] == template("nowhere")
        assert (first["status"], first["error"]["code"]) == (404, 132001)
        assert (second["request"], second["path"]) == ("{not json", MESSAGES)

    asyncio.run(scene())


def test_the_inbox_keeps_whatever_is_sent_to_it():
    async def scene() -> None:
        it = emulated()
        kept = await it.ask(
            "PUT", control("inbox/shop/1?a=1&b=%20"), {"x": "é"}, {"X-Signature": "s"}
        )
        assert (kept.status, kept.json) == (200, {"ok": True})
        await it.ask("GET", control("inbox"), b"plain", {})
        first, second = (await it.ask("GET", control("callbacks"))).json["data"]
        assert first == {
            "position": 1,
            "time": "2026-11-20T12:00:00Z",
            "method": "PUT",
            "path": "/_emulator/inbox/shop/1",
            "query": "a=1&b=%20",
            "headers": {"x-signature": "s"},
            "body": {"x": "é"},
        }
        assert (second["method"], second["body"]) == ("GET", "plain")

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("order", "content"),
    [
        ({"text": "hi"}, {"type": "text", "text": {"body": "hi"}}),
        (
            {"message": {"type": "button", "button": {"payload": "more-aloes", "text": "More"}}},
            {"type": "button", "button": {"payload": "more-aloes", "text": "More"}},
        ),
    ],
)
def test_an_inbound_message_becomes_metas_webhook(order, content):
    async def scene() -> None:
        async with running() as it:
            asked = {"from": "+91 98765 43210", "name": "Asha", **order}
            (told,) = (await it.ask("POST", control("inbound"), asked, {})).json["data"]
            await it.clock.turn(0)
            value = it.receiver.posts[0].changes[0]["value"]
            user = value["contacts"][0]["user_id"]
            assert value["contacts"] == [
                {"profile": {"name": "Asha"}, "wa_id": "919876543210", "user_id": user}
            ]
            assert value["messages"] == [
                {
                    "from": "919876543210",
                    "id": told["id"],
                    "timestamp": "1795176000",
                    "from_user_id": user,
                    **content,
                }
            ]

    asyncio.run(scene())


KINDS = (
    '"text", "message", "medium", "tap", "order", "choice", "form", "call_permission", "enquiry"'
)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ({"text": "hi"}, "Object missing required field `from`"),
        ({"from": "x", "text": "hi"}, '"from" must be a phone number, as in "+919876543210"'),
        (
            {"from": "919876543210"},
            f"one of {KINDS} is needed",
        ),
        (
            {"from": "919876543210", "message": {}},
            '"message" must be one of Meta\'s message objects, with its "type"',
        ),
        (
            {"from": "919876543210", "text": "hi", "phone_number_id": "9"},
            "there is no phone number 9",
        ),
        ([], "Expected `object`, got `array`"),
    ],
)
def test_an_inbound_order_that_cannot_be_is_refused_with_a_sentence(order, reason):
    answer = asyncio.run(emulated().ask("POST", control("inbound"), order))
    assert (answer.status, answer.json) == (400, {"error": f"{NOT_DONE}{reason}"})


NOT_DONE = "the order cannot be carried out: "
FILE = {"content": base64.b64encode(b"bytes").decode(), "mime_type": "application/pdf"}


def test_a_file_that_a_person_sends_is_named_in_the_webhook_and_held_for_seven_days():
    async def scene() -> None:
        async with running() as it:
            given = {**FILE, "filename": "a.pdf", "caption": "look"}
            await it.ask("POST", control("inbound"), {"from": "919876543210", "medium": given}, {})
            await it.clock.turn(0)
            (message,) = it.receiver.posts[0].changes[0]["value"]["messages"]
            told = message["document"]
            digest = base64.b64encode(hashlib.sha256(b"bytes").digest()).decode()
            assert message["type"] == "document"
            assert told == {
                "mime_type": "application/pdf",
                "sha256": digest,
                "id": told["id"],
                "caption": "look",
                "filename": "a.pdf",
            }
            held = it.emulator.state.media[told["id"]]
            assert held.content == b"bytes"
            assert held.expires_at - it.emulator.state.clock.now() == timedelta(days=7)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("medium", "reason"),
    [
        ([], "Expected `object | null`, got `array` - at `$.medium`"),
        ({"mime_type": "image/png", "content": "#"}, '"content" of "medium" must be base64'),
        (
            {**FILE, "kind": "poem"},
            "Invalid enum value 'poem' - at `$.medium.kind`",
        ),
    ],
)
def test_a_file_that_cannot_be_held_is_refused_with_a_sentence(medium, reason):
    order = {"from": "919876543210", "medium": medium}
    answer = asyncio.run(emulated().ask("POST", control("inbound"), order))
    assert (answer.status, answer.json) == (400, {"error": f"{NOT_DONE}{reason}"})


def test_reset_forgets_everything_but_the_seed_and_positions_go_on():
    async def scene() -> None:
        async with running() as it:
            await it.send(order_update())
            await it.send(template("nowhere"))
            await it.ask("POST", control("inbox"), {})
            await it.ask("POST", control("faults"), {"delay_ms": 5})
            await it.ask("POST", control("reset"))
            for what in ("messages", "refusals", "callbacks"):
                assert (await it.ask("GET", control(what))).json == {"data": []}
            faults = (await it.ask("GET", control("faults"))).json["data"][0]
            assert faults["delay_ms"] == 0
            await it.clock.turn(5)
            assert it.receiver.posts == []
            await it.send(order_update())
            (shown,) = (await it.ask("GET", control("messages"))).json["data"]
            assert shown["position"] == 2
            await it.clock.turn(5)
            assert len(it.receiver.posts) == 3

    asyncio.run(scene())


def test_a_lost_answer_is_a_message_all_the_same():
    async def scene() -> None:
        async with running() as it:
            await it.ask("POST", control("faults"), {"lose_answers": 1})
            with pytest.raises(ConnectionResetError):
                await it.send(order_update(biz_opaque_callback_data="ours"))
            await it.clock.turn(0.2)
            status = it.receiver.posts[0].changes[0]["value"]["statuses"][0]
            assert status["biz_opaque_callback_data"] == "ours"

    asyncio.run(scene())


def test_the_share_of_lost_answers_is_about_what_was_ordered():
    async def scene() -> int:
        it = emulated()
        await it.ask("POST", control("faults"), {"lose_answers": 0.25})
        return sum([await is_lost(it) for _ in range(400)])

    async def is_lost(it: Emulated) -> bool:
        try:
            return (await it.send(order_update())).status != 200
        except ConnectionResetError:
            return True

    assert 70 <= asyncio.run(scene()) <= 130


def test_the_next_sends_are_refused_with_the_ordered_code():
    async def scene() -> None:
        it = emulated()
        await it.ask("POST", control("faults"), {"refuse": {"code": 130429, "count": 2}})
        answers = [await it.send(order_update()) for _ in range(3)]
        assert [answer.status for answer in answers] == [400, 400, 200]
        assert answers[0].json["error"]["message"] == "(#130429) Rate limit hit"
        details = answers[0].json["error"]["error_data"]["details"]
        assert details == "Cloud API message throughput has been reached."

    asyncio.run(scene())


def test_the_next_messages_fail_with_the_ordered_code():
    async def scene() -> None:
        async with running() as it:
            await it.ask("POST", control("faults"), {"fail": {"code": 131049}})
            failing = (await it.send(order_update())).wamid
            good = (await it.send(order_update())).wamid
            await it.clock.turn(5)
            assert it.receiver.statuses_of(failing) == ["failed"]
            assert it.receiver.statuses_of(good) == ["sent", "delivered", "read"]
            failed = next(
                status
                for post in it.receiver.posts
                for change in post.changes
                for status in change["value"]["statuses"]
                if status["id"] == failing
            )
            assert "pricing" not in failed
            assert failed["errors"][0]["code"] == 131049
            assert set(failed["errors"][0]) == {"code", "title", "message", "error_data", "href"}

    asyncio.run(scene())


def test_a_slow_answer_takes_its_time():
    async def scene() -> None:
        async with running() as it, asyncio.TaskGroup() as group:
            await it.ask("POST", control("faults"), {"delay_ms": 2000})
            sending = group.create_task(it.send(order_update()))
            await it.clock.turn(1.9)
            assert not sending.done()
            await it.clock.turn(0.2)
            assert sending.done()

    asyncio.run(scene())


def test_unknown_faults_are_refused():
    answer = asyncio.run(emulated().ask("POST", control("faults"), {"lose_answer": 1}))
    assert answer.status == 400
    assert "unknown field `lose_answer`; there are seed, lose_answers, drop" in answer.json["error"]


def test_an_order_with_an_unknown_key_is_told_which_there_are_and_a_nested_one_where_it_stands():
    async def scene() -> None:
        it = emulated()
        habit = await it.ask("POST", control("habits"), {"person": "1", "reads": True})
        assert habit.json["error"].endswith("field `reads`; there are person, reads_by_hand")
        nested = await it.ask("POST", control("faults"), {"refuse": {"codes": 1}})
        where, _, keys = nested.json["error"].partition("; there are ")
        assert where.endswith("unknown field `codes` - at `$.refuse`")
        assert keys == "code, count, share"

    asyncio.run(scene())


def test_a_handshake_that_passes_sets_the_webhook_url():
    async def scene() -> None:
        it = emulated(webhook_url=None)
        none = await it.ask("POST", control("handshake"))
        assert none.status == 400
        passed = await it.ask("POST", control("handshake"), {"url": "http://new/hook"})
        assert passed.json["data"] == [{"url": "http://new/hook", "verified": True, "reason": None}]
        state = (await it.ask("GET", control("state"))).json["data"][0]
        assert state["webhook_url"] == "http://new/hook"
        it.receiver.verify_token = "another"
        failed = (await it.ask("POST", control("handshake"))).json["data"][0]
        assert failed["reason"] == "HTTP Status Code = 403"

    asyncio.run(scene())


def test_the_state_lists_what_the_emulator_has():
    state = asyncio.run(emulated().ask("GET", control("state"))).json["data"][0]
    (waba,) = state["wabas"]
    assert waba["phone_numbers"][0]["id"] == NUMBER
    assert "abandoned_cart" in {item["name"] for item in waba["templates"]}
    assert "2lc20XXXpt" in {product["retailer_id"] for product in waba["products"]}
    assert "15580815XXXX3159" in {media["id"] for media in state["media"]}


def test_an_unknown_control_path_tells_what_there_is():
    answer = asyncio.run(emulated().ask("GET", control("mesages"), None, {}))
    assert answer.status == 404
    assert "GET /_emulator/messages" in answer.json["paths"]


def test_health_needs_no_token():
    answer = asyncio.run(emulated().ask("GET", control("health"), None, {}))
    assert answer.json == {"data": [{"status": "ok"}]}


def test_only_the_latest_are_kept():
    async def scene() -> list[Any]:
        it = emulated(kept=10)
        for _ in range(25):
            await it.send(order_update())
        data: list[Any] = json.loads((await it.ask("GET", control("messages"))).body)["data"]
        return data

    positions = [message["position"] for message in asyncio.run(scene())]
    assert positions == list(range(11, 26))
