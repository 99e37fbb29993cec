"""What time and quality do to templates: pauses, archives, deletions that wait."""

import asyncio
from typing import Any

from support.emulated import WABA, Emulated, order_update, running

TEMPLATES = f"/v25.0/{WABA}/message_templates"
ORDER_UPDATE = "546151681022906"
HOUR = 3600
DAY = 24 * HOUR


def told(it: Emulated) -> list[dict[str, Any]]:
    return [
        change["value"]
        for post in it.receiver.posts
        for change in post.changes
        if change["field"] == "message_template_status_update"
    ]


async def status_of(it: Emulated) -> str | None:
    answer = await it.ask("GET", f"/v25.0/{ORDER_UPDATE}?fields=status")
    return answer.json.get("status") if answer.status == 200 else None


async def worsen(it: Emulated) -> None:
    order = {"id": ORDER_UPDATE, "quality": "RED"}
    assert (await it.ask("POST", "/_emulator/templates", order)).status == 200


async def code_of_a_send(it: Emulated) -> int | None:
    answer = await it.send(order_update())
    return None if answer.status == 200 else answer.json["error"]["code"]


def test_low_quality_pauses_for_three_hours_then_six_then_for_good():
    async def scene() -> None:
        async with running() as it:
            for hours in (3, 6):
                await worsen(it)
                assert await code_of_a_send(it) == 132015
                await it.clock.turn(hours * HOUR - 5)
                assert await status_of(it) == "PAUSED"
                await it.clock.turn(10)
                assert await code_of_a_send(it) is None
            await worsen(it)
            assert await code_of_a_send(it) == 132016
            await it.clock.turn(30 * DAY)
            assert await status_of(it) == "DISABLED"
            events = [(one["event"], one["other_info"]["title"]) for one in told(it)]
            assert events == [
                ("PAUSED", "FIRST_PAUSE"),
                ("APPROVED", "UNPAUSE"),
                ("PAUSED", "SECOND_PAUSE"),
                ("APPROVED", "UNPAUSE"),
                ("DISABLED", "DISABLED"),
            ]
            gone = await it.ask("DELETE", f"{TEMPLATES}?name=order_update")
            assert gone.json["error"]["error_subcode"] == 2388039

    asyncio.run(scene())


def test_an_unpause_by_hand_ends_the_pause_and_not_the_next_one():
    async def scene() -> None:
        async with running() as it:
            await worsen(it)
            assert (await it.ask("POST", f"/v25.0/{ORDER_UPDATE}/unpause")).json["success"]
            await worsen(it)
            await it.clock.turn(4 * HOUR)
            assert await status_of(it) == "PAUSED"
            await it.clock.turn(3 * HOUR)
            assert await status_of(it) == "APPROVED"

    asyncio.run(scene())


def test_an_edit_wipes_the_pauses_away():
    changed = {"components": [{"type": "BODY", "text": "Here is some news."}]}

    async def scene() -> list[str]:
        async with running() as it:
            for _ in range(3):
                await worsen(it)
                edited = await it.ask("POST", f"/v25.0/{ORDER_UPDATE}", changed)
                assert edited.json == {"success": True}
                await it.clock.turn(5)
            return [one["other_info"]["title"] for one in told(it) if one["event"] == "PAUSED"]

    assert asyncio.run(scene()) == ["FIRST_PAUSE"] * 3


def test_a_template_that_nobody_sends_for_a_year_is_archived_and_then_deleted():
    async def scene() -> None:
        async with running() as it:
            await it.clock.turn(200 * DAY)
            assert await code_of_a_send(it) is None
            await it.clock.turn(364 * DAY)
            assert await status_of(it) == "APPROVED"
            await it.clock.turn(2 * DAY)
            assert await status_of(it) == "ARCHIVED"
            assert await code_of_a_send(it) == 132001
            await it.clock.turn(29 * DAY)
            assert await status_of(it) is None
            mine = [one["event"] for one in told(it) if "order_update" in one.values()]
            assert mine == ["ARCHIVED", "DELETED"]

    asyncio.run(scene())


def test_templates_are_archived_and_unarchived_by_hand_each_with_its_outcome():
    async def scene() -> None:
        async with running() as it:
            ids = {"hsm_ids": f"{ORDER_UPDATE},77"}
            archived = (await it.ask("POST", f"{TEMPLATES}/archive", ids)).json
            assert archived["archived_templates"] == [ORDER_UPDATE]
            assert list(archived["failed_templates"]) == ["77"]
            again = (await it.ask("POST", f"{TEMPLATES}/archive", ids)).json
            assert sorted(again["failed_templates"]) == [ORDER_UPDATE, "77"]
            back = (
                await it.ask("POST", f"{TEMPLATES}/unarchive", {"hsm_ids": [ORDER_UPDATE]})
            ).json
            assert back == {"unarchived_templates": [ORDER_UPDATE], "failed_templates": {}}
            assert await code_of_a_send(it) is None
            await it.clock.turn(40 * DAY)
            assert await status_of(it) == "APPROVED"
            assert [one["event"] for one in told(it)] == ["ARCHIVED", "UNARCHIVED"]
            nothing = await it.ask("POST", f"{TEMPLATES}/archive", {})
            assert nothing.json["error"]["code"] == 100

    asyncio.run(scene())


def test_a_template_with_messages_on_their_way_is_deleted_when_they_have_arrived():
    async def scene() -> None:
        async with running(status_delays=(("sent", 1.0), ("delivered", 5 * HOUR))) as it:
            assert await code_of_a_send(it) is None
            gone = await it.ask("DELETE", f"{TEMPLATES}?name=order_update")
            assert gone.json == {"success": True}
            assert await status_of(it) == "PENDING_DELETION"
            assert await code_of_a_send(it) == 132001
            await it.clock.turn(7 * HOUR)
            assert await status_of(it) is None
            waits, deleted = told(it)
            assert (waits["event"], waits["reason"]) == ("PENDING_DELETION", None)
            assert deleted["event"] == "DELETED"

    asyncio.run(scene())


def test_a_deletion_waits_thirty_days_for_messages_that_never_arrive():
    async def scene() -> None:
        async with running(status_delays=(("sent", 1.0),)) as it:
            await it.send(order_update())
            await it.ask("DELETE", f"{TEMPLATES}?name=order_update")
            await it.clock.turn(29 * DAY)
            assert await status_of(it) == "PENDING_DELETION"
            taken = {
                "name": "order_update",
                "language": "en_US",
                "category": "UTILITY",
                "components": [{"type": "BODY", "text": "Here is some news."}],
            }
            refused = await it.ask("POST", TEMPLATES, taken)
            assert refused.json["error"]["error_subcode"] == 2388023
            await it.clock.turn(2 * DAY)
            assert await status_of(it) is None

    asyncio.run(scene())


def test_many_are_deleted_by_their_ids_which_stand_alone():
    async def scene() -> None:
        async with running() as it:
            both = f"{TEMPLATES}?hsm_ids=[{ORDER_UPDATE}]&name=order_update"
            assert (await it.ask("DELETE", both)).json["error"]["code"] == 100
            many = ",".join(str(number) for number in range(101))
            assert (await it.ask("DELETE", f"{TEMPLATES}?hsm_ids={many}")).json["error"][
                "code"
            ] == 100
            gone = await it.ask("DELETE", f"{TEMPLATES}?hsm_ids=[{ORDER_UPDATE}]")
            assert gone.json == {"success": True}
            assert await status_of(it) is None

    asyncio.run(scene())


def test_pauses_and_deletions_outlive_a_snapshot_of_their_parts():
    async def scene() -> list[str | None]:
        async with running() as it:
            await worsen(it)
            parts = {name: it.emulator.kept[name].snapshot() for name in ("pauses", "deadlines")}
        async with running() as other:
            silent = {"id": ORDER_UPDATE, "status": "PAUSED", "announce": False}
            await other.ask("POST", "/_emulator/templates", silent)
            for name, kept in parts.items():
                other.emulator.kept[name].restore(kept)
            await other.clock.turn(3 * HOUR + 5)
            unpaused = await status_of(other)
            await worsen(other)
            await other.clock.turn(1)
            return [unpaused, *(one["other_info"]["title"] for one in told(other))]

    assert asyncio.run(scene()) == ["APPROVED", "UNPAUSE", "SECOND_PAUSE"]
