"""Money is set aside at acceptance, spent on delivery and given back on failure."""

import asyncio

from meta_emulator.faults import Faults, Planned
from support.pair import TO, documented, running, text, wrapped

NUMBERS = ",".join(f"+91987654321{number}" for number in range(5))


def sums(wallet):
    return wallet.balance_minor, wallet.held_minor


def test_money_is_held_from_acceptance_and_captured_on_delivery(tmp_path):
    async def body():
        async with running(tmp_path, top_up=1000) as pair:
            message_id = await pair.accepted(text())
            held = await pair.wallet()
            await pair.until_told(message_id, "sent", "delivered", "read")
            return held, await pair.wallet(), await pair.report(message_id)

    held, captured, report = asyncio.run(body())
    assert sums(held) == (1000, 100)
    assert sums(captured) == (900, 0)
    assert report.payment == "captured"


def test_money_stays_held_while_a_message_is_only_sent(tmp_path):
    async def body():
        async with running(tmp_path, top_up=1000, delays=(("sent", 0.05),)) as pair:
            message_id = await pair.accepted(text())
            await pair.until_told(message_id, "sent")
            return await pair.wallet()

    assert sums(asyncio.run(body())) == (1000, 100)


def test_money_is_released_when_meta_refuses_or_fails_the_message(tmp_path):
    async def body():
        async with running(tmp_path, top_up=1000) as pair:
            pair.emulator.disorder.faults = Faults(refuse=Planned(131026))
            refused = await pair.accepted(text())
            await pair.until_told(refused, "failed")
            pair.emulator.disorder.faults = Faults(fail=Planned(131049))
            failed = await pair.accepted(text())
            await pair.until_told(failed, "failed")
            return await pair.wallet(), await pair.report(refused), await pair.report(failed)

    wallet, refused, failed = asyncio.run(body())
    assert sums(wallet) == (1000, 0)
    assert refused.payment == failed.payment == "released"


def test_a_request_that_the_balance_does_not_suffice_for_is_refused_whole(tmp_path):
    async def body():
        async with running(tmp_path, top_up=450) as pair:
            refused = await pair.send(wrapped(text(to=NUMBERS)))
            before = await pair.wallet()
            taken = await pair.send(text(to=NUMBERS.rpartition(",")[0]))
            await pair.until(lambda: len(pair.shop.told) >= 12)
            again = await pair.send(text())
            return refused, before, taken, again, pair.arrived(), await pair.wallet()

    refused, before, taken, again, arrived, after = asyncio.run(body())
    assert (refused.status, refused.body) == (400, documented("balance"))
    assert sums(before) == (450, 0)
    assert taken.status == 202
    assert (again.status, again.body) == (400, documented("balance"))
    assert len(arrived) == 4
    assert sums(after) == (50, 0)


def test_many_requests_at_once_never_spend_more_than_there_is(tmp_path):
    async def body():
        async with running(tmp_path, top_up=1000) as pair:
            answers = await asyncio.gather(*(pair.send(text()) for _ in range(30)))
            await pair.until(lambda: len(pair.shop.told) >= 30)
            return answers, pair.arrived(), await pair.wallet()

    answers, arrived, wallet = asyncio.run(body())
    assert sorted(answer.status for answer in answers) == [202] * 10 + [400] * 20
    assert len(arrived) == 10
    assert sums(wallet) == (0, 0)


def test_a_credit_limit_is_spent_below_nothing(tmp_path):
    async def body():
        async with running(
            tmp_path, top_up=0, account={"credit_limit_minor": 100, "price_minor": 60}
        ) as pair:
            first, second = await pair.send(text()), await pair.send(text())
            message_id = first.json["data"]["message_id"]
            await pair.until_told(message_id, "sent", "delivered", "read")
            return second, await pair.wallet()

    second, wallet = asyncio.run(body())
    assert second.json["code"] == "E110"
    assert sums(wallet) == (-60, 0)


def test_a_free_message_moves_no_money(tmp_path):
    async def body():
        async with running(tmp_path, top_up=0, account={"price_minor": 0}) as pair:
            message_id = await pair.accepted(text(to=TO))
            await pair.until_told(message_id, "sent", "delivered", "read")
            return await pair.wallet(), await pair.report(message_id)

    wallet, report = asyncio.run(body())
    assert sums(wallet) == (0, 0)
    assert report.payment == "free"
