"""Messages that wait: scheduled, cancelled, asked after, and held back by a paused sender."""

import asyncio
from datetime import timedelta

import pytest

from support.asgi import call
from support.nouns import NOW, SENDER_ID
from support.pair import TO, running, text, wrapped
from waypost.model.account import CheckMode
from waypost.model.opt_out import Wrote
from waypost.model.sender import SenderState

OTHER = "+919876543211"


def in_pair(folder, body, **options):
    async def run():
        async with running(folder, **options) as pair:
            await body(pair)

    asyncio.run(run())


async def ask(pair, method, message_id, **headers):
    """What the gateway answers to a customer about a message."""
    return await call(
        pair.gateway.app,
        method,
        f"/v2/{pair.sid}/whatsapp/messages/{message_id}",
        headers={"api-key": pair.key, **headers},
    )


async def standing(pair, message_id):
    answer = await ask(pair, "GET", message_id)
    assert answer.status == 200, answer.body
    (message,) = answer.json["data"]["messages"]
    return message


def at(seconds):
    return (NOW + timedelta(seconds=seconds)).isoformat()


def test_a_scheduled_message_goes_when_its_time_has_come(tmp_path):
    async def body(pair):
        message_id = await pair.accepted(wrapped(text(), send_at=at(120)))
        await pair.pass_time(60)
        assert pair.arrived() == []
        told = await standing(pair, message_id)
        assert (told["status"], told["send_at"]) == ("accepted", "2026-11-20T12:02:00Z")
        await pair.pass_time(65)
        await pair.until_told(message_id, "sent", "delivered", "read")

    in_pair(tmp_path, body)


def test_a_moment_that_passed_is_refused_with_its_place_and_its_mending(tmp_path):
    async def body(pair):
        answer = await pair.send(wrapped(text(), send_at=at(-3600)))
        assert answer.status == 400
        (detail,) = answer.json["error"]["details"]
        assert (detail["path"], detail["code"]) == ("/extra_info/send_at", "out_of_range")
        assert "leave send_at out" in detail["mend"]
        rehearsed = await pair.send(wrapped(text(), send_at=at(-3600)), query="dry_run=true")
        assert rehearsed.status == 400

    in_pair(tmp_path, body)


@pytest.mark.parametrize(("hours", "status"), [(23, 202), (25, 400)])
def test_a_service_window_is_looked_at_as_it_will_be(tmp_path, hours, status):
    async def body(pair):
        wrote = Wrote(1, SENDER_ID, TO, NOW)

        async def step(transaction, items):
            await transaction.recipients.note_writing([wrote])
            return items

        await pair.store.write(step, None)
        answer = await pair.send(wrapped(text(), send_at=at(3600 * hours)))
        assert answer.status == status, answer.body
        if status == 400:
            (detail,) = answer.json["error"]["details"]
            assert detail["meta_code"] == 131047
            assert "over 24 hours before send_at" in detail["message"]

    in_pair(tmp_path, body, check_mode=CheckMode.STRICT)


def test_what_was_accepted_under_a_key_stays_accepted_after_its_moment(tmp_path):
    async def body(pair):
        given = wrapped(text(), send_at=at(30))
        first = await pair.send(given, headers={"Idempotency-Key": "order 17"})
        await pair.pass_time(300)
        again = await pair.send(given, headers={"Idempotency-Key": "order 17"})
        assert (first.status, again.status) == (202, 202)
        assert first.json == again.json

    in_pair(tmp_path, body)


def test_a_scheduled_message_can_be_cancelled_and_costs_nothing(tmp_path):
    async def body(pair):
        message_id = await pair.accepted(wrapped(text(), send_at=at(120), ref="17"))
        assert (await pair.wallet()).held_minor == 100
        answer = await ask(pair, "DELETE", message_id)
        assert answer.json["data"] == {
            "message_id": message_id,
            "cancelled": [{"message_id": message_id, "to": TO}],
            "too_late": [],
        }
        assert (await pair.wallet()).held_minor == 0
        await pair.until_told(message_id, "not sent")
        told = pair.callback(message_id, "not sent")
        assert (told["code"], told["reason"]) == ("WAV2103", "Cancelled")
        assert told["extra_info"]["ref"] == "17"
        await pair.pass_time(200)
        assert pair.arrived() == []

    in_pair(tmp_path, body)


def test_cancelling_twice_says_that_it_was_over(tmp_path):
    async def body(pair):
        message_id = await pair.accepted(wrapped(text(), send_at=at(120)))
        await ask(pair, "DELETE", message_id)
        (late,) = (await ask(pair, "DELETE", message_id)).json["data"]["too_late"]
        assert (late["status"], late["reason"]) == ("not sent", "It was over before.")
        await pair.until_told(message_id, "not sent")

    in_pair(tmp_path, body)


def test_what_meta_has_is_too_late_to_cancel(tmp_path):
    async def body(pair):
        message_id = await pair.accepted(wrapped(text()))
        await pair.until_told(message_id, "sent", "delivered", "read")
        data = (await ask(pair, "DELETE", message_id)).json["data"]
        assert data["cancelled"] == []
        (late,) = data["too_late"]
        assert (late["status"], late["reason"]) == ("read", "Meta has it already.")

    in_pair(tmp_path, body)


def test_a_request_s_id_cancels_all_of_its_messages(tmp_path):
    async def body(pair):
        given = wrapped(text(to=f"{TO}, {OTHER}"), send_at=at(120))
        request = await pair.accepted(given)
        one = await ask(pair, "DELETE", f"{request}:0")
        rest = await ask(pair, "DELETE", request)
        assert [m["to"] for m in one.json["data"]["cancelled"]] == [TO]
        assert [m["to"] for m in rest.json["data"]["cancelled"]] == [OTHER]
        assert [m["to"] for m in rest.json["data"]["too_late"]] == [TO]
        told = (await ask(pair, "GET", request)).json["data"]["messages"]
        assert [m["status"] for m in told] == ["not sent", "not sent"]
        assert {m["error"]["code"] for m in told} == {"WAV2103"}

    in_pair(tmp_path, body)


def test_a_cancellation_is_told_to_the_audit_log_with_the_key_that_asked(tmp_path):
    async def body(pair):
        message_id = await pair.accepted(wrapped(text(), send_at=at(120)))
        await ask(pair, "DELETE", message_id)
        (entry, *_) = await pair.ask(lambda t: t.audit.entries(None, 10, None))
        assert (entry.act, entry.target) == ("message.cancelled", message_id)
        assert entry.actor.name == f"key:{pair.key[:6]}"

    in_pair(tmp_path, body)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_message_of_nobody_is_told_in_the_envelope(tmp_path, method):
    async def body(pair):
        answer = await ask(pair, method, "A404")
        assert (answer.status, answer.json["code"]) == (400, "WA400")
        assert "no message A404" in answer.json["error"]["details"][0]["message"]

    in_pair(tmp_path, body)


def test_where_a_message_stands_is_told_with_its_history(tmp_path):
    async def body(pair):
        given = wrapped(text(), ref="17", priority="high", validity_period=600)
        message_id = await pair.accepted(given)
        await pair.until_told(message_id, "sent", "delivered", "read")
        told = await standing(pair, message_id)
        assert (told["status"], told["to"], told["from"]) == ("read", TO, f"+{SENDER_ID}")
        assert (told["priority"], told["expires_at"]) == ("high", "2026-11-20T12:10:01Z")
        assert told["price"] == {"amount": "0.0100", "currency": "USD"}
        assert told["extra_info"]["ref"] == "17"
        assert told["meta_id"].startswith("wamid.")
        stations = [one["status"] for one in told["history"]]
        assert stations == ["accepted", "submitted", "sent", "delivered", "read"]

    in_pair(tmp_path, body)


def test_a_paused_sender_s_messages_wait_without_being_tried_and_go_when_it_resumes(tmp_path):
    async def body(pair):
        await pair.save_sender(state=SenderState.PAUSED)
        message_id = await pair.accepted(wrapped(text()))
        await pair.pass_time(120)
        assert pair.arrived() == []
        item = await pair.ask(lambda t: t.reports.queue_item(1, message_id))
        assert (item.attempt, item.lease_token) == (0, None)
        answer = await ask(pair, "GET", message_id)
        assert answer.json["data"]["messages"][0]["status"] == "accepted"
        await pair.save_sender(state=SenderState.ACTIVE)
        await pair.until_told(message_id, "sent", "delivered", "read")

    in_pair(tmp_path, body)


def test_a_message_of_a_paused_sender_can_be_cancelled(tmp_path):
    async def body(pair):
        await pair.save_sender(state=SenderState.PAUSED)
        message_id = await pair.accepted(wrapped(text()))
        await pair.pass_time(5)
        data = (await ask(pair, "DELETE", message_id)).json["data"]
        assert [one["message_id"] for one in data["cancelled"]] == [message_id]
        await pair.until_told(message_id, "not sent")

    in_pair(tmp_path, body)
