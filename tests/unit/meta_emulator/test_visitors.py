"""Programs and the emulator's own page give orders; pages of other sites do not."""

import asyncio

import pytest

from support.emulated import emulated

FAULTS = "/_emulator/faults"
HERE = {"host": "127.0.0.1:8090"}


def status_of(method: str, headers: dict[str, str], path: str = FAULTS, **settings) -> int:
    it = emulated(**settings)
    return asyncio.run(it.ask(method, path, headers=headers)).status


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8090", "[::1]:8090", "localhost:8090", "emulator", "meta.ns.svc", "a.test:1"],
)
def test_programs_of_this_network_give_orders(host):
    assert status_of("POST", {"host": host}) == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:8090", "1.example."])
def test_a_name_of_the_web_that_leads_here_is_not_answered(method, host):
    page = {"host": host, "origin": f"http://{host}"}
    assert status_of(method, page) == 403
    assert status_of(method, {"host": host}) == 403


def test_a_name_that_was_given_is_answered():
    named = frozenset({"rebound.example"})
    assert status_of("POST", {"host": "rebound.example:80"}, control_hosts=named) == 200


@pytest.mark.parametrize(
    "told",
    [
        {"origin": "https://another.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:3000"},
        {"sec-fetch-site": "cross-site", "origin": "https://another.example"},
        {"sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", [FAULTS, "/_emulator/reset", "/_emulator/messages/x/release"])
def test_a_page_of_another_site_gives_no_orders(told, path):
    assert status_of("POST", {**HERE, **told}, path) == 403


def test_the_emulators_own_page_gives_orders_also_through_a_tunnel():
    own = {**HERE, "origin": "http://127.0.0.1:8090"}
    assert status_of("POST", own) == 200
    assert status_of("POST", {**own, "sec-fetch-site": "same-origin"}) == 200
    tunnel = {"host": "some.tunnel.example", "origin": "https://some.tunnel.example"}
    assert status_of("POST", {**tunnel, "sec-fetch-site": "same-origin"}) == 200


def test_the_inbox_takes_what_anybody_sends():
    assert status_of("POST", {"host": "sink.example"}, "/_emulator/inbox/hook") == 200
