"""WABAs are read whole or not at all, one reading at a time, and what fails is tried again."""

import asyncio

import pytest

from support.nouns import ACCOUNT, NOW, VAULT, WABA_ID, account, later, template, waba
from support.scripted_meta import EXPIRED, LISTED, answered, away, refused
from support.waba_desk import at_work
from waypost.directory.synchronizer import CHUNK
from waypost.model.errors import MetaRefusedError, NotFoundError, StoreError
from waypost.runtime.http import AnswerLostError, NeverLeftError
from waypost.runtime.vault_error import VaultError

GAPS = (30, 60, 120, 240, 480, 900)


def try_it(folder, body, **options):
    async def run():
        async with at_work(folder, **options) as desk:
            await body(desk)

    asyncio.run(run())


def many(count):
    return [{**LISTED, "id": str(place), "name": f"t{place:05}"} for place in range(count)]


def test_all_pages_are_read_and_reported(tmp_path):
    async def body(desk):
        desk.meta.listed, desk.meta.page = many(7), 3
        report = await desk.read()
        assert (report.templates, report.changes, report.skipped) == (7, 7, 0)
        assert len(desk.meta.calls) == 3
        assert desk.meta.calls[0].headers["Authorization"] == "Bearer meta-token"
        assert len(await desk.names()) == 7
        again = await desk.read()
        assert (again.templates, again.changes) == (7, 0)

    try_it(tmp_path, body)


def test_thousands_of_templates_are_kept_in_many_small_commits(tmp_path):
    async def body(desk):
        desk.meta.listed = many(2 * CHUNK + 1)
        version = (await desk.account()).version
        assert (await desk.read()).changes == 2 * CHUNK + 1
        assert len(await desk.names()) == 2 * CHUNK + 1
        assert (await desk.account()).version == version + 3  # the doors hear of each commit
        desk.meta.listed = []
        assert (await desk.read()).changes == 2 * CHUNK + 1
        assert await desk.names() == []

    try_it(tmp_path, body)


def test_what_is_not_understood_makes_nothing_vanish(tmp_path):
    async def body(desk):
        desk.meta.listed = many(2)
        await desk.read()
        desk.meta.listed = [{**LISTED, "name": "t00000", "components": None}]
        report = await desk.read()
        assert (report.templates, report.skipped) == (0, 1)
        assert await desk.names() == ["t00000", "t00001"]

    try_it(tmp_path, body)


@pytest.mark.parametrize(
    "answer",
    [answered({"paging": {}}), answered({"data": None}), answered([]), away()],
    ids=["no-data", "null", "a-list", "away"],
)
def test_an_answer_that_is_no_list_is_no_empty_list(tmp_path, answer):
    async def body(desk):
        await desk.read()
        desk.meta.answers = [answer]
        with pytest.raises((AnswerLostError, NeverLeftError)):
            await desk.read()
        assert await desk.names() == ["order_update"]

    try_it(tmp_path, body)


def test_a_page_that_fails_keeps_nothing_of_the_others(tmp_path):
    async def body(desk):
        first = {"data": many(2), "paging": {"cursors": {"after": "2"}, "next": "https://x"}}
        desk.meta.answers = [answered(first), refused(EXPIRED, 401)]
        with pytest.raises(MetaRefusedError, match="expired"):
            await desk.read()
        assert await desk.names() == []

    try_it(tmp_path, body)


def test_what_was_learned_while_the_list_was_on_its_way_stands(tmp_path):
    async def body(desk):
        await desk.read()
        desk.clock.advance(60)

        async def told_meanwhile():
            paused = template(status="PAUSED", template_id="77")
            made = template(name="made", status="PENDING")
            desk.clock.advance(1)
            at = desk.clock.now()
            await desk.do(lambda t: t.templates.save(ACCOUNT, WABA_ID, [paused, made], at))
            await desk.do(lambda t: t.directory.set_sync_due(WABA_ID, at))

        desk.meta.meanwhile = told_meanwhile
        report = await desk.read()

        assert report.changes == 0
        known = (await desk.account()).templates
        assert known[WABA_ID, "order_update", "en_US"].status == "PAUSED"
        assert await desk.names() == ["made", "order_update"]
        assert await desk.due_in(61) == 1  # so the next reading comes soon

    try_it(tmp_path, body)


def test_failures_are_noted_and_tried_again_with_growing_gaps(tmp_path):
    async def body(desk):
        gaps = []
        for answer in (away(), away(), refused(EXPIRED, 401), away(), away(), away(), away()):
            desk.meta.answers = [answer]
            with pytest.raises((NeverLeftError, MetaRefusedError)):
                await desk.read()
            gaps.append([await desk.due_in(s) for s in GAPS].index(1))
        assert [GAPS[gap] for gap in gaps] == [30, 60, 120, 240, 480, 900, 900]
        assert (await desk.waba()).sync_failure == "Meta does not answer: connection refused."

        await desk.read()
        assert (await desk.waba()).sync_failure is None
        desk.meta.answers = [refused(EXPIRED, 401)]
        with pytest.raises(MetaRefusedError):
            await desk.read()
        assert await desk.due_in(30) == 1
        failure = (await desk.waba()).sync_failure
        assert failure.startswith("Meta refused (190): The session has expired. Operator: renew")
        assert "meta-token" not in failure

    try_it(tmp_path, body)


def test_a_token_that_cannot_be_opened_is_noted(tmp_path):
    async def body(desk):
        await desk.do(lambda t: t.directory.save_waba(waba(access_token="bare"), NOW))
        with pytest.raises(VaultError):
            await desk.read()
        assert "unsealed" in (await desk.waba()).sync_failure
        assert desk.meta.calls == []

    try_it(tmp_path, body)


def test_who_asks_while_a_waba_is_read_shares_the_reading(tmp_path):
    async def body(desk):
        desk.meta.holding = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(desk.read()) for _ in range(5)]
            await asyncio.sleep(0.01)
            desk.meta.holding.set()
        assert [task.result().templates for task in asked] == [1] * 5
        assert len(desk.meta.calls) == 1

    try_it(tmp_path, body)


def test_who_leaves_does_not_break_off_the_reading_for_others(tmp_path):
    async def body(desk):
        desk.meta.holding = asyncio.Event()
        loop = asyncio.get_running_loop()
        first, second, third = (loop.create_task(desk.read()) for _ in range(3))
        await asyncio.sleep(0.01)
        second.cancel()
        await asyncio.sleep(0.01)
        assert not third.done()
        first.cancel()  # the one that reads: the others go without an answer, and do not hang
        with pytest.raises(AnswerLostError, match="broken off"):
            await third
        assert first.cancelled()
        assert second.cancelled()

    try_it(tmp_path, body)


def test_the_timer_outlives_every_failure(tmp_path):
    async def body(desk):
        desk.meta.answers = [away(), RuntimeError("a slip of ours"), refused(EXPIRED, 401)]
        task = asyncio.get_running_loop().create_task(desk.synchronizer.run())
        await desk.pass_time(200)
        assert await desk.names() == ["order_update"]
        assert len(desk.meta.calls) == 4

        desk.synchronizer.stop()
        await asyncio.wait_for(task, 5)

    try_it(tmp_path, body)


def test_a_stop_breaks_off_a_reading_that_hangs(tmp_path):
    async def body(desk):
        desk.meta.holding = asyncio.Event()
        task = asyncio.get_running_loop().create_task(desk.synchronizer.run())
        await desk.pass_time(2)
        assert len(desk.meta.calls) == 1
        desk.synchronizer.stop()
        await asyncio.wait_for(task, 5)

    try_it(tmp_path, body)


def test_a_start_reads_what_is_not_due(tmp_path):
    async def body(desk):
        await desk.do(lambda t: t.directory.record_sync(waba(synced_at=NOW), NOW, NOW, later(900)))
        task = asyncio.get_running_loop().create_task(desk.synchronizer.run())
        await desk.pass_time(1)
        assert await desk.names() == ["order_update"]
        await desk.pass_time(20)
        assert len(desk.meta.calls) == 1
        desk.synchronizer.stop()
        await task

    try_it(tmp_path, body)


def test_webhooks_in_a_row_bring_about_a_reading_every_ten_seconds_at_most(tmp_path):
    async def body(desk):
        task = asyncio.get_running_loop().create_task(desk.synchronizer.run())
        for _ in range(30):
            now = desk.clock.now()
            await desk.do(lambda t, at=now: t.directory.set_sync_due(WABA_ID, at))
            await desk.pass_time(1)
        assert 3 <= len(desk.meta.calls) <= 4
        desk.synchronizer.stop()
        await task

    try_it(tmp_path, body)


def test_a_large_waba_rests_longer_after_a_reading(tmp_path):
    async def body(desk):
        desk.meta.listed = many(1000)
        await desk.read()
        desk.clock.advance(1)
        desk.meta.calls.clear()
        desk.meta.listed = []
        now = desk.clock.now()
        await desk.do(lambda t: t.directory.set_sync_due(WABA_ID, now))
        task = asyncio.get_running_loop().create_task(desk.synchronizer.run())
        await desk.pass_time(18)
        assert desk.meta.calls == []
        await desk.pass_time(2)
        assert len(desk.meta.calls) == 1

        await desk.do(lambda t: t.directory.set_sync_due(WABA_ID, desk.clock.now()))
        desk.synchronizer.hurry(ACCOUNT, WABA_ID)
        await desk.pass_time(2)
        assert len(desk.meta.calls) == 2
        desk.synchronizer.stop()
        await task

    try_it(tmp_path, body)


def test_the_catalogue_is_read_once_an_interval_and_its_failure_fails_nothing_else(tmp_path):
    asked = []

    async def read_catalogue(one):
        asked.append(one.waba_id)
        if len(asked) == 1:
            raise NeverLeftError("connection refused")
        return "9001"

    async def body(desk):
        assert (await desk.read()).templates == 1
        failed = await desk.waba()
        assert failed.sync_failure == "Its catalogue: Meta does not answer: connection refused."
        await desk.read()
        assert len(asked) == 1
        assert (await desk.waba()).sync_failure == failed.sync_failure

        version = (await desk.account()).version
        desk.clock.advance(900)
        await desk.read()
        assert ((await desk.waba()).catalogue_id, len(asked)) == ("9001", 2)
        assert (await desk.waba()).sync_failure is None
        assert (await desk.account()).version == version + 1
        await desk.read()
        assert len(asked) == 2
        await desk.synchronizer.sync_account(account().sid)
        assert len(asked) == 3

    try_it(tmp_path, body, catalogue=read_catalogue)


def test_a_reading_takes_nothing_back_that_was_noted_while_it_was_under_way(tmp_path):
    async def body(desk):
        stale = await desk.waba()

        async def noted_meanwhile():
            desk.clock.advance(1)
            noted = waba(catalogue_id="9001", sync_failure="Its catalogue: may not be seen.")
            await desk.do(lambda t: t.directory.record_catalogue(noted))

        desk.meta.meanwhile = noted_meanwhile
        await desk.synchronizer.sync_waba(stale)

        known = await desk.waba()
        assert (known.catalogue_id, known.synced_at) == ("9001", NOW)
        assert known.sync_failure == "Its catalogue: may not be seen."

        desk.clock.advance(60)
        desk.meta.answers = [away()]
        with pytest.raises(NeverLeftError):
            await desk.synchronizer.sync_waba(stale)
        assert (await desk.waba()).catalogue_id == "9001"

    try_it(tmp_path, body)


def test_what_meta_told_while_the_templates_were_read_outlives_the_catalogue(tmp_path):
    async def read_catalogue(_):
        return "9001"

    async def body(desk):
        async def told_meanwhile():
            desk.clock.advance(1)
            now = desk.clock.now()
            await desk.do(lambda t: t.directory.set_sync_due(WABA_ID, now))
            desk.clock.advance(1)

        desk.meta.meanwhile = told_meanwhile
        await desk.read()

        assert (await desk.waba()).catalogue_id == "9001"
        assert await desk.due_in(2) == 1

    try_it(tmp_path, body, catalogue=read_catalogue)


def test_a_failure_of_the_templates_is_not_hidden_by_the_catalogue(tmp_path):
    reading = []

    async def read_catalogue(_):
        desk = reading[0]
        desk.clock.advance(60)
        desk.meta.answers = [away()]
        with pytest.raises(NeverLeftError):
            await desk.read()
        return "9001"

    async def body(desk):
        reading.append(desk)
        await desk.read()
        known = await desk.waba()
        assert known.catalogue_id == "9001"
        assert known.sync_failure == "Meta does not answer: connection refused."

    try_it(tmp_path, body, catalogue=read_catalogue)


def test_a_new_token_makes_a_waba_due_that_is_just_being_read_with_the_old_one(tmp_path):
    async def body(desk):
        async def renewed_meanwhile():
            desk.clock.advance(1)
            now = desk.clock.now()
            renewed = waba(access_token=VAULT.seal("another-token"))
            await desk.do(lambda t: t.directory.save_waba(renewed, now))
            desk.clock.advance(1)

        await desk.read()
        desk.clock.advance(60)
        desk.meta.meanwhile, desk.meta.answers = renewed_meanwhile, [refused(EXPIRED, 401)]
        with pytest.raises(MetaRefusedError):
            await desk.read()

        assert await desk.due_in(62) == 1

    try_it(tmp_path, body)


def test_the_doors_hear_of_templates_although_the_reading_is_broken_off_behind_them(tmp_path):
    async def body(desk):
        numbers = iter(range(1, CHUNK + 1))

        def number_while_there_is_room():
            found = next(numbers, None)
            if found is None:
                raise StoreError("The disk is full.")
            return found

        version = (await desk.account()).version
        desk.meta.listed = many(CHUNK + 1)
        desk.synchronizer.next_number = number_while_there_is_room
        with pytest.raises(StoreError):
            await desk.read()

        assert len(await desk.names()) == CHUNK
        assert (await desk.account()).version > version

    try_it(tmp_path, body)


def test_an_account_that_is_not_there_is_told(tmp_path):
    async def body(desk):
        with pytest.raises(NotFoundError, match="There is no account HXIN0"):
            await desk.synchronizer.sync_account("HXIN0")
        (report,) = await desk.synchronizer.sync_account(account().sid)
        assert (report.waba_id, report.templates) == (WABA_ID, 1)

    try_it(tmp_path, body)
