"""What goes wrong at Meta, on the way or at the customer's is told, mended or waited for."""

import asyncio
import hashlib
import hmac
import json
from itertools import pairwise

import pytest

from meta_emulator.faults import Faults, Planned
from support.asgi import call
from support.nouns import NOW, PHONE_NUMBER_ID, SENDER_ID
from support.pair import TO, running, text, wrapped
from waypost.model.sender import SenderState

STATUSES = ("sent", "delivered", "read")


def template(name):
    return {
        "messaging_product": "whatsapp",
        "to": TO,
        "type": "template",
        "template": {"name": name, "language": {"code": "en_US"}, "components": []},
    }


async def post_to_meta(pair, message):
    """Another application sends from the same number."""
    headers = {"Authorization": "Bearer meta-token"}
    body = json.dumps(message).encode()
    answer = await call(
        pair.emulator.app, "POST", f"/v25.0/{PHONE_NUMBER_ID}/messages", headers=headers, body=body
    )
    assert answer.status == 200, answer.body


def test_a_message_that_meta_refuses_is_failed_with_its_code_and_what_to_do(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            pair.emulator.disorder.faults = Faults(refuse=Planned(131026))
            message_id = await pair.accepted(wrapped(text(), ref="order-1"))
            await pair.until_told(message_id, "failed")
            return pair.callback(message_id, "failed"), await pair.report(message_id)

    callback, report = asyncio.run(body())
    (error,) = callback["meta_object"]["value"]["statuses"][0]["errors"]
    assert error["code"] == 131026
    assert error["title"] == "The message cannot be delivered"
    assert callback["extra_info"]["ref"] == "order-1"
    assert report.failure.code == "131026"
    assert report.failure.next_step.startswith("Customer:")


def test_a_template_that_meta_does_not_know_fails_with_132001(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            message_id = await pair.accepted(wrapped(template("never_approved")))
            await pair.until_told(message_id, "failed")
            return await pair.report(message_id)

    report = asyncio.run(body())
    assert report.failure.code == "132001"
    assert "never_approved" in report.failure.detail
    assert "send once it is approved" in report.failure.next_step


def test_a_message_that_meta_could_not_bring_is_failed(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            pair.emulator.disorder.faults = Faults(fail=Planned(131049))
            message_id = await pair.accepted(text())
            await pair.until_told(message_id, "failed")
            return await pair.report(message_id), await pair.facts(message_id)

    report, facts = asyncio.run(body())
    assert report.failure.code == "131049"
    assert facts == ["taken", "failed"]


@pytest.mark.parametrize("code", [130429, 131016, 190])
def test_a_message_that_meta_refuses_for_now_is_sent_again_by_itself(tmp_path, code):
    async def body():
        async with running(tmp_path) as pair:
            pair.emulator.disorder.faults = Faults(refuse=Planned(code, count=2))
            message_id = await pair.accepted(text())
            await pair.until_told(message_id, *STATUSES)
            return await pair.facts(message_id), pair.arrived()

    facts, arrived = asyncio.run(body())
    assert facts[:3] == ["attempted", "attempted", "taken"]
    assert len(arrived) == 1


def test_a_message_is_given_up_after_so_many_refusals_for_now(tmp_path):
    async def body():
        async with running(tmp_path, dispatch_attempts=3) as pair:
            pair.emulator.disorder.faults = Faults(refuse=Planned(131016, count=99))
            message_id = await pair.accepted(text())
            await pair.until_told(message_id, "failed")
            return await pair.facts(message_id)

    assert asyncio.run(body()) == ["attempted", "attempted", "refused"]


def test_a_meta_that_cannot_be_reached_costs_nothing_but_time(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            away = pair.network.hosts.pop("meta")
            message_id = await pair.accepted(text())
            await pair.pass_time(5)
            before = await pair.facts(message_id)
            pair.network.hosts["meta"] = away
            await pair.until_told(message_id, *STATUSES)
            return before, pair.arrived()

    before, arrived = asyncio.run(body())
    assert set(before) == {"attempted"}
    assert len(arrived) == 1


def test_a_lost_answer_is_settled_by_a_status_and_never_sent_again(tmp_path):
    delays = (("sent", 10.0), ("delivered", 11.0), ("read", 12.0))

    async def body():
        async with running(tmp_path, delays=delays) as pair:
            pair.emulator.disorder.faults = Faults(lose_answers=1.0)
            message_id = await pair.accepted(text())
            unknown = await pair.until_state(message_id, "unknown")
            await pair.until_told(message_id, *STATUSES)
            await pair.pass_time(200)
            (sent,) = pair.emulator.state.messages
            return unknown, await pair.report(message_id), await pair.facts(message_id), sent.id

    unknown, settled, facts, wamid = asyncio.run(body())
    assert unknown.wamid is None
    assert settled.wamid == wamid
    assert (settled.state, facts) == ("read", ["lost", "sent", "delivered", "read"])


def test_a_lost_answer_that_no_status_settles_is_sent_again_after_the_window(tmp_path):
    async def body():
        async with running(tmp_path, delays=(), unknown_window_s=30) as pair:
            pair.emulator.disorder.faults = Faults(lose_answers=1.0)
            message_id = await pair.accepted(text())
            await pair.until_state(message_id, "unknown")
            pair.emulator.disorder.faults = Faults()
            await pair.pass_time(25)
            before = len(pair.arrived())
            await tell_of_another(pair)
            await pair.until_state(message_id, "submitted")
            return before, len(pair.arrived()), await pair.facts(message_id)

    before, after, facts = asyncio.run(body())
    assert (before, after) == (1, 2)
    assert facts == ["lost", "taken"]


def test_while_webhooks_are_silent_a_lost_answer_waits_on_and_a_person_is_told(tmp_path):
    async def body():
        async with running(tmp_path, delays=(), unknown_window_s=60) as pair:
            pair.emulator.disorder.faults = Faults(lose_answers=1.0)
            message_id = await pair.accepted(text())
            await pair.until_state(message_id, "unknown")
            pair.emulator.disorder.faults = Faults()
            await pair.pass_time(300)
            silent = (len(pair.arrived()), await alarms(pair))
            await tell_of_another(pair)
            await pair.until_state(message_id, "submitted")
            (sweeper,) = (one for one in pair.gateway.keepers if one.name == "sweeper")
            await sweeper.sweep()
            return silent, len(pair.arrived()), await alarms(pair)

    silent, arrived, over = asyncio.run(body())
    assert silent == (1, [("webhooks_silent", SENDER_ID)])
    assert (arrived, over) == (2, [])


@pytest.mark.parametrize("is_forgetful", [False, True])
def test_statuses_that_overtake_the_answer_are_not_lost(tmp_path, is_forgetful):
    async def body():
        async with running(tmp_path) as pair:
            pair.meta.holding, pair.meta.is_forgetful = asyncio.Event(), is_forgetful
            message_id = await pair.accepted(text())
            await pair.until(lambda: pair.arrived() != [])
            await pair.pass_time(5)
            before = await pair.facts(message_id)
            pair.meta.holding.set()
            await pair.until_told(message_id, *STATUSES)
            await pair.pass_time(5)
            return before, await pair.report(message_id), await pair.facts(message_id)

    before, report, facts = asyncio.run(body())
    assert sorted(before) == ([] if is_forgetful else ["delivered", "read", "sent"])
    assert sorted(facts) == ["delivered", "read", "sent", "taken"]
    assert (report.state, report.wa_id) == ("read", TO[1:])


def test_statuses_of_another_application_are_parked_and_told_to_nobody(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await post_to_meta(pair, {**text(), "biz_opaque_callback_data": "theirs"})
            await pair.pass_time(5)
            has_parked = await pair.ask(lambda t: t.messages.has_parked())
            message_id = await pair.accepted(text())
            await pair.until_told(message_id, *STATUSES)
            return has_parked, [told.json["message_id"] for told in pair.shop.told], message_id

    has_parked, told, message_id = asyncio.run(body())
    assert has_parked
    assert told == [message_id] * 3


def test_a_webhook_that_meta_did_not_sign_changes_nothing(tmp_path):
    async def body():
        async with running(tmp_path, delays=()) as pair:
            message_id = await pair.accepted(text())
            report = await pair.until_state(message_id, "submitted")
            forged = _status(report.wamid, message_id)
            url = "/webhooks/meta"
            wrong = {"x-hub-signature-256": _signature(forged, "other")}
            answers = [
                (await call(pair.gateway.app, "POST", url, headers=headers, body=forged)).status
                for headers in ({}, wrong)
            ]
            await pair.pass_time(5)
            before = await pair.facts(message_id)
            right = {"X-Hub-Signature-256": _signature(forged, "secret")}
            answers.append(
                (await call(pair.gateway.app, "POST", url, headers=right, body=forged)).status
            )
            await pair.until_told(message_id, "delivered")
            return answers, before

    answers, before = asyncio.run(body())
    assert answers == [401, 401, 200]
    assert before == ["taken"]


def test_a_webhook_that_comes_twice_is_told_once(tmp_path):
    async def body():
        async with running(tmp_path, delays=()) as pair:
            message_id = await pair.accepted(text())
            report = await pair.until_state(message_id, "submitted")
            status = _status(report.wamid, message_id)
            headers = {"X-Hub-Signature-256": _signature(status, "secret")}
            for _ in range(3):
                answer = await call(
                    pair.gateway.app, "POST", "/webhooks/meta", headers=headers, body=status
                )
                assert answer.status == 200
            other = await pair.accepted(text(to="+919876543211"))
            await pair.until_state(other, "submitted")
            await pair.pass_time(5)
            return pair.shop.statuses(message_id), await pair.facts(message_id)

    told, facts = asyncio.run(body())
    assert told == ["delivered"]
    assert facts == ["taken", "delivered", "delivered", "delivered"]


def test_a_paused_sender_keeps_its_messages_until_it_goes_on(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await pair.save_sender(state=SenderState.PAUSED)
            message_id = await pair.accepted(text())
            await pair.pass_time(30)
            before = (pair.arrived(), (await pair.report(message_id)).state)
            await pair.save_sender(state=SenderState.ACTIVE)
            await pair.until_told(message_id, *STATUSES)
            return before, await pair.facts(message_id)

    before, facts = asyncio.run(body())
    assert before == ([], "accepted")
    assert sorted(facts) == ["delivered", "read", "sent", "taken"]


def test_a_callback_is_told_again_after_a_500_with_the_same_id_and_bytes(tmp_path):
    async def body():
        async with running(tmp_path, delays=(("sent", 0.05),)) as pair:
            pair.shop.answers = [500, 404, 302]
            message_id = await pair.accepted(text())
            await pair.until(lambda: len(pair.shop.told) >= 4)
            await pair.pass_time(300)
            events = await pair.ask(lambda t: t.callbacks.of_message(1, message_id))
            return message_id, pair.shop.told, events

    message_id, told, (event,) = asyncio.run(body())
    assert len(told) == 4
    assert {one.body for one in told} == {told[0].body}
    assert {one.headers["webhook-id"] for one in told} == {event.event_id}
    assert event.event_id.startswith(f"{message_id}.sent.")
    gaps_s = [two.at - one.at for one, two in pairwise(told)]
    for gap_s, planned_s in zip(gaps_s, (5, 25, 125), strict=True):
        assert 0.75 * planned_s <= gap_s <= 1.25 * planned_s + 1.5
    assert (event.state, event.attempts, event.last_answer) == ("delivered", 4, "HTTP 200")


def test_a_callback_that_nobody_takes_is_given_up(tmp_path):
    async def body():
        async with running(tmp_path, delays=(("sent", 0.05),), callback_attempts=2) as pair:
            pair.shop.answers = [500, 503]
            message_id = await pair.accepted(text())
            await pair.until(lambda: len(pair.shop.told) >= 2)
            await pair.pass_time(60)
            events = await pair.ask(lambda t: t.callbacks.of_message(1, message_id))
            other = await pair.accepted(text())
            await pair.until_told(other, "sent")
            return events, pair.shop.statuses(message_id)

    (event,), told = asyncio.run(body())
    assert (event.state, event.attempts, event.last_answer) == ("given_up", 2, "HTTP 503")
    assert told == ["sent", "sent"]


def test_a_sender_without_a_callback_address_is_told_nothing_and_reported_all_the_same(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await pair.save_sender(callback_url=None)
            message_id = await pair.accepted(text())
            await pair.until_state(message_id, "read")
            told = list(pair.shop.told)
            await pair.save_sender(callback_url="http://shop/status")
            other = await pair.accepted(text())
            await pair.until_told(other, *STATUSES)
            return told

    assert asyncio.run(body()) == []


async def tell_of_another(pair):
    """A webhook of Meta's about this number comes, of a message that is not ours."""
    status = _status("wamid.theirs", "theirs", pair.clock.now())
    headers = {"X-Hub-Signature-256": _signature(status, "secret")}
    answer = await call(pair.gateway.app, "POST", "/webhooks/meta", headers=headers, body=status)
    assert answer.status == 200


async def alarms(pair):
    """What is wrong now."""
    found = await pair.ask(lambda t: t.alarms.open(None, 10))
    return [(one.kind.value, one.subject) for one in found]


def _status(wamid, message_id, at=NOW):
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": SENDER_ID, "phone_number_id": PHONE_NUMBER_ID},
        "statuses": [
            {
                "id": wamid,
                "status": "delivered",
                "timestamp": str(int(at.timestamp())),
                "recipient_id": TO[1:],
                "biz_opaque_callback_data": message_id,
            }
        ],
    }
    change = {"field": "messages", "value": value}
    return json.dumps({"entry": [{"id": "1", "changes": [change]}]}).encode()


def _signature(body, secret):
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
