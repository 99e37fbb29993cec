"""An act upon a template is checked, paced, asked of Meta, and on record: or nothing happened."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from support.nouns import ACCOUNT, NOW, VAULT, WABA_ID, account, template, waba
from support.scripted_meta import EXPIRED, ScriptedMeta, answered, away, graph_of, refused
from support.stored import ENGINES
from waypost.directory.synchronizer import Synchronizer
from waypost.directory.templates import PER_HOUR, Created, TemplateManager
from waypost.model.audit import Actor
from waypost.model.errors import MetaRefusedError, NotFoundError, TooFastError
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.http import AnswerLostError, NeverLeftError

AYESHA = Actor("key:A1b2c3", "203.0.113.7")
BODY = {"type": "body", "text": "Your order has left our house."}
WELCOME = {"name": "welcome", "language": "en_US", "category": "utility", "components": [BODY]}
CREATED = {"id": "88", "status": "PENDING", "category": "UTILITY"}
KNOWN = template(template_id="77")


class Office:
    """A manager at a store with one account, one WABA and one template."""

    def __init__(self, store):
        self.store, self.meta, self.clock = store, ScriptedMeta(), TestClock(NOW)
        graph, numbers = graph_of(self.meta), iter(range(1, 10_000))
        synchronizer = Synchronizer(
            store, graph, self.clock, lambda: next(numbers), timedelta(minutes=15), SeededEntropy(1)
        )
        self.manager = TemplateManager(
            store, graph, synchronizer, self.clock, lambda: next(numbers), SeededEntropy(1)
        )

    async def furnish(self):
        async def step(transaction, items):
            account_id = await transaction.directory.insert_account(account(), NOW)
            await transaction.wallets.open(account_id, "USD", 0)
            sealed = waba(access_token=VAULT.seal("meta-token"))
            await transaction.directory.save_waba(sealed, NOW)
            await transaction.directory.record_sync(sealed, NOW, NOW, NOW + timedelta(minutes=15))
            await transaction.templates.save(ACCOUNT, WABA_ID, [KNOWN], NOW)
            return items

        await self.store.write(step, None)

    async def account(self):
        return await self.store.read(lambda t: t.directory.account_by_sid(account().sid))

    async def create(self, definition=None, waba_id=WABA_ID):
        return await self.manager.create(
            await self.account(), waba_id, definition or WELCOME, AYESHA
        )

    async def names(self):
        return [name for _, name, _ in (await self.account()).templates]

    async def acts(self):
        entries = await self.store.read(lambda t: t.audit.entries(ACCOUNT, 100, None))
        return [(one.act, one.target) for one in entries]

    async def is_due(self):
        return bool(await self.store.read(lambda t: t.directory.wabas_due(self.clock.now())))


@asynccontextmanager
async def at_work(folder):
    store = await ENGINES[0].open(folder)
    try:
        office = Office(store)
        await office.furnish()
        yield office
    finally:
        await store.close()


def try_it(folder, body):
    async def run():
        async with at_work(folder) as office:
            await body(office)

    asyncio.run(run())


def test_what_is_created_is_sent_as_it_was_given_and_kept_as_meta_answers(tmp_path):
    async def body(office):
        office.meta.answers = [answered({**CREATED, "category": "MARKETING"})]
        assert await office.create() == Created("88", "PENDING", "MARKETING")
        (call,) = office.meta.calls
        assert call.url == f"http://meta/v25.0/{WABA_ID}/message_templates"
        assert call.method == "POST"
        kept = (await office.account()).templates[WABA_ID, "welcome", "en_US"]
        assert (kept.template_id, kept.status, kept.category) == ("88", "PENDING", "MARKETING")
        assert await office.acts() == [("template.created", "welcome")]
        assert await office.is_due()

    try_it(tmp_path, body)


@pytest.mark.parametrize(
    ("answer", "error"),
    [(refused(EXPIRED, 401), MetaRefusedError), (away(), NeverLeftError)],
    ids=["refused", "away"],
)
def test_what_meta_did_not_take_leaves_no_trace(tmp_path, answer, error):
    async def body(office):
        office.meta.answers = [answer]
        with pytest.raises(error):
            await office.create()
        assert (await office.names(), await office.acts()) == (["order_update"], [])
        assert not await office.is_due()

    try_it(tmp_path, body)


def test_a_lost_answer_says_so_and_has_the_waba_read(tmp_path):
    async def body(office):
        office.meta.answers = [AnswerLostError("timed out")]
        with pytest.raises(AnswerLostError, match="may have made welcome or not") as lost:
            await office.create()
        assert "look at its templates before you ask again" in str(lost.value)
        assert (await office.names(), await office.acts()) == (["order_update"], [])
        assert await office.is_due()

    try_it(tmp_path, body)


def test_a_waba_of_another_account_is_not_found_before_anything_else(tmp_path):
    async def body(office):
        whole, manager = await office.account(), office.manager
        for act in (
            manager.create(whole, "404", {}, AYESHA),
            manager.edit(whole, "404", {}, AYESHA),
            manager.delete(whole, "404", "order_update", None, AYESHA),
            manager.unpause(whole, "404", "77", AYESHA),
            manager.changes(whole, "404", 10, None),
        ):
            with pytest.raises(NotFoundError, match="has no WABA 404"):
                await act
        assert office.meta.calls == []

    try_it(tmp_path, body)


def test_more_than_a_hundred_creations_in_an_hour_are_not_asked_of_meta(tmp_path):
    async def body(office):
        office.meta.answers = [refused(EXPIRED, 401)] * (PER_HOUR + 1)
        for _ in range(PER_HOUR):
            with pytest.raises(MetaRefusedError):
                await office.create()
        with pytest.raises(TooFastError, match="ask again in 36 seconds") as refusal:
            await office.create()
        assert refusal.value.retry_after_s == pytest.approx(36)
        assert len(office.meta.calls) == PER_HOUR
        assert await office.create({"name": "no"}) != ()  # a fault costs no place

        office.clock.advance(36)
        with pytest.raises(MetaRefusedError):
            await office.create()

    try_it(tmp_path, body)


def test_an_edit_gives_meta_only_what_may_change(tmp_path):
    async def body(office):
        office.meta.answers = [answered({"success": True})]
        change = {"name": "order_update", "language": "en_US", "components": [BODY]}
        answer = await office.manager.edit(await office.account(), WABA_ID, change, AYESHA)
        assert answer == {"success": True}
        (call,) = office.meta.calls
        assert (call.method, call.url) == ("POST", "http://meta/v25.0/77")
        assert (
            call.body == b'{"components":[{"type":"body","text":"Your order has left our house."}]}'
        )
        assert await office.acts() == [("template.edited", "order_update")]
        assert await office.is_due()

    try_it(tmp_path, body)


@pytest.mark.parametrize("named", [{}, {"name": "order_update"}, {"language": "ta"}])
def test_an_edit_that_names_no_template_is_told_so(tmp_path, named):
    async def body(office):
        with pytest.raises(NotFoundError, match="names no template"):
            await office.manager.edit(await office.account(), WABA_ID, named, AYESHA)

    try_it(tmp_path, body)


@pytest.mark.parametrize("named", [{"name": "order_update", "language": "ta"}, {"id": 78}])
def test_an_edit_of_what_is_not_known_is_not_found(tmp_path, named):
    async def body(office):
        with pytest.raises(NotFoundError, match="as far as is known here"):
            await office.manager.edit(await office.account(), WABA_ID, named, AYESHA)

    try_it(tmp_path, body)


def test_one_language_is_deleted_by_its_id(tmp_path):
    async def body(office):
        office.meta.answers = [answered({"success": True})] * 2
        whole = await office.account()
        await office.manager.delete(whole, WABA_ID, "order_update", "78", AYESHA)
        assert await office.names() == ["order_update"]
        await office.manager.delete(whole, WABA_ID, "order_update", "77", AYESHA)
        assert await office.names() == []
        assert office.meta.calls[1].url.endswith("?name=order_update&hsm_id=77")

    try_it(tmp_path, body)
