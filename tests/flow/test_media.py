"""Media: uploaded once, the same id for good, found at the door, given to Meta again in time."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from msgspec.structs import replace

from support.media_samples import JPEG, PDF, PNG
from support.nouns import SENDER_ID
from support.pair import Pair, running
from support.watched_meta import WatchedMeta, watch
from waypost.directory.media import Upload
from waypost.directory.media_questions import MOST_AT_ONCE, PER_SECOND
from waypost.model.audit import Actor
from waypost.model.errors import MetaRefusedError, NotFoundError, StoreError
from waypost.model.medium import Medium, MediumKind
from waypost.runtime.http import HttpError

CUSTOMER = Actor("key:Aabcde", "203.0.113.7")
PICTURE = Upload(JPEG, "image/jpeg", "shop.jpg")
DAY_S = 86_400.0
SEEDED = "1558081531584829"
"""An image that the emulator has from the start: uploaded past the gateway."""


class Bench:
    """A pair, its account and sender as the door would hand them over."""

    def __init__(self, pair: Pair, meta: WatchedMeta) -> None:
        self.pair = pair
        self.meta = meta
        self.library = pair.gateway.tools.media
        self.renewer = pair.gateway.tools.media_renewer

    async def account(self):
        account = await self.pair.gateway.registrar.find(self.pair.sid)
        return account, account.senders[SENDER_ID]

    async def upload(self, upload: Upload = PICTURE) -> Medium:
        medium = await self.library.upload(*await self.account(), upload, CUSTOMER)
        assert isinstance(medium, Medium), medium
        return medium

    async def look_up(self, *media_ids: str):
        """As the door does for a send that it accepts."""
        found = await self.library.look_up(*await self.account(), media_ids)
        self.library.use(found.known.values())
        return found

    async def rows(self) -> list[Medium]:
        account, _ = await self.account()
        return await self.library.list(account, 100, 0)

    async def row(self, media_id: str) -> Medium:
        (found,) = (one for one in await self.rows() if one.media_id == media_id)
        return found

    def files(self) -> list[str]:
        folder = self.pair.gateway.config.data_dir / "media"
        return sorted(path.name for path in folder.rglob("*") if path.is_file())

    def uploads(self) -> int:
        return len(self.meta.asked("POST", "/media"))

    async def acts(self) -> list[tuple[str, str, str]]:
        entries = await self.pair.ask(lambda t: t.audit.entries(1, 100, None))
        return [
            (one.actor.name, one.act, one.target)
            for one in reversed(entries)
            if one.act.startswith("medium.")
        ]


@asynccontextmanager
async def bench(folder, **config):
    async with running(folder, **config) as pair:
        yield Bench(pair, watch(pair))


def flow(folder, body, **config):
    async def run():
        async with bench(folder, **config) as at:
            return await body(at)

    return asyncio.run(run())


def test_a_medium_is_kept_here_and_at_meta_under_metas_first_id(tmp_path):
    async def body(at):
        medium = await at.upload()
        return medium, at.pair.emulator.state.media[medium.media_id], at.files(), await at.acts()

    medium, at_meta, files, acts = flow(tmp_path, body)
    assert medium.media_id == medium.meta_id
    assert (medium.kind, medium.mime_type, medium.size_bytes, medium.file_name) == (
        MediumKind.IMAGE,
        "image/jpeg",
        len(JPEG),
        "shop.jpg",
    )
    assert medium.meta_expires_at - medium.created_at == timedelta(days=30)
    assert at_meta.content == JPEG
    assert at_meta.mime_type == "image/jpeg"
    assert files == [at_meta.sha256]
    assert acts == [("key:Aabcde", "medium.uploaded", medium.media_id)]


def test_the_same_content_is_the_same_medium_and_goes_to_meta_once(tmp_path):
    async def body(at):
        first = await at.upload()
        again = await at.upload(replace(PICTURE, file_name="other.jpg", declared_type=None))
        both = await asyncio.gather(*(at.upload(Upload(PNG, None, "")) for _ in range(5)))
        return first, again, both, at.uploads(), len(at.files())

    first, again, both, uploads, files = flow(tmp_path, body)
    assert again == first
    assert len({one.media_id for one in both}) == 1
    assert (uploads, files) == (2, 2)


def test_another_sender_of_the_account_shares_the_bytes_and_has_an_id_of_its_own(tmp_path):
    async def body(at):
        account, sender = await at.account()
        other = replace(sender, sender_id="918000000002")
        first = await at.upload()
        second = await at.library.upload(account, other, PICTURE, CUSTOMER)
        return first, second, at.files(), at.uploads()

    first, second, files, uploads = flow(tmp_path, body)
    assert first.media_id != second.media_id
    assert first.object_key == second.object_key
    assert (len(files), uploads) == (1, 2)


def test_what_meta_would_not_take_is_told_and_nothing_is_kept(tmp_path):
    async def body(at):
        account, sender = await at.account()
        faults = await at.library.upload(
            account, sender, replace(PICTURE, declared_type="image/png"), CUSTOMER
        )
        return faults, at.files(), at.uploads(), await at.rows()

    faults, files, uploads, rows = flow(tmp_path, body)
    assert [fault.code for fault in faults] == ["medium_type_mismatch"]
    assert (files, uploads, rows) == ([], 0, [])


def test_an_upload_that_meta_refuses_leaves_nothing_behind(tmp_path):
    async def body(at):
        at.pair.emulator.state.numbers.clear()
        with pytest.raises(MetaRefusedError):
            await at.upload()
        return at.files(), await at.rows(), await at.acts()

    assert flow(tmp_path, body) == ([], [], [])


def test_an_upload_whose_answer_is_lost_leaves_nothing_behind_and_can_be_done_again(tmp_path):
    async def body(at):
        at.meta.lost = lambda call: call.path.endswith("/media")
        with pytest.raises(HttpError):
            await at.upload()
        left = at.files(), await at.rows()
        at.meta.lost = lambda _: False
        await at.upload()
        return left, at.files()

    left, files = flow(tmp_path, body)
    assert left == ([], [])
    assert len(files) == 1


def test_an_upload_that_finds_no_room_for_its_bytes_is_not_given_to_meta(tmp_path):
    async def body(at):
        (at.pair.gateway.config.data_dir / "media").write_text("a file stands in the way")
        with pytest.raises(StoreError, match="Make room there"):
            await at.upload()
        return at.uploads(), await at.rows()

    assert flow(tmp_path, body) == (0, [])


def test_bytes_that_another_process_let_go_of_during_the_upload_are_kept_again(tmp_path):
    async def body(at):
        def remove_them(_) -> bool:
            for path in (at.pair.gateway.config.data_dir / "media").rglob("*"):
                if path.is_file():
                    path.unlink()
            return False

        at.meta.lost = remove_them
        medium = await at.upload()
        return medium, at.files()

    medium, files = flow(tmp_path, body)
    assert files == [medium.digest.hex()]


def test_the_door_finds_a_medium_and_asks_nobody_twice(tmp_path):
    async def body(at):
        medium = await at.upload()
        at.meta.calls.clear()
        found = [await at.look_up(medium.media_id) for _ in range(3)]
        return medium, found, at.meta.calls

    medium, found, calls = flow(tmp_path, body)
    assert all(one.known == {medium.media_id: medium} for one in found)
    assert calls == []


def test_a_medium_uploaded_past_the_gateway_is_asked_of_meta_once_a_day(tmp_path):
    async def body(at):
        shown = f"/{SEEDED}"
        looked = await asyncio.gather(*(at.look_up(SEEDED, SEEDED) for _ in range(4)))
        asked = [len(at.meta.asked("GET", shown))]
        at.pair.clock.advance(3600)
        await at.look_up(SEEDED)
        asked.append(len(at.meta.asked("GET", shown)))
        at.pair.clock.advance(DAY_S)
        await at.look_up(SEEDED)
        asked.append(len(at.meta.asked("GET", shown)))
        return looked, asked, await at.row(SEEDED)

    looked, asked, row = flow(tmp_path, body)
    assert {one.known[SEEDED].kind for one in looked} == {MediumKind.IMAGE}
    assert asked == [1, 1, 2]
    assert (row.object_key, row.digest, row.meta_id) == (None, None, SEEDED)


def test_an_id_that_meta_does_not_know_is_unknown_and_asked_again_after_a_minute(tmp_path):
    async def body(at):
        shown = "/1000000000000001"
        looked = [await at.look_up("1000000000000001", "no id/at all") for _ in range(3)]
        asked = [len(at.meta.asked("GET", shown))]
        at.pair.clock.advance(61)
        await at.look_up("1000000000000001")
        asked.append(len(at.meta.asked("GET", shown)))
        return looked, asked, [str(call) for call in at.meta.calls], await at.rows()

    looked, asked, calls, rows = flow(tmp_path, body)
    for one in looked:
        assert (one.known, one.unchecked) == ({}, frozenset())
        assert one.unknown == {"1000000000000001", "no id/at all"}
    assert asked == [1, 2]
    assert calls == ["GET /1000000000000001"] * 2, "what can be no id is not asked for"
    assert rows == []


def test_an_id_that_is_no_mediums_is_unknown(tmp_path):
    async def body(at):
        account, _ = await at.account()
        (waba_id,) = account.wabas
        return waba_id, await at.look_up(waba_id)

    waba_id, looked = flow(tmp_path, body)
    assert looked.unknown == {waba_id}


def test_what_cannot_be_asked_now_is_neither_known_nor_unknown(tmp_path):
    async def body(at):
        at.meta.status = 503
        looked = [await at.look_up(SEEDED) for _ in range(3)]
        asked = len(at.meta.calls)
        at.meta.status = 200
        at.pair.clock.advance(6)
        return looked, asked, await at.look_up(SEEDED)

    looked, asked, later = flow(tmp_path, body)
    assert all(one.unchecked == {SEEDED} and not one.unknown for one in looked)
    assert asked == 1, "the next sends do not wait for Meta too"
    assert SEEDED in later.known


def test_when_meta_cannot_be_asked_other_ids_are_not_asked_for_either(tmp_path):
    async def body(at):
        at.meta.status = 503
        looked = [await at.look_up(str(10**15 + number)) for number in range(20)]
        return looked, len(at.meta.calls)

    looked, asked = flow(tmp_path, body)
    assert all(one.unchecked for one in looked)
    assert asked == 1


def test_a_sender_that_names_unknown_ids_without_end_uses_up_few_of_metas_calls(tmp_path):
    async def body(at):
        ids = iter(range(10**15, 2 * 10**15))
        asked, unchecked = [], 0
        for seconds in (0, 0, 10, 0):
            at.pair.clock.advance(seconds)
            at.meta.calls.clear()
            looked = await at.look_up(*(str(next(ids)) for _ in range(MOST_AT_ONCE)))
            asked.append(len(at.meta.calls))
            unchecked += len(looked.unchecked)
        return asked, unchecked

    asked, unchecked = flow(tmp_path, body)
    assert asked == [MOST_AT_ONCE, 0, 10 * PER_SECOND, 0]
    assert unchecked == 4 * MOST_AT_ONCE - sum(asked)


def test_a_medium_of_another_number_of_the_same_waba_may_be_sent(tmp_path):
    async def body(at):
        medium = await at.upload()
        account, sender = await at.account()
        sibling = replace(sender, sender_id="918000000002", phone_number_id="2")
        stranger = replace(sibling, sender_id="918000000003", waba_id="another")
        at.meta.calls.clear()
        mine = await at.library.look_up(account, sibling, [medium.media_id])
        unasked = not at.meta.calls
        theirs = await at.library.look_up(account, stranger, [medium.media_id])
        return medium, mine, unasked, theirs, await at.rows()

    medium, mine, unasked, theirs, rows = flow(tmp_path, body)
    assert set(mine.known) == {medium.media_id}
    assert unasked
    assert theirs.unknown == {medium.media_id}
    assert rows == [medium]


def test_a_medium_in_use_is_given_to_meta_again_before_it_ends_and_keeps_its_id(tmp_path):
    async def body(at):
        medium = await at.upload()
        at.pair.clock.advance(26 * DAY_S)
        await at.renewer.tidy()
        early = at.uploads()
        at.pair.clock.advance(1 * DAY_S + 60)
        await at.look_up(medium.media_id)
        await at.renewer.tidy()
        await at.renewer.tidy()
        at.pair.clock.advance(5 * DAY_S)
        looked = await at.look_up(medium.media_id)
        again = await at.upload()
        return medium, early, at.uploads(), looked, again, set(at.pair.emulator.state.media)

    medium, early, uploads, looked, again, at_meta = flow(tmp_path, body)
    assert (early, uploads) == (1, 2), "not before its time, and once"
    renewed = looked.known[medium.media_id]
    assert renewed.media_id == medium.media_id
    assert renewed.meta_id != medium.meta_id
    assert renewed.meta_id in at_meta
    assert renewed.meta_expires_at - medium.meta_expires_at > timedelta(days=27)
    assert (again.media_id, again.meta_id) == (medium.media_id, renewed.meta_id)


def test_a_medium_that_nobody_uses_ends_is_shown_as_expired_and_goes_with_its_bytes(tmp_path):
    async def body(at):
        medium = await at.upload()
        at.pair.clock.advance(28 * DAY_S)
        await at.renewer.tidy()
        at.pair.clock.advance(3 * DAY_S)
        await at.renewer.tidy()
        expired = await at.look_up(medium.media_id)
        kept = at.files()
        at.pair.clock.advance(30 * DAY_S)
        await at.renewer.forget()
        gone = await at.look_up(medium.media_id)
        return medium, at.uploads(), expired, kept, at.files(), gone, at.pair.clock.now()

    medium, uploads, expired, kept, files, gone, now = flow(tmp_path, body, media_keep_days=10)
    assert uploads == 1
    assert expired.known[medium.media_id].meta_expires_at < now
    assert (len(kept), files) == (1, [])
    assert gone.unknown == {medium.media_id}


def test_an_expired_medium_uploaded_once_more_is_the_same_medium(tmp_path):
    async def body(at):
        medium = await at.upload()
        at.pair.clock.advance(31 * DAY_S)
        return medium, await at.upload(), await at.rows()

    medium, again, rows = flow(tmp_path, body)
    assert again.media_id == medium.media_id
    assert again.meta_id != medium.meta_id
    assert rows == [again]


def test_a_medium_that_cannot_be_renewed_holds_up_no_other(tmp_path):
    async def body(at):
        media = [await at.upload(Upload(data, None, "")) for data in (JPEG, PNG, PDF)]
        lost, damaged, _ = media
        folder = at.pair.gateway.config.data_dir / "media"
        (folder / str(lost.object_key)).unlink()
        (folder / str(damaged.object_key)).write_bytes(b"damaged")
        at.pair.clock.advance(28 * DAY_S)
        renewed = await at.renewer.renew()
        return renewed, [await at.row(one.media_id) for one in media], media

    renewed, rows, media = flow(tmp_path, body)
    assert renewed == 1
    changed = [row.meta_id != one.meta_id for row, one in zip(rows, media, strict=True)]
    assert changed == [False, False, True]


def test_renewal_waits_for_meta_to_be_reached(tmp_path):
    async def body(at):
        for data in (JPEG, PNG):
            await at.upload(Upload(data, None, ""))
        at.pair.clock.advance(28 * DAY_S)
        at.meta.calls.clear()
        at.meta.status = 503
        renewed = [await at.renewer.renew()]
        asked = at.uploads()
        at.meta.status = 200
        renewed.append(await at.renewer.renew())
        return renewed, asked

    assert flow(tmp_path, body) == ([0, 2], 1)


def test_a_sender_whose_token_is_refused_is_asked_for_once_a_round(tmp_path):
    async def body(at):
        for data in (JPEG, PNG, PDF):
            await at.upload(Upload(data, None, ""))
        at.pair.clock.advance(28 * DAY_S)
        account, _ = await at.account()
        (waba_id,) = account.wabas
        await at.pair.gateway.registrar.save_waba(at.pair.sid, waba_id, "a-token-that-ended")
        at.meta.calls.clear()
        return await at.renewer.renew(), at.uploads()

    assert flow(tmp_path, body) == (0, 1)


def test_a_removed_medium_is_gone_at_meta_too_and_its_bytes_with_the_last_who_needs_them(tmp_path):
    async def body(at):
        account, sender = await at.account()
        other = replace(sender, sender_id="918000000002")
        first = await at.upload()
        second = await at.library.upload(account, other, PICTURE, CUSTOMER)
        both = replace(account, senders={**account.senders, other.sender_id: other})
        await at.library.remove(both, first.media_id, CUSTOMER)
        left = at.files()
        await at.library.remove(both, second.media_id, CUSTOMER)
        with pytest.raises(NotFoundError, match=first.media_id):
            await at.library.remove(both, first.media_id, CUSTOMER)
        looked = await at.look_up(first.media_id)
        return first, left, at.files(), looked, at.pair.emulator.state.media, await at.acts()

    first, left, files, looked, at_meta, acts = flow(tmp_path, body)
    assert (len(left), files) == (1, [])
    assert first.media_id not in at_meta
    assert looked.unknown == {first.media_id}
    assert acts[-2:-1] == [("key:Aabcde", "medium.removed", first.media_id)]


def test_a_medium_that_meta_lost_already_can_be_removed_and_one_it_keeps_back_cannot(tmp_path):
    async def body(at):
        account, _ = await at.account()
        lost, kept = await at.upload(), await at.upload(Upload(PDF, None, "a.pdf"))
        del at.pair.emulator.state.media[lost.media_id]
        await at.library.remove(account, lost.media_id, CUSTOMER)
        at.meta.status = 500
        with pytest.raises(HttpError):
            await at.library.remove(account, kept.media_id, CUSTOMER)
        return kept, await at.rows(), len(at.files())

    kept, rows, files = flow(tmp_path, body)
    assert rows == [kept]
    assert files == 1


def test_media_in_use_are_known_to_be_although_the_gateway_never_runs_for_an_hour(tmp_path):
    async def body(at):
        medium = await at.upload()
        at.pair.clock.advance(20 * DAY_S)
        async with asyncio.TaskGroup() as tasks:
            running_ = tasks.create_task(at.renewer.run())
            await at.pair.pass_time(1)
            await at.look_up(medium.media_id)
            at.renewer.stop()
            await asyncio.wait_for(running_, 5)
        return await at.row(medium.media_id), medium

    row, medium = flow(tmp_path, body)
    assert row.last_used_at - medium.created_at >= timedelta(days=19)


def test_the_renewer_works_at_the_start_and_every_hour_and_stops_when_told(tmp_path):
    async def body(at):
        medium = await at.upload()
        at.pair.clock.advance(28 * DAY_S)
        async with asyncio.TaskGroup() as tasks:
            running_ = tasks.create_task(at.renewer.run())
            await at.pair.until(lambda: at.uploads() == 2)
            await at.look_up(medium.media_id)
            for _ in range(28 * 24):
                await at.pair.pass_time(0)
                at.pair.clock.advance(3600)
            await at.pair.until(lambda: at.uploads() == 3)
            at.renewer.stop()
            await asyncio.wait_for(running_, 5)
        return await at.row(medium.media_id), medium

    row, medium = flow(tmp_path, body)
    assert row.meta_id != medium.meta_id
