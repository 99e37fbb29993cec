"""Everything goes wrong at Meta at once, by a seeded plan: what the gateway says stays true.

It is held against what the emulator says became of each message, as far as it was told.
"""

import asyncio
from collections import defaultdict
from itertools import pairwise

import pytest

from meta_emulator.physics.lots import Lots
from support.hostile import (
    LOST,
    TOKEN_RENEWED_S,
    Account,
    Door,
    MoodyShop,
    Witness,
    accounts_of,
    hostile_plan,
    passes,
)
from support.pair import running, text, wrapped
from waypost.model.message import Payment

PRICE, TOP_UP = 100, 1_000_000
WINDOW_S = 20.0
TIMEOUT_S = 5.0
SLACK_S = 0.5
"""A webhook that was answered is worked off a moment later."""

CAMPAIGN, SINGLE = 30, 30
SENDING_S = 24.0
QUIET_S = 120.0
"""Longer than any webhook is late, and a callback that is refused twice after it."""

LEAP_S = 3.0
SEEDS = (1, 2, 3)
UNSETTLED = {"accepted", "unknown"}
ARRIVALS = {"sent", "delivered", "read"}
FACTS = {"returned": "failed"}
"""How a failure stands in a timeline from which a message went again."""


def campaign():
    body = {"type": "body", "parameters": [{"type": "text", "text": one} for one in ("A", "B")]}
    named = {"name": "order_update", "language": {"code": "en_US"}, "components": [body]}
    return wrapped(
        {
            "messaging_product": "whatsapp",
            "to": ",".join(f"+9198765{number:05d}" for number in range(CAMPAIGN)),
            "type": "template",
            "template": named,
        }
    )


async def send_all(pair):
    """The ids of a campaign and of single messages, while all goes wrong."""
    answer = await pair.send(campaign())
    assert answer.status == 202, answer.body
    ids = [one["message_id"] for one in answer.json["data"]["messages"]]
    started, is_renewed = pair.clock.monotonic(), False
    for number in range(SINGLE):
        ids.append(await pair.accepted(text(to=f"+9198766{number:05d}")))
        await pair.pass_time(SENDING_S / SINGLE)
        if not is_renewed and pair.clock.monotonic() - started > TOKEN_RENEWED_S:
            await pair.order("tokens/restore", {})
            is_renewed = True
    assert is_renewed
    return ids


async def leap(pair, seconds=LEAP_S):
    """Time passes in one step, and all that fell due goes on."""
    pair.clock.advance(seconds)
    for _ in range(2):
        await pair.pass_time(0.05)


async def settle(pair, ids):
    """Until every message has come to an end, and nothing more can be told of any.

    Somebody writes meanwhile, so that it is known that webhooks are flowing.
    """
    waiting = ids
    for _ in range(2000):
        reports = [await pair.report(id_) for id_ in waiting]
        waiting = [one.message_id for one in reports if one.state.value in UNSETTLED]
        if not waiting:
            break
        await pair.order("inbound", {"from": "+919876799999", "text": "hello"})
        await leap(pair)
    assert not waiting
    for _ in range(int(QUIET_S / LEAP_S)):
        await leap(pair)
    return {id_: await pair.report(id_) for id_ in ids}


def check_states(reports, facts, accounts):
    """Each message stands as Meta said, and all that Meta told stands in its timeline."""
    wrong = {}
    for id_, report in reports.items():
        account = accounts.get(id_, Account())
        kept = {(FACTS.get(one.fact.value, one.fact.value), one.wamid) for one in facts[id_]}
        told = {(word, copy.wamid) for copy in account.copies for word in copy.told}
        if report.state.value not in account.states() or not told <= kept:
            wrong[id_] = (report.state, account.states(), told - kept, facts[id_])
    assert not wrong, "\n".join(map(str, wrong.values()))


def check_copies(accounts, witness):
    """Meta had a message again only after its answer was lost, or after it failed for now."""
    wrong = []
    for id_, account in accounts.items():
        taken = [one for one in witness.tries[id_] if one.http_status in (200, LOST)]
        assert len(taken) == len(account.copies), id_
        for (first, copy), (again, _) in pairwise(zip(taken, account.copies, strict=True)):
            known = [one for one in copy.told.values() if one.at < again.at]
            surely = [one for one in known if one.at < again.at - SLACK_S]
            has_failed = any(passes(one.code) for one in known)
            was_unknown = first.http_status == LOST and again.at - first.ends_at >= WINDOW_S
            if not (has_failed or (was_unknown and not surely)):
                wrong.append((id_, first, again, copy.told))
    assert not wrong, "\n".join(map(str, wrong))


def check_money(reports, facts, accounts, wallet):
    """Who got a message has paid for it, once; whom it did not reach has not; no coin is lost."""
    for id_, report in reports.items():
        words = {one.fact.value for one in facts[id_]}
        arrived = words & {"delivered", "read"}
        is_over = words & {"failed", "refused", "withheld"}
        is_free = id_ in accounts and accounts[id_].is_free
        if report.payment is Payment.CAPTURED:
            assert arrived, (id_, words)
        elif report.payment is Payment.HELD:
            assert not arrived, (id_, words)
            assert report.state.value in {"submitted", "sent"}, (id_, words)
        else:
            assert report.payment is Payment.RELEASED
            assert is_over or is_free, (id_, words)
    paid = [one for one in reports.values() if one.payment is Payment.CAPTURED]
    held = [one for one in reports.values() if one.payment is Payment.HELD]
    assert wallet.held_minor == PRICE * len(held)
    assert wallet.balance_minor == TOP_UP - PRICE * (len(paid))


def check_told(reports, facts, shop):
    """The customer heard of each status once, in its order, and last of where a message stands."""
    by_message = defaultdict(list)
    for one in shop.taken:
        if "message_id" not in one.json:
            continue  # what somebody wrote, and news of the template
        by_message[one.json["message_id"]].append(one)
    ids = [one.headers["webhook-id"] for one in shop.taken]
    assert len(ids) == len(set(ids))
    for id_, report in reports.items():
        told = by_message[id_]
        sequence = [int(one.headers["waypost-sequence"]) for one in told]
        assert sequence == sorted(sequence), (id_, sequence)
        statuses = [one.json["status"] for one in told]
        assert len(statuses) == len(set(statuses)), (id_, statuses)
        happened = {one.fact.value for one in facts[id_]}
        assert {*statuses} & ARRIVALS == happened & ARRIVALS, (id_, statuses, happened)
        if report.state.value != "submitted":
            assert report.state.value in statuses, (id_, statuses)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_goes_wrong_at_once_what_the_gateway_says_is_true(tmp_path, seed):
    async def body():
        delays = (("sent", 0.5), ("delivered", 1.5), ("read", 3.0))
        config = {
            "unknown_window_s": WINDOW_S,
            "meta_timeout_s": TIMEOUT_S,
            "delays": delays,
            "top_up": TOP_UP,
        }
        async with running(tmp_path, **config) as pair:
            witness = Witness(pair.emulator.app, pair.clock, TIMEOUT_S)
            shop = MoodyShop(pair.clock, Lots(seed))
            door = Door(pair.gateway.app, pair.clock)
            pair.network.hosts |= {"meta": witness, "gateway": door, "shop": shop}
            pair.emulator.disorder.faults = hostile_plan(seed, "order_update")
            ids = await send_all(pair)
            reports = await settle(pair, ids)
            facts = {id_: await pair.ask(lambda t, id_=id_: t.reports.facts(1, id_)) for id_ in ids}
            accounts = accounts_of(pair.emulator, door)
            check_states(reports, facts, accounts)
            check_copies(accounts, witness)
            check_money(reports, facts, accounts, await pair.wallet())
            check_told(reports, facts, shop)
            assert door.repeats > CAMPAIGN
            return accounts, [one for id_ in ids for one in witness.tries[id_]]

    accounts, tries = asyncio.run(body())
    assert {200, 400, 401, 500, 503, LOST} <= {one.http_status for one in tries}
    assert any(len(account.copies) > 1 for account in accounts.values())
