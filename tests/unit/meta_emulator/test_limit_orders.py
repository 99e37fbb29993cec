"""Limits looked at and changed by the control API, kept in snapshots, named in settings."""

import asyncio

import pytest

from meta_emulator.settings import LIMITS, SettingsError, parse_limits
from support.emulated import NUMBER, WABA, order_update, running

USER = "919876543210"
PATH = "/_emulator/limits"


async def shown(it):
    return (await it.ask("GET", PATH)).json["data"][0]


def test_what_is_used_up_is_shown():
    async def scene():
        async with running(limits=frozenset(LIMITS)) as it:
            for user in (USER, "919876500000", USER):
                await it.send(order_update(to=user))
            await it.ask("POST", "/_emulator/inbound", {"from": USER, "text": "hi"})
            await it.ask("GET", f"/v25.0/{WABA}/phone_numbers")
            found = await shown(it)
            assert found["limits"] == sorted(LIMITS)
            number = next(one for one in found["numbers"] if one["phone_number_id"] == NUMBER)
            assert (number["throughput"], number["messages_left"]) == (80, 76)
            assert number["pairs"] == [
                {"user": USER, "free_in_s": 12.0},
                {"user": "919876500000", "free_in_s": 6.0},
            ]
            assert [one["user"] for one in number["windows"]] == [USER]
            portfolio = found["portfolios"][0]
            assert (portfolio["users_limit"], portfolio["users_of_a_day"]) == (100_000, 2)
            assert found["management"][0]["calls_left"] == 4999
            assert found["capped"] == []

    asyncio.run(scene())


def test_which_limits_are_kept_changes_while_it_runs():
    async def scene():
        async with running() as it:
            assert (await shown(it))["limits"] == []
            await it.ask("POST", PATH, {"limits": "windows,caps", "marketing_cap": 7})
            found = await shown(it)
            assert (found["limits"], found["marketing_cap"]) == (["caps", "windows"], 7)
            await it.ask("POST", PATH, {"limits": "all"})
            assert (await shown(it))["limits"] == sorted(LIMITS)
            await it.ask("POST", PATH, {"limits": "none"})
            found = await shown(it)
            assert (found["limits"], found["marketing_cap"]) == ([], 7)
            for order in ({"limits": "speed"}, {"marketing_cap": -1}):
                assert (await it.ask("POST", PATH, order)).status == 400

    asyncio.run(scene())


def test_a_window_is_opened_and_closed_without_a_message():
    async def scene():
        async with running(limits=frozenset({"windows"})) as it:
            path, order = "/_emulator/windows", {"user": USER, "from_advertisement": True}
            opened = (await it.ask("POST", path, order)).json["data"][0]
            assert [one["user"] for one in opened["windows"]] == [USER]
            await it.send(order_update(to=USER))
            (number,) = [
                one for one in (await shown(it))["numbers"] if one["phone_number_id"] == NUMBER
            ]
            assert [one["user"] for one in number["entry_windows"]] == [USER]
            closed = await it.ask("POST", path, {"user": USER, "is_open": False})
            assert closed.json["data"][0]["windows"] == []
            assert closed.json["data"][0]["entry_windows"] == []
            assert (await it.ask("POST", path, {"user": "nobody"})).status == 400
            assert (
                await it.ask("POST", path, {"user": USER, "phone_number_id": "1"})
            ).status == 400

    asyncio.run(scene())


def test_a_snapshot_has_all_limits():
    async def scene():
        async with running(limits=frozenset({"windows", "pair"})) as it:
            await it.ask("POST", "/_emulator/inbound", {"from": USER, "text": "hi"})
            await it.ask("POST", PATH, {"limits": "all", "marketing_cap": 5})
            for _ in range(3):
                await it.send(order_update(to=USER))
            before, kept = await shown(it), it.emulator.snapshot()
            await it.ask("POST", PATH, {"limits": "none"})
            await it.ask("POST", "/_emulator/windows", {"user": USER, "is_open": False})
            it.emulator.restore(kept)
            assert await shown(it) == before

    asyncio.run(scene())


def test_limits_are_named_as_the_command_takes_them():
    assert parse_limits("all") == frozenset(LIMITS)
    assert parse_limits("none") == frozenset()
    assert parse_limits("pair, caps") == {"pair", "caps"}
    with pytest.raises(SettingsError, match="'speed' is no limit"):
        parse_limits("pair,speed")
