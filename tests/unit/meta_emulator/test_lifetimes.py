"""A message whose recipient is not reached is dropped silently when its life ends."""

import asyncio

import pytest

from meta_emulator.physics.lifetimes import DAYS_30, within
from meta_emulator.world.message import Course, Step
from support.emulated import WABA, button, emulated, order_update, running, template, text
from support.emulated import body as components_body

MINUTE, DAY = 60.0, 86400.0

SENT, LATE_FAILURE = Step("sent", 0.15), Step("failed", 7200.0, 131026)


def course(*steps):
    return Course(tuple(steps))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (course(SENT, Step("delivered", 599.0)), course(SENT, Step("delivered", 599.0))),
        (course(SENT, Step("delivered", 601.0)), course(SENT)),
        (course(SENT, Step("delivered", 1.0), Step("read", DAY)), None),
        (course(SENT, Step("read", DAY)), course(SENT)),
        (course(SENT, LATE_FAILURE), None),
        (course(SENT, LATE_FAILURE, Step("delivered", 9000.0)), course(SENT)),
        (course(), None),
    ],
)
def test_what_is_delivered_within_the_life_stays_and_what_comes_later_does_not(given, kept):
    assert within(given, 600.0) == (given if kept is None else kept)


async def statuses_after(here, send, seconds):
    wamid = (await here.send(send)).wamid
    await here.clock.turn(seconds)
    return here.receiver.statuses_of(wamid)


def a_code(here):
    waba = here.emulator.state.wabas[WABA]
    return next(one for one in waba.templates.values() if one.category == "AUTHENTICATION")


def code_send(name, language):
    send = template(name, components_body("123456"), button("url", "0", text("123456")))
    send["template"]["language"]["code"] = language
    return send


DELAYED = (("sent", 0.15), ("delivered", 11 * MINUTE), ("read", 12 * MINUTE))


def test_a_code_that_arrives_after_ten_minutes_is_dropped_and_nobody_is_told():
    async def scenario():
        async with running(status_delays=DELAYED) as here:
            held = a_code(here)
            send = code_send(held.name, held.language)
            assert await statuses_after(here, send, 40 * DAY) == ["sent"]
            assert len([post for post in here.receiver.posts if b"failed" in post.body]) == 0
            held.life_s = 900
            assert await statuses_after(here, send, DAY) == ["sent", "delivered", "read"]
            held.life_s = -1
            assert await statuses_after(here, send, DAY) == ["sent", "delivered", "read"]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("life_s", "heard"),
    [
        (None, ["sent", "delivered", "read"]),
        (30, ["sent"]),
        (11 * 60, ["sent", "delivered", "read"]),
    ],
)
def test_a_template_says_how_long_its_messages_wait(life_s, heard):
    async def scenario():
        async with running(status_delays=DELAYED) as here:
            waba = here.emulator.state.wabas[WABA]
            waba.templates["order_update", "en_US"].life_s = life_s
            assert await statuses_after(here, order_update(), DAY) == heard

    asyncio.run(scenario())


def test_after_thirty_days_everything_is_dropped():
    async def scenario():
        delays = (("sent", 0.15), ("delivered", DAYS_30 + 1))
        async with running(status_delays=delays) as here:
            assert await statuses_after(here, order_update(), 40 * DAY) == ["sent"]

    asyncio.run(scenario())


def test_a_message_that_fails_says_so_whatever_its_life():
    async def scenario():
        async with running(status_delays=DELAYED) as here:
            held = a_code(here)
            order = {"fail": {"code": 131026}}
            assert (await here.ask("POST", "/_emulator/faults", order)).status == 200
            send = code_send(held.name, held.language)
            assert await statuses_after(here, send, DAY) == ["failed"]

    asyncio.run(scenario())


def test_usual_messages_pass_the_lanes_as_before():
    here = emulated()
    assert asyncio.run(here.send(order_update())).status == 200
    (message,) = here.emulator.state.messages
    assert message.course is None
