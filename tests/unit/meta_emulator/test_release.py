"""One captured message goes to the real API, and only to people who are on the list."""

import asyncio
import json

import pytest

from meta_emulator.control.release import address
from meta_emulator.runtime.http import Exchanged, UnreachableError
from meta_emulator.settings import ReleaseSettings, SettingsError, parse_release
from support.emulated import MESSAGES, Emulated, emulated, order_update

LISTED, STRANGER = "919876543210", "919876543211"
REAL = ReleaseSettings("https://graph.real", "555", frozenset({LISTED}), "real-token")


class Real:
    """Plays the real API: remembers what it was sent."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def exchange(self, method, url, headers, body, timeout_s):
        assert timeout_s > 0
        self.asked.append((method, url, dict(headers), json.loads(body)))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def accepted(body=b'{"messages":[{"id":"wamid.REAL"}]}', status=200):
    return Exchanged(status, (("content-type", "application/json"),), body)


def here_with(real, release=REAL) -> Emulated:
    made = emulated(release=release)
    (release_room,) = {
        route.handler.__self__
        for route in made.emulator.app._control.routes
        if route.path == "messages/{id}/release"
    }
    release_room._http = real
    return made


async def release(here, wamid, order=None):
    return await here.ask("POST", f"/_emulator/messages/{wamid}/release", order or {})


def test_a_message_to_somebody_on_the_list_is_sent_and_the_answer_comes_back_as_it_is():
    async def scenario():
        real = Real(accepted())
        here = here_with(real)
        sent = order_update(to="+91 98765 43210", biz_opaque_callback_data="ours")
        wamid = (await here.send(sent)).wamid

        answer = await release(here, wamid)

        assert answer.status == 200
        (released,) = answer.json["data"]
        assert (released["message_id"], released["to"], released["status"]) == (wamid, LISTED, 200)
        assert released["answer"] == {"messages": [{"id": "wamid.REAL"}]}
        ((method, url, headers, body),) = real.asked
        assert (method, url) == ("POST", "https://graph.real/v25.0/555/messages")
        assert headers == {
            "authorization": "Bearer real-token",
            "content-type": "application/json",
        }
        assert body == {**sent, "to": f"+{LISTED}"}
        listed = (await here.ask("GET", "/_emulator/releases")).json["data"]
        assert listed == [released]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("send", "sentence"),
    [
        (order_update(to=STRANGER), f"+{STRANGER} is not on the list"),
        (order_update(to=None, recipient="IN.13491208655302741918"), "only messages to phone"),
    ],
)
def test_nobody_else_gets_anything(send, sentence):
    async def scenario():
        real = Real()
        here = here_with(real)
        wamid = (await here.send({key: it for key, it in send.items() if it is not None})).wamid
        answer = await release(here, wamid)
        assert answer.status == 403
        assert sentence in answer.json["error"]
        assert real.asked == []

    asyncio.run(scenario())


def test_a_second_reading_of_a_request_can_mean_nobody_else():
    async def scenario():
        real = Real(accepted())
        here = here_with(real)
        text = json.dumps(order_update(to=LISTED, recipient="IN.13491208655302741918"))
        twice = text.replace('"to"', f'"to": "{STRANGER}", "to"', 1)
        wamid = (await here.ask("POST", MESSAGES, twice.encode())).wamid
        assert (await release(here, wamid)).status == 200
        assert real.asked[0][3] == order_update(to=f"+{LISTED}")

    asyncio.run(scenario())


def test_what_was_released_is_not_released_again_unless_it_is_asked_for():
    async def scenario():
        real = Real(accepted(), accepted())
        here = here_with(real)
        wamid = (await here.send(order_update(to=LISTED))).wamid
        assert (await release(here, wamid)).status == 200
        again = await release(here, wamid)
        assert again.status == 409
        assert "released before" in again.json["error"]
        assert (await release(here, wamid, {"again": True})).status == 200
        assert len(real.asked) == 2

    asyncio.run(scenario())


def test_a_refusal_of_the_real_api_comes_back_as_it_is():
    async def scenario():
        refused = b'{"error":{"code":131030,"message":"(#131030) not in allowed list"}}'
        here = here_with(Real(accepted(refused, 400)))
        wamid = (await here.send(order_update(to=LISTED))).wamid
        (released,) = (await release(here, wamid)).json["data"]
        assert (released["status"], released["answer"]["error"]["code"]) == (400, 131030)

    asyncio.run(scenario())


def test_no_answer_is_doubt_and_is_remembered():
    async def scenario():
        here = here_with(Real(UnreachableError("reset")))
        wamid = (await here.send(order_update(to=LISTED))).wamid
        answer = await release(here, wamid)
        assert answer.status == 502
        assert "the message may have been sent" in answer.json["error"]
        (released,) = (await here.ask("GET", "/_emulator/releases")).json["data"]
        assert released["status"] is None
        assert (await release(here, wamid)).status == 409

    asyncio.run(scenario())


def test_a_message_that_was_never_accepted_cannot_be_released():
    async def scenario():
        answer = await release(here_with(Real()), "wamid.NONE")
        assert answer.status == 404
        assert "no message wamid.NONE was accepted" in answer.json["error"]

    asyncio.run(scenario())


def test_releasing_is_off_unless_it_is_set_up():
    async def scenario():
        here = here_with(Real(), None)
        wamid = (await here.send(order_update(to=LISTED))).wamid
        answer = await release(here, wamid)
        assert answer.status == 403
        assert "releasing is off" in answer.json["error"]

    asyncio.run(scenario())


def test_the_urls_own_version_is_used_where_it_names_one():
    made = emulated()
    asyncio.run(made.send(order_update()))
    (message,) = made.emulator.state.messages
    newer = ReleaseSettings("https://graph.real/v26.0", "555", frozenset(), "t")

    assert address(message, newer) == "https://graph.real/v26.0/555/messages"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("https://x", "t", "5", []), "--release-to must be given"),
        (("https://x", None, "5", [LISTED]), "META_EMULATOR_RELEASE_TOKEN must be given"),
        ((None, "t", "5", [LISTED]), "--release-url must be given"),
        (("graph.facebook.com", "t", "5", [LISTED]), "must begin with https://"),
        (("https://x", "t", "5", ["all"]), "whole phone numbers"),
        (("https://x", "t", "5", [""]), "whole phone numbers"),
    ],
)
def test_half_a_set_of_options_is_refused(given, sentence):
    with pytest.raises(SettingsError, match=sentence):
        parse_release(*given)


def test_nothing_given_is_off_and_the_token_is_never_printed():
    assert parse_release(None, "a token alone", None, []) is None
    given = parse_release("https://x/", "secret-token", "5", ["+91 98765 43210"])
    assert given == ReleaseSettings("https://x", "5", frozenset({LISTED}), "secret-token")
    assert "secret-token" not in repr(given)


def test_what_was_released_is_kept_in_a_snapshot():
    async def scenario():
        here = here_with(Real(accepted()))
        wamid = (await here.send(order_update(to=LISTED))).wamid
        await release(here, wamid)
        room = here.emulator.kept["releases"]
        kept = json.loads(json.dumps(room.snapshot()))
        before, room.released = room.released, []
        room.restore(kept)
        assert room.released == before

    asyncio.run(scenario())
