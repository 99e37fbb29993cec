"""A campaign larger than Meta allows goes out over days, and Meta has nothing to refuse."""

import asyncio
from datetime import timedelta

import msgspec

from meta_emulator.seed import default_seed
from support.nouns import NOW, SENDER_ID, WABA_ID
from support.pair import running, text, wrapped
from waypost.model.alarm import AlarmKind
from waypost.model.messaging_limit import hour_of, start_of

LIMIT = 250
RECIPIENTS = 400
PORTFOLIO = frozenset({"portfolio"})


def limited(tier):
    """The default seed with numbers of this messaging limit."""
    seed = default_seed()
    waba = seed.wabas[0]
    numbers = [msgspec.structs.replace(one, messaging_limit=tier) for one in waba.phone_numbers]
    changed = msgspec.structs.replace(waba, phone_numbers=numbers)
    return msgspec.structs.replace(seed, wabas=[changed, *seed.wabas[1:]])


def campaign(count, first=0):
    """One request with many recipients."""
    body = {"type": "body", "parameters": [{"type": "text", "text": one} for one in ("A", "B")]}
    named = {"name": "order_update", "language": {"code": "en_US"}, "components": [body]}
    message = {
        "messaging_product": "whatsapp",
        "to": ",".join(f"+9198765{number:05d}" for number in range(first, first + count)),
        "type": "template",
        "template": named,
    }
    return wrapped(message)


async def forecast(pair):
    account = await pair.gateway.registrar.find(pair.sid)
    return await pair.gateway.registrar.portfolios.forecast(account, WABA_ID)


async def alarms(pair):
    opened = await pair.ask(lambda t: t.alarms.open(None, 10))
    return [one.kind for one in opened]


async def leap(pair, to):
    """Turns the clock to a moment without living through all that is between."""
    pair.clock.advance((to - pair.clock.now()).total_seconds())
    await pair.pass_time(3)


def refused(pair):
    return [msgspec.json.decode(one.error) for one in pair.emulator.state.refusals]


def test_a_campaign_waits_for_places_and_meta_refuses_none_of_it(tmp_path):
    async def body():
        seed = limited(f"TIER_{LIMIT}")
        async with running(tmp_path, seed=seed, limits=PORTFOLIO) as pair:
            await pair.accepted(campaign(RECIPIENTS))
            await pair.until(lambda: len(pair.arrived()) == LIMIT)
            await pair.pass_time(5)
            assert len(pair.arrived()) == LIMIT
            told = await forecast(pair)
            assert (told.limit, told.used, told.free) == (LIMIT, LIMIT, 0)
            due = start_of(hour_of(NOW) + 25)
            assert told.hours == ((due, RECIPIENTS - LIMIT),)
            assert await alarms(pair) == [AlarmKind.MESSAGING_LIMIT]

            await leap(pair, due - timedelta(minutes=1))
            assert len(pair.arrived()) == LIMIT
            await leap(pair, due + timedelta(minutes=1))
            await pair.until(lambda: len(pair.arrived()) == RECIPIENTS)
            assert refused(pair) == []
            assert (await forecast(pair)).waiting == 0
            assert await alarms(pair) == []

    asyncio.run(body())


def test_a_limit_that_meta_raises_lets_the_rest_go_at_once(tmp_path):
    async def body():
        seed = limited(f"TIER_{LIMIT}")
        async with running(tmp_path, seed=seed, limits=PORTFOLIO) as pair:
            await pair.accepted(campaign(RECIPIENTS))
            await pair.until(lambda: len(pair.arrived()) == LIMIT)
            await pair.pass_time(2)
            order = {"messaging_limit": "TIER_2K", "announce": True}
            await pair.order("numbers", order)
            await pair.until(lambda: len(pair.arrived()) == RECIPIENTS)
            assert refused(pair) == []
            await pair.pass_time(1)
            told = await forecast(pair)
            assert (told.limit, told.waiting) == (2000, 0)

    asyncio.run(body())


def test_who_writes_is_answered_however_much_of_the_limit_is_used(tmp_path):
    async def body():
        async with running(tmp_path, seed=limited("TIER_1"), limits=PORTFOLIO) as pair:
            await pair.accepted(campaign(2))
            await pair.until(lambda: len(pair.arrived()) == 1)
            await pair.order("inbound", {"from": "+919876500009", "text": "hello"})
            await pair.pass_time(1)
            await pair.accepted(campaign(1, first=9))
            await pair.accepted(text(to="+919876500009"))
            await pair.until(lambda: len(pair.arrived()) == 3)
            assert refused(pair) == []

    asyncio.run(body())


def test_a_throughput_that_meta_raises_is_that_of_the_sender(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await pair.save_sender(is_throughput_pinned=False)
            await pair.order("numbers", {"throughput": 1000, "announce": True})
            await pair.pass_time(1)
            account = await pair.gateway.registrar.find(pair.sid)
            assert account.senders[SENDER_ID].throughput == 1000

    asyncio.run(body())
