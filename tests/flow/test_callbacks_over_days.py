"""The whole gateway and endpoints that are down for days, or hang: nothing lost, nobody late."""

import asyncio
from collections import Counter

from support.pair import ROUNDS, Shop, running, text, wrapped
from waypost.directory.profile_changes import ProfileChange
from waypost.model.audit import Actor
from waypost.model.callback import EventKind, ProfileState

HOUR = 3600.0
CHIEF = Actor("operator:chief")
OTHERS = 99
"""Beside the sender's own profile: an account has a hundred at most."""

PATIENT = {"callback_timeout_s": 900, "lease_s": 3600}
"""A call that hangs holds its place for so long, and nobody else's."""

WITHIN_S = 90.0
"""On the turned clock, which goes on with each commit: a tenth of what a call that hangs takes."""


async def leap(pair, seconds, step_s):
    """Lets long times pass in steps; within one everything goes on that can."""
    end = pair.clock.monotonic() + seconds
    while pair.clock.monotonic() < end - 1e-9:
        pair.clock.advance(min(step_s, end - pair.clock.monotonic()))
        for _ in range(4):
            for _ in range(ROUNDS):
                await asyncio.sleep(0)
            await pair.store.write(nothing, None)


async def nothing(_, items):
    """A step after which everything handed over before it is committed."""
    return items


def test_what_an_endpoint_missed_in_three_days_it_gets_when_it_is_back_once_each(tmp_path):
    async def scenario():
        async with running(tmp_path) as pair:
            shop = pair.network.hosts.pop("shop")
            ids = []
            for _ in range(12):
                ids.append(await pair.accepted(text()))
                await pair.until_state(ids[-1], "read")
                await leap(pair, 6 * HOUR, 900.0)
            (down,) = await pair.ask(lambda t: t.profiles.of_account(1))
            alarms = [one.kind.value for one in await pair.ask(lambda t: t.alarms.open(1, 100))]
            calls = Counter(url for _, url in pair.network.calls)["http://shop/status"]

            pair.network.hosts["shop"] = shop
            await leap(pair, 2 * HOUR, 120.0)

            (up,) = await pair.ask(lambda t: t.profiles.of_account(1))
            assert (down.state, up.state) == (ProfileState.SUSPENDED, ProfileState.ACTIVE)
            assert sorted(alarms) == ["callbacks_failing", "callbacks_suspended"]
            assert calls < 200, "it was left alone but for probes"
            assert await pair.ask(lambda t: t.alarms.open(1, 100)) == []
            assert pair.shop is shop
            told = Counter((one.json["message_id"], one.json["status"]) for one in shop.told)
            words = ("sent", "delivered", "read")
            assert told == {(id_, word): 1 for id_ in ids for word in words}
            events = [one.headers["webhook-id"] for one in shop.told]
            assert len(events) == len(set(events))
            # What was tried often holds up nothing behind it: the sequence is what tells the order.
            for id_ in ids:
                mine = [one for one in shop.told if one.json["message_id"] == id_]
                mine.sort(key=lambda one: int(one.headers["waypost-sequence"]))
                assert [one.json["status"] for one in mine] == [*words]
            assert await pair.ask(lambda t: t.queue.backlog()) == {}

    asyncio.run(scenario())


def test_an_endpoint_that_hangs_keeps_none_of_the_accounts_others_waiting(tmp_path):
    async def scenario():
        async with running(tmp_path, callback_concurrency=16, **PATIENT) as pair:
            hanging = Hanging()
            pair.network.hosts["shop"] = hanging
            others = [Shop(pair.clock) for _ in range(OTHERS)]
            account = await pair.gateway.registrar.find(pair.sid)
            desk = pair.gateway.tools.profiles
            for number, other in enumerate(others):
                host = f"other{number}"
                pair.network.hosts[host] = other
                change = ProfileChange(
                    title=host, events=(EventKind.MESSAGE_STATUS,), url=f"http://{host}/hook"
                )
                made = await desk.make(account, change, CHIEF)
                await desk.attach(account, made.known.profile.profile_id, "account", CHIEF)
            await pair.gateway.accounts.find_anew(pair.sid)

            began = pair.clock.monotonic()
            ids = [await pair.accepted(wrapped(text())) for _ in range(4)]
            await pair.until(lambda: all(len(other.told) == 12 for other in others))

            for other in others:
                assert {one.json["message_id"] for one in other.told} == set(ids)
                assert len({one.headers["webhook-id"] for one in other.told}) == 12
                assert max(one.at for one in other.told) - began <= WITHIN_S
            assert 1 <= hanging.waiting <= 4, "a quarter of the places"
            assert hanging.began == hanging.waiting, "no call that hangs was given up meanwhile"
            hanging.let_go.set()
            await pair.until(lambda: hanging.answered >= 12)

    asyncio.run(scenario())


class Hanging:
    """An endpoint that answers nobody until it is let go."""

    def __init__(self):
        self.let_go = asyncio.Event()
        self.began = self.waiting = self.answered = 0

    async def __call__(self, _scope, _receive, send):
        self.began += 1
        self.waiting += 1
        try:
            await self.let_go.wait()
        finally:
            self.waiting -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        self.answered += 1
