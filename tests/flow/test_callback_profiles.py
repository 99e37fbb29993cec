"""Two endpoints, a request that names one, secrets that overlap, and an outage told again."""

import asyncio
from datetime import UTC, datetime, timedelta

from standardwebhooks.webhooks import Webhook

from support.pair import Shop, running, text, wrapped
from waypost.directory.event_desk import Replay
from waypost.directory.profile_changes import ProfileChange
from waypost.model.audit import Actor
from waypost.model.callback import EventKind

CHIEF = Actor("operator:chief")


async def add(pair, path, *events, host="shop"):
    """A profile of the account: its id and secret."""
    account = await pair.gateway.registrar.find(pair.sid)
    change = ProfileChange(title="Shop", events=events, url=f"http://{host}/{path}")
    made = await pair.gateway.tools.profiles.make(account, change, CHIEF)
    await pair.gateway.accounts.find_anew(pair.sid)
    return made.known.profile.profile_id, made.secret


async def attach(pair, profile_id, target="account"):
    account = await pair.gateway.registrar.find(pair.sid)
    await pair.gateway.tools.profiles.attach(account, profile_id, target, CHIEF)
    await pair.gateway.accounts.find_anew(pair.sid)


def test_events_go_where_they_are_wanted_and_a_request_may_name_one_profile(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            await pair.save_sender(callback_url=None)
            statuses, _ = await add(pair, "statuses", EventKind.MESSAGE_STATUS)
            replies, _ = await add(pair, "replies", EventKind.INCOMING_MESSAGE)
            alone, _ = await add(pair, "alone", EventKind.MESSAGE_STATUS)
            await attach(pair, statuses)
            await attach(pair, replies)
            usual = await pair.accepted(wrapped(text()))
            named = await pair.accepted(wrapped(text(), callback_profile_id=alone))
            await pair.until_state(usual, "read")
            await pair.until_state(named, "read")
            await pair.until(lambda: len(pair.shop.told) >= 6)
            await pair.pass_time(2)
            return usual, named, [(one.path, one.json["message_id"]) for one in pair.shop.told]

    usual, named, told = asyncio.run(body())
    assert sorted(told) == sorted([("/statuses", usual)] * 3 + [("/alone", named)] * 3)


def test_both_secrets_verify_until_the_overlap_is_over(tmp_path):
    async def body():
        async with running(tmp_path, delays=(("sent", 0.05),)) as pair:
            await pair.save_sender(callback_url=None)
            profile_id, old = await add(pair, "hook", EventKind.MESSAGE_STATUS)
            await attach(pair, profile_id)
            desk = pair.gateway.tools.profiles
            account = await pair.gateway.registrar.find(pair.sid)
            new, _ = await desk.rotate(account, profile_id, timedelta(seconds=30), CHIEF)
            await pair.until_told(await pair.accepted(wrapped(text())), "sent")
            await pair.pass_time(31)
            await pair.until_told(await pair.accepted(wrapped(text())), "sent")
            return old, new.secret, pair.shop.told

    old, new, (during, after) = asyncio.run(body())
    for secret, told in ((old, during), (new, during), (new, after)):
        assert is_signed(secret, told)
    assert not is_signed(old, after)


def is_signed(secret, told):
    """Whether a receiver with this secret, at that time, finds the library's signature."""
    given = told.headers
    at = datetime.fromtimestamp(int(given["webhook-timestamp"]), UTC)
    signature = Webhook(secret).sign(given["webhook-id"], at, told.body.decode())
    return signature in given["webhook-signature"].split()


def test_after_an_outage_all_that_was_given_up_is_told_at_the_new_address(tmp_path):
    async def body():
        async with running(tmp_path, delays=(("sent", 0.05),), callback_attempts=2) as pair:
            await pair.save_sender(callback_url=None)
            profile_id, _ = await add(pair, "hook", EventKind.MESSAGE_STATUS, host="down")
            pair.network.hosts["down"] = down = Shop(pair.clock, answers=[500] * 100)
            await attach(pair, profile_id)
            began = pair.clock.now()
            ids = [await pair.accepted(wrapped(text())) for _ in range(3)]
            await pair.until(lambda: len(down.told) >= 6)
            await pair.pass_time(10)
            account = await pair.gateway.registrar.find(pair.sid)
            tools = pair.gateway.tools
            moved = ProfileChange(url="http://shop/new")
            await tools.profiles.change(account, profile_id, moved, CHIEF)
            again = Replay(profile_id=profile_id, given_up_since=began)
            count = await tools.events.replay(account, again, CHIEF)
            await pair.until(lambda: len(pair.shop.told) >= 3)
            await pair.pass_time(1)
            (event,) = await pair.ask(lambda t: t.callbacks.of_message(1, ids[0]))
            told = await tools.events.show(account, event.event_id)
            return ids, count, down.told, pair.shop.told, told

    ids, count, before, after, told = asyncio.run(body())
    assert count == 3
    assert {one.json["message_id"] for one in after} == set(ids)
    assert {one.headers["webhook-id"] for one in after} == {
        one.headers["webhook-id"] for one in before
    }
    assert [one.status for one in told.attempts] == [500, 500, 200]
    assert told.summary.state == "delivered"
