"""Statuses fall due, are worded as Meta's, signed, delivered, and tried again until HTTP 200."""

import asyncio
import hashlib
import hmac
import json
from typing import Any

import pytest

from support.emulated import SECRET, WABA, order_update, running


def test_a_message_is_sent_delivered_and_read_at_the_given_times():
    async def scene() -> None:
        async with running() as it:
            wamid = (await it.send(order_update())).wamid
            await it.clock.turn(0.14)
            assert it.receiver.posts == []
            await it.clock.turn(5)
            assert it.receiver.statuses_of(wamid) == ["sent", "delivered", "read"]
            assert [post.at for post in it.receiver.posts] == [0.15, 0.6, 1.5]

    asyncio.run(scene())


def test_a_status_has_metas_form():
    async def scene() -> None:
        async with running() as it:
            wamid = (await it.send(order_update(biz_opaque_callback_data="ours/é"))).wamid
            await it.clock.turn(0.2)
            post = it.receiver.posts[0]
            user = post.changes[0]["value"]["contacts"][0]["user_id"]
            assert user.startswith("IN.")
            assert len(user) == 23
            assert json.loads(post.body) == {
                "object": "whatsapp_business_account",
                "entry": [
                    {
                        "id": WABA,
                        "changes": [
                            {
                                "value": {
                                    "messaging_product": "whatsapp",
                                    "metadata": {
                                        "display_phone_number": "919800000001",
                                        "phone_number_id": "106540352242922",
                                    },
                                    "contacts": [
                                        {
                                            "profile": {"name": "WhatsApp User"},
                                            "wa_id": "919876543210",
                                            "user_id": user,
                                        }
                                    ],
                                    "statuses": [
                                        {
                                            "id": wamid,
                                            "status": "sent",
                                            "timestamp": "1795176000",
                                            "recipient_id": "919876543210",
                                            "recipient_user_id": user,
                                            "biz_opaque_callback_data": "ours/é",
                                            "pricing": {
                                                "billable": True,
                                                "pricing_model": "PMP",
                                                "type": "regular",
                                                "category": "utility",
                                            },
                                        }
                                    ],
                                },
                                "field": "messages",
                            }
                        ],
                    }
                ],
            }

    asyncio.run(scene())


def test_a_webhook_is_ascii_and_its_signature_is_over_its_very_bytes():
    async def scene() -> None:
        async with running() as it:
            await it.send(order_update(biz_opaque_callback_data="नमस्ते 🙏 Ä"))
            await it.clock.turn(0.2)
            post = it.receiver.posts[0]
            assert post.body.isascii()
            assert b"\\ud83d\\ude4f \\u00c4" in post.body
            digest = hmac.new(SECRET.encode(), post.body, hashlib.sha256).hexdigest()
            assert post.headers["x-hub-signature-256"] == f"sha256={digest}"
            assert post.headers["content-type"] == "application/json"
            assert post.headers["user-agent"] == "facebookexternalua"

    asyncio.run(scene())


def priced(posts: Any) -> list[str]:
    return [
        status["status"]
        for post in posts
        for change in post.changes
        for status in change["value"]["statuses"]
        if "pricing" in status
    ]


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        ((("sent", 0.1), ("delivered", 0.2), ("read", 0.3)), ["sent", "delivered"]),
        ((("sent", 0.1), ("read", 0.3)), ["sent", "read"]),
        ((("read", 0.1), ("sent", 0.2), ("delivered", 0.3)), ["sent", "delivered"]),
    ],
)
def test_pricing_is_in_sent_and_in_exactly_one_later_status(delays, expected):
    async def scene() -> None:
        async with running(status_delays=delays) as it:
            await it.send(order_update())
            await it.clock.turn(1)
            assert priced(it.receiver.posts) == expected

    asyncio.run(scene())


def test_statuses_come_in_the_order_of_their_times_also_if_that_is_wrong():
    async def scene() -> None:
        async with running(status_delays=(("read", 0.1), ("sent", 0.2))) as it:
            wamid = (await it.send(order_update())).wamid
            await it.clock.turn(1)
            assert it.receiver.statuses_of(wamid) == ["read", "sent"]

    asyncio.run(scene())


@pytest.mark.parametrize(("version", "has_conversation"), [((23, 0), True), ((24, 0), False)])
def test_the_conversation_ends_with_webhook_version_23(version, has_conversation):
    async def scene() -> None:
        async with running(webhook_version=version) as it:
            await it.send(order_update())
            await it.clock.turn(2)
            statuses = [post.changes[0]["value"]["statuses"][0] for post in it.receiver.posts]
            assert ["conversation" in status for status in statuses] == [
                has_conversation,
                has_conversation,
                False,
            ]
            if has_conversation:
                assert statuses[0]["conversation"]["expiration_timestamp"] == "1795262400"
                assert "expiration_timestamp" not in statuses[1]["conversation"]

    asyncio.run(scene())


def test_a_send_to_a_user_id_is_reported_without_a_phone():
    async def scene() -> None:
        async with running() as it:
            message = order_update(recipient="IN.42")
            del message["to"]
            await it.send(message)
            await it.clock.turn(0.2)
            value = it.receiver.posts[0].changes[0]["value"]
            assert value["contacts"] == [{"profile": {"name": "WhatsApp User"}, "user_id": "IN.42"}]
            assert value["statuses"][0]["recipient_user_id"] == "IN.42"
            assert "recipient_id" not in value["statuses"][0]

    asyncio.run(scene())


def test_what_falls_due_at_one_moment_goes_in_one_webhook_up_to_the_cap():
    async def scene() -> None:
        async with running(batch=100, workers=1, status_delays=(("sent", 0.1),)) as it:
            for _ in range(250):
                await it.send(order_update())
            await it.clock.turn(1)
            assert [len(post.changes) for post in it.receiver.posts] == [100, 100, 50]

    asyncio.run(scene())


def test_a_webhook_is_tried_again_with_growing_gaps_until_200():
    async def scene() -> None:
        async with running(status_delays=(("sent", 0.0),)) as it:
            it.receiver.statuses = [500, 201, 0, 404, 302, 429]
            await it.send(order_update())
            await it.clock.turn(60)
            assert [post.at for post in it.receiver.posts] == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
            assert len({post.body for post in it.receiver.posts}) == 1

    asyncio.run(scene())


def test_the_gaps_are_capped_and_after_seven_days_a_webhook_is_given_up():
    async def scene() -> None:
        async with running(status_delays=(("sent", 0.0),)) as it:
            it.receiver.always = 0
            await it.send(order_update())
            await it.clock.turn(8 * 24 * 3600)
            tries = [post.at for post in it.receiver.posts]
            assert tries[-1] - tries[-2] == 300
            assert 7 * 24 * 3600 < tries[-1] <= 7 * 24 * 3600 + 300
            it.receiver.always = 200
            wamid = (await it.send(order_update())).wamid
            await it.clock.turn(1)
            assert it.receiver.statuses_of(wamid) == ["sent"]

    asyncio.run(scene())


def test_a_dead_receiver_is_tried_by_its_workers_alone_however_much_waits():
    async def scene() -> None:
        async with running(batch=1, workers=4, status_delays=(("sent", 0.0),)) as it:
            it.receiver.always = 0
            for _ in range(500):
                await it.send(order_update())
            await it.clock.turn(30)
            assert len(it.receiver.posts) == 4 * 6
            it.receiver.always = 200
            await it.clock.turn(60)
            messages = it.emulator.state.messages
            assert len(messages) == 500
            assert all(message.statuses[0].delivered_at for message in messages)

    asyncio.run(scene())


def test_bodies_a_receiver_cannot_take_do_not_stop_the_others():
    async def scene() -> None:
        async with running(batch=1, workers=2, status_delays=(("sent", 0.0),)) as it:
            it.receiver.refused = "poison"
            for _ in range(5):
                await it.send(order_update(biz_opaque_callback_data="poison"))
            others = [(await it.send(order_update())).wamid for _ in range(5)]
            await it.clock.turn(0.1)
            assert [it.receiver.statuses_of(wamid) for wamid in others] == [["sent"]] * 5
            await it.clock.turn(10)
            assert len(it.receiver.posts) == 5 + 5 * 5
            it.receiver.refused = "nothing"
            await it.clock.turn(30)
            messages = it.emulator.state.messages
            assert all(message.statuses[0].delivered_at for message in messages)

    asyncio.run(scene())


def test_a_receiver_that_answers_500_to_all_is_tried_by_a_bounded_number():
    async def scene() -> None:
        async with running(batch=1, workers=4, status_delays=(("sent", 0.0),)) as it:
            it.receiver.always = 500
            for _ in range(500):
                await it.send(order_update())
            await it.clock.turn(0.4)
            assert len(it.receiver.posts) == 64 + 4
            it.receiver.always = 200
            await it.clock.turn(2)
            assert all(message.statuses[0].delivered_at for message in it.emulator.state.messages)

    asyncio.run(scene())


def test_without_a_receiver_statuses_are_kept_and_nobody_is_told():
    async def scene() -> None:
        async with running(webhook_url=None) as it:
            await it.send(order_update())
            await it.clock.turn(2)
            (message,) = it.emulator.state.messages
            assert [status.status for status in message.statuses] == ["sent", "delivered", "read"]
            assert [status.delivered_at for status in message.statuses] == [None] * 3
            assert it.receiver.posts == []

    asyncio.run(scene())


def test_waiting_for_an_event_needs_no_sleep():
    async def scene() -> None:
        async with running() as it:
            async with asyncio.TaskGroup() as group:
                state = it.emulator.state
                waiting = group.create_task(
                    it.emulator.wait_for(
                        lambda: any(len(message.statuses) == 3 for message in state.messages)
                    )
                )
                await it.send(order_update())
                await it.clock.turn(1)
                assert not waiting.done()
                await it.clock.turn(1)
            assert waiting.done()

    asyncio.run(scene())
