"""One recipient is erased and nothing of it is found; content goes by its age, and figures stay."""

import asyncio
import hashlib
import hmac
import re
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from support.asgi import call
from support.media_samples import JPEG, PDF
from support.nouns import PHONE_NUMBER_ID
from support.pair import Pair, running, text, wrapped
from support.signed_webhooks import WEBHOOK, change
from support.signed_webhooks import body as webhook
from support.stored import CHOSEN
from waypost.directory.event_desk import Replay
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError
from waypost.model.forgotten import ErasureOrder
from waypost.model.personal import Kind
from waypost.model.recipient import Recipient
from waypost.retention.eraser import Eraser

ANNA, BERT = "919876543210", "447911123456"
OPERATOR = Actor("cli:test")
WORDS = "Anna, your parcel waits at the blue door"
SAID = "I live in Rose Street"


def order(phone: str = ANNA, **changes: object) -> ErasureOrder:
    return replace(ErasureOrder((1,), Recipient(phone=phone), OPERATOR), **changes)


async def a_campaign(pair: Pair) -> dict[str, str]:
    """A message to each, and what each wrote; all is told."""
    ids = {}
    for phone in (ANNA, BERT):
        ids[phone] = await pair.accepted(
            text(to=f"+{phone}", text={"body": f"{WORDS * 60} {phone}"})
        )
        await pair.until_told(ids[phone], "sent", "delivered", "read")
    for phone in (ANNA, BERT):
        await pair.order("inbound", {"from": phone, "text": f"{SAID} {phone}"})
        await pair.pass_time(2)  # else both stand in one webhook, which goes as a whole
    return ids


async def figures(pair: Pair) -> tuple[object, ...]:
    """What must stay: money, its lines, counts."""
    wallet = await pair.wallet()
    entries = [
        await pair.ask(lambda t, one=one: t.wallets.entries(1, one))
        for one in sorted(await message_ids(pair))
    ]
    return wallet, entries, await pair.ask(lambda t: t.reports.states())


async def message_ids(pair: Pair) -> list[str]:
    rows = await pair.ask(lambda t: t.history.messages_before("B", "", 100))
    return [row.message_id for row in rows]


def needles(phone: str) -> list[bytes]:
    """The number as it stands in a text, and in base64 wherever it begins."""
    coded = [b64encode(b"x" * shift + phone.encode())[4 if shift else 0 : 14] for shift in range(3)]
    return [phone.encode(), *coded]


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("waypost.sqlite*")))


def test_nothing_of_an_erased_recipient_is_found_and_the_others_are_untouched(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            ids = await a_campaign(pair)
            other = await rows_of(pair, BERT)
            before = await figures(pair)
            erasure = await pair.gateway.tools.forgetter.erase(order())
            assert await figures(pair) == before
            assert await rows_of(pair, BERT) == other
            assert await rows_of(pair, ANNA) == {}
            report = await pair.report(ids[ANNA])
            assert report.recipient == erasure.pseudonym
            assert report.content.json == b'{"erased":true}'
            assert report.state == "read"
            told = await pair.ask(lambda t: t.audit.entries(1, 10, None))
            assert (told[0].act, told[0].target) == ("recipient.erased", erasure.pseudonym)
            return erasure, bytes_of(tmp_path)

    erasure, kept = asyncio.run(body())
    assert erasure.is_complete
    assert erasure.erased[Kind.MESSAGES] == 1
    assert erasure.erased[Kind.CALLBACKS] >= 3
    assert erasure.erased[Kind.WEBHOOKS] >= 4
    assert erasure.erased[Kind.INBOUND_MESSAGES] == 1
    if CHOSEN.name == "sqlite":
        assert [needle for needle in needles(ANNA) if needle in kept] == []
        assert all(re.search(words + ANNA.encode(), kept) is None for words in (b"door ", b"eet "))
        assert BERT.encode() in kept


async def rows_of(pair: Pair, phone: str) -> dict[str, list[object]]:
    """Every personal row of the deployment in which a number stands, also within a wamid."""
    found: dict[str, list[object]] = {}
    coded = needles(phone)[1:]
    for kind in Kind:
        for account_id in (0, 1):
            rows = await pair.ask(
                lambda t, kind=kind, account_id=account_id: t.erasure.page(
                    kind, account_id, None, 1000
                )
            )
            for row in rows:
                whole = "|".join(map(repr, row.values)).encode()
                if phone.encode() in whole or any(one in whole for one in coded):
                    found.setdefault(kind.value, []).append(row)
    return found


def test_a_message_on_its_way_refuses_the_whole_and_nothing_is_erased(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            pair.meta.holding = asyncio.Event()
            waiting = await pair.accepted(text(to=f"+{ANNA}"))
            before = await rows_of(pair, ANNA)
            with pytest.raises(DirectoryError, match="unknown outcome: 1"):
                await pair.gateway.tools.forgetter.erase(order(is_to_cancel=True))
            assert await rows_of(pair, ANNA) == before
            pair.meta.holding.set()
            await pair.until_told(waiting, "sent", "delivered", "read")
            await pair.pass_time(1)
            return await pair.gateway.tools.forgetter.erase(order())

    assert asyncio.run(body()).erased[Kind.MESSAGES] == 1


def test_a_message_that_waits_for_its_time_is_cancelled_if_that_is_asked_for(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            at = pair.clock.now() + timedelta(hours=2)
            info = {"send_at": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
            waiting = await pair.accepted(wrapped(text(to=f"+{ANNA}"), **info))
            erasure = await pair.gateway.tools.forgetter.erase(order(is_to_cancel=True))
            return erasure, await pair.report(waiting), await pair.wallet()

    erasure, report, wallet = asyncio.run(body())
    assert (erasure.cancelled, erasure.is_complete) == (1, True)
    assert (report.state, report.recipient) == ("not_sent", erasure.pseudonym)
    assert (wallet.balance_minor, wallet.held_minor) == (1_000_000, 0)


def test_an_opt_out_stays_in_force_unless_it_is_to_be_forgotten(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            account = await pair.gateway.registrar.find(pair.sid)
            await pair.gateway.tools.opt_outs.add(account, f"+{ANNA}", actor=OPERATOR)
            kept = await pair.gateway.tools.forgetter.erase(order())
            assert list(await rows_of(pair, ANNA)) == ["opt_outs"]
            gone = await pair.gateway.tools.forgetter.erase(order(forgets_opt_out=True))
            assert await rows_of(pair, ANNA) == {}
            return kept, gone

    kept, gone = asyncio.run(body())
    assert (kept.opt_outs, kept.is_complete) == (1, True)
    assert (gone.opt_outs, gone.is_complete) == (0, True)
    assert gone.erased == {Kind.OPT_OUTS: 1}


def test_content_goes_by_its_age_and_figures_stay(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            ids = await a_campaign(pair)
            before = await figures(pair)
            forgetter = pair.gateway.tools.forgetter
            eraser = Eraser(
                pair.store, pair.clock, timedelta(days=1), forgetter.hide, forgetter.forget
            )
            assert await hurried(pair, eraser) == 0
            pair.clock.advance(86_400 * 2)
            assert await hurried(pair, eraser) > 0
            assert await hurried(pair, eraser) == 0
            assert await figures(pair) == before
            for phone in (ANNA, BERT):  # a window is open for a day, and goes by itself
                assert set(await rows_of(pair, phone)) == {"service_windows"}
            reports = [await pair.report(ids[phone]) for phone in (ANNA, BERT)]
            assert len({report.recipient for report in reports}) == 2
            return reports

    assert all(report.recipient.startswith("erased:") for report in asyncio.run(body()))


async def hurried(pair: Pair, eraser: Eraser) -> int:
    """A round, with time passing meanwhile."""
    round_ = asyncio.create_task(eraser.erase())
    while not round_.done():
        await asyncio.sleep(0)
        pair.clock.advance(0.1)
    return round_.result()


def test_a_status_that_comes_late_finds_its_erased_message_by_either_name(tmp_path):
    async def body(*, is_forgetful):
        async with running(tmp_path / str(is_forgetful), delays=(("sent", 0.05),)) as pair:
            pair.meta.is_forgetful = is_forgetful
            message_id = await pair.accepted(text(to=f"+{ANNA}"))
            await pair.until_told(message_id, "sent")
            wamid = (await pair.report(message_id)).wamid
            await pair.gateway.tools.forgetter.erase(order())
            await tell_late(pair, wamid, None if is_forgetful else message_id)
            report = await pair.until_state(message_id, "delivered")
            assert await facts_naming(pair, ANNA) == []
            return report

    for is_forgetful in (False, True):
        report = asyncio.run(body(is_forgetful=is_forgetful))
        assert report.recipient.startswith("erased:")
        assert report.wamid.startswith("erased:")


async def tell_late(pair: Pair, wamid: str, message_id: str | None) -> None:
    """Meta tells of a delivery."""
    told = {
        "id": wamid,
        "status": "delivered",
        "timestamp": "1795000000",
        "recipient_id": ANNA,
        **({} if message_id is None else {"biz_opaque_callback_data": message_id}),
    }
    raw = webhook(change([told], PHONE_NUMBER_ID))
    signature = hmac.new(b"secret", raw, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={signature}"}
    answer = await call(pair.gateway.app, "POST", WEBHOOK, headers=headers, body=raw)
    assert answer.status == 200


async def facts_naming(pair: Pair, phone: str) -> list[object]:
    return (await rows_of(pair, phone)).get("facts", []) + (await rows_of(pair, phone)).get(
        "messages", []
    )


def test_what_was_sent_to_several_stays_theirs_and_the_erased_ones_picture_goes(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            shared = await pair.accepted(text(to=f"+{ANNA},+{BERT}"))
            await pair.until(lambda: len(pair.shop.told) >= 6)
            for phone, content in ((ANNA, JPEG), (BERT, PDF)):
                kind = "image/jpeg" if content is JPEG else "application/pdf"
                medium = {"content": b64encode(content).decode(), "mime_type": kind}
                await pair.order("inbound", {"from": phone, "medium": medium})
                await pair.pass_time(3)
            before = await held(pair)
            erasure = await pair.gateway.tools.forgetter.erase(order())
            after = await held(pair)
            messages = await pair.ask(lambda t: t.reports.messages_of_submission(shared))
            said = (await pair.report(messages[1][0])).content.json
            return before, after, [one[1] for one in messages], said, erasure

    before, after, recipients, said, erasure = asyncio.run(body())
    assert before == {hash_of(JPEG), hash_of(PDF)}
    assert after == {hash_of(PDF)}
    assert recipients == [erasure.pseudonym, f"+{BERT}"]
    assert b"hello" in said
    assert erasure.is_complete


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def held(pair: Pair) -> set[str]:
    """The names of what lies in the media store."""
    folder = pair.gateway.config.data_dir / "media"
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_an_erased_event_is_not_told_again(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            ids = await a_campaign(pair)
            await pair.gateway.tools.forgetter.erase(order())
            told = len(pair.shop.told)
            account = await pair.gateway.registrar.find(pair.sid)
            for phone in (ANNA, BERT):
                (event, *_) = await pair.ask(
                    lambda t, phone=phone: t.callbacks.of_message(1, ids[phone])
                )
                wanted = Replay(event_id=event.event_id)
                await pair.gateway.tools.events.replay(account, wanted, OPERATOR)
            await pair.pass_time(3)
            return told, len(pair.shop.told), pair.shop.told[-1].body

    before, after, last = asyncio.run(body())
    assert after == before + 1
    assert BERT.encode() in last
