"""Meta's rates: 80 a second for a number, in and out, and bursts to one recipient, paid back."""

import asyncio
import json

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from meta_emulator.physics.rates import PairRate, Throughput
from support.emulated import Emulated, order_update, running
from support.law_bench import LawBench

RATES = frozenset({"throughput", "pair"})
GAPS = st.lists(
    st.one_of(st.integers(0, 40), st.integers(0, 7_000), st.sampled_from([5_999, 6_000, 6_001])),
    min_size=1,
    max_size=150,
)
"""Milliseconds from one try to the next."""


async def sends(it: Emulated, count: int, start: int = 0, *, same: bool = False) -> list[int]:
    """The codes that `count` sends got; 200 for those accepted."""
    codes = []
    for number in range(start, start + count):
        to = "919876543210" if same else f"9199{number:08d}"
        answer = await it.send(order_update(to=to))
        codes.append(200 if answer.status == 200 else answer.json["error"]["code"])
    return codes


def test_a_number_sends_eighty_a_second():
    async def scene() -> None:
        async with running(limits=RATES) as it:
            assert await sends(it, 90) == [200] * 80 + [130429] * 10
            await it.clock.turn(0.25)
            assert await sends(it, 30, 1000) == [200] * 20 + [130429] * 10

    asyncio.run(scene())


def test_what_comes_in_uses_up_the_same_rate():
    async def scene() -> None:
        async with running(limits=RATES) as it:
            for _ in range(30):
                await it.ask("POST", "/_emulator/inbound", {"from": "919876543210", "text": "hi"})
            assert await sends(it, 60) == [200] * 50 + [130429] * 10
            for _ in range(200):  # what comes in is never refused, and leaves no debt
                await it.ask("POST", "/_emulator/inbound", {"from": "919876543210", "text": "hi"})
            await it.clock.turn(0.125)
            assert await sends(it, 20, 1000) == [200] * 10 + [130429] * 10

    asyncio.run(scene())


def test_a_number_that_the_app_uses_too_sends_twenty_a_second():
    it = LawBench("throughput")
    it.number.seed = replace(it.number.seed, is_on_biz_app=True)
    law = Throughput(it.state)
    assert [it.outcome(law) for _ in range(25)] == [200] * 20 + [130429] * 5


def test_an_upgrade_is_a_minute_of_maintenance_and_then_a_thousand_a_second():
    async def scene() -> None:
        async with running(limits=RATES) as it:
            order = {"throughput": 1000, "announce": True}
            await it.ask("POST", "/_emulator/numbers", order)
            assert await sends(it, 2) == [131057] * 2
            await it.clock.turn(59)
            assert await sends(it, 1) == [131057]
            await it.clock.turn(1)
            assert await sends(it, 1010) == [200] * 1000 + [130429] * 10
            told = [one["value"] for post in it.receiver.posts for one in post.changes]
            assert "THROUGHPUT_UPGRADE" in [one.get("event") for one in told]

    asyncio.run(scene())


def test_one_recipient_gets_forty_five_at_once_and_then_none_until_they_are_paid_back():
    async def scene() -> None:
        async with running(limits=RATES) as it:
            assert await sends(it, 47, same=True) == [200] * 45 + [131056] * 2
            await it.clock.turn(45 * 6 - 1)
            assert await sends(it, 1, same=True) == [131056]
            assert await sends(it, 1, 7) == [200]
            await it.clock.turn(1)
            assert await sends(it, 2, same=True) == [200, 200]

    asyncio.run(scene())


def test_a_burst_of_twenty_takes_two_minutes():
    it = LawBench("pair")
    law = PairRate(it.state)
    assert [it.outcome(law) for _ in range(20)] == [200] * 20
    it.after(seconds=6)
    assert it.outcome(law) == 131056
    it.after(seconds=113)
    assert it.outcome(law) == 131056
    it.after(seconds=1)
    assert it.outcome(law) == 200


def test_one_in_six_seconds_may_go_on_for_ever():
    it = LawBench("pair")
    law = PairRate(it.state)
    for _ in range(1000):
        assert it.outcome(law) == 200
        it.after(seconds=6)


@given(GAPS)
@settings(max_examples=150, deadline=None)
def test_pairs_are_as_a_naive_book_of_bursts_says(gaps):
    it = LawBench("pair")
    law = PairRate(it.state)
    bursts: list[list[int]] = []
    for gap_ms in gaps:
        it.clock.ms += gap_ms
        now = it.clock.ms
        is_paid = not bursts or now >= bursts[-1][0] + 6_000 * len(bursts[-1])
        may_grow = bool(bursts) and now < bursts[-1][0] + 6_000 and len(bursts[-1]) < 45
        if is_paid:
            bursts.append([now])
        elif may_grow:
            bursts[-1].append(now)
        assert it.outcome(law) == (200 if is_paid or may_grow else 131056)
    taken = [at for burst in bursts for at in burst]
    for first in taken:
        assert sum(first <= at < first + 6_000 for at in taken) <= 90
    for place in range(1, len(bursts)):
        assert bursts[place][0] - taken[0] >= 6_000 * sum(map(len, bursts[:place]))


@given(st.lists(st.integers(0, 60), min_size=1, max_size=300), st.sampled_from([20, 80]))
@settings(max_examples=100, deadline=None)
def test_throughput_is_as_a_book_of_thousandths_says(gaps, rate):
    it = LawBench("throughput")
    it.number.throughput = rate
    law = Throughput(it.state)
    thousandths = rate * 1000
    for gap_ms in gaps:
        it.clock.ms += gap_ms
        thousandths = min(rate * 1000, thousandths + gap_ms * rate)
        is_taken = thousandths >= 1000
        thousandths -= 1000 if is_taken else 0
        assert it.outcome(law) == (200 if is_taken else 130429)


@given(GAPS, st.integers(1, 149))
@settings(max_examples=50, deadline=None)
def test_a_snapshot_goes_on_where_it_was_taken(gaps, cut):
    whole, first, second = (LawBench("pair", "throughput") for _ in range(3))
    laws = [(Throughput(it.state), PairRate(it.state)) for it in (whole, first, second)]

    def played(it: LawBench, place: int, gaps_ms: list[int]) -> list[int]:
        outcomes = []
        for gap_ms in gaps_ms:
            it.clock.ms += gap_ms
            outcomes += [it.outcome(law) for law in laws[place]]
        return outcomes

    told = played(first, 1, gaps[:cut])
    second.clock.ms = first.clock.ms
    for law, other in zip(laws[1], laws[2], strict=True):
        other.restore(json.loads(json.dumps(law.snapshot())))
    assert played(whole, 0, gaps) == told + played(second, 2, gaps[cut:])


def test_without_being_asked_no_rate_is_kept():
    async def scene() -> None:
        async with running() as it:
            assert await sends(it, 200, same=True) == [200] * 200

    asyncio.run(scene())
