"""Media that recipients send: fetched, kept, told with an address, served, and let go."""

import asyncio
import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from support.asgi import Answered, call
from support.media_samples import JPEG, PDF
from support.nouns import ACCOUNT, NOW
from support.old_messages import HastyClock
from support.pair import TO, running
from waypost.model.inbound import InboundQuestion, MediaState
from waypost.retention.trimmer import Trimmer

SEEDED = "1558081531584829"
"""An image that the emulator has from the start."""


class Bench:
    """A pair, and what a person sends to it."""

    def __init__(self, pair):
        self.pair = pair

    async def send(self, content=JPEG, mime_type="image/jpeg", **medium):
        encoded = base64.b64encode(content).decode()
        given = {"content": encoded, "mime_type": mime_type, **medium}
        await self.pair.order("inbound", {"from": TO, "medium": given})

    async def send_message(self, **message):
        await self.pair.order("inbound", {"from": TO, "message": message})

    def told(self):
        """The callbacks of incoming messages."""
        return [one.json for one in self.pair.shop.told if "media_url" in one.body.decode()]

    async def until_told(self, count=1):
        await self.pair.until(lambda: len(self.told()) >= count)
        return self.told()[-1]

    async def row(self):
        asked = InboundQuestion(ACCOUNT)
        found, *_ = await self.pair.ask(lambda t: t.inbound.page(asked, "", ""))
        return found  # the newest

    async def get(self, url, method="GET", **headers) -> Answered:
        parts = urlsplit(url)
        return await call(
            self.pair.gateway.app, method, f"{parts.path}?{parts.query}", headers=headers
        )

    def files(self):
        folder = self.pair.gateway.config.data_dir / "media"
        return sorted(path.name for path in folder.rglob("*") if path.is_file())


def media_url(told):
    """Wherever the envelope has it."""
    found = []

    def look(value):
        if isinstance(value, dict):
            if value.get("media_url"):
                found.append(value["media_url"])
            for part in value.values():
                look(part)
        elif isinstance(value, list):
            for part in value:
                look(part)

    look(told)
    return found[0]


def flow(folder, body, **config):
    async def run():
        async with running(folder, **config) as pair:
            return await body(Bench(pair))

    return asyncio.run(run())


def test_a_picture_is_told_with_an_address_that_serves_its_bytes(tmp_path):
    async def body(at):
        await at.send(caption="look")
        url = media_url(await at.until_told())
        return url, await at.get(url), await at.get(url, "HEAD"), await at.row(), at.files()

    url, got, head, row, files = flow(tmp_path, body, public_url="https://gateway.example")
    assert url.startswith("https://gateway.example/media/")
    assert (got.status, got.body) == (200, JPEG)
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["content-length"] == str(len(JPEG))
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-disposition"] == "inline"
    assert (head.status, head.body, head.headers) == (200, b"", got.headers)
    assert (row.medium.state, row.medium.size) == (MediaState.STORED, len(JPEG))
    assert files == [hashlib.sha256(JPEG).hexdigest()]


def test_a_document_is_saved_under_its_name_and_read_in_parts(tmp_path):
    async def body(at):
        await at.send(PDF, "application/pdf", filename='Rechnung "März"/1.pdf')
        url = media_url(await at.until_told())
        part = await at.get(url, range="bytes=2-5")
        return (
            await at.get(url),
            part,
            await at.get(url, range="bytes=-4"),
            url,
            await at.get(url, range=f"bytes={len(PDF)}-"),
        )

    got, part, end, _, behind = flow(tmp_path, body)
    assert got.body == PDF
    assert got.headers["content-disposition"] == (
        'attachment; filename="Rechnung _M_rz__1.pdf"; '
        "filename*=UTF-8''Rechnung%20_M%C3%A4rz__1.pdf"
    )
    assert (part.status, part.body) == (206, PDF[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(PDF)}"
    assert end.body == PDF[-4:]
    assert behind.status == 416


def test_a_page_is_never_shown_in_place(tmp_path):
    async def body(at):
        await at.send(b"<script>alert(1)</script>", "text/html", kind="document")
        return await at.get(media_url(await at.until_told()))

    got = flow(tmp_path, body)
    assert got.headers["content-disposition"] == "attachment"
    assert "sandbox" in got.headers["content-security-policy"]


def test_an_address_is_refused_once_it_expired_or_was_changed(tmp_path):
    async def body(at):
        await at.send()
        url = media_url(await at.until_told())
        query = parse_qs(urlsplit(url).query)
        later = str(int(query["expires"][0]) + 1)
        wrong = [
            url.replace("signature=", "signature=0"),
            url.replace(query["expires"][0], later),
            url.replace(at.pair.sid, "HXIN1700000000IN"),
            url.partition("?")[0],
        ]
        refused = [await at.get(one) for one in wrong]
        posted = await at.get(url, "POST")
        at.pair.clock.advance(3600 * 2)
        return refused, posted, await at.get(url)

    refused, posted, expired = flow(tmp_path, body, media_url_hours=1)
    assert [one.status for one in refused] == [403] * 4
    assert refused[0].json["code"] == "link_wrong"
    assert posted.status == 405
    assert (expired.status, expired.json["code"]) == (410, "link_expired")
    assert expired.json["next_step"]


def test_while_meta_is_away_the_message_is_told_and_its_medium_follows(tmp_path):
    async def body(at):
        meta = at.pair.network.hosts["meta"]
        at.pair.network.hosts["meta"] = away
        await at.send()
        url = media_url(await at.until_told())
        waiting = await at.get(url)
        at.pair.network.hosts["meta"] = meta
        await at.pair.pass_time(400)
        return waiting, await at.get(url), len(at.told())

    waiting, got, count = flow(tmp_path, body)
    assert (waiting.status, waiting.json["code"]) == (503, "medium_on_its_way")
    assert int(waiting.headers["retry-after"]) > 0
    assert got.body == JPEG
    assert count == 1, "it is told once"


def test_what_is_not_what_meta_tells_of_is_not_served(tmp_path):
    async def body(at):
        lie = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
        await at.send()
        held = list(at.pair.emulator.state.media)[-1]
        await at.until_told()
        image = {"id": held, "mime_type": "image/jpeg", "sha256": lie}
        await at.send_message(type="image", image=image)
        url = media_url(await at.until_told(2))
        return await at.get(url), await at.row(), at.files()

    got, row, files = flow(tmp_path, body)
    assert (got.status, got.json["code"]) == (410, "medium_gone")
    assert "SHA-256" in got.json["detail"]
    assert row.medium.state is MediaState.FAILED
    assert files == [hashlib.sha256(JPEG).hexdigest()], "those of the first message"


def test_what_meta_does_not_know_is_given_up_after_a_week(tmp_path):
    async def body(at):
        await at.send_message(type="image", image={"id": "404404", "mime_type": "image/jpeg"})
        url = media_url(await at.until_told())
        waiting = await at.get(url)
        for _ in range(32):
            at.pair.clock.advance(6 * 3600)
            await at.pair.pass_time(1)
        return waiting, await at.get(url), await at.row(), len(at.told())

    waiting, got, row, count = flow(tmp_path, body, media_url_hours=1000)
    assert waiting.status == 503
    assert (got.status, count) == (410, 1)
    assert row.medium.state is MediaState.FAILED
    assert row.medium.failure in got.json["detail"]


def test_who_asks_for_the_message_gets_a_new_address_for_its_medium(tmp_path):
    async def body(at):
        await at.send()
        first = media_url(await at.until_told())
        at.pair.clock.advance(3600 * 2)
        path = f"/v2/{at.pair.sid}/whatsapp/messages/incoming"
        listed = await call(at.pair.gateway.app, "GET", path, headers={"api-key": at.pair.key})
        return await at.get(first), await at.get(media_url(listed.json))

    expired, got = flow(tmp_path, body, media_url_hours=1)
    assert (expired.status, got.body) == (410, JPEG)


def test_a_token_is_shown_to_nobody_but_meta(tmp_path):
    seen = []

    async def thief(scope, _receive, send):
        seen.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": JPEG})

    async def body(at):
        at.pair.network.hosts["thief"] = thief
        digest = hashlib.sha256(JPEG).hexdigest()
        image = {"id": SEEDED, "url": "http://thief/x", "sha256": digest, "mime_type": "image/png"}
        await at.send_message(type="image", image=image)
        await at.until_told()

    flow(tmp_path, body)
    assert seen == []


def test_bytes_go_with_the_last_message_that_has_them(tmp_path):
    async def body(at):
        await at.send()
        await at.until_told()
        await at.pair.pass_time(2)
        at.pair.clock.advance(100)
        await at.send()
        await at.until_told(2)
        kept = at.files()
        store, keeper = at.pair.store, at.pair.gateway.tools.media.keeper
        later = HastyClock(NOW + timedelta(days=10, seconds=60))
        first = Trimmer(store, later, timedelta(days=10), timedelta(hours=24), keeper.forget)
        await first.tidy()
        between = at.files()
        later.advance(86400)
        await first.tidy()
        return kept, between, at.files()

    kept, between, after = flow(tmp_path, body)
    assert len(kept) == len(between) == 1
    assert after == []


@pytest.mark.parametrize("how", ["erased", "unknown"])
def test_what_is_not_here_is_said_to_be_gone(tmp_path, how):
    async def body(at):
        await at.send()
        url = media_url(await at.until_told())
        row = await at.row()
        if how == "erased":
            (at.pair.gateway.config.data_dir / "media" / row.medium.object_key).unlink()
            return await at.get(url)
        links = at.pair.gateway.links
        return await at.get(links.link(at.pair.sid, "A00", at.pair.clock.now()))

    got = flow(tmp_path, body)
    assert (got.status, got.json["code"]) == (410, "medium_gone")


async def away(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b""})
