"""Endpoints are called only where they may be, and exactly where that was checked."""

import asyncio

import pytest

from support.nouns import NOW
from waypost.callback.caller import IDLE_S, Caller, PinnedClients
from waypost.runtime.addresses import AddressGuard, ForbiddenAddressError, read_url
from waypost.runtime.clock import TestClock
from waypost.runtime.http import AnswerLostError, HttpAnswer, HttpCall, NeverLeftError

PUBLIC, OTHER_PUBLIC = "93.184.216.34", "1.1.1.1"


class Names:
    """A resolver that gives its answers one after another, the last one for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def resolve(self, host, port):
        self.asked.append((host, port))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Pinned:
    """A client for one address: keeps what it was asked."""

    def __init__(self, place, answer):
        self.place, self.answer = place, answer
        self.calls, self.is_closed = [], False

    async def request(self, call, timeout_s):
        assert not self.is_closed
        self.calls.append((call, timeout_s))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def close(self):
        self.is_closed = True


class Desk:
    def __init__(self, names, *, most=256, answers=None):
        self.clock, self.names, self.made = TestClock(NOW), names, []
        self.answers = answers or {}
        self.caller = Caller(
            Pinned(None, AssertionError("called without a check")),
            AddressGuard(may_be_private=False, resolver=names),
            PinnedClients(self.make, self.clock, most),
            self.clock,
        )

    def make(self, host, address, port):
        answer = self.answers.get(address, HttpAnswer(200, {}, b""))
        self.made.append(Pinned((host, address, port), answer))
        return self.made[-1]

    async def call(self, url="https://shop.example/hook?a=1"):
        return await self.caller.call(HttpCall("POST", url, {}, b""), 15)

    def places(self):
        return [one.place for one in self.made]


def run(coroutine):
    return asyncio.run(coroutine)


def test_a_call_goes_to_the_address_that_was_checked():
    desk = Desk(Names([PUBLIC]))

    assert run(desk.call()).status == 200
    assert desk.places() == [("shop.example", PUBLIC, 443)]
    assert desk.made[0].calls[0][0].url == "https://shop.example/hook?a=1"


def test_a_name_that_means_another_address_a_moment_later_is_asked_once_only():
    """DNS rebinding: what is answered after the check is never called."""
    desk = Desk(Names([PUBLIC], ["127.0.0.1"]))

    run(desk.call())

    assert desk.names.asked == [("shop.example", 443)]
    assert desk.places() == [("shop.example", PUBLIC, 443)]


def test_the_next_call_to_a_name_that_has_turned_private_is_refused():
    desk = Desk(Names([PUBLIC], ["127.0.0.1"]))
    run(desk.call())

    with pytest.raises(ForbiddenAddressError, match=r"127\.0\.0\.1, which is not a public"):
        run(desk.call())
    assert len(desk.made[0].calls) == 1


@pytest.mark.parametrize(
    "private",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "::1",
        "fe80::1",
        "::ffff:10.0.0.1",
    ],
)
def test_one_private_address_among_public_ones_forbids_them_all(private):
    desk = Desk(Names([PUBLIC, private, OTHER_PUBLIC]))

    with pytest.raises(ForbiddenAddressError, match="not a public address"):
        run(desk.call())
    assert desk.made == []


def test_an_address_that_does_not_let_us_connect_is_followed_by_the_next():
    desk = Desk(Names([PUBLIC, OTHER_PUBLIC]), answers={PUBLIC: NeverLeftError("refused")})

    assert run(desk.call()).status == 200
    assert [place[1] for place in desk.places()] == [PUBLIC, OTHER_PUBLIC]


def test_a_call_that_may_have_arrived_is_not_made_again_elsewhere():
    desk = Desk(Names([PUBLIC, OTHER_PUBLIC]), answers={PUBLIC: AnswerLostError("timed out")})

    with pytest.raises(AnswerLostError):
        run(desk.call())
    assert [place[1] for place in desk.places()] == [PUBLIC]


def test_none_of_the_addresses_lets_us_connect():
    desk = Desk(Names([PUBLIC]), answers={PUBLIC: NeverLeftError("refused")})

    with pytest.raises(NeverLeftError, match="refused"):
        run(desk.call())


@pytest.mark.parametrize("answer", [OSError("no such host"), []])
def test_a_name_without_an_address_is_said(answer):
    with pytest.raises(ForbiddenAddressError, match=r"shop\.example has no address"):
        run(Desk(Names(answer)).call())


def test_a_redirect_to_a_metadata_address_is_an_answer_and_is_not_followed():
    told = {"location": "http://169.254.169.254/latest/meta-data"}
    desk = Desk(Names([PUBLIC]), answers={PUBLIC: HttpAnswer(302, told, b"")})

    assert run(desk.call()).status == 302
    assert desk.places() == [("shop.example", PUBLIC, 443)]


def test_a_client_is_used_again_while_the_address_stays():
    desk = Desk(Names([PUBLIC]))

    run(desk.call())
    run(desk.call())

    assert len(desk.made) == 1


def test_a_client_that_nobody_uses_for_a_while_is_closed():
    desk = Desk(Names([PUBLIC], [OTHER_PUBLIC]))
    run(desk.call())
    desk.clock.advance(IDLE_S)

    run(desk.call())

    assert [one.is_closed for one in desk.made] == [True, False]


def test_of_many_clients_the_oldest_are_closed():
    desk = Desk(Names([PUBLIC]), most=2)

    for number in range(4):
        run(desk.call(f"https://shop{number}.example/"))

    assert [one.is_closed for one in desk.made] == [True, True, False, False]


@pytest.mark.parametrize(
    ("url", "host", "read"),
    [
        ("https://Shop.Example/a", "shop.example", "https://shop.example/a"),
        ("https://shop.example:8443/a?b#c", "shop.example", "https://shop.example:8443/a?b#c"),
        ("http://b\u00fccher.example/", "xn--bcher-kva.example", "http://xn--bcher-kva.example/"),
        ("http://0x7f.1/", "127.0.0.1", "http://127.0.0.1/"),
        ("http://2130706433/", "127.0.0.1", "http://127.0.0.1/"),
        ("http://127.0.0.1./", "127.0.0.1", "http://127.0.0.1/"),
        ("http://shop:p%40ss@Shop.Example/", "shop.example", "http://shop:p%40ss@shop.example/"),
        ("http://[0:0::1]:80/", "::1", "http://[::1]:80/"),
    ],
)
def test_a_host_is_written_so_that_every_reader_understands_the_same(url, host, read):
    place = read_url(url)

    assert (place.host, place.url) == (host, read)


@pytest.mark.parametrize(
    "url",
    [
        "http://public.example\\@127.0.0.1/",
        "http://public.example/ x",
        "http://a@b@127.0.0.1/",
        "http://127.0.0.1%00.example/",
        "http://1.2.3.4.5/",
        "http://99999999999/",
        "http://a..\u3002b/",
        "http://[fe80::1%25eth0]/",
        "gopher://public.example/",
        "http://exa mple/",
        "http:///x",
    ],
)
def test_a_url_that_two_readers_may_read_differently_is_refused(url):
    with pytest.raises(ForbiddenAddressError):
        read_url(url)
