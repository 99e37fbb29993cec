"""A message goes out as the customer wrote it, and comes back as statuses."""

import asyncio
import json
import re

import pytest

from support.pair import TO, meta_fixture, normalised, running, sample, text, wrapped
from waypost.model.recipient import Recipient

STATUSES = ("sent", "delivered", "read")


@pytest.mark.parametrize("name", ["carousel-meta", "mpm-meta"])
def test_a_message_goes_out_and_comes_back_as_sent_delivered_and_read(tmp_path, name):
    async def body():
        async with running(tmp_path) as pair:
            message_id = await pair.accepted(wrapped(meta_fixture(name)))
            await pair.until_told(message_id, *STATUSES)
            report = await pair.report(message_id)
            return report, await pair.facts(message_id), pair.arrived()

    report, facts, arrived = asyncio.run(body())
    assert report.state == "read"
    assert report.wa_id == TO[1:]
    assert sorted(facts) == ["delivered", "read", "sent", "taken"]
    assert len(arrived) == 1


@pytest.mark.parametrize("name", ["carousel", "mpm"])
def test_the_documented_samples_are_sent_exactly_as_printed(tmp_path, name):
    async def body():
        async with running(tmp_path) as pair:
            message_id = await pair.accepted(sample(name))
            await pair.until_told(message_id, *STATUSES)
            return pair.arrived()

    (arrived,) = asyncio.run(body())
    arrived.pop("biz_opaque_callback_data")
    assert arrived == normalised(meta_fixture(f"{name}-send"))


@pytest.mark.parametrize("name", ["carousel-meta", "mpm-meta"])
def test_what_arrives_at_meta_is_what_the_customer_wrote_and_our_mark(tmp_path, name):
    async def body():
        async with running(tmp_path) as pair:
            message_id = await pair.accepted(wrapped(meta_fixture(name)))
            await pair.until(pair.arrived)
            return message_id, pair.arrived()

    message_id, (arrived,) = asyncio.run(body())
    assert arrived == {**normalised(meta_fixture(name)), "biz_opaque_callback_data": message_id}


def test_a_body_that_is_metas_own_message_is_sent_too(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await pair.accepted(text(a_field_of_tomorrow={"x": [1, None]}))
            await pair.until(pair.arrived)
            return pair.arrived()

    (arrived,) = asyncio.run(body())
    assert arrived["a_field_of_tomorrow"] == {"x": [1, None]}
    assert arrived["text"] == {"body": "hello"}


def test_only_what_is_documented_is_written_anew(tmp_path):
    written = meta_fixture("carousel-meta")
    written["to"] = TO[1:]
    written["messaging_product"] = "WhatsApp"
    written["template"]["components"][1]["type"] = "CAROUSEL"
    button = written["template"]["components"][1]["cards"][0]["components"][3]
    button["parameters"] = {"type": "Payload", "payload": "blue-elf"}

    async def body():
        async with running(tmp_path) as pair:
            await pair.accepted(wrapped(written))
            await pair.until(pair.arrived)
            return pair.arrived()

    (arrived,) = asyncio.run(body())
    arrived.pop("biz_opaque_callback_data")
    assert arrived == normalised(meta_fixture("carousel-meta"))


def test_several_recipients_get_a_message_each_and_are_told_of_apart(tmp_path):
    numbers = [TO, "+919876543211", "+5521987654321"]

    async def body():
        async with running(tmp_path) as pair:
            answer = await pair.send(wrapped(text(to=f"{TO}, 919876543211,{numbers[2]}")))
            assert answer.status == 202
            ids = [one["message_id"] for one in answer.json["data"]["messages"]]
            for message_id in ids:
                await pair.until_told(message_id, *STATUSES)
            recipients = [
                pair.callback(id_, "sent")["meta_object"]["value"]["statuses"][0]["recipient_id"]
                for id_ in ids
            ]
            return answer.json["data"], recipients, pair.arrived()

    data, recipients, arrived = asyncio.run(body())
    request_id = data["message_id"]
    assert re.fullmatch(r"A[0-9A-Z]{19}", request_id)
    assert data["messages"] == [
        {"to": number, "message_id": f"{request_id}:{position}"}
        for position, number in enumerate(numbers)
    ]
    assert recipients == [number[1:] for number in numbers]
    assert sorted(one["to"] for one in arrived) == sorted(numbers)


def test_a_recipient_may_be_a_business_scoped_user_id(tmp_path):
    user_id = "US.13491208655302741918"
    message = text(recipient=user_id)
    message.pop("to")

    async def body():
        async with running(tmp_path) as pair:
            message_id = await pair.accepted(wrapped(message))
            await pair.until_told(message_id, *STATUSES)
            return pair.arrived(), await pair.report(message_id)

    (arrived,), report = asyncio.run(body())
    assert arrived["recipient"] == user_id
    assert "to" not in arrived
    assert Recipient(user_id=user_id).address == report.recipient


def test_references_ids_and_the_trace_id_come_back_in_every_callback(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            message_id = await pair.accepted(
                wrapped(text(), ref="order-1", ref1="spring", ref2="x" * 300)
            )
            await pair.until_told(message_id, *STATUSES)
            report = await pair.report(message_id)
            return message_id, report, [pair.callback(message_id, one) for one in STATUSES]

    message_id, report, callbacks = asyncio.run(body())
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", report.trace_id)
    for callback in callbacks:
        assert callback["extra_info"]["trace_id"] == report.trace_id
        assert callback["extra_info"]["message_id"] == callback["message_id"] == message_id
        assert callback["extra_info"]["ref"] == "order-1"
        assert callback["extra_info"]["ref1"] == "spring"
        assert callback["extra_info"]["ref2"] == "x" * 255
        (status,) = callback["meta_object"]["value"]["statuses"]
        assert status["id"] == report.wamid
        assert "biz_opaque_callback_data" not in json.dumps(callback)


def test_a_hundred_messages_arrive_once_each_within_the_pace_of_the_sender(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await pair.save_sender(throughput=20)
            started = pair.clock.monotonic()
            many = ",".join(f"+9198765{number:05}" for number in range(100))
            answer = await pair.send(wrapped(text(to=many)))
            assert answer.status == 202
            await pair.until(lambda: len(pair.arrived()) >= 100)
            took_s = pair.clock.monotonic() - started
            ids = {one["message_id"] for one in answer.json["data"]["messages"]}
            await pair.until(lambda: len(pair.shop.told) >= 300)
            return took_s, ids, pair.arrived()

    took_s, ids, arrived = asyncio.run(body())
    assert {one["biz_opaque_callback_data"] for one in arrived} == ids
    assert len(arrived) == 100
    assert 4 <= took_s < 8


def test_the_same_request_again_under_its_key_is_answered_again_and_sent_once(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            headers = {"Idempotency-Key": "order-1"}
            one, two = await asyncio.gather(
                pair.send(text(), headers=headers), pair.send(text(), headers=headers)
            )
            again = await pair.send(text(), headers=headers)
            other = await pair.send(text(text={"body": "other"}), headers=headers)
            last = await pair.accepted(text(to="+919876543211"))
            await pair.until_told(last, *STATUSES)
            return one, two, again, other, pair.arrived()

    one, two, again, other, arrived = asyncio.run(body())
    assert one.status == 202
    assert one.body == two.body == again.body
    assert (other.status, other.json["code"]) == (409, "WA409")
    assert [message["to"] for message in arrived] == [TO, "+919876543211"]
