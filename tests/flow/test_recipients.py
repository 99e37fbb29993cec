"""Recipients speak, and the whole gateway hears it: windows, opt-outs, and the catalogue beside."""

import asyncio
import json

import pytest

from support.asgi import call
from support.nouns import ACCOUNT, NOW, SENDER_ID, WABA_ID
from support.pair import TO, running, sample, text
from waypost.directory.catalogues import FoundProducts
from waypost.model.account import CheckMode
from waypost.model.audit import Actor

CATALOGUE = "194836987003835"
OPERATOR = Actor("operator")


def try_it(folder, body, **options):
    async def run():
        async with running(folder, **options) as pair:
            await body(pair)

    asyncio.run(run())


async def order(pair, path, **order):
    answer = await call(
        pair.emulator.app, "POST", f"/_emulator/{path}", body=json.dumps(order).encode()
    )
    assert answer.status == 200, answer.body
    await pair.pass_time(1)


async def account_of(pair):
    return await pair.gateway.accounts.find_anew(pair.sid)


async def opted_out(pair):
    listed = await pair.gateway.tools.opt_outs.page(await account_of(pair))
    return {one.recipient: one.source.value for one in listed}


async def wrote_at(pair, recipient=TO):
    key = (ACCOUNT, SENDER_ID, recipient)
    return (await pair.ask(lambda t: t.recipients.wrote_at([key]))).get(key)


def test_a_message_from_a_recipient_opens_the_window_by_phone_and_by_user_id(tmp_path):
    async def body(pair):
        assert await wrote_at(pair) is None

        await order(pair, "inbound", **{"from": TO, "text": "Hello"})

        at = await wrote_at(pair)
        assert at is not None
        assert abs(at - NOW).total_seconds() < 60
        assert await opted_out(pair) == {}

    try_it(tmp_path, body)


def test_a_keyword_opts_out_and_another_comes_back(tmp_path):
    async def body(pair):
        await order(pair, "inbound", **{"from": TO, "text": "Stop."})
        listed = await opted_out(pair)
        assert listed[TO] == "keyword"
        assert len(listed) == 2, "the phone and the user id"

        await order(pair, "inbound", **{"from": TO, "text": "start"})
        assert await opted_out(pair) == {}

    try_it(tmp_path, body)


def test_the_door_knows_what_a_recipient_said(tmp_path):
    async def body(pair):
        await order(pair, "inbound", **{"from": TO, "text": "Hello"})
        await pair.accepted(text())

        await order(pair, "inbound", **{"from": TO, "text": "stop"})
        refused = await pair.send(sample("mpm"))
        assert refused.status == 400
        assert [one["code"] for one in refused.json["error"]["details"]] == ["opted_out"]
        await pair.accepted(text())  # an answer is no marketing

        await order(pair, "inbound", **{"from": TO, "text": "start"})
        await pair.accepted(sample("mpm"))

    try_it(tmp_path, body, check_mode=CheckMode.STRICT)


def test_the_door_knows_the_catalogue(tmp_path):
    async def body(pair):
        await pair.accepted(sample("mpm"))
        feed = b"id,title,availability\nplant01,Plant,in stock\n"
        await pair.gateway.tools.catalogues.load_feed(
            await account_of(pair), CATALOGUE, feed, OPERATOR
        )

        refused = await pair.send(sample("mpm"))

        assert refused.status == 400
        assert {one["code"] for one in refused.json["error"]["details"]} == {"product_unknown"}

    try_it(tmp_path, body, check_mode=CheckMode.STRICT)


def test_a_quick_reply_opts_out(tmp_path):
    async def body(pair):
        button = {"type": "button", "button": {"payload": "no-more", "text": "Stop promotions"}}
        await order(pair, "inbound", **{"from": TO, "message": button})

        assert (await opted_out(pair))[TO] == "keyword"

    try_it(tmp_path, body)


def test_whatsapps_own_settings_stop_and_resume_marketing(tmp_path):
    async def body(pair):
        await order(pair, "user_preferences", **{"from": TO, "value": "stop"})
        assert (await opted_out(pair))[TO] == "user_preferences"

        await order(pair, "user_preferences", **{"from": TO, "value": "resume"})
        assert await opted_out(pair) == {}

    try_it(tmp_path, body)


def test_a_message_that_fails_because_marketing_was_stopped_opts_out(tmp_path):
    async def body(pair):
        await order(pair, "faults", fail={"code": 131050})
        message_id = await pair.accepted(text())

        await pair.until_told(message_id, "failed")

        assert await opted_out(pair) == {TO: "meta_refused"}

    try_it(tmp_path, body)


def test_the_catalogue_is_read_beside_the_templates(tmp_path):
    async def body(pair):
        await pair.pass_time(2)
        account = await account_of(pair)
        assert account.wabas[WABA_ID].catalogue_id == CATALOGUE

        found = await pair.gateway.tools.catalogues.find_products(
            account, WABA_ID, ["plant01", "none"]
        )

        assert isinstance(found, FoundProducts)
        assert (found.catalogue_id, set(found.products)) == (CATALOGUE, {"plant01"})
        assert found.unchecked == frozenset()

    try_it(tmp_path, body)


@pytest.mark.parametrize("word", ["in stock", "out of stock"])
def test_a_feed_stands_against_what_meta_has(tmp_path, word):
    async def body(pair):
        account = await account_of(pair)
        feed = f"id,title,availability\nplant01,Plant,{word}\n".encode()
        await pair.gateway.tools.catalogues.load_feed(account, CATALOGUE, feed, OPERATOR)

        found = await pair.gateway.tools.catalogues.find_products(
            account, WABA_ID, ["plant01", "plant02"]
        )

        assert {key: one.availability for key, one in found.products.items()} == {"plant01": word}

    try_it(tmp_path, body)
