"""A send names media by the customer's id; Meta is given its own, and never one that has ended."""

import asyncio

from support.media_samples import JPEG, PDF
from support.nouns import ACCOUNT, SENDER_ID
from support.pair import TO, running, wrapped
from support.watched_meta import watch
from waypost.accept.examiner import MOST_LOOKED_UP
from waypost.directory.media import Upload
from waypost.model.account import CheckMode
from waypost.model.audit import GATEWAY
from waypost.model.medium import Medium
from waypost.model.opt_out import Wrote

DAY_S = 86_400.0
HEAD = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": TO}


def image(media_id):
    return wrapped({**HEAD, "type": "image", "image": {"id": media_id}})


def at_the_door(folder, body, **options):
    async def run():
        options.setdefault("check_mode", CheckMode.STRICT)
        async with running(folder, **options) as pair:
            return await body(pair)

    return asyncio.run(run())


async def upload(pair, upload_):
    account = await pair.gateway.registrar.find(pair.sid)
    media = pair.gateway.tools.media
    medium = await media.upload(account, account.senders[SENDER_ID], upload_, GATEWAY)
    assert isinstance(medium, Medium)
    return medium


async def open_window(pair):
    """The recipient has just written."""
    wrote = Wrote(ACCOUNT, SENDER_ID, TO, pair.clock.now())

    async def step(transaction, items):
        await transaction.recipients.note_writing([wrote])
        return items

    await pair.store.write(step, None)


def test_an_id_given_out_long_ago_goes_out_as_the_one_that_meta_knows_now(tmp_path):
    async def body(pair):
        medium = await upload(pair, Upload(JPEG, "image/jpeg", "shop.jpg"))
        for count in range(1, 4):
            pair.clock.advance(20 * DAY_S)
            await pair.gateway.tools.media_renewer.tidy()
            await open_window(pair)
            await pair.accepted(image(medium.media_id))
            await pair.until(lambda count=count: len(pair.arrived()) == count)
            pair.clock.advance(8 * DAY_S)
            await pair.gateway.tools.media_renewer.tidy()
        return (
            medium,
            [sent["image"]["id"] for sent in pair.arrived()],
            list(pair.emulator.state.refusals),
        )

    medium, sent, refused = at_the_door(tmp_path, body)
    assert len(set(sent)) == 3
    assert sent[0] == medium.media_id
    assert refused == []


def test_what_is_not_checked_goes_out_with_metas_id_of_now_too(tmp_path):
    async def body(pair):
        medium = await upload(pair, Upload(JPEG, "image/jpeg", "shop.jpg"))
        for count in range(1, 3):
            pair.clock.advance(20 * DAY_S)
            await pair.accepted(image(medium.media_id))
            await pair.until(lambda count=count: len(pair.arrived()) == count)
            pair.clock.advance(8 * DAY_S)
            await pair.gateway.tools.media_renewer.tidy()
        meta = watch(pair)
        await pair.accepted(image(medium.media_id))
        await pair.accepted(image("1000000000000001"))
        asked = meta.asked("GET", "/1000000000000001")
        await pair.until(lambda: len(pair.arrived()) == 3)
        return medium, asked, [sent["image"]["id"] for sent in pair.arrived()]

    medium, asked, sent = at_the_door(tmp_path, body, check_mode=CheckMode.OFF)
    assert sent[0] == medium.media_id
    assert len(set(sent)) == 3
    assert asked == [], "nothing is looked at"


def test_a_send_that_names_thousands_of_media_costs_few_of_metas_calls(tmp_path):
    async def body(pair):
        meta = watch(pair)
        cards = [
            {"card_index": n, "header": {"type": "image", "image": {"id": str(10**15 + n)}}}
            for n in range(3000)
        ]
        carousel = {"type": "carousel", "body": {"text": "All"}, "action": {"cards": cards}}
        answer = await pair.send(wrapped({**HEAD, "type": "interactive", "interactive": carousel}))
        return answer, len([one for one in meta.calls if one.method == "GET"])

    answer, asked = at_the_door(tmp_path, body)
    assert answer.status == 400
    assert asked <= MOST_LOOKED_UP


def test_an_id_that_nobody_knows_is_refused_and_one_of_another_kind_too(tmp_path):
    async def body(pair):
        medium = await upload(pair, Upload(PDF, None, "menu.pdf"))
        await open_window(pair)
        return (
            await pair.send(image("1000000000000001")),
            await pair.send(image(medium.media_id)),
        )

    for answer, code in zip(
        at_the_door(tmp_path, body), ("media_unknown", "media_wrong_kind"), strict=True
    ):
        assert answer.status == 400
        (finding,) = answer.json["error"]["details"]
        assert (finding["code"], finding["path"]) == (code, "/messaging_object/image/id")
        assert finding["mend"]


def test_an_id_that_has_ended_is_refused_and_good_again_when_the_file_is_uploaded_again(tmp_path):
    async def body(pair):
        medium = await upload(pair, Upload(JPEG, None, "shop.jpg"))
        pair.clock.advance(31 * DAY_S)
        await open_window(pair)
        ended = await pair.send(image(medium.media_id))
        again = await upload(pair, Upload(JPEG, None, "shop.jpg"))
        await pair.accepted(image(medium.media_id))
        await pair.until(pair.arrived)
        return medium, ended, again, pair.arrived()

    medium, ended, again, (sent,) = at_the_door(tmp_path, body)
    assert [one["code"] for one in ended.json["error"]["details"]] == ["media_expired"]
    assert again.media_id == medium.media_id
    assert sent["image"]["id"] == again.meta_id != medium.media_id


def test_a_dry_run_is_no_use_of_a_medium(tmp_path):
    async def body(pair):
        medium = await upload(pair, Upload(JPEG, "image/jpeg", "shop.jpg"))
        kept = []
        for query in ("dry_run=true", ""):
            pair.clock.advance(DAY_S)
            await open_window(pair)
            assert (await pair.send(image(medium.media_id), query=query)).status < 300
            await pair.gateway.tools.media.note_uses()
            (row,) = (await pair.ask(lambda t: t.media.find([(ACCOUNT, medium.media_id)]))).values()
            kept.append(row.last_used_at - medium.created_at)
        return kept

    rehearsed, sent = at_the_door(tmp_path, body)
    assert rehearsed.total_seconds() < DAY_S
    assert sent.total_seconds() >= DAY_S
