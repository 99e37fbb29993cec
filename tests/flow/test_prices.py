"""Messages cost what the rate card says of their country and category, and what Meta bills."""

import asyncio
from datetime import date

from structlog.testing import capture_logs

from support.asgi import call
from support.pair import TO, running, text
from waypost.directory.changes import AccountChange
from waypost.model.account import AccountKind
from waypost.model.rate import Rate

JANUARY = date(2026, 1, 1)
ABROAD = "+16505551234"
CARD = [
    Rate("IN", "service", JANUARY, 30),
    Rate("US", "", JANUARY, 70),
    Rate("", "", JANUARY, 500),
]


def in_pair(folder, body, **options):
    async def run():
        async with running(folder, **{"top_up": 10_000, **options}) as pair:
            await body(pair)

    asyncio.run(run())


async def import_card(pair, rates, sid=None):
    await pair.gateway.registrar.money.save_rates(sid, "USD", rates)
    pair.clock.advance(1)


def sums(wallet):
    return wallet.balance_minor, wallet.held_minor


async def billing(pair):
    path = f"/v2/{pair.sid}/account/billing"
    answer = await call(pair.gateway.app, "GET", path, headers={"api-key": pair.key})
    assert answer.status == 200, answer.body
    assert answer.json["code"] == "WA200"
    return answer.json["data"]


def usd(amount):
    return {"amount": amount, "currency": "USD"}


def test_each_recipient_costs_what_its_country_costs(tmp_path):
    async def body(pair):
        await import_card(pair, CARD)
        await pair.accepted(text(to=f"{TO},{ABROAD}"))
        assert sums(await pair.wallet()) == (10_000, 100)
        await pair.until(lambda: len(pair.shop.told) >= 6)
        assert sums(await pair.wallet()) == (9_900, 0)
        lines = await pair.gateway.registrar.money.statement(pair.sid)
        assert [
            (one.template, one.country, one.category, one.messages, one.captured_minor)
            for one in lines
        ] == [("", "", "", 0, 0), ("", "IN", "service", 1, 30), ("", "US", "service", 1, 70)]
        assert lines[0].topped_up_minor == 10_000

    in_pair(tmp_path, body)


def test_a_dry_run_tells_the_price_of_the_card(tmp_path):
    async def body(pair):
        await import_card(pair, CARD)
        answer = await pair.send(text(to=f"{TO},{ABROAD}"), query="dry_run=true")
        told = answer.json["data"]
        assert (told["price"], told["total"]) == (usd("0.0070"), usd("0.0100"))

    in_pair(tmp_path, body)


def test_what_meta_bills_beyond_the_estimate_is_taken_as_far_as_there_is_money(tmp_path):
    async def body(pair):
        await import_card(pair, CARD)
        message_id = await pair.accepted(text())
        await import_card(pair, [Rate("IN", "service", JANUARY, 50)])
        await pair.until_told(message_id, "sent", "delivered", "read")
        assert sums(await pair.wallet()) == (0, 0)
        entries = await pair.ask(lambda t: t.wallets.entries(1, message_id))
        kinds = {one.kind.value: (one.amount_minor, one.reason) for one in entries}
        assert kinds["capture"] == (30, None)
        assert kinds["surcharge"] == (10, "0.0010 USD more could not be spent")

    in_pair(tmp_path, body, top_up=40)


def test_an_accounts_own_card_goes_before_its_price_and_that_before_the_deployments(tmp_path):
    async def body(pair):
        await import_card(pair, CARD)
        await pair.accepted(text())
        assert (await pair.wallet()).held_minor == 60
        await import_card(pair, [Rate("IN", "service", JANUARY, 5)], pair.sid)
        await pair.accepted(text())
        assert (await pair.wallet()).held_minor == 65

    in_pair(tmp_path, body, account={"price_minor": 60}, delays=(("sent", 0.05),))


def test_who_pays_meta_directly_is_not_metered_by_the_deployments_card(tmp_path):
    async def body(pair):
        change = AccountChange(kind=AccountKind.TECH_PROVIDER)
        await pair.gateway.registrar.change_account(pair.sid, change)
        await import_card(pair, CARD)
        message_id = await pair.accepted(text())
        await pair.until_told(message_id, "sent", "delivered", "read")
        assert sums(await pair.wallet()) == (0, 0)
        assert (await pair.report(message_id)).payment == "free"

    in_pair(tmp_path, body, top_up=0)


def test_a_message_beyond_the_days_number_is_told_as_documented(tmp_path):
    async def body(pair):
        await pair.gateway.registrar.change_account(pair.sid, AccountChange(daily_limit=1))
        pair.clock.advance(1)
        first = await pair.accepted(text())
        with capture_logs() as logs:
            second = await pair.accepted(text())
        assert "account.daily_limit_reached" in [one["event"] for one in logs]
        await pair.until_told(first, "sent", "delivered", "read")
        await pair.until_told(second, "not sent")
        told = pair.callback(second, "not sent")
        assert (told["code"], told["reason"]) == ("WAV2101", "Account daily limit reached")
        assert len(pair.arrived()) == 1
        assert sums(await pair.wallet()) == (9_900, 0)
        (alarm,) = await pair.ask(lambda t: t.alarms.open(1, 9))
        assert (alarm.kind, alarm.subject) == ("daily_limit", "2026-11-20")

    in_pair(tmp_path, body)


def test_a_prepaid_customer_reads_its_balance(tmp_path):
    async def body(pair):
        await pair.accepted(text())
        assert await billing(pair) == {
            "account_type": "prepaid",
            "currency": "USD",
            "currency_symbol": "$",
            "balance": usd("0.9900"),
            "held": usd("0.0100"),
        }

    in_pair(tmp_path, body, delays=(("sent", 0.05),))


def test_a_postpaid_customer_reads_its_usage_and_whether_it_is_much(tmp_path):
    async def body(pair):
        await pair.gateway.registrar.change_account(
            pair.sid, AccountChange(kind=AccountKind.POSTPAID, credit_limit_minor=400)
        )
        pair.clock.advance(1)
        for count, is_much in ((2, False), (3, True)):
            with capture_logs() as logs:
                await pair.accepted(text())
            told = [one["percent"] for one in logs if one["event"] == "account.credit_low"]
            assert sorted(told) == ([70, 75] if is_much else [])
            if count == 2:
                await pair.accepted(text())
            assert await billing(pair) == {
                "account_type": "postpaid",
                "currency": "USD",
                "currency_symbol": "$",
                "usage": usd(f"0.0{count}00"),
                "credit_limit": usd("0.0400"),
                "is_75_percent_used": is_much,
            }
        alarms = await pair.ask(lambda t: t.alarms.open(1, 9))
        assert sorted(one.subject for one in alarms) == ["70", "75"]

    in_pair(tmp_path, body, top_up=0, price_postpaid=100, delays=(("sent", 0.05),))
