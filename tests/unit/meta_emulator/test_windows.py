"""Customer service windows, free entry points, and what a message costs in them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from meta_emulator.physics.windows import price
from meta_emulator.world.message import Message
from meta_emulator.world.recipients import user_id_of
from support.emulated import order_update, running
from support.law_bench import LawBench

USER = "919876543210"
USERS = (USER, user_id_of(USER))
HELLO = {"messaging_product": "whatsapp", "to": USER, "type": "text", "text": {"body": "Hello"}}
KEPT = frozenset({"windows"})
HOUR_S = 3600.0
AD = {"source_type": "ad", "source_id": "1", "source_url": "https://fb.me/1", "ctwa_clid": "x"}


async def fate(it, message):
    """The statuses of a send, and the errors of the last."""
    wamid = (await it.send(message)).wamid
    await it.clock.turn(3)
    return [
        status
        for post in it.receiver.posts
        for change in post.changes
        for status in change["value"].get("statuses", ())
        if status["id"] == wamid
    ]


def test_what_is_free_form_outside_a_window_is_accepted_and_fails():
    async def scene():
        async with running(limits=KEPT) as it:
            (failed,) = await fate(it, HELLO)
            assert failed["status"] == "failed"
            assert failed["errors"][0]["code"] == 131047
            told = await fate(it, order_update())
            assert [one["status"] for one in told] == ["sent", "delivered", "read"]

    asyncio.run(scene())


def test_the_users_message_opens_a_window_of_a_day():
    async def scene():
        async with running(limits=KEPT) as it:
            await it.ask("POST", "/_emulator/inbound", {"from": USER, "text": "hi"})
            await it.clock.turn(23 * HOUR_S)
            assert (await fate(it, HELLO))[0]["status"] == "sent"
            await it.clock.turn(HOUR_S)
            assert (await fate(it, HELLO))[0]["status"] == "failed"

    asyncio.run(scene())


def test_a_reaction_outside_a_window_fails_too_and_a_read_mark_does_not():
    async def scene():
        async with running(limits=KEPT) as it:
            wamid = (await it.send(order_update())).wamid
            reaction = {"message_id": wamid, "emoji": "x"}
            message = {**HELLO, "type": "reaction", "reaction": reaction}
            assert (await fate(it, message))[0]["errors"][0]["code"] == 131047
            mark = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
            assert (await it.send(mark)).status == 200

    asyncio.run(scene())


def test_a_user_id_has_the_window_of_its_phone():
    async def scene():
        async with running(limits=KEPT) as it:
            await it.ask("POST", "/_emulator/inbound", {"from": USER, "text": "hi"})
            message = {key: value for key, value in HELLO.items() if key != "to"}
            told = await fate(it, {**message, "recipient": user_id_of(USER)})
            assert told[0]["status"] == "sent"

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("version", "has_conversation"), [((23, 0), True), ((24, 0), False), ((25, 0), False)]
)
def test_conversations_are_told_until_v23(version, has_conversation):
    async def scene():
        async with running(webhook_version=version) as it:
            sent, delivered, read = await fate(it, order_update())
            assert [("conversation" in one) for one in (sent, delivered, read)] == [
                has_conversation,
                has_conversation,
                False,
            ]

    asyncio.run(scene())


def test_the_answer_to_an_advertisement_opens_three_free_days():
    async def scene():
        async with running(limits=KEPT) as it:
            ask = {"from": USER, "text": "hi", "referral": AD}
            await it.ask("POST", "/_emulator/inbound", ask)
            await it.clock.turn(10 * HOUR_S)
            (inbound,) = it.receiver.posts[0].changes
            assert inbound["value"]["messages"][0]["referral"] == AD
            sent, delivered, _ = await fate(it, HELLO)
            free = {
                "billable": False,
                "pricing_model": "PMP",
                "type": "free_entry_point",
                "category": "referral_conversion",
            }
            assert sent["pricing"] == delivered["pricing"] == free
            ends_at = it.clock.now() + timedelta(hours=72)
            told_end = int(sent["conversation"]["expiration_timestamp"])
            assert abs(told_end - ends_at.timestamp()) < 5
            assert sent["conversation"]["origin"] == {"type": "referral_conversion"}
            await it.clock.turn(71 * HOUR_S)
            assert (await fate(it, order_update()))[0]["pricing"] == free
            assert (await fate(it, HELLO))[0]["status"] == "failed"  # only templates by then
            await it.clock.turn(HOUR_S)
            assert (await fate(it, order_update()))[0]["pricing"]["type"] == "regular"

    asyncio.run(scene())


def test_an_advertisement_that_is_answered_too_late_opens_nothing():
    it = LawBench()
    windows, now = it.state.windows, it.clock.now()
    windows.hear(it.number.id, USERS, now, is_referred=True)
    windows.answer(it.number.id, USERS, now + timedelta(hours=24))
    later = now + timedelta(hours=24, seconds=1)
    assert windows.entry_ends_at(it.number.id, USER, later) is None


@pytest.mark.parametrize(
    ("at", "category", "is_open", "expected"),
    [
        (datetime(2026, 9, 30, 23, 59, tzinfo=UTC), "service", True, "free_customer_service"),
        (datetime(2026, 9, 30, 23, 59, tzinfo=UTC), "utility", True, "free_customer_service"),
        (datetime(2026, 9, 30, 23, 59, tzinfo=UTC), "utility", False, "regular"),
        (datetime(2026, 9, 30, 23, 59, tzinfo=UTC), "marketing", True, "regular"),
        (datetime(2026, 10, 1, tzinfo=UTC), "service", True, "regular"),
        (datetime(2026, 10, 1, tzinfo=UTC), "utility", True, "regular"),
    ],
)
def test_windows_are_free_until_october_2026(at, category, is_open, expected):
    it = LawBench()
    send = it.send(category=category)
    send.at = at
    if is_open:
        it.state.windows.hear(it.number.id, USERS, at - timedelta(hours=1))
    message = Message(
        "wamid", at, it.number, USER, USER, None, "text", category, b"", [], (25, 0), None
    )
    price(message, send, it.state.windows)
    assert (message.pricing_type, message.category) == (expected, category)


def test_without_being_asked_no_window_is_needed():
    async def scene():
        async with running() as it:
            assert (await fate(it, HELLO))[0]["status"] == "sent"

    asyncio.run(scene())
