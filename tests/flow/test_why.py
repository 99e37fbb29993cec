"""What happened to a message, as its customer asks: in the documented envelope, told in full."""

import asyncio
from datetime import timedelta

import pytest

from meta_emulator.faults import Faults, Planned
from support.asgi import call
from support.nouns import NOW, SENDER_ID, WABA_ID
from support.pair import TO, running, text, wrapped
from waypost.model.audit import Actor
from waypost.model.forgotten import ErasureOrder
from waypost.model.messaging_limit import MessagingLimit, ReachedUser, hour_of
from waypost.model.recipient import Recipient
from waypost.model.sender import SenderState
from waypost.model.story import View

STATUSES = ("sent", "delivered", "read")


def in_pair(folder, body, **options):
    async def run():
        async with running(folder, **options) as pair:
            return await body(pair)

    return asyncio.run(run())


async def ask(pair, named, **headers):
    """The answer to the customer's question."""
    return await call(
        pair.gateway.app,
        "GET",
        f"/v2/{pair.sid}/whatsapp/messages/{named}/timeline",
        headers={"api-key": pair.key, **headers},
    )


async def told(pair, named):
    answer = await ask(pair, named)
    assert answer.status == 200, answer.body
    assert set(answer.json) == {"code", "message", "data", "error"}
    assert answer.json["code"] == "WA200"
    return answer.json["data"]["timeline"]


def lines(timeline, step):
    return [line for line in timeline["lines"] if line["step"] == step]


def test_a_message_that_was_read_is_told_from_the_request_to_the_last_callback(tmp_path):
    async def body(pair):
        message_id = await pair.accepted(wrapped(text(), ref="order 17"))
        await pair.until_told(message_id, *STATUSES)
        await pair.until_state(message_id, "read")
        return await told(pair, message_id)

    timeline = in_pair(tmp_path, body)
    assert timeline["headline"] == "Read by the recipient."
    assert timeline["trouble"] is None
    assert timeline["recipient"] == "+91****10"
    steps = [line["step"] for line in timeline["lines"]]
    assert steps[:4] == ["accepted", "checked", "money", "queued"]
    (attempt,) = lines(timeline, "attempt")
    assert attempt["request"]["path"] == "/v25.0/106540352242922/messages"
    assert attempt["request"]["body"]["text"] == {"body": "hello"}
    assert attempt["request"]["body"]["to"] == "+91****10"
    answer = attempt["answer"]
    assert (answer["http_status"], answer["message_status"]) == (200, "accepted")
    assert answer["wamid"] == timeline["wamid"]
    assert len(lines(timeline, "fact")) == len(STATUSES)
    assert "Meta's price: " in lines(timeline, "fact")[0]["text"]
    tries = [line["tries"] for line in lines(timeline, "callback")]
    assert [[one["status"] for one in each] for each in tries] == [[200]] * len(STATUSES)


def test_a_refusal_of_metas_says_whose_turn_it_is_in_metas_words(tmp_path):
    async def body(pair):
        pair.emulator.disorder.faults = Faults(refuse=Planned(131026))
        message_id = await pair.accepted(text())
        await pair.until_told(message_id, "failed")
        return await told(pair, message_id)

    timeline = in_pair(tmp_path, body)
    trouble = timeline["trouble"]
    assert (trouble["code"], trouble["turn"]) == ("131026", "customer")
    assert trouble["link"] == "docs/reference/meta-errors.md#131026"
    (attempt,) = lines(timeline, "attempt")
    assert attempt["answer"]["code"] == 131026
    assert attempt["answer"]["http_status"] >= 400
    assert attempt["answer"]["fbtrace_id"]
    assert TO.removeprefix("+") not in str(timeline)


def test_a_failure_that_comes_later_is_told_after_the_attempt_that_was_taken(tmp_path):
    async def body(pair):
        pair.emulator.disorder.faults = Faults(fail=Planned(131049))
        message_id = await pair.accepted(text())
        await pair.until_told(message_id, "failed")
        return await told(pair, message_id)

    timeline = in_pair(tmp_path, body)
    assert [line["step"] for line in timeline["lines"] if line["step"] in ("attempt", "fact")] == [
        "attempt",
        "fact",
    ]
    assert timeline["trouble"]["turn"] == "nobody"


def test_a_lost_answer_waits_and_is_told_as_settled_when_its_status_comes(tmp_path):
    async def body(pair):
        pair.emulator.disorder.faults = Faults(drop=1.0)
        message_id = await pair.accepted(text())
        await pair.until_state(message_id, "unknown")
        waits = await told(pair, message_id)
        pair.emulator.disorder.faults = Faults()
        seen = await pair.accepted(text())  # its statuses show that webhooks flow
        await pair.until_told(seen, *STATUSES)
        await pair.until_told(message_id, *STATUSES)
        return waits, await told(pair, message_id)

    waits, settled = in_pair(tmp_path, body, unknown_window_s=5)
    (lost,) = lines(waits, "attempt")
    assert lost["answer"]["wamid"] is None
    assert waits["trouble"]["turn"] == "nobody"
    assert "waits until" in waits["lines"][-1]["text"]
    assert settled["state"] == "read"
    assert settled["trouble"] is None


def test_a_message_that_waits_says_what_for(tmp_path):
    async def body(pair):
        await pair.save_sender(state=SenderState.PAUSED)
        paused = await pair.accepted(text())
        await pair.pass_time(2)
        of_sender = await told(pair, paused)
        await pair.save_sender()
        await pair.until_told(paused, *STATUSES)
        later = NOW + timedelta(hours=1)
        body = wrapped(text())
        body["extra_info"] = {"send_at": later.isoformat()}
        return of_sender, await told(pair, await pair.accepted(body))

    paused, scheduled = in_pair(tmp_path, body)
    assert [line["text"] for line in lines(paused, "waits")] == [
        f"held back: its sender +{SENDER_ID} is paused by the operator"
    ]
    assert paused["trouble"]["turn"] == "operator"
    assert scheduled["trouble"]["happened"] == "It waits for its time, 2026-11-20 13:00:00Z"
    assert lines(scheduled, "comes")[0]["text"] == "waits for its time, 2026-11-20 13:00:00Z"


def test_a_sender_that_meta_refuses_holds_its_messages_and_says_so(tmp_path):
    async def body(pair):
        pair.emulator.disorder.faults = Faults(refuse=Planned(190))
        message_id = await pair.accepted(text())
        await pair.pass_time(5)
        held = await told(pair, message_id)
        pair.emulator.disorder.faults = Faults()
        await pair.until_told(message_id, *STATUSES)
        return held

    held = in_pair(tmp_path, body)
    (said,) = lines(held, "waits")
    assert "Meta refuses its sender" in said["text"]
    assert (held["trouble"]["code"], held["trouble"]["turn"]) == ("190", "operator")


def test_a_message_that_waits_for_its_portfolio_says_so(tmp_path):
    asked = {"name": "order_update", "language": {"code": "en_US"}, "components": []}
    message = {"messaging_product": "whatsapp", "to": TO, "type": "template", "template": asked}

    async def body(pair):
        async def fill(transaction, items):
            known = await transaction.portfolios.of_wabas([(1, WABA_ID)])
            portfolio = known[1, WABA_ID].portfolio_id if known else WABA_ID
            full = MessagingLimit(1, portfolio, 1, NOW)
            await transaction.portfolios.learn([full])
            place = ReachedUser(hour_of(NOW) + 25, is_waiting=True)
            await transaction.portfolios.save_users({(1, portfolio, TO): place})
            return items

        await pair.save_sender(state=SenderState.PAUSED)
        message_id = await pair.accepted(message)
        await pair.store.write(fill, None)
        return await told(pair, message_id)

    timeline = in_pair(tmp_path, body)
    assert "the messaging limit" in lines(timeline, "waits")[-1]["text"]


def test_a_callback_that_failed_first_is_told_with_both_attempts(tmp_path):
    async def body(pair):
        pair.shop.answers = [503]
        message_id = await pair.accepted(text())
        await pair.until_state(message_id, "read")
        await pair.pass_time(120)
        return await told(pair, message_id)

    timeline = in_pair(tmp_path, body)
    tries = {tuple(one["status"] for one in line["tries"]) for line in lines(timeline, "callback")}
    assert (503, 200) in tries


def test_a_reply_stands_in_the_story_of_the_message_that_it_answers(tmp_path):
    async def body(pair):
        message_id = await pair.accepted(text())
        await pair.until_told(message_id, *STATUSES)
        wamid = (await pair.report(message_id)).wamid
        quoting = {"type": "text", "text": {"body": "yes"}, "context": {"id": wamid}}
        await pair.order("inbound", {"from": TO, "message": quoting})
        await pair.pass_time(2)
        return await told(pair, message_id), await ask(pair, wamid), message_id

    timeline, by_wamid, message_id = in_pair(tmp_path, body)
    (reply,) = lines(timeline, "reply")
    assert reply["who"] == "recipient"
    assert reply["text"].endswith(f", in answer to {message_id}")
    assert by_wamid.json["data"]["timeline"]["message_id"] == message_id


@pytest.mark.parametrize("named", ["A0000000000000000404", "wamid.404"])
def test_an_unknown_id_is_told_with_what_an_id_is(tmp_path, named):
    async def body(pair):
        return await ask(pair, named), await ask(pair, named, **{"api-key": "wrong"})

    unknown, stranger = in_pair(tmp_path, body)
    assert unknown.status == 400
    (detail,) = unknown.json["error"]["details"]
    assert detail["message"].startswith(f"There is no message {named}; the id is the message_id")
    assert stranger.status == 401


def test_the_operator_and_the_customer_are_told_the_same_but_for_the_contents(tmp_path):
    async def body(pair):
        message_id = await pair.accepted(text())
        await pair.until_told(message_id, *STATUSES)
        await pair.pass_time(2)  # the last callback is noted as taken, and nothing moves any more
        teller = pair.gateway.tools.storyteller
        return [await teller.find(message_id, view) for view in (View.CUSTOMER, View.OPERATOR)]

    customers, operators = in_pair(tmp_path, body)
    for line, other in zip(customers.timeline.lines, operators.timeline.lines, strict=True):
        assert (line.at, line.step, line.text) == (other.at, other.step, other.text)
    assert "hello" in str(customers)
    assert "hello" not in str(operators)


def test_the_story_of_an_erased_recipient_tells_what_became_of_it_and_not_what_it_said(tmp_path):
    async def body(pair):
        message_id = await pair.accepted(text())
        await pair.until_told(message_id, *STATUSES)
        await pair.order("inbound", {"from": TO, "text": "my words"})
        await pair.pass_time(2)
        recipient = Recipient(phone=TO.removeprefix("+"))
        order = ErasureOrder((1,), recipient, Actor("cli:test"))
        await pair.gateway.tools.forgetter.erase(order)
        return await pair.gateway.tools.storyteller.find(message_id, View.REVEALED)

    story = in_pair(tmp_path, body)
    assert story.timeline.state == "read"
    assert TO.removeprefix("+") not in str(story)
    assert "hello" not in str(story)
    (said,) = [line.text for line in story.timeline.lines if line.step == "erased"]
    assert said == "what it said was erased; what became of it is kept"
    (attempt,) = [line for line in story.timeline.lines if line.step == "attempt"]
    assert attempt.request.body is None
