"""What one account has, another cannot reach: not by its id, and not by a guess."""

import asyncio

import pytest

from support.media_samples import JPEG
from support.nouns import SENDER_ID, WABA_ID
from support.pair import TO, running
from support.watched_meta import watch
from waypost.directory.changes import NewAccount
from waypost.directory.media import Upload
from waypost.model.account import AccountKind
from waypost.model.audit import Actor
from waypost.model.errors import NotFoundError
from waypost.model.sender import Sender

SOMEBODY = Actor("key:Aabcde", "203.0.113.7")
CATALOGUE = "194836987003835"
FEED = b"id,title,availability\nsku-1,Plant,in stock\n"


def test_nothing_of_one_account_is_reached_from_another(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            tools, registrar = pair.gateway.tools, pair.gateway.registrar
            mine = await registrar.find(pair.sid)
            medium = await tools.media.upload(
                mine, mine.senders[SENDER_ID], Upload(JPEG, "image/jpeg", "a.jpg"), SOMEBODY
            )
            await tools.catalogues.load_feed(mine, CATALOGUE, FEED, SOMEBODY)
            await tools.opt_outs.add(mine, TO, actor=SOMEBODY)
            opened = await registrar.open_account(NewAccount("Other", AccountKind.PREPAID))
            other_number = Sender("919800000077", "77", "99", "", 80)
            await registrar.save_waba(opened.sid, "99", "their-token")
            await registrar.save_sender(opened.sid, other_number)
            theirs = await registrar.find(opened.sid)
            meta = watch(pair)

            looked = await tools.media.look_up(
                theirs, theirs.senders["919800000077"], [medium.media_id]
            )
            assert looked.known == {}
            assert [one.headers["authorization"] for one in meta.calls] == ["Bearer their-token"]
            assert await tools.media.list(theirs, 10, 0) == []
            with pytest.raises(NotFoundError):
                await tools.media.remove(theirs, medium.media_id, SOMEBODY)

            assert await tools.catalogues.list_catalogues(theirs) == []
            with pytest.raises(NotFoundError):
                await tools.catalogues.page_products(theirs, CATALOGUE)
            found = await tools.catalogues.find_products(theirs, "99", ["sku-1"])
            assert found.products is None

            assert await tools.opt_outs.page(theirs) == []
            with pytest.raises(NotFoundError):
                await tools.opt_outs.remove(theirs, TO, actor=SOMEBODY)
            keys = [(theirs.account_id, TO)]
            assert await pair.ask(lambda t: t.recipients.opted_out(keys)) == set()

            for waba_id in (WABA_ID, "404"):
                with pytest.raises(NotFoundError):
                    await tools.templates.changes(theirs, waba_id, 10, None)
                with pytest.raises(NotFoundError):
                    await tools.templates.delete(theirs, waba_id, "order_update", None, SOMEBODY)
            entries = await registrar.audit(opened.sid)
            assert {one.account_id for one in entries} == {theirs.account_id}

    asyncio.run(body())
