"""Limits that grow by themselves: of a portfolio that used half of it, of a busy number."""

import asyncio

from msgspec.structs import replace

from meta_emulator.physics import growth
from meta_emulator.seed import default_seed
from support.emulated import WABA, order_update, running

KEPT = frozenset({"portfolio"})
HOUR_S = 3600.0


def of_tier(tier, **more):
    """The default seed with numbers of this messaging limit."""
    seed = default_seed()
    waba = seed.wabas[0]
    numbers = [replace(one, messaging_limit=tier, **more) for one in waba.phone_numbers]
    return replace(seed, wabas=[replace(waba, phone_numbers=numbers), *seed.wabas[1:]])


async def write(it, first, count):
    for user in range(first, first + count):
        assert (await it.send(order_update(to=f"9197{user:08d}"))).status == 200


def tier_of(it):
    return it.emulator.state.first_number.seed.messaging_limit


def told(it, field):
    changes = [one for post in it.receiver.posts for one in post.changes]
    return [one["value"] for one in changes if one["field"] == field]


def test_a_limit_half_used_within_a_week_goes_up_after_six_hours():
    async def scene():
        async with running(seed=of_tier("TIER_2K"), limits=KEPT) as it:
            await write(it, 0, 600)
            await it.clock.turn(72 * HOUR_S)
            await write(it, 600, 399)
            await it.clock.turn(7 * HOUR_S)
            assert tier_of(it) == "TIER_2K"
            await write(it, 999, 1)
            await it.clock.turn(6 * HOUR_S - 1)
            assert tier_of(it) == "TIER_2K"
            await it.clock.turn(2)
            assert tier_of(it) == "TIER_10K"
            assert told(it, "business_capability_update") == [
                {"max_daily_conversations_per_business": "TIER_10K"}
            ]
            assert it.receiver.posts[-1].url == "http://receiver/hook"
            await write(it, 2000, 1)
            await it.clock.turn(24 * HOUR_S)
            assert tier_of(it) == "TIER_10K"

    asyncio.run(scene())


def test_a_limit_does_not_go_up_while_the_quality_is_not_high():
    async def scene():
        async with running(seed=of_tier("TIER_2K"), limits=KEPT) as it:
            await write(it, 0, 1000)
            await it.ask("POST", "/_emulator/numbers", {"quality_rating": "YELLOW"})
            await it.clock.turn(7 * HOUR_S)
            await write(it, 1000, 10)
            await it.clock.turn(7 * HOUR_S)
            assert tier_of(it) == "TIER_2K"
            await it.ask("POST", "/_emulator/numbers", {"quality_rating": "GREEN"})
            await write(it, 2000, 1)
            await it.clock.turn(6 * HOUR_S + 1)
            assert tier_of(it) == "TIER_10K"

    asyncio.run(scene())


def test_the_least_limit_does_not_grow_by_traffic():
    async def scene():
        async with running(seed=of_tier("TIER_250"), limits=KEPT) as it:
            await write(it, 0, 250)
            await it.clock.turn(7 * HOUR_S)
            assert tier_of(it) == "TIER_250"

    asyncio.run(scene())


def test_a_limit_that_is_to_grow_does_so_after_a_restore():
    async def scene():
        async with running(seed=of_tier("TIER_2K"), limits=KEPT) as it:
            await write(it, 0, 1000)
            await it.clock.turn(HOUR_S)
            kept = it.emulator.snapshot()
            await it.clock.turn(HOUR_S)
            it.emulator.restore(kept)
            (portfolio,) = (await it.ask("GET", "/_emulator/limits")).json["data"][0]["portfolios"]
            assert (portfolio["portfolio"], portfolio["users_of_a_day"]) == (WABA, 1000)
            await it.clock.turn(4 * HOUR_S + 1)
            assert tier_of(it) == "TIER_10K"

    asyncio.run(scene())


def test_a_portfolio_that_writes_to_many_has_its_number_upgraded(monkeypatch):
    monkeypatch.setattr(growth, "UPGRADING_USERS", 30)

    async def scene():
        seed = of_tier("TIER_UNLIMITED")
        async with running(seed=seed, limits=frozenset({"portfolio", "throughput"})) as it:
            await write(it, 0, 30)
            refused = await it.send(order_update(to="919811111111"))
            assert refused.json["error"]["code"] == 131057
            await it.clock.turn(60)
            assert told(it, "phone_number_quality_update")[0]["event"] == "THROUGHPUT_UPGRADE"
            number = it.emulator.state.first_number
            assert (number.throughput, number.upgraded_at is None) == (1000, False)
            await write(it, 100, 500)

    asyncio.run(scene())
