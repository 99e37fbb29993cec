"""Time is moved by the control API: what ends with time ends, and others follow the clock."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import pairwise

import pytest

from meta_emulator.emulator import Emulator
from meta_emulator.runtime.chance import SeededChance
from meta_emulator.runtime.clock import VirtualClock, let_go_on
from meta_emulator.seed import default_seed
from meta_emulator.settings import Settings
from support.emulated import NUMBER, TOKEN, WABA, Emulated, Receiver, order_update
from support.turned_clock import START

HOUR, DAY = 3600.0, 86400.0
WEEK = 7 * DAY


@asynccontextmanager
async def in_time(**settings):
    """An emulator that runs on a virtual clock which stands still."""
    clock = VirtualClock(is_frozen=True, start=START)
    receiver = Receiver(clock)
    given = {
        "access_token": TOKEN,
        "app_secret": "secret",
        "verify_token": "verify",
        "webhook_url": "http://receiver/hook",
        **settings,
    }
    emulator = Emulator(default_seed(), Settings(**given), clock, SeededChance(1), receiver)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(emulator.run())
        await let_go_on()
        yield Emulated(emulator, clock, receiver)
        task.cancel()


async def advance(here, duration):
    answer = await here.ask("POST", "/_emulator/clock", {"advance": duration})
    assert answer.status == 200, answer.body
    return answer.json["data"][0]


async def shown(here, query=""):
    answer = await here.ask("GET", f"/_emulator/clock{query}")
    assert answer.status == 200, answer.body
    return answer.json["data"][0]


async def upload(here):
    boundary = "b"
    parts = [
        ('name="messaging_product"', "", b"whatsapp"),
        ('name="file"; filename="a.png"', "image/png", b"\x89PNG\r\n\x1a\n" + bytes(20)),
    ]
    raw = b""
    for name, mime, content in parts:
        mime_line = f"Content-Type: {mime}\r\n" if mime else ""
        raw += f"--{boundary}\r\nContent-Disposition: form-data; {name}\r\n{mime_line}\r\n".encode()
        raw += content + b"\r\n"
    raw += f"--{boundary}--\r\n".encode()
    headers = {
        "authorization": f"Bearer {TOKEN}",
        "content-type": f"multipart/form-data; boundary={boundary}",
    }
    answer = await here.ask("POST", f"/v25.0/{NUMBER}/media", raw, headers)
    return answer.json["id"]


def test_the_clock_is_shown():
    async def scenario():
        async with in_time() as here:
            clock = await shown(here)
            assert datetime.fromisoformat(clock["now"]) == START
            assert (clock["is_frozen"], clock["ahead_s"], clock["followers"]) == (True, 0, 0)
            assert clock["next_due_s"] > HOUR
            await here.send(order_update())
            await let_go_on()
            assert (await shown(here))["next_due_s"] == pytest.approx(0.15, abs=0.011)

    asyncio.run(scenario())


def test_the_answer_to_a_move_comes_when_all_webhooks_have_been_brought():
    async def scenario():
        async with in_time() as here:
            wamid = (await here.send(order_update())).wamid
            clock = await advance(here, "1m")
            assert clock["ahead_s"] == 60
            assert here.receiver.statuses_of(wamid) == ["sent", "delivered", "read"]
            ats = [post.at for post in here.receiver.posts]
            assert ats == pytest.approx([0.15, 0.6, 1.5], abs=0.011)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"advance": "a day"}, "write it like 90s, 24h, 7d or 1h30m"),
        ({"advance": -5}, "time only goes forward"),
        ({"advance": "4000d"}, "longer than ten years"),
        ({"advanced": "1h"}, "unknown field"),
        ({"advance": "1h", "freeze": "yes"}, "freeze"),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_why(order, sentence):
    async def scenario():
        async with in_time() as here:
            answer = await here.ask("POST", "/_emulator/clock", order)
            assert answer.status == 400
            assert sentence in answer.json["error"]
            assert (await shown(here))["ahead_s"] == 0

    asyncio.run(scenario())


def test_a_clock_is_moved_a_century_at_most():
    async def scenario():
        async with in_time() as here:
            here.clock.ahead_s = 99 * 366 * DAY
            answer = await here.ask("POST", "/_emulator/clock", {"advance": "3660d"})
            assert answer.status == 400
            assert "more than a century ahead" in answer.json["error"]

    asyncio.run(scenario())


def test_the_clock_is_frozen_and_thawed():
    async def scenario():
        async with in_time() as here:
            order = {"freeze": False, "advance": "1h"}
            answer = await here.ask("POST", "/_emulator/clock", order)
            assert answer.json["data"][0]["is_frozen"] is False
            answer = await here.ask("POST", "/_emulator/clock", {"freeze": True})
            assert answer.json["data"][0]["is_frozen"] is True
            assert (await shown(here))["now"] == (await shown(here))["now"]

    asyncio.run(scenario())


def test_media_expire_after_thirty_days_and_their_addresses_after_five_minutes():
    async def scenario():
        async with in_time() as here:
            media_id = await upload(here)
            url = (await here.ask("GET", f"/v25.0/{media_id}")).json["url"]
            path = url.removeprefix("http://")
            path = path[path.index("/") :]
            await advance(here, "4m59s")
            assert (await here.ask("GET", path)).status == 200
            await advance(here, "2s")
            assert (await here.ask("GET", path)).status == 404
            assert (await here.ask("GET", f"/v25.0/{media_id}")).status == 200
            await advance(here, "29d")
            assert (await here.ask("GET", f"/v25.0/{media_id}")).status == 200
            await advance(here, "1d")
            gone = await here.ask("GET", f"/v25.0/{media_id}")
            assert (gone.status, gone.json["error"]["error_subcode"]) == (400, 33)

    asyncio.run(scenario())


def test_media_of_a_person_are_good_for_seven_days():
    async def scenario():
        async with in_time() as here:
            medium = {"content": "iVBORw0KGgo=", "mime_type": "image/png"}
            order = {"from": "+919876543210", "medium": medium}
            assert (await here.ask("POST", "/_emulator/inbound", order)).status == 200
            await let_go_on()
            (change,) = here.receiver.posts[0].changes
            media_id = change["value"]["messages"][0]["image"]["id"]
            await advance(here, "6d23h")
            assert (await here.ask("GET", f"/v25.0/{media_id}")).status == 200
            await advance(here, "1h1s")
            assert (await here.ask("GET", f"/v25.0/{media_id}")).status == 400

    asyncio.run(scenario())


def test_a_webhook_is_tried_with_growing_gaps_for_seven_days_and_then_no_more():
    async def scenario():
        async with in_time(retry_cap_s=6 * HOUR, status_delays=(("sent", 0.0),)) as here:
            here.receiver.always = 503
            await here.send(order_update())
            await advance(here, "8d")
            ats = [post.at for post in here.receiver.posts]
            gaps = [later - earlier for earlier, later in pairwise(ats)]
            assert gaps == sorted(gaps)
            assert gaps[:4] == pytest.approx([0.5, 1, 2, 4])
            assert WEEK <= ats[-1] - ats[0] <= WEEK + 6 * HOUR
            tried = len(ats)
            await advance(here, "30d")
            assert len(here.receiver.posts) == tried

    asyncio.run(scenario())


def test_a_receiver_that_is_back_within_the_week_gets_what_waited():
    async def scenario():
        async with in_time(status_delays=(("sent", 0.0),)) as here:
            here.receiver.always = 503
            wamid = (await here.send(order_update())).wamid
            await advance(here, "6d")
            here.receiver.always = 200
            here.receiver.posts.clear()
            await advance(here, "10m")
            assert here.receiver.statuses_of(wamid) == ["sent"]

    asyncio.run(scenario())


def test_a_receiver_that_never_answers_holds_a_move_up_for_a_moment_only():
    async def scenario():
        async with in_time(status_delays=(("sent", 0.0),)) as here:
            never = asyncio.Event()
            told = []

            async def hang(url, headers, body, timeout_s):
                told.append(url)
                await never.wait()
                return 200

            here.receiver.post = hang
            await here.send(order_update())
            async with asyncio.timeout(5):
                await advance(here, "1d")
                await here.send(order_update())
                await advance(here, "1d")
            assert len(told) == 2
            assert here.emulator.deliverer.in_flight == 2

    asyncio.run(scenario())


def test_a_review_ends_when_the_clock_has_passed_its_delay():
    async def scenario():
        async with in_time(review_delay_s=DAY) as here:
            created = {
                "name": "later_on",
                "language": "en_US",
                "category": "UTILITY",
                "components": [{"type": "BODY", "text": "Your parcel is on its way to you."}],
            }
            answer = await here.ask("POST", f"/v25.0/{WABA}/message_templates", created)
            template_id = answer.json["id"]
            await advance(here, "23h59m")
            held = (await here.ask("GET", f"/v25.0/{template_id}")).json
            assert held["status"] == "PENDING"
            await advance(here, "2m")
            held = (await here.ask("GET", f"/v25.0/{template_id}")).json
            assert held["status"] == "APPROVED"
            (change,) = here.receiver.posts[-1].changes
            assert change["field"] == "message_template_status_update"

    asyncio.run(scenario())


def test_who_asks_with_what_it_knows_is_answered_when_the_clock_was_moved():
    async def scenario():
        async with in_time() as here:
            asked = asyncio.create_task(shown(here, "?ahead_s=0&wait_s=20"))
            await let_go_on()
            assert not asked.done()
            await advance(here, "1h")
            assert (await asked)["ahead_s"] == HOUR
            assert (await shown(here, "?ahead_s=0&wait_s=20"))["ahead_s"] == HOUR
            assert (await shown(here, f"?ahead_s={HOUR}&wait_s=0.01"))["ahead_s"] == HOUR

    asyncio.run(scenario())


def test_a_question_that_is_no_number_gets_a_sentence():
    async def scenario():
        async with in_time() as here:
            answer = await here.ask("GET", "/_emulator/clock?ahead_s=soon")
            assert answer.status == 400
            assert "ahead_s must be a number of seconds" in answer.json["error"]

    asyncio.run(scenario())


class Following:
    """A program that follows: its own clock, and what it does of its own every so often."""

    def __init__(self, here, every_s):
        self.here, self.every_s = here, every_s
        self.ahead_s = 0.0
        self.done_at = []
        self.next_s = every_s

    async def run(self):
        while True:
            due_s = self.next_s - self.ahead_s
            query = f"?follower=other&ahead_s={self.ahead_s!r}&wait_s=20&next_due_s={due_s!r}"
            self.ahead_s = (await shown(self.here, query))["ahead_s"]
            while self.next_s <= self.ahead_s:
                self.done_at.append(self.ahead_s)
                self.next_s = self.ahead_s + self.every_s


def test_a_follower_is_taken_along_from_one_thing_that_falls_due_there_to_the_next():
    async def scenario():
        async with in_time() as here:
            other = Following(here, 7 * HOUR)
            task = asyncio.create_task(other.run())
            await let_go_on()
            clock = await advance(here, "2d")
            assert (clock["followers"], clock["ahead_s"], other.ahead_s) == (1, 2 * DAY, 2 * DAY)
            assert other.done_at == pytest.approx([7 * HOUR * number for number in range(1, 7)])
            task.cancel()

    asyncio.run(scenario())


def test_a_follower_that_is_gone_is_left_behind(monkeypatch):
    monkeypatch.setattr("meta_emulator.runtime.followers.TAKEN_OVER_S", 0.05)

    async def scenario():
        async with in_time() as here:
            await shown(here, "?follower=gone&ahead_s=0&wait_s=0")
            assert (await shown(here))["followers"] == 1
            clock = await advance(here, "2d")
            assert (clock["followers"], clock["ahead_s"]) == (0, 2 * DAY)

    asyncio.run(scenario())


def test_two_moves_at_once_come_one_after_the_other():
    async def scenario():
        async with in_time() as here:
            await asyncio.gather(advance(here, "1h"), advance(here, "2h"))
            assert (await shown(here))["ahead_s"] == 3 * HOUR

    asyncio.run(scenario())


def test_a_token_expires_at_once_and_metas_words_say_so():
    async def scenario():
        async with in_time() as here:
            answer = await here.ask("POST", "/_emulator/tokens/expire", {})
            assert answer.json["data"][0]["is_valid"] is False
            await advance(here, "9m7s")
            refused = await here.send(order_update())
            assert refused.status == 401
            error = refused.json["error"]
            assert (error["code"], error["error_subcode"]) == (190, 463)
            assert error["type"] == "OAuthException"
            assert error["message"] == (
                "Error validating access token: Session has expired on Friday, 20-Nov-26"
                " 04:00:00 PST. The current time is Friday, 20-Nov-26 04:09:07 PST."
            )
            assert (
                'OAuth "Facebook Platform" "invalid_token"' in refused.headers["www-authenticate"]
            )
            assert (await here.ask("POST", "/_emulator/tokens/restore")).status == 200
            assert (await here.send(order_update())).status == 200

    asyncio.run(scenario())


def test_a_token_expires_after_a_time_and_another_one_goes_on():
    async def scenario():
        async with in_time() as here:
            await here.ask("POST", "/_emulator/tokens/expire", {"after": "1h"})
            issued = (await here.ask("POST", "/_emulator/tokens", {"life": "60d"})).json["data"][0]
            headers = {"authorization": f"Bearer {issued['token']}"}
            path = f"/v25.0/{NUMBER}"
            await advance(here, "59m")
            assert (await here.ask("GET", path)).status == 200
            assert (await here.ask("GET", path, headers=headers)).status == 200
            await advance(here, "1m")
            assert (await here.ask("GET", path)).status == 401
            assert (await here.ask("GET", path, headers=headers)).status == 200
            listed = (await here.ask("GET", "/_emulator/tokens")).json["data"]
            assert [(one["is_main"], one["is_valid"]) for one in listed] == [
                (True, False),
                (False, True),
            ]
            await advance(here, "60d")
            assert (await here.ask("GET", path, headers=headers)).status == 401

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("path", "order", "sentence"),
    [
        ("tokens/expire", {"token": "nobody's"}, "there is no such token"),
        ("tokens/expire", {"after": "soon"}, "after: 'soon' is no duration"),
        ("tokens", {"life": -1}, "life: -1.0 is no duration"),
        ("tokens", {"token": "with a space"}, "letters, digits"),
    ],
)
def test_an_order_about_tokens_that_makes_no_sense_gets_a_sentence(path, order, sentence):
    async def scenario():
        async with in_time() as here:
            answer = await here.ask("POST", f"/_emulator/{path}", order)
            assert answer.status == 400
            assert sentence in answer.json["error"]

    asyncio.run(scenario())


def test_tokens_are_kept_in_a_snapshot():
    async def scenario():
        async with in_time() as here:
            await here.ask("POST", "/_emulator/tokens", {"token": "EAAsecond", "life": "1h"})
            tokens = here.emulator.tokens
            kept = json.loads(json.dumps(tokens.snapshot()))
            before = dict(tokens.ends)
            tokens.renew()
            tokens.restore(kept)
            assert tokens.ends == before

    asyncio.run(scenario())
