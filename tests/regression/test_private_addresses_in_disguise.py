"""A private IPv4 address inside an IPv6 address once passed for a public one."""

import asyncio

import pytest

from waypost.runtime.addresses import AddressGuard, ForbiddenAddressError


def check(host):
    asyncio.run(AddressGuard(may_be_private=False).check(f"http://{host}/"))


@pytest.mark.parametrize(
    "host",
    [
        "[64:ff9b::a00:1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[::127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[fec0::1]",
        "[64:ff9b:1::10.0.0.1]",
        "[::ffff:0:127.0.0.1]",
        "[5f00::1]",
        "192.0.0.192",
        "192.88.99.1",
    ],
)
def test_an_address_that_stands_for_another_is_forbidden(host):
    with pytest.raises(ForbiddenAddressError, match="not a public address"):
        check(host)


@pytest.mark.parametrize("host", ["1.1.1.1", "[2606:4700:4700::1111]", "[64:ff9b::1.1.1.1]"])
def test_a_public_address_is_allowed(host):
    assert check(host) is None
