"""A template that a send names is asked for by its name: seldom, briefly, and for nothing else."""

import asyncio
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from support.nouns import ACCOUNT, NOW, WABA_ID, template, waba
from support.scripted_meta import EXPIRED, LISTED, away, refused
from support.waba_desk import at_work
from waypost.directory.template_lookup import MINUTE_S, MOST_A_MINUTE, MOST_PAGES

NAME = "order_update"
HINDI = {**LISTED, "id": "78", "language": "hi"}
LONGER = {**LISTED, "id": "79", "name": "order_update_2"}
PAUSED = {**LISTED, "status": "PAUSED"}


def try_it(folder, body):
    async def run():
        async with at_work(folder) as desk:
            await body(desk)

    asyncio.run(run())


async def look(desk, name=NAME, waba_id=WABA_ID):
    return await desk.lookup.look_again(await desk.account(), waba_id, name)


async def keys(desk):
    return sorted((name, language) for _, name, language in (await desk.account()).templates)


def asked_for(desk):
    return [parse_qs(urlsplit(one.url).query)["name"][0] for one in desk.meta.calls]


def test_all_languages_of_exactly_this_name_are_kept(tmp_path):
    async def body(desk):
        desk.meta.listed = [LISTED, HINDI, LONGER]
        version = (await desk.account()).version

        assert await look(desk) is True

        assert asked_for(desk) == [NAME]
        assert await keys(desk) == [(NAME, "en_US"), (NAME, "hi")]
        assert (await desk.account()).version == version + 1
        told = await desk.store.read(lambda t: t.templates.changes(ACCOUNT, WABA_ID, 9, None))
        assert [(one.what.value, one.source.value) for one in told] == [("appeared", "sync")] * 2

    try_it(tmp_path, body)


def test_a_language_that_meta_no_longer_names_vanishes_and_other_names_stay(tmp_path):
    async def body(desk):
        desk.meta.listed = [LISTED, HINDI, LONGER]
        await desk.read()
        desk.clock.advance(1)
        desk.meta.listed = [PAUSED]

        assert await look(desk) is True

        assert await keys(desk) == [(NAME, "en_US"), ("order_update_2", "en_US")]
        assert (await desk.account()).templates[WABA_ID, NAME, "en_US"].status == "PAUSED"
        assert (await desk.changes())[3:] == [(NAME, "status"), (NAME, "vanished")]

    try_it(tmp_path, body)


def test_what_is_known_already_leaves_the_account_alone(tmp_path):
    async def body(desk):
        await desk.read()
        version = (await desk.account()).version
        assert await look(desk) is True
        assert (await desk.account()).version == version

    try_it(tmp_path, body)


def test_what_was_learned_while_meta_was_asked_stands(tmp_path):
    async def body(desk):
        await desk.read()
        desk.clock.advance(60)

        async def told_meanwhile():
            desk.clock.advance(1)
            told = [template(status="PAUSED", template_id="77"), template(language="ta")]
            at = desk.clock.now()
            await desk.do(lambda t: t.templates.save(ACCOUNT, WABA_ID, told, at))

        desk.meta.meanwhile = told_meanwhile
        assert await look(desk) is True
        assert await keys(desk) == [(NAME, "en_US"), (NAME, "ta")]
        known = await desk.store.read(lambda t: t.templates.of_waba(ACCOUNT, WABA_ID))
        assert [one.status for one in known] == ["PAUSED", "APPROVED"]

    try_it(tmp_path, body)


def test_a_name_is_asked_for_once_in_ten_seconds_whatever_came_of_it(tmp_path):
    async def body(desk):
        desk.meta.listed = []
        assert [await look(desk) for _ in range(3)] == [True] * 3
        assert len(desk.meta.calls) == 1
        desk.clock.advance(9.9)
        await look(desk)
        assert len(desk.meta.calls) == 1

        desk.clock.advance(0.1)
        desk.meta.listed = [LISTED]
        await look(desk)
        assert len(desk.meta.calls) == 2
        assert await keys(desk) == [(NAME, "en_US")]

    try_it(tmp_path, body)


def test_who_asks_for_the_same_name_at_once_shares_one_question(tmp_path):
    async def body(desk):
        desk.meta.holding = asyncio.Event()
        whole = await desk.account()
        loop = asyncio.get_running_loop()
        asked = [loop.create_task(desk.lookup.look_again(whole, WABA_ID, NAME)) for _ in range(5)]
        await desk.settle()
        desk.meta.holding.set()
        assert await asyncio.gather(*asked) == [True] * 5
        assert len(desk.meta.calls) == 1

    try_it(tmp_path, body)


def test_who_leaves_lets_the_next_one_ask(tmp_path):
    async def body(desk):
        desk.meta.holding = asyncio.Event()
        whole = await desk.account()
        loop = asyncio.get_running_loop()
        first, second = (
            loop.create_task(desk.lookup.look_again(whole, WABA_ID, NAME)) for _ in range(2)
        )
        await desk.settle()
        first.cancel()
        await desk.settle()
        desk.meta.holding.set()
        assert await second is True
        assert len(desk.meta.calls) == 2

    try_it(tmp_path, body)


def test_made_up_names_do_not_storm_meta(tmp_path):
    async def body(desk):
        found = [await look(desk, f"made_up_{number}") for number in range(100)]
        assert found == [True] * MOST_A_MINUTE + [False] * (100 - MOST_A_MINUTE)
        assert len(desk.meta.calls) == MOST_A_MINUTE

        desk.clock.advance(MINUTE_S / MOST_A_MINUTE / 2)
        assert await look(desk) is False
        desk.clock.advance(MINUTE_S / MOST_A_MINUTE / 2)
        assert await look(desk) is True

    try_it(tmp_path, body)


@pytest.mark.parametrize("name", ["", "Order_Update", "order update", "o" * 513, "order\n"])
def test_what_can_be_no_name_is_not_asked_for(tmp_path, name):
    async def body(desk):
        assert await look(desk, name) is False
        assert await look(desk, NAME, "404") is False
        assert desk.meta.calls == []

    try_it(tmp_path, body)


@pytest.mark.parametrize("answer", [away(), refused(EXPIRED, 401)], ids=["away", "refused"])
def test_after_a_failure_nothing_is_asked_for_a_moment(tmp_path, answer):
    async def body(desk):
        desk.meta.answers = [answer]
        assert await look(desk) is False
        assert await look(desk, "another") is False
        assert len(desk.meta.calls) == 1

        desk.clock.advance(5)
        assert await look(desk, "another") is True
        assert await look(desk) is False  # its own ten seconds are not over
        desk.clock.advance(5)
        assert await look(desk) is True
        assert (await desk.waba()).sync_failure is None

    try_it(tmp_path, body)


def test_a_meta_that_keeps_silent_is_not_waited_for(tmp_path):
    async def body(desk):
        await desk.read()
        desk.meta.holding = asyncio.Event()
        desk.lookup = replace(desk.lookup, look_s=0.01)
        assert await look(desk) is False
        assert await desk.names() == [NAME]

    try_it(tmp_path, body)


def test_a_token_that_cannot_be_opened_is_no_question(tmp_path):
    async def body(desk):
        await desk.do(lambda t: t.directory.save_waba(waba(access_token="bare"), NOW))
        assert await look(desk) is False
        assert desk.meta.calls == []

    try_it(tmp_path, body)


def test_a_list_that_is_too_long_or_not_understood_lets_nothing_vanish(tmp_path):
    async def body(desk):
        desk.meta.listed = [LISTED, HINDI]
        await desk.read()
        desk.clock.advance(1)

        desk.meta.page = 1
        longer = [{**LONGER, "name": f"order_update_{number}"} for number in range(50)]
        desk.meta.listed = [PAUSED, *longer]
        desk.meta.calls.clear()
        assert await look(desk) is True
        assert len(desk.meta.calls) == MOST_PAGES
        assert await keys(desk) == [(NAME, "en_US"), (NAME, "hi")]
        assert (await desk.account()).templates[WABA_ID, NAME, "en_US"].status == "PAUSED"

        desk.clock.advance(10)
        desk.meta.listed = [{**HINDI, "components": None}]
        assert await look(desk) is True
        assert await keys(desk) == [(NAME, "en_US"), (NAME, "hi")]

    try_it(tmp_path, body)
