"""Samples for templates: given to Meta by its resumable upload, for a handle."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from support.media_samples import JPEG, PDF, TEXT
from support.nouns import SENDER_ID, WABA_ID
from support.pair import running
from support.received import tell_everything
from support.watched_meta import watch
from waypost.directory.media import Upload
from waypost.model.audit import Actor
from waypost.model.errors import NotFoundError, NotSetUpError
from waypost.model.medium import Medium, ResumableMedium, ResumableState
from waypost.model.refusal import Reason, Refusal

CUSTOMER = Actor("key:Aabcde", "203.0.113.7")
SAMPLE = Upload(PDF, "application/pdf", "menu.pdf")
HOUR_S = 3600.0
DAY_S = 86_400.0


class Bench:
    def __init__(self, pair):
        self.pair = pair
        self.meta = watch(pair)
        self.samples = pair.gateway.tools.samples

    async def account(self):
        return await self.pair.gateway.registrar.find(self.pair.sid)

    async def upload(self, upload=SAMPLE):
        return await self.samples.upload(await self.account(), WABA_ID, upload, CUSTOMER)

    async def upload_with_pauses(self):
        """The same, while time passes between the tries."""
        async with asyncio.TaskGroup() as tasks:
            asked = tasks.create_task(self.upload())
            while not asked.done():
                await self.pair.pass_time(0.5)
        return asked.result()

    async def listed(self, id_=None, limit=100, offset=0):
        return await self.samples.list(await self.account(), WABA_ID, id_, limit, offset)

    def files(self):
        folder = self.pair.gateway.config.data_dir / "media"
        return [path.name for path in folder.rglob("*") if path.is_file()]

    def pieces(self):
        """What Meta was given: from where on, and how many bytes."""
        return [
            (int(call.headers["file_offset"]), len(call.body))
            for call in self.meta.calls
            if call.method == "POST" and "upload:" in call.path
        ]


def flow(folder, body, **config):
    async def run():
        async with running(folder, **{"meta_app_id": "670843887433847", **config}) as pair:
            return await body(Bench(pair))

    return asyncio.run(run())


def test_a_sample_has_a_handle_that_meta_knows(tmp_path):
    async def body(at):
        sample = await at.upload()
        acts = await at.pair.ask(lambda t: t.audit.entries(1, 1, None))
        (begun,) = at.meta.asked("POST", "/uploads")
        return sample, at.pair.emulator.state.handles, begun, await at.listed(), acts, at.meta

    sample, handles, begun, listed, (act,), meta = flow(tmp_path, body)
    assert isinstance(sample, ResumableMedium)
    assert sample.state is ResumableState.UPLOADED
    assert handles[sample.handle] == "application/pdf"
    assert begun.path == "/v25.0/670843887433847/uploads"
    assert sample.expires_at - sample.created_at == timedelta(hours=24)
    assert listed == [sample]
    assert (act.act, act.target) == ("sample.uploaded", sample.resumable_media_id)
    (given,) = (call for call in meta.calls if "upload:" in call.path)
    assert given.headers["authorization"].startswith("OAuth ")
    assert given.body == PDF


def test_samples_are_listed_by_page_and_by_id(tmp_path):
    async def body(at):
        made = []
        for n in range(3):
            made.append(await at.upload(Upload(JPEG + bytes([n]), None, f"{n}.jpg")))
            at.pair.clock.advance(1)
        first = made[0].resumable_media_id
        return (
            made,
            await at.listed(limit=2, offset=1),
            await at.listed(first),
            await at.listed("x"),
        )

    made, page, one, none = flow(tmp_path, body)
    assert page == [made[1], made[0]]
    assert one == [made[0]]
    assert none == []


def test_without_the_id_of_the_app_the_setting_is_named(tmp_path):
    async def body(at):
        with pytest.raises(NotSetUpError, match="meta_app_id"):
            await at.samples.upload(await at.account(), WABA_ID, SAMPLE, CUSTOMER)
        return at.files(), at.meta.calls

    assert flow(tmp_path, body, meta_app_id="") == ([], [])


def test_a_waba_of_somebody_else_has_no_samples_here(tmp_path):
    async def body(at):
        with pytest.raises(NotFoundError, match="no WABA 999"):
            await at.samples.upload(await at.account(), "999", SAMPLE, CUSTOMER)
        with pytest.raises(NotFoundError, match="no WABA 999"):
            await at.samples.list(await at.account(), "999", None, 1, 0)

    flow(tmp_path, body)


def test_a_file_that_cannot_be_a_sample_is_refused_with_everything_that_is_wrong(tmp_path):
    async def body(at):
        return await at.upload(Upload(TEXT, "application/pdf", "a/b")), await at.listed()

    refusal, listed = flow(tmp_path, body)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.PAYLOAD
    assert [fault.code for fault in refusal.faults] == [
        "medium_file_name",
        "medium_type_mismatch",
        "medium_type_unsupported",
    ]
    assert listed == []


def test_the_twenty_first_within_an_hour_is_told_how_long_to_wait(tmp_path):
    async def body(at):
        for _ in range(20):
            assert isinstance(await at.upload(), ResumableMedium)
            at.pair.clock.advance(60)
        refusal = await at.upload()
        wait_s = refusal.retry_after_s
        at.pair.clock.advance(wait_s - 1)
        early = await at.upload()
        at.pair.clock.advance(1)
        return refusal, wait_s, early, await at.upload()

    refusal, wait_s, early, late = flow(tmp_path, body)
    assert refusal.reason is Reason.RATE
    assert wait_s == 2400, "the first came twenty minutes ago"
    assert isinstance(early, Refusal)
    assert isinstance(late, ResumableMedium)


def test_an_upload_that_was_cut_is_taken_up_where_meta_stands(tmp_path):
    async def body(at):
        cuts = [4, 3]
        at.meta.cut = lambda call: (
            cuts.pop() if "upload:" in call.path and cuts and call.body else None
        )
        return await at.upload_with_pauses(), at.pieces()

    sample, pieces = flow(tmp_path, body)
    assert sample.state is ResumableState.UPLOADED
    assert pieces == [(0, len(PDF)), (3, len(PDF) - 3), (7, len(PDF) - 7)]


def test_an_upload_of_which_only_the_answer_was_lost_is_done_anew(tmp_path):
    async def body(at):
        lost = [True]
        at.meta.lost = lambda call: bool(
            call.body and "upload:" in call.path and lost and lost.pop()
        )
        return await at.upload_with_pauses(), at.pieces()

    sample, pieces = flow(tmp_path, body)
    assert sample.state is ResumableState.UPLOADED
    assert pieces == [(0, len(PDF)), (0, len(PDF))]


def test_an_upload_that_comes_to_nothing_says_why(tmp_path):
    async def body(at):
        at.meta.status = 503
        unreached = await at.upload_with_pauses()
        at.meta.status = 200
        await at.pair.gateway.registrar.save_waba(at.pair.sid, WABA_ID, "a-token-that-ended")
        refused = await at.upload()
        return unreached, refused, await at.listed()

    unreached, refused, listed = flow(tmp_path, body)
    assert unreached.state is refused.state is ResumableState.FAILED
    assert "could not be reached" in unreached.failure
    assert "190" in refused.failure
    assert {one.failure for one in listed} == {unreached.failure, refused.failure}


def test_a_sample_is_kept_for_three_days_and_its_bytes_for_whoever_else_needs_them(tmp_path):
    async def body(at):
        account = await at.account()
        await at.upload()
        shared = await at.upload(Upload(JPEG, None, "shop.jpg"))
        medium = await at.pair.gateway.tools.media.upload(
            account, account.senders[SENDER_ID], Upload(JPEG, None, "shop.jpg"), CUSTOMER
        )
        assert isinstance(medium, Medium)
        assert shared.object_key == medium.object_key
        at.pair.clock.advance(3 * DAY_S - 60)
        await at.samples.forget()
        kept = len(await at.listed()), len(at.files())
        at.pair.clock.advance(120)
        await at.samples.forget()
        return kept, await at.listed(), at.files(), medium

    kept, listed, files, medium = flow(tmp_path, body)
    assert kept == (2, 2)
    assert listed == []
    assert files == [medium.digest.hex()]


def test_a_sample_whose_upload_was_cut_off_with_the_gateway_has_failed(tmp_path):
    async def body(at):
        at.meta.status = 503
        account = await at.account()
        async with asyncio.TaskGroup() as tasks:
            cut_off = tasks.create_task(at.samples.upload(account, WABA_ID, SAMPLE, CUSTOMER))
            await at.pair.until(lambda: bool(at.meta.calls))
            cut_off.cancel()
        (before,) = await at.listed()
        at.pair.clock.advance(HOUR_S + 1)
        await at.samples.forget()
        return before, await at.listed()

    before, (after,) = flow(tmp_path, body)
    assert before.state is ResumableState.PENDING
    assert after.state is ResumableState.FAILED
    assert after.failure == "The gateway ended while it was uploaded. Send it again."


def envelope(sample, status, told):
    return {
        "status": status,
        "uploaded_file_handle": sample.handle or "",
        "file_name": sample.file_name,
        "file_link": "",
        "resumable_media_id": sample.resumable_media_id,
        "waba_id": WABA_ID,
        "time": told["time"],
    }


def test_a_sample_that_is_uploaded_is_told(tmp_path):
    async def body(at):
        await tell_everything(at.pair)
        sample = await at.upload()
        await at.pair.until(lambda: at.pair.shop.told)
        return sample, [told.json for told in at.pair.shop.told]

    sample, (told,) = flow(tmp_path, body)

    assert sample.handle
    assert told == envelope(sample, "UPLOADED", told)


def test_a_sample_that_was_cut_off_is_told_once_it_is_known(tmp_path):
    async def body(at):
        await tell_everything(at.pair)
        cut_off = replace(await at.upload(), state=ResumableState.PENDING, handle=None)
        await at.pair.until(lambda: at.pair.shop.told)

        async def step(transaction, items):
            await transaction.media.save_resumable([cut_off])
            return items

        await at.pair.store.write(step, None)
        at.pair.clock.advance(2 * HOUR_S)
        await at.samples.forget()
        await at.pair.until(lambda: len(at.pair.shop.told) > 1)
        return cut_off, [told.json for told in at.pair.shop.told]

    sample, (_, told) = flow(tmp_path, body)

    assert told == envelope(sample, "FAILED", told)
