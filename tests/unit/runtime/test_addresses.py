"""Callbacks never go into the operator's own network, unless that is allowed."""

import asyncio

import pytest

from waypost.runtime.addresses import AddressGuard, ForbiddenAddressError, SystemResolver


def check(url, *, may_be_private=False):
    asyncio.run(AddressGuard(may_be_private).check(url))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fc00::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
    ],
)
def test_an_address_that_is_not_public_is_forbidden(host):
    with pytest.raises(ForbiddenAddressError, match="not a public address"):
        check(f"http://{host}:8080/hook")


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("10.1.2.3", "10.1.2.3 is not a public"),
        ("localhost", r"localhost is (127.0.0.1|::1), which is not a"),
    ],
)
def test_an_address_is_told_twice_only_if_it_was_written_otherwise(host, said):
    with pytest.raises(ForbiddenAddressError, match=f"^{said}"):
        check(f"http://{host}:8080/hook")


@pytest.mark.parametrize("host", ["93.184.216.34", "[2606:2800:220:1:248:1893:25c8:1946]"])
def test_a_public_address_may_be_called(host):
    check(f"https://{host}/hook")


def test_development_may_call_every_address():
    check("http://127.0.0.1:1/hook", may_be_private=True)


def test_the_refusal_names_the_setting_that_allows_it():
    with pytest.raises(ForbiddenAddressError, match="callback_private_addresses"):
        check("http://localhost/hook")


def test_many_who_ask_for_one_name_at_once_get_the_same_answer():
    async def ask():
        resolver = SystemResolver()
        return await asyncio.gather(*(resolver.resolve("localhost", 80) for _ in range(100)))

    answers = asyncio.run(ask())

    assert len(answers) == 100
    assert set(map(tuple, answers)) == {tuple(answers[0])}
    assert {"127.0.0.1", "::1"} & set(answers[0])


def test_who_gives_up_asking_spoils_nothing_for_the_next():
    async def ask():
        resolver = SystemResolver()
        impatient = asyncio.ensure_future(resolver.resolve("localhost", 80))
        await asyncio.sleep(0)
        impatient.cancel()
        return await resolver.resolve("localhost", 80)

    assert asyncio.run(ask())
