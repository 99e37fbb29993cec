"""A dry run that was asked for in another word than true was sent and paid for."""

import asyncio

import pytest

from support.pair import running, sample, wrapped

READ = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.ABC"}


@pytest.mark.parametrize("query", ["dry_run", "dry_run=", "dry_run=on", "dry_run=ture"])
def test_a_word_that_is_neither_yes_nor_no_is_refused(tmp_path, query):
    async def run():
        async with running(tmp_path) as pair:
            before = await pair.wallet()
            answer = await pair.send(sample("mpm"), query=query)
            assert await pair.wallet() == before
            return answer

    answer = asyncio.run(run())
    assert answer.status == 400
    (detail,) = answer.json["error"]["details"]
    assert (detail["path"], detail["code"]) == ("query/dry_run", "wrong_value")


def test_no_is_no_dry_run(tmp_path):
    async def run():
        async with running(tmp_path) as pair:
            return await pair.send(sample("mpm"), query="dry_run=false")

    assert asyncio.run(run()).status == 202


def test_the_dry_run_of_a_read_receipt_has_no_recipient(tmp_path):
    async def run():
        async with running(tmp_path) as pair:
            return await pair.send(wrapped(READ), query="dry_run=true")

    assert asyncio.run(run()).json["data"]["recipients"] == []
