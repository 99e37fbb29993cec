"""Pacing: messages of a new marketing template wait for its quality, by a rule of ours."""

import asyncio
from typing import Any

import pytest

from support.emulated import WABA, Emulated, emulated, running, template

TEMPLATES = f"/v25.0/{WABA}/message_templates"
HOUR = 3600
HELD = "held_for_quality_assessment"
PACED = {"first": 2, "hold_ms": HOUR * 1000}


def offer(name: str = "an_offer", category: str = "MARKETING") -> dict[str, Any]:
    return {
        "name": name,
        "language": "en_US",
        "category": category,
        "components": [{"type": "BODY", "text": "Here is an offer."}],
    }


async def approved(it: Emulated, rule: dict[str, Any], **given: str) -> str:
    """The id of a new template under the rule."""
    assert (await it.ask("POST", "/_emulator/pacing", rule)).status == 200
    made = (await it.ask("POST", TEMPLATES, offer(**given))).json
    await it.clock.turn(3)
    return str(made["id"])


async def send(it: Emulated, count: int, name: str = "an_offer") -> list[tuple[str, str]]:
    """The ids and `message_status` of so many sends."""
    answers = [
        (await it.send(template(name, to=f"+91987654{number:04}"))).json["messages"][0]
        for number in range(count)
    ]
    return [(one["id"], one["message_status"]) for one in answers]


def failures(it: Emulated) -> list[int]:
    return [
        status["errors"][0]["code"]
        for post in it.receiver.posts
        for change in post.changes
        for status in change["value"].get("statuses", ())
        if status["status"] == "failed"
    ]


def test_the_first_messages_go_and_the_others_are_released_in_time():
    async def scene() -> None:
        async with running() as it:
            template_id = await approved(it, PACED)
            sent = await send(it, 4)
            assert [status for _, status in sent] == ["accepted", "accepted", HELD, HELD]
            await it.clock.turn(HOUR - 60)
            assert [it.receiver.statuses_of(one) for one, _ in sent[1:3]] == [
                ["sent", "delivered", "read"],
                [],
            ]
            await it.clock.turn(120)
            assert it.receiver.statuses_of(sent[3][0]) == ["sent", "delivered", "read"]
            shown = (await it.ask("GET", f"/v25.0/{template_id}?fields=quality_score")).json
            assert shown["quality_score"]["score"] == "GREEN"
            assert [status for _, status in await send(it, 4)] == ["accepted"] * 4

    asyncio.run(scene())


def test_held_messages_are_dropped_and_their_template_is_paused():
    async def scene() -> None:
        async with running() as it:
            await approved(it, {**PACED, "outcome": "DROP"})
            sent = await send(it, 4)
            await it.clock.turn(HOUR + 60)
            assert [it.receiver.statuses_of(one) for one, _ in sent[2:]] == [["failed"]] * 2
            assert failures(it) == [132015, 132015]
            refused = await it.send(template("an_offer"))
            assert refused.json["error"]["code"] == 132015

    asyncio.run(scene())


def test_the_quality_decides_and_a_pause_drops_what_is_held():
    async def scene() -> list[int]:
        async with running() as it:
            template_id = await approved(it, PACED)
            await send(it, 3)
            order = {"id": template_id, "quality": "RED"}
            await it.ask("POST", "/_emulator/templates", order)
            await it.clock.turn(HOUR + 60)
            return failures(it)

    assert asyncio.run(scene()) == [132015]


def test_an_assessment_is_ended_by_order():
    async def scene() -> None:
        async with running() as it:
            template_id = await approved(it, PACED)
            sent = await send(it, 3)
            ended = await it.ask("POST", "/_emulator/pacing/assess", {"id": template_id})
            assert ended.json["data"] == [{"id": template_id, "held": 1}]
            await it.clock.turn(5)
            assert it.receiver.statuses_of(sent[2][0]) == ["sent", "delivered", "read"]
            unknown = await it.ask("POST", "/_emulator/pacing/assess", {"id": "5"})
            assert unknown.status == 400

    asyncio.run(scene())


def test_an_unpaused_template_is_paced_again_though_its_quality_is_good():
    async def scene() -> list[str]:
        async with running() as it:
            template_id = await approved(it, PACED)
            for order in ({"quality": "GREEN"}, {"quality": "RED"}, {"quality": "GREEN"}):
                await it.ask("POST", "/_emulator/templates", {"id": template_id, **order})
            await it.ask("POST", f"/v25.0/{template_id}/unpause")
            return [status for _, status in await send(it, 3)]

    assert asyncio.run(scene()) == ["accepted", "accepted", HELD]


def test_without_a_rule_and_of_other_categories_nothing_is_held():
    async def scene(rule: dict[str, Any], category: str) -> set[str]:
        async with running() as it:
            await approved(it, rule, category=category)
            return {status for _, status in await send(it, 4)}

    assert asyncio.run(scene({}, "MARKETING")) == {"accepted"}
    assert asyncio.run(scene(PACED, "UTILITY")) == {"accepted"}


def test_who_forgets_the_messages_holds_none():
    async def scene() -> list[Any]:
        async with running() as it:
            await approved(it, PACED)
            await send(it, 3)
            it.emulator.reset(keeps_objects=True)
            await it.clock.turn(2 * HOUR)
            return [failures(it), [status for _, status in await send(it, 3)]]

    assert asyncio.run(scene()) == [[], ["accepted", "accepted", HELD]]


def test_held_messages_outlive_a_snapshot():
    async def scene() -> list[str]:
        async with running() as it:
            await approved(it, PACED)
            sent = await send(it, 3)
            await it.clock.turn(5)
            it.emulator.restore(it.emulator.snapshot())
            await it.clock.turn(HOUR + 60)
            return it.receiver.statuses_of(sent[2][0])

    assert asyncio.run(scene()) == ["sent", "delivered", "read"]


@pytest.mark.parametrize("rule", [{"first": -1}, {"hold_ms": -1}, {"outcome": "MAYBE"}])
def test_a_rule_that_means_nothing_is_refused(rule):
    assert asyncio.run(emulated().ask("POST", "/_emulator/pacing", rule)).status == 400
