"""A callback address that is no URL once ended the attempt with an exception, for ever."""

import asyncio

import pytest

from waypost.runtime.addresses import AddressGuard, ForbiddenAddressError


@pytest.mark.parametrize(
    "url",
    ["http://[::1", "http://127.0.0.1:99999/", f"http://{'a' * 80}.example/", "mailto:x", ""],
)
def test_what_is_no_url_is_forbidden(url):
    with pytest.raises(ForbiddenAddressError):
        asyncio.run(AddressGuard(may_be_private=False).check(url))


def test_an_address_of_many_receivers_is_forbidden():
    with pytest.raises(ForbiddenAddressError, match="not a public address"):
        asyncio.run(AddressGuard(may_be_private=False).check("http://224.0.0.1/"))
