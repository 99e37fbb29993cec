"""Endpoints that are down, slow, gone or back again: nothing is lost and nobody else waits."""

import asyncio

import msgspec

from support.endpoints import office, profile_at
from support.nouns import SIGNING_SECRET, VAULT
from waypost.model.callback import BearerAuth, ProfileSecrets, ProfileState, SigningSecret
from waypost.runtime.http import HttpAnswer, NeverLeftError

HOUR, DAY = 3600.0, 86_400.0
ONE, TWO = profile_at(1), profile_at(2)


def test_an_endpoint_that_is_down_for_three_days_gets_everything_when_it_is_back(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(ONE)
            here.endpoints.answer = lambda _: NeverLeftError("connection refused")
            told = [f"A{hour:03}" for hour in range(0, 72, 2)]
            states = []
            for event_id in told:
                await here.tell(event_id, profile_id=ONE.profile_id)
                await here.pass_time(2 * HOUR, 300)
                states.append((await here.profile(ONE.profile_id)).state)
            assert states[0] is ProfileState.ACTIVE
            assert states[-1] is ProfileState.SUSPENDED
            assert await here.alarms() == ["callbacks_failing", "callbacks_suspended"]
            assert set(await here.states(*told)) == {"pending"}
            # While it is suspended it is left alone but for probes.
            since = here.clock.monotonic() - DAY
            assert 19 <= sum(one.at >= since for one in here.endpoints.called) <= 36

            here.endpoints.answer = lambda _: 200
            began = len(here.endpoints.called)
            await here.pass_time(2 * HOUR, 60)

            assert set(await here.states(*told)) == {"delivered"}
            assert sorted(here.endpoints.events()[began:]) == told
            back = await here.profile(ONE.profile_id)
            assert (back.state, back.failing_since, back.warned_at) == (
                ProfileState.ACTIVE,
                None,
                None,
            )
            assert await here.alarms() == []
            assert await here.backlog() == 0

    asyncio.run(scenario())


def test_a_person_is_warned_after_an_hour_and_it_is_over_with_the_next_success(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(ONE)
            here.endpoints.answer = lambda _: 500
            await here.tell("A1", profile_id=ONE.profile_id)
            await here.pass_time(0.9 * HOUR, 60)
            assert await here.alarms() == []
            await here.tell("A2", profile_id=ONE.profile_id)
            await here.pass_time(0.3 * HOUR, 60)
            assert await here.alarms() == ["callbacks_failing"]

            here.endpoints.answer = lambda _: 200
            await here.tell("A3", profile_id=ONE.profile_id)
            await here.pass_time(60)

            assert await here.alarms() == []
            assert await here.states("A1", "A2", "A3") == ["delivered"] * 3

    asyncio.run(scenario())


def test_few_failures_in_a_long_time_warn_nobody(tmp_path):
    async def scenario():
        async with office(tmp_path, callback_attempts=1) as here:
            await here.keep(ONE)
            here.endpoints.answer = lambda _: 500
            for number in range(4):
                await here.tell(f"A{number}", profile_id=ONE.profile_id)
                await here.pass_time(2 * HOUR, 1800)

            assert await here.alarms() == []
            await here.tell("A9", profile_id=ONE.profile_id)
            await here.pass_time(10)
            assert await here.alarms() == ["callbacks_failing"]

    asyncio.run(scenario())


def test_an_endpoint_that_is_gone_keeps_its_events_and_an_alarm(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(ONE, TWO)
            here.endpoints.answer = lambda one: 410 if one.host == "shop1" else 200
            await here.tell("A1", profile_id=ONE.profile_id)
            await here.pass_time(5)
            await here.tell("A2", profile_id=ONE.profile_id)
            await here.tell("B1", profile_id=TWO.profile_id)
            await here.pass_time(DAY, 600)

            assert here.endpoints.events("shop1") == ["A1"]
            assert await here.states("A1", "A2", "B1") == ["pending", "pending", "delivered"]
            assert (await here.profile(ONE.profile_id)).state is ProfileState.GONE
            assert await here.alarms() == ["callbacks_gone"]

    asyncio.run(scenario())


def test_a_paused_profile_gets_nothing_and_loses_nothing(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(profile_at(1, state=ProfileState.PAUSED))
            await here.tell("A1", profile_id=ONE.profile_id)
            await here.pass_time(DAY, 600)
            assert here.endpoints.called == []

            await here.keep(ONE)
            await here.pass_time(5)
            assert await here.states("A1") == ["delivered"]
            assert here.endpoints.called[0].call.headers["waypost-attempt"] == "1"

    asyncio.run(scenario())


def test_an_endpoint_that_asks_for_time_is_left_alone_as_a_whole(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(ONE, TWO)
            busy = HttpAnswer(429, {"retry-after": "600"}, b"")
            here.endpoints.answer = lambda one: busy if one.host == "shop1" else 200
            await here.tell("A1", profile_id=ONE.profile_id)
            await here.pass_time(2)
            await here.tell("A2", "A3", profile_id=ONE.profile_id)
            await here.tell("B1", profile_id=TWO.profile_id)
            await here.pass_time(590, 5)
            assert here.endpoints.events("shop1") == ["A1"]
            assert await here.states("B1") == ["delivered"]

            here.endpoints.answer = lambda _: 200
            await here.pass_time(20)
            assert await here.states("A1", "A2", "A3") == ["delivered"] * 3

    asyncio.run(scenario())


def test_an_endpoint_that_hangs_holds_up_none_of_a_hundred_others(tmp_path):
    async def scenario():
        async with office(tmp_path, callback_concurrency=16) as here:
            others = [profile_at(number) for number in range(2, 102)]
            await here.keep(ONE, *others)
            for_ever = asyncio.Event()
            here.endpoints.answer = lambda one: for_ever if one.host == "shop1" else 200
            await here.tell(*(f"A{n:03}" for n in range(200)), profile_id=ONE.profile_id)
            await here.pass_time(1)
            for one in others:
                await here.tell(f"B{one.profile_id}", profile_id=one.profile_id)
            await here.pass_time(3, 0.1)

            assert len(here.endpoints.events("shop1")) == 4, "a quarter of the places"
            assert {f"B{one.profile_id}" for one in others} <= set(here.endpoints.events())
            for_ever.set()
            await here.pass_time(60)
            assert await here.backlog() == 0

    asyncio.run(scenario())


def test_events_of_one_message_go_out_in_their_order(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(ONE)
            given = {"profile_id": ONE.profile_id, "message_id": "A1"}
            # By the order of their ids `delivered` would go first.
            await here.tell("A1.delivered", "A1.read", "A1.sent", sequences=(3, 4, 2), **given)
            await here.pass_time(10)

            taken = [one for one in here.endpoints.events() if one.startswith("A1")]
            assert taken.index("A1.sent") < taken.index("A1.delivered") < taken.index("A1.read")
            attempts = {one.call.headers["waypost-attempt"] for one in here.endpoints.called}
            assert attempts == {"1"}, "waiting for one's turn is no attempt"

    asyncio.run(scenario())


def test_after_a_day_without_an_answer_every_message_is_told_in_its_order(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(ONE)
            here.endpoints.answer = lambda _: NeverLeftError("connection refused")
            names = ("delivered", "read", "sent")
            for number in range(5):
                await here.tell(
                    *(f"A{number}.{name}" for name in names),
                    profile_id=ONE.profile_id,
                    message_id=f"A{number}",
                    sequences=(3, 4, 2),
                )
            await here.pass_time(DAY, 300)
            assert (await here.profile(ONE.profile_id)).state is ProfileState.SUSPENDED

            here.endpoints.answer = lambda _: 200
            began = len(here.endpoints.called)
            await here.pass_time(2 * HOUR, 60)

            told = here.endpoints.events()[began:]
            assert len(told) == 15
            # The one that tried out whether it is back went first, whichever it was.
            for number in range(5):
                mine = [one for one in told[1:] if one.startswith(f"A{number}.")]
                rank = [("sent", "delivered", "read").index(one.partition(".")[2]) for one in mine]
                assert rank == sorted(rank)

    asyncio.run(scenario())


def test_an_event_that_is_refused_three_times_holds_up_the_next_no_more(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(ONE)
            here.endpoints.answer = lambda one: 400 if one.event_id == "A1.sent" else 200
            given = {"profile_id": ONE.profile_id, "message_id": "A1"}
            await here.tell("A1.sent", sequence=2, **given)
            await here.tell("A1.read", sequence=4, **given)
            await here.pass_time(20)
            assert "A1.read" not in here.endpoints.events()

            await here.pass_time(60)
            assert here.endpoints.events()[:4] == ["A1.sent", "A1.sent", "A1.sent", "A1.read"]
            read = here.endpoints.called[3].call.headers
            assert (read["waypost-sequence"], read["waypost-attempt"]) == ("4", "1")

    asyncio.run(scenario())


def test_an_event_of_a_removed_profile_is_given_up_at_once(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.tell("A1", profile_id="IN_removed")
            await here.pass_time(3)

            assert await here.states("A1") == ["given_up"]
            assert (await here.backlog(), here.endpoints.called) == (0, [])

    asyncio.run(scenario())


def test_every_attempt_is_in_the_log_with_its_answer(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(ONE)
            answers = [HttpAnswer(500, {}, b"x" * 9000), NeverLeftError("connection refused")]
            here.endpoints.answer = lambda _: answers.pop(0) if answers else 204
            await here.tell("A1", profile_id=ONE.profile_id)
            await here.pass_time(90)

            log = await here.store.read(lambda t: t.callbacks.attempts_of(1, "A1"))
            assert [(one.attempt, one.status, one.problem) for one in log] == [
                (1, 500, ""),
                (2, None, "connection refused"),
                (3, 204, ""),
            ]
            assert log[0].answer == b"x" * 512
            assert {one.url for one in log} == {ONE.url}
            assert [one.attempt_id for one in log] == sorted({one.attempt_id for one in log})
            (event,) = await here.store.read(lambda t: t.callbacks.of_message(1, "A1"))
            assert (event.state, event.attempts, event.last_answer) == ("delivered", 3, "HTTP 204")

    asyncio.run(scenario())


def test_a_bearer_token_is_shared_and_fetched_anew_when_it_is_refused(tmp_path):
    auth = BearerAuth("http://login/token", "id", "secret")
    secrets = ProfileSecrets((SigningSecret(SIGNING_SECRET),), auth)
    sealed = VAULT.seal(msgspec.json.encode(secrets).decode())

    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(profile_at(1, secrets=sealed))
            tokens = iter(["old", "new"])
            good = {"Bearer old"}

            def answer(one):
                if one.host == "login":
                    said = {"access_token": next(tokens), "expires_in": "3600"}
                    return HttpAnswer(200, {}, msgspec.json.encode(said))
                return 200 if one.call.headers["authorization"] in good else 401

            here.endpoints.answer = answer
            await here.tell("A1", "A2", "A3", profile_id=ONE.profile_id)
            await here.pass_time(2)
            assert len(here.endpoints.events("login")) == 1

            good.clear()
            good.add("Bearer new")
            await here.tell("A4", profile_id=ONE.profile_id)
            await here.pass_time(2)
            assert await here.states("A1", "A2", "A3", "A4") == ["delivered"] * 4
            assert len(here.endpoints.events("login")) == 2
            (event,) = await here.store.read(lambda t: t.callbacks.of_message(1, "A4"))
            assert event.attempts == 1, "a refused token is no attempt of its own"

    asyncio.run(scenario())


def test_the_one_secret_of_these_tests_signs(tmp_path):
    async def scenario():
        async with office(tmp_path) as here:
            await here.keep(ONE, profile_at(2, secrets=""))
            await here.tell("A1", profile_id=ONE.profile_id)
            await here.tell("B1", profile_id=TWO.profile_id)
            await here.pass_time(2)

            signed = {one.host: one.call.headers for one in here.endpoints.called}
            assert signed["shop1"]["webhook-signature"].startswith("v1,")
            assert "webhook-signature" not in signed["shop2"]
            assert SIGNING_SECRET not in str(signed)

    asyncio.run(scenario())
