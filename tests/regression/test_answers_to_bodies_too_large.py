"""A client that sent a body too large was once cut off, and never saw the refusal."""

import asyncio

import pytest

from waypost.api.asgi import PATIENCE_BYTES, ClientLeftError, discard_body


class Client:
    """Sends parts of a body, or leaves; `taken` counts what was asked for."""

    def __init__(self, *parts: bytes | None) -> None:
        self.parts = list(parts)
        self.taken = 0

    async def __call__(self):
        part = self.parts[self.taken]
        self.taken += 1
        if part is None:
            return {"type": "http.disconnect"}
        more = self.taken < len(self.parts)
        return {"type": "http.request", "body": part, "more_body": more}


def discard(client, **headers):
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(discard_body({"headers": given}, client))


def test_what_is_left_of_a_body_is_taken_in():
    client = Client(b"a" * 1000, b"b", b"c")

    discard(client)

    assert client.taken == 3


def test_a_body_without_end_is_not_taken_in_for_ever():
    client = Client(*[b"a" * 2**20] * 100)

    discard(client)

    assert PATIENCE_BYTES / 2**20 <= client.taken < 20


@pytest.mark.parametrize("headers", [{"expect": "100-continue"}, {"content-length": "9" * 12}])
def test_a_body_that_waits_to_be_asked_for_or_is_endless_is_not_asked_for(headers):
    client = Client(b"a")

    discard(client, **headers)

    assert client.taken == 0


def test_a_client_that_leaves_meanwhile_is_let_go():
    with pytest.raises(ClientLeftError):
        discard(Client(b"a", None, b"b"))
