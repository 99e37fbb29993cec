"""With all of Meta's limits kept, the gateway's pace leaves Meta nothing to refuse."""

import asyncio
from collections import Counter

import msgspec

from meta_emulator.seed import default_seed
from meta_emulator.settings import LIMITS
from support.pair import running, text, wrapped

LIMIT, RECIPIENTS, CODES, BURST = 250, 320, 40, 45
WRITER = "+919876700000"


def limited():
    """The default seed with numbers that may write to so many users a day."""
    seed = default_seed()
    waba = seed.wabas[0]
    numbers = [
        msgspec.structs.replace(one, messaging_limit=f"TIER_{LIMIT}") for one in waba.phone_numbers
    ]
    changed = msgspec.structs.replace(waba, phone_numbers=numbers)
    return msgspec.structs.replace(seed, wabas=[changed, *seed.wabas[1:]])


def campaign(count, first=0):
    body = {"type": "body", "parameters": [{"type": "text", "text": one} for one in ("A", "B")]}
    named = {"name": "order_update", "language": {"code": "en_US"}, "components": [body]}
    return wrapped(
        {
            "messaging_product": "whatsapp",
            "to": ",".join(f"+9198765{number:05d}" for number in range(first, first + count)),
            "type": "template",
            "template": named,
        }
    )


def refusals(pair):
    """Meta's codes, of all that it refused."""
    return Counter(
        msgspec.json.decode(one.error)["error"]["code"] for one in pair.emulator.state.refusals
    )


def busiest_second(pair):
    """The most sends that Meta took within a second."""
    times = sorted(one.time.timestamp() for one in pair.emulator.state.messages)
    return max(sum(at <= other < at + 1 for other in times) for at in times)


def test_a_campaign_single_messages_and_a_conversation_meet_no_limit_of_metas(tmp_path):
    async def body():
        seed, limits = limited(), frozenset(LIMITS)
        async with running(tmp_path, seed=seed, limits=limits) as pair:
            await pair.order("inbound", {"from": WRITER, "text": "hello"})
            await pair.pass_time(1)
            sent = await pair.send(campaign(RECIPIENTS))
            assert sent.status == 202
            for number in range(BURST):
                await pair.accepted(text(to=WRITER, text={"body": f"{number}"}))
            for number in range(CODES):  # to users who are reached by the campaign as well
                await pair.accepted(campaign(1, first=number))
            await pair.until(lambda: len(pair.arrived()) == LIMIT + BURST + CODES)
            await pair.pass_time(30)
            told = Counter(one.json.get("status") for one in pair.shop.told)
            return len(pair.arrived()), refusals(pair), busiest_second(pair), told

    arrived, refused, busiest, told = asyncio.run(body())
    assert arrived == LIMIT + BURST + CODES  # the rest of the campaign waits for places
    assert refused == {}
    assert 60 < busiest <= 80 + 8  # a second's worth, and the bucket of a tenth
    assert told["read"] == arrived
    assert told["failed"] == 0


def test_a_meta_that_allows_less_than_was_told_is_probed_and_then_kept_to(tmp_path):
    """The gateway believes in 80 a second where Meta has 20: refusals brake it, none is lost."""

    async def body():
        seed = default_seed()
        waba = seed.wabas[0]
        slow = [msgspec.structs.replace(one, throughput=20) for one in waba.phone_numbers]
        seed = msgspec.structs.replace(
            seed, wabas=[msgspec.structs.replace(waba, phone_numbers=slow), *seed.wabas[1:]]
        )
        async with running(tmp_path, seed=seed, limits=frozenset(LIMITS)) as pair:
            await pair.save_sender(throughput=80)
            sent = await pair.send(campaign(RECIPIENTS))
            assert sent.status == 202
            await pair.until(lambda: len(pair.arrived()) == RECIPIENTS)
            return refusals(pair)

    refused = asyncio.run(body())
    assert set(refused) == {130429}
    assert refused[130429] < RECIPIENTS / 4
