"""What Meta allows is read beside the templates, and those who need not wait are let go."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from msgspec.structs import replace

from support.nouns import (
    ACCOUNT,
    NOW,
    PHONE_NUMBER_ID,
    SENDER_ID,
    VAULT,
    WABA_ID,
    new_message,
    new_submission,
    queue_item,
    sender,
    waba,
)
from support.scripted_meta import EXPIRED, answered, away, refused
from support.waba_desk import at_work
from waypost.directory import limit_reader
from waypost.directory.limit_reader import LimitReader
from waypost.model.messaging_limit import HourCount, MessagingLimit, ReachedUser, hour_of, start_of
from waypost.model.work import LaneKey, Priority, QueueName

SEALED = VAULT.seal("meta-token")
KEY = (ACCOUNT, WABA_ID)
HOUR = hour_of(NOW)
LIMIT = "whatsapp_business_manager_messaging_limit"


def number(**told):
    return {"id": PHONE_NUMBER_ID, "throughput": {"level": "HIGH"}, LIMIT: "TIER_2K", **told}


def listed(*numbers):
    return answered({"data": list(numbers)})


@asynccontextmanager
async def reading(folder, **sender_changes):
    """A desk with a sender, and the reader of its limits."""
    async with at_work(folder) as desk:
        made = sender(access_token="", **{"is_throughput_pinned": False, **sender_changes})
        await desk.do(lambda t: t.directory.save_sender(ACCOUNT, made, NOW))
        desk.limits = LimitReader(desk.store, desk.synchronizer.graph, desk.clock)
        yield desk


async def read(desk, *answers):
    desk.meta.answers = list(answers)
    await desk.limits.read(await desk.waba())


async def limit_of(desk):
    return (await desk.store.read(lambda t: t.portfolios.find([KEY]))).get(KEY)


async def wait_for(desk, hour, count, *, first=0):
    """So many messages, each to a user of its own, wait for an hour because of the limit."""
    names = [f"{first + place:05d}" for place in range(count)]
    due_at = start_of(hour) + timedelta(seconds=20)

    async def change(transaction):
        await transaction.messages.insert_submissions(
            [new_submission(submission_id=name) for name in names]
        )
        await transaction.messages.insert(
            [
                new_message(message_id=name, submission_id=name, recipient=f"+9198765{name}")
                for name in names
            ]
        )
        await transaction.queue.put([queue_item(name, due_at=due_at) for name in names])
        waiting = ReachedUser(hour, is_waiting=True)
        users = {(*KEY, f"+9198765{name}"): waiting for name in names}
        await transaction.portfolios.save_users(users)
        await transaction.portfolios.add_hours({KEY: [HourCount(hour, 0, count)]})

    await desk.do(change)


async def due_now(desk):
    found = await desk.store.read(
        lambda t: t.queue.find(
            QueueName.DISPATCH, LaneKey(ACCOUNT, SENDER_ID), Priority.NORMAL, NOW, 10_000
        )
    )
    return len(found)


def try_it(folder, body, **options):
    async def run():
        async with reading(folder, **options) as desk:
            await body(desk)

    asyncio.run(run())


def test_throughput_and_limit_are_read_and_kept(tmp_path):
    async def body(desk):
        version = (await desk.account()).version
        await read(desk, listed(number()))
        account = await desk.account()
        assert account.senders[SENDER_ID].throughput == 1000
        assert account.version == version + 1  # so that the doors and dispatchers hear of it
        assert await limit_of(desk) == MessagingLimit(*KEY, 2000, NOW)
        assert "/phone_numbers?fields=id%2Cthroughput" in desk.meta.calls[0].url

        await read(desk, listed(number()))
        assert (await desk.account()).version == version + 1

    try_it(tmp_path, body)


def test_the_operators_word_on_throughput_stands(tmp_path):
    async def body(desk):
        await read(desk, listed(number()))
        assert (await desk.account()).senders[SENDER_ID].throughput == 80

    try_it(tmp_path, body, is_throughput_pinned=True)


def test_a_version_that_knows_fewer_fields_is_asked_for_fewer(tmp_path):
    unknown = {"message": "(#100) Tried accessing nonexisting field (x)", "code": 100}

    async def body(desk):
        older = {"id": PHONE_NUMBER_ID, "messaging_limit_tier": "TIER_10K"}
        await read(desk, refused(unknown), listed(older))
        assert (await limit_of(desk)).users == 10_000
        assert "messaging_limit_tier" in desk.meta.calls[1].url

    try_it(tmp_path, body)


@pytest.mark.parametrize(
    "answer", [away(), refused(EXPIRED, 401)], ids=["away", "a-token-that-may-not"]
)
def test_what_cannot_be_read_changes_nothing_and_fails_nothing(tmp_path, answer):
    async def body(desk):
        await read(desk, listed(number()))
        await read(desk, answer)
        assert (await limit_of(desk)).users == 2000

    try_it(tmp_path, body)


def test_a_limit_belongs_to_the_portfolio_of_the_waba(tmp_path):
    async def body(desk):
        await desk.do(lambda t: t.directory.set_portfolio(waba(portfolio_id="p")))
        await read(desk, listed(number()))
        found = await desk.store.read(lambda t: t.portfolios.find([(ACCOUNT, "p"), KEY]))
        assert list(found) == [(ACCOUNT, "p")]

    try_it(tmp_path, body)


def test_a_higher_limit_lets_those_go_who_wait_longest(tmp_path, monkeypatch):
    monkeypatch.setattr(limit_reader, "AT_ONCE", 20)

    async def body(desk):
        await desk.do(lambda t: t.portfolios.add_hours({KEY: [HourCount(HOUR, 250, 0)]}))
        await wait_for(desk, HOUR + 25, 50)
        await wait_for(desk, HOUR + 50, 50, first=50)
        await read(desk, listed(number(**{LIMIT: "TIER_250"})))
        assert await due_now(desk) == 0
        await read(desk, listed(number(**{LIMIT: "TIER_310"})))
        assert await due_now(desk) == 60
        hours = (await desk.store.read(lambda t: t.portfolios.hours([KEY])))[KEY]
        waiting = {one.hour: one.waiting for one in hours}
        assert waiting == {HOUR: 60, HOUR + 25: 0, HOUR + 50: 40}

        await read(desk, listed(number(**{LIMIT: "TIER_UNLIMITED"})))
        assert await due_now(desk) == 100

    try_it(tmp_path, body)


def test_scheduled_messages_are_not_brought_forward(tmp_path):
    async def body(desk):
        await wait_for(desk, HOUR + 25, 1)
        scheduled = queue_item("99999", due_at=start_of(HOUR + 25))
        await desk.do(lambda t: t.messages.insert([replace(new_message(), message_id="99999")]))
        await desk.do(lambda t: t.queue.put([scheduled]))
        await read(desk, listed(number()))
        assert await due_now(desk) == 1

    try_it(tmp_path, body)
