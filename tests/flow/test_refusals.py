"""What Meta refuses, at once or later, is slowed, held, returned or ended by its code."""

import asyncio
from datetime import timedelta

from msgspec.structs import replace

from meta_emulator.faults import Faults, Planned
from support.nouns import NOW, SENDER_ID, WABA_ID
from support.pair import TO, running, text, wrapped
from waypost.model.account import CappedPolicy
from waypost.model.sender import SenderState

STATUSES = ("sent", "delivered", "read")


def order_update(to=TO):
    """A template that the emulator has approved."""
    values = [{"type": "text", "text": value} for value in ("Pablo", "860198")]
    return {
        "messaging_product": "whatsapp",
        "to": to,
        "type": "template",
        "template": {
            "name": "order_update",
            "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": values}],
        },
    }


async def change_account(pair, **changes):
    """Changes what the account wants, and lets the gateway see it."""

    async def step(transaction, items):
        account = await transaction.directory.account_by_sid(pair.sid)
        await transaction.directory.update_account(replace(account, **changes))
        await transaction.directory.touch(account.account_id)
        return items

    await pair.store.write(step, None)
    pair.clock.advance(1)


async def alarms(pair):
    """What is wrong now."""
    found = await pair.ask(lambda t: t.alarms.open(None, 10))
    return [(one.kind.value, one.subject) for one in found]


async def sweep(pair):
    (sweeper,) = (one for one in pair.gateway.keepers if one.name == "sweeper")
    return await sweeper.sweep()


def sender_of(account):
    return account.senders[SENDER_ID]


def test_a_burst_of_throttling_slows_a_sender_and_fails_nothing(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            pair.emulator.disorder.faults = Faults(refuse=Planned(130429, count=60))
            ids = [await pair.accepted(text(to=f"+9198765{n:05}")) for n in range(30)]
            for message_id in ids:
                await pair.until_told(message_id, *STATUSES)
            braked = pair.gateway.senses.metrics.render().decode()
            return len(pair.arrived()), await pair.facts(ids[-1]), braked

    arrived, facts, metrics = asyncio.run(body())
    assert arrived == 30
    assert facts[-4:] == ["taken", *STATUSES]
    assert 'waypost_dispatch_brakes_total{rule="slow_sender"}' in metrics


def test_a_refused_token_holds_the_sender_until_a_new_one_is_given(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await pair.gateway.registrar.save_waba(pair.sid, WABA_ID, "expired")
            ids = [await pair.accepted(text(to=f"+9198765{n:05}")) for n in range(20)]
            await pair.pass_time(600)
            held = sender_of(await pair.gateway.registrar.find(pair.sid))
            facts = [fact for one in ids for fact in await pair.facts(one)]
            before = (held.held_for.code, set(facts), len(facts), await alarms(pair))
            await pair.gateway.registrar.save_waba(pair.sid, WABA_ID, "meta-token")
            began = pair.clock.monotonic()
            for message_id in ids:
                await pair.until_told(message_id, *STATUSES)
            took_s = pair.clock.monotonic() - began
            after = sender_of(await pair.gateway.registrar.find(pair.sid))
            return before, took_s, after.held_until, await alarms(pair), len(pair.arrived())

    (code, kinds, attempts, raised), took_s, held_until, left, arrived = asyncio.run(body())
    assert (code, kinds) == ("190", {"attempted"})
    assert attempts <= 40
    assert raised == [("sender_held", SENDER_ID)]
    assert took_s < 30
    assert (held_until, left, arrived) == (None, [], 20)


def test_a_hold_ends_by_itself_once_meta_takes_a_message(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            pair.emulator.disorder.faults = Faults(refuse=Planned(131042))
            ids = [await pair.accepted(text(to=f"+9198765{n:05}")) for n in range(12)]
            await pair.pass_time(5)
            during = await alarms(pair)
            for message_id in ids:
                await pair.until_told(message_id, *STATUSES)
            return during, await alarms(pair)

    assert asyncio.run(body()) == ([("sender_held", SENDER_ID)], [])


def test_a_recipient_with_enough_marketing_gets_it_a_day_later(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await change_account(pair, capped_policy=CappedPolicy.WAIT)
            pair.emulator.disorder.faults = Faults(fail=Planned(131049))
            message_id = await pair.accepted(text())
            await pair.pass_time(5)
            pair.clock.advance(23 * 3600)
            await pair.pass_time(5)
            before = (await pair.facts(message_id), pair.shop.statuses(message_id))
            wallet = await pair.wallet()
            pair.clock.advance(2 * 3600)
            await pair.until_told(message_id, *STATUSES)
            return before, wallet.held_minor, await pair.facts(message_id), len(pair.arrived())

    before, held, facts, arrived = asyncio.run(body())
    assert before == (["taken", "returned"], [])
    assert held == 100
    assert (facts, arrived) == (["taken", "returned", "taken", *STATUSES], 2)


def test_what_fails_later_for_a_reason_that_passes_is_given_to_meta_again(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            found = []
            for code in (131000, 131056, 130429, 131016):
                pair.emulator.disorder.faults = Faults(fail=Planned(code, count=2))
                message_id = await pair.accepted(wrapped(text(), ref=str(code)))
                await pair.until_told(message_id, *STATUSES)
                report = await pair.report(message_id)
                found.append((await pair.facts(message_id), report.state))
            return found, list(pair.emulator.state.messages)[-1].id, report.wamid

    found, latest, wamid = asyncio.run(body())
    again = ["taken", "returned"] * 2 + ["taken", *STATUSES]
    assert found == [(again, "read")] * 4
    assert wamid == latest


def test_what_fails_too_often_later_has_failed(tmp_path):
    async def body():
        async with running(tmp_path, dispatch_attempts=3) as pair:
            pair.emulator.disorder.faults = Faults(fail=Planned(131000, count=99))
            message_id = await pair.accepted(text())
            await pair.until_told(message_id, "failed")
            return await pair.facts(message_id), (await pair.wallet()).held_minor

    facts, held = asyncio.run(body())
    assert facts == ["taken", "returned", "taken", "returned", "taken", "failed"]
    assert held == 0


def test_messages_of_a_paused_template_wait_until_meta_lifts_it(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            templates = pair.emulator.state.numbers[
                next(iter(pair.emulator.state.numbers))
            ].waba.templates
            kept = templates["order_update", "en_US"]
            kept.status = "PAUSED"
            ids = [await pair.accepted(order_update(f"+9198765{n:05}")) for n in range(5)]
            await pair.pass_time(20)
            during = (len(pair.arrived()), await alarms(pair))
            kept.status = "APPROVED"
            await pair.gateway.tools.synchronizer.sync_account(pair.sid)
            await sweep(pair)
            for message_id in ids:
                await pair.until_told(message_id, *STATUSES)
            return during, len(pair.arrived()), await alarms(pair)

    during, arrived, left = asyncio.run(body())
    assert during == (0, [("template_stopped", f"{WABA_ID} order_update en_US")])
    assert (arrived, left) == (5, [])


def test_a_message_whose_validity_ends_in_a_paused_lane_is_not_sent(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await pair.save_sender(state=SenderState.PAUSED)
            message_id = await pair.accepted(wrapped(text(), validity_period=60))
            await pair.pass_time(30)
            assert await sweep(pair) == 0
            await pair.pass_time(31)
            ended = await sweep(pair)
            await pair.until_told(message_id, "not sent")
            await pair.save_sender(state=SenderState.ACTIVE)
            other = await pair.accepted(text())
            await pair.until_told(other, *STATUSES)
            told = pair.callback(message_id, "not sent")
            return ended, told, await pair.report(message_id), (await pair.wallet()).held_minor

    ended, told, report, held = asyncio.run(body())
    assert ended == 1
    assert (told["code"], told["reason"]) == ("WAV2102", "Validity period ended")
    assert (report.state, held) == ("not_sent", 0)
    assert report.changed_at - NOW < timedelta(minutes=3)


def test_a_message_whose_validity_ends_while_meta_throttles_is_not_sent(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            pair.emulator.disorder.faults = Faults(refuse=Planned(130429, count=9999))
            message_id = await pair.accepted(wrapped(text(), validity_period=30))
            await pair.until_told(message_id, "not sent")
            return await pair.facts(message_id), pair.arrived()

    facts, arrived = asyncio.run(body())
    assert set(facts[:-1]) == {"attempted"}
    assert (facts[-1], arrived) == ("withheld", [])


def test_one_recipient_is_written_to_no_faster_than_meta_allows(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            ids = [await pair.accepted(text()) for _ in range(55)]
            await pair.pass_time(3)
            burst = len(pair.arrived())
            for message_id in ids:
                await pair.until_told(message_id, *STATUSES)
            took_s = (pair.clock.now() - NOW).total_seconds()
            return (
                burst,
                len(pair.arrived()),
                took_s,
                {fact for one in ids for fact in await pair.facts(one)},
            )

    burst, arrived, took_s, facts = asyncio.run(body())
    assert (burst, arrived) == (45, 55)
    assert 60 <= took_s <= 75
    assert facts == {"taken", *STATUSES}
