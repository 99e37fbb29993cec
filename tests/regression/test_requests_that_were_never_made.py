"""A request that could not even be built was once taken for one whose answer was lost."""

import asyncio

import pytest

from waypost.runtime.http import NeverLeftError, PooledHttpClient


def test_a_request_that_cannot_be_built_never_left():
    async def body():
        client = PooledHttpClient("Waypost/test")
        try:
            await client.post("ftp://meta.example/", {}, b"{}", 5)
        finally:
            await client.close()

    with pytest.raises(NeverLeftError, match="scheme is not allowed"):
        asyncio.run(body())
