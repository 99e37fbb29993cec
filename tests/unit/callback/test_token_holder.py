"""Bearer tokens: fetched once for all, kept for their life, dropped when they are refused."""

import asyncio
import json
from urllib.parse import parse_qsl

import pytest

from support.nouns import ACCOUNT, NOW, PROFILE_ID
from waypost.callback.token_holder import FAILED_FOR_S, TokenError, TokenShelf
from waypost.model.callback import BearerAuth
from waypost.runtime.addresses import ForbiddenAddressError
from waypost.runtime.clock import TestClock
from waypost.runtime.http import HttpAnswer, NeverLeftError

AUTH = BearerAuth("https://login.example/token", "id", "s&cret", "callbacks")
KEY = (ACCOUNT, PROFILE_ID)


class Login:
    """A customer's door to tokens; it also is the caller of it."""

    def __init__(self, answer=None, *, life="3599"):
        self.answer, self.life = answer, life
        self.calls = []

    async def call(self, call, timeout_s):
        self.calls.append((call, timeout_s))
        await asyncio.sleep(0)
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        said = {"access_token": f"t{len(self.calls)}", "token_type": "Bearer"}
        if self.life is not None:
            said["expires_in"] = self.life
        return HttpAnswer(200, {}, json.dumps(said).encode())


class Desk:
    def __init__(self, *args, **kwargs):
        self.login, self.clock = Login(*args, **kwargs), TestClock(NOW)
        self.shelf = TokenShelf(self.login, self.clock)

    async def token(self, auth=AUTH, key=KEY):
        return await self.shelf.token(key, auth, 15)


def test_a_token_is_asked_for_with_the_clients_credentials():
    desk = Desk()

    assert asyncio.run(desk.token()) == "t1"
    ((call, timeout_s),) = desk.login.calls
    assert (call.method, call.url, timeout_s) == ("POST", AUTH.url, 15)
    assert dict(parse_qsl(call.body.decode())) == {
        "grant_type": "client_credentials",
        "client_id": "id",
        "client_secret": "s&cret",
        "scope": "callbacks",
    }


def test_all_that_are_under_way_share_one_call():
    desk = Desk()

    async def ask():
        return await asyncio.gather(*(desk.token() for _ in range(20)))

    assert set(asyncio.run(ask())) == {"t1"}
    assert len(desk.login.calls) == 1


@pytest.mark.parametrize(
    ("life", "usable_s"),
    [
        ("3599", 3539),
        (3599, 3539),
        (100, 90),
        (None, 270),
        ("soon", 270),
        (-1, 270),
        (10**400, 270),
    ],
)
def test_a_token_is_kept_for_its_life_but_for_a_margin(life, usable_s):
    desk = Desk(life=life)
    asyncio.run(desk.token())

    desk.clock.advance(usable_s - 1)
    assert asyncio.run(desk.token()) == "t1"
    desk.clock.advance(1)
    assert asyncio.run(desk.token()) == "t2"


def test_a_refused_token_is_dropped_and_a_newer_one_is_not():
    desk = Desk()
    asyncio.run(desk.token())

    desk.shelf.drop(KEY, AUTH, "t1")
    assert asyncio.run(desk.token()) == "t2"
    desk.shelf.drop(KEY, AUTH, "t1")
    assert asyncio.run(desk.token()) == "t2"


def test_each_profile_and_each_secret_has_a_token_of_its_own():
    desk = Desk()

    tokens = [
        asyncio.run(desk.token()),
        asyncio.run(desk.token(key=(ACCOUNT, "IN_2"))),
        asyncio.run(desk.token(BearerAuth(AUTH.url, "id", "new"))),
    ]

    assert tokens == ["t1", "t2", "t3"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HttpAnswer(403, {}, b"{}"), "HTTP 403"),
        (HttpAnswer(302, {"location": "http://169.254.169.254/"}, b""), "HTTP 302"),
        (HttpAnswer(200, {}, b"<html>"), "no JSON object"),
        (HttpAnswer(200, {}, b'{"a":' + b"[" * 30_000), "no JSON object"),
        (HttpAnswer(200, {}, b"{}"), "no access_token"),
        (HttpAnswer(200, {}, b'{"access_token":"a\\r\\nHost: b"}'), "no access_token"),
        (NeverLeftError("connection refused"), "connection refused"),
        (ForbiddenAddressError("login.example is 10.0.0.1"), "login.example is 10"),
    ],
)
def test_without_a_token_it_is_said_why(answer, said):
    with pytest.raises(TokenError, match=f"no token from the authentication URL: .*{said}"):
        asyncio.run(Desk(answer).token())


def test_a_door_that_fails_is_asked_once_for_all_that_waited_and_again_later():
    desk = Desk(NeverLeftError("refused"))

    async def ask():
        return await asyncio.gather(*(desk.token() for _ in range(20)), return_exceptions=True)

    assert {type(one) for one in asyncio.run(ask())} == {TokenError}
    assert len(desk.login.calls) == 1
    desk.clock.advance(FAILED_FOR_S)
    desk.login.answer = None
    assert asyncio.run(desk.token()) == "t2"
