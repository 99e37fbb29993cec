"""Users whom a portfolio may write to in a moving day, where that is kept: by the second."""

import asyncio
import json

import msgspec
import pytest

from meta_emulator.seed import default_seed
from support.emulated import NUMBER, WABA, order_update, running

HOUR_S = 3600.0
PORTFOLIO = frozenset({"portfolio"})


def limited(tier):
    """The default seed with a number of this messaging limit."""
    seed = default_seed()
    waba = seed.wabas[0]
    numbers = [msgspec.structs.replace(one, messaging_limit=tier) for one in waba.phone_numbers]
    changed = msgspec.structs.replace(waba, phone_numbers=numbers)
    return msgspec.structs.replace(seed, wabas=[changed, *seed.wabas[1:]])


async def send(it, *users):
    """The codes that sends to these got; 200 for those accepted."""
    answers = [await it.send(order_update(to=f"9198765{user:05d}")) for user in users]
    return [200 if one.status == 200 else one.json["error"]["code"] for one in answers]


def test_a_user_counts_for_a_day_after_the_last_message():
    async def scene():
        async with running(seed=limited("TIER_2"), limits=PORTFOLIO) as it:
            assert await send(it, 1, 2, 1, 3) == [200, 200, 200, 131048]
            await it.clock.turn(23 * HOUR_S)
            assert await send(it, 2) == [200]
            await it.clock.turn(HOUR_S)
            assert await send(it, 3, 4) == [200, 131048]

    asyncio.run(scene())


def test_users_who_wrote_within_a_day_do_not_count():
    async def scene():
        async with running(
            seed=limited("TIER_1"), limits=PORTFOLIO, messaging_limit_code=131064
        ) as it:
            await it.ask("POST", "/_emulator/inbound", {"from": "919876500002", "text": "hi"})
            assert await send(it, 1, 2, 3) == [200, 200, 131064]
            await it.clock.turn(24 * HOUR_S)
            assert await send(it, 2, 3) == [200, 131064]

    asyncio.run(scene())


@pytest.mark.parametrize("settings", [{}, {"limits": frozenset({"portfolio"})}])
def test_without_a_limit_everybody_may_be_written_to(settings):
    async def scene():
        tier = "TIER_UNLIMITED" if settings else "TIER_1"
        async with running(seed=limited(tier), **settings) as it:
            assert await send(it, *range(20)) == [200] * 20

    asyncio.run(scene())


def test_what_becomes_of_a_number_is_told_by_webhook_when_asked_for():
    async def scene():
        async with running() as it:
            order = {"messaging_limit": "TIER_2K", "throughput": 1000, "announce": True}
            shown = await it.ask("POST", "/_emulator/numbers", order)
            assert shown.json["data"][0]["throughput"] == {"level": "HIGH"}
            await it.clock.turn(1)
            told = [change for post in it.receiver.posts for change in post.changes]
            assert [one["field"] for one in told] == [
                "business_capability_update",
                "phone_number_quality_update",
            ]
            assert told[0]["value"] == {"max_daily_conversations_per_business": "TIER_2K"}
            assert told[1]["value"]["event"] == "THROUGHPUT_UPGRADE"
            (entry,) = json.loads(it.receiver.posts[0].body)["entry"][:1]
            assert entry["id"] == WABA

            refused = await it.ask("POST", "/_emulator/numbers", {"messaging_limit": "much"})
            assert refused.status == 400
            fields = "is_on_biz_app,whatsapp_business_manager_messaging_limit"
            number = await it.ask("GET", f"/v25.0/{NUMBER}?fields={fields}")
            assert number.json["whatsapp_business_manager_messaging_limit"] == "TIER_2K"
            assert number.json["is_on_biz_app"] is False

    asyncio.run(scene())
