"""A medium may take minutes to come, and what happened meanwhile counts.

It was told as it had been read before, its bytes stayed behind, and for a week nobody could erase
who had sent it.
"""

import asyncio
import base64

import pytest

from support.media_samples import JPEG
from support.nouns import ACCOUNT
from support.pair import TO, running
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError
from waypost.model.forgotten import ErasureOrder
from waypost.model.inbound import InboundQuestion, MediaState
from waypost.model.recipient import Recipient

OPERATOR = Actor("cli:test")


def order(**changes):
    return ErasureOrder((ACCOUNT,), Recipient(phone=TO.removeprefix("+")), OPERATOR, **changes)


async def send_picture(pair):
    content = base64.b64encode(JPEG).decode()
    medium = {"content": content, "mime_type": "image/jpeg"}
    await pair.order("inbound", {"from": TO, "medium": medium})


async def rows_of(pair):
    return await pair.ask(lambda t: t.inbound.page(InboundQuestion(ACCOUNT), "", ""))


async def away(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def files(pair):
    folder = pair.gateway.config.data_dir / "media"
    return [path for path in folder.rglob("*") if path.is_file()]


def told(pair):
    return [one for one in pair.shop.told if b"media_url" in one.body]


def test_who_sent_a_picture_that_meta_does_not_give_is_erased_if_that_is_to_be_cancelled(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            pair.network.hosts["meta"] = away
            await send_picture(pair)
            await pair.until(lambda: len(told(pair)) == 1)
            with pytest.raises(DirectoryError, match="media that are being fetched: 1"):
                await pair.gateway.tools.forgetter.erase(order())
            erasure = await pair.gateway.tools.forgetter.erase(order(is_to_cancel=True))
            backlog = await pair.ask(lambda t: t.queue.backlog())
            return erasure, await rows_of(pair), backlog

    erasure, (row,), backlog = asyncio.run(body())
    assert erasure.is_complete
    assert row.recipient == erasure.pseudonym
    assert row.medium.state is MediaState.FAILED
    assert not any(one.queue == "media" for one in backlog), "no work is left behind"


def test_what_was_erased_while_its_picture_came_is_not_told_and_its_bytes_go(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            meta = pair.network.hosts["meta"]
            asked, goes_on = asyncio.Event(), asyncio.Event()

            async def slow(scope, receive, send):
                if scope["method"] == "GET":
                    asked.set()
                    await goes_on.wait()
                await meta(scope, receive, send)

            pair.network.hosts["meta"] = slow
            await send_picture(pair)
            await pair.until(asked.is_set)
            erasure = await pair.gateway.tools.forgetter.erase(order(is_to_cancel=True))
            goes_on.set()
            await pair.pass_time(30)
            return erasure, told(pair), files(pair), await rows_of(pair)

    erasure, heard, kept, (row,) = asyncio.run(body())
    assert erasure.is_complete
    assert heard == []
    assert kept == []
    assert row.medium.object_key is None
