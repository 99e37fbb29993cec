"""The client's address is the peer's, or what a trusted proxy says it is."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.api.asgi import client_address
from waypost.runtime.setting import read_networks

PROXIES = read_networks("10.0.0.0/8, 2001:db8:aa::/48")


def asked(peer, *forwarded, trusted=PROXIES):
    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in forwarded]
    return client_address({"client": (peer, 1), "headers": [*headers, (b"host", b"x")]}, trusted)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.9, 203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.9", "203.0.113.7, 10.9.9.9"], "203.0.113.7"),
        ("::ffff:10.0.0.1", ["::ffff:203.0.113.7"], "203.0.113.7"),
        ("2001:db8:aa::1", ["2001:db8:bb::9"], "2001:db8:bb::9"),
        ("10.0.0.1", ["203.0.113.7:51000"], "203.0.113.7"),
        ("10.0.0.1", ['"[2001:db8:bb::9]:443"'], "2001:db8:bb::9"),
        ("10.0.0.1", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
    ],
)
def test_a_trusted_proxy_is_believed_up_to_the_first_stranger(peer, forwarded, address):
    assert asked(peer, *forwarded) == address


@pytest.mark.parametrize("peer", ["203.0.113.9", "11.0.0.1", "2001:db8:ab::1", "", "unix"])
def test_a_stranger_is_not_believed(peer):
    assert asked(peer, "10.0.0.7, 198.51.100.9") == peer


def test_nobody_is_believed_unless_somebody_is_trusted():
    assert asked("10.0.0.1", "203.0.113.7", trusted=()) == "10.0.0.1"
    assert client_address({"client": None}, ()) == client_address({}, PROXIES) == ""


@pytest.mark.parametrize("junk", ["unknown", "", "_hidden", "\xff", "203.0.113.7.1", "1" * 5000])
def test_what_cannot_be_read_ends_the_chain_at_the_nearest_hop_that_can(junk):
    assert asked("10.0.0.1", f"203.0.113.7, {junk}") == "10.0.0.1"
    assert asked("10.0.0.1", f"203.0.113.7, {junk}, 10.3.3.3") == "10.3.3.3"


@given(st.lists(st.text(st.characters(codec="latin-1"), max_size=40), max_size=5))
def test_whatever_stands_there_the_outcome_is_an_address(lines):
    assert ip_address(asked("10.0.0.1", *lines))


def test_a_chain_without_end_is_followed_only_so_far():
    assert asked("10.0.0.1", "203.0.113.7" + ", 10.0.0.2" * 10_000) == "10.0.0.2"
