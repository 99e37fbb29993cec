"""Redirects and names that turn private, over the whole gateway and real connections.

The calls are the real client's, on real sockets. What is not real is where the public address of
these tests is: at a loopback address of this machine, for there is no other to listen at.
"""

import asyncio
from contextlib import asynccontextmanager
from functools import partial

import pytest

from support.connections import let_go
from support.pair import running, text
from waypost import workers
from waypost.runtime.addresses import AddressGuard
from waypost.runtime.http import PooledHttpClient

PUBLIC = "93.184.216.34"
OUTSIDE, INSIDE = "127.0.0.2", "127.0.0.1"
"""Where the public address is, and where what may not be reached listens, at the same port."""

METADATA = "http://169.254.169.254/latest/meta-data/"


class Names:
    """A resolver that answers as it is told now, and notes who asked."""

    def __init__(self):
        self.addresses, self.asked = [PUBLIC], []

    async def resolve(self, host, port):
        self.asked.append((host, port))
        return self.addresses


class Listener:
    """A server that keeps the path and `webhook-id` of each request, and answers one thing."""

    def __init__(self):
        self.requests, self.answer = [], "200 OK"

    async def serve(self, reader, writer):
        with let_go(writer):
            await self.take(reader, writer)

    async def take(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
        await reader.readexactly(int(lines.get("content-length", 0)))
        self.requests.append((head.split()[1], lines["webhook-id"].upper()))
        answer = f"HTTP/1.1 {self.answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        writer.write(answer.encode())
        await writer.drain()


@asynccontextmanager
async def listening():
    """Servers outside and inside, at one port."""
    outside, inside = Listener(), Listener()
    first = await asyncio.start_server(inside.serve, INSIDE, 0)
    port = first.sockets[0].getsockname()[1]
    second = await asyncio.start_server(outside.serve, OUTSIDE, port)
    try:
        yield port, outside, inside
    finally:
        for server in (first, second):
            server.close()


def client_of(user_agent, pin):
    """The real client, pinned to where the public address is here."""
    host, address, port = pin
    assert address == PUBLIC, "a call was begun to an address that is not public"
    return PooledHttpClient(user_agent, (host, OUTSIDE, port))


@pytest.fixture
def names(monkeypatch):
    """The names of a deployment in which no callback may go to a private address."""
    known = Names()
    monkeypatch.setattr(workers, "AddressGuard", partial(AddressGuard, resolver=known))
    monkeypatch.setattr(workers, "PooledHttpClient", client_of)
    return known


PATIENT = {"callback_timeout_s": 900, "lease_s": 3600}
"""The clock of these tests is turned faster than sockets answer."""


@asynccontextmanager
async def telling(folder, port):
    """A gateway whose customer's endpoint is `localhost`, and of each message one event to tell."""
    delays = (("sent", 0.05),)
    guarded = {"callback_private_addresses": False, **PATIENT}
    async with running(folder, delays=delays, **guarded) as pair:
        await pair.save_sender(f"http://localhost:{port}/hook")
        yield pair


async def attempts(pair, message_id, count):
    """The first so many attempts at a message's one event, the oldest first."""

    async def kept(transaction):
        events = await transaction.callbacks.of_message(1, message_id)
        return [
            one
            for event in events
            for one in await transaction.callbacks.attempts_of(1, event.event_id)
        ]

    end = pair.clock.monotonic() + 600
    while len(found := await pair.ask(kept)) < count:
        assert pair.clock.monotonic() < end, f"there were {len(found)} attempts"
        await pair.pass_time(0.2)
    return found


def test_a_name_that_turns_private_is_called_no_more_and_never_where_it_turned_to(tmp_path, names):
    async def scenario():
        async with listening() as (port, outside, inside), telling(tmp_path, port) as pair:
            first = await pair.accepted(text())
            (told,) = await attempts(pair, first, 1)
            # This machine says that `localhost` is inside: the client did not ask it.
            assert (told.status, len(outside.requests), inside.requests) == (200, 1, [])

            names.addresses = [INSIDE]
            second = await pair.accepted(text())
            await attempts(pair, second, 1)
            names.addresses = [PUBLIC, "169.254.169.254"]
            refused = await attempts(pair, second, 2)
            assert [one.status for one in refused] == [None, None]
            assert INSIDE in refused[0].problem
            assert "169.254.169.254" in refused[1].problem
            assert all("not a public address" in one.problem for one in refused)
            assert (len(outside.requests), inside.requests) == (1, [])

            names.addresses = [PUBLIC]
            tried = await attempts(pair, second, 3)
            assert [one.status for one in tried] == [None, None, 200]
            assert [event.partition(".")[0] for _, event in outside.requests] == [first, second]
            assert inside.requests == []
            assert names.asked == [("localhost", port)] * 4, "one look-up for each attempt"

    asyncio.run(scenario())


def test_a_redirect_is_a_failure_wherever_it_leads(tmp_path, names):
    async def scenario():
        async with listening() as (port, outside, inside), telling(tmp_path, port) as pair:
            outside.answer = f"307 Temporary Redirect\r\nlocation: {METADATA}"
            message_id = await pair.accepted(text())
            await attempts(pair, message_id, 1)
            outside.answer = f"302 Found\r\nlocation: http://{INSIDE}:{port}/latest/meta-data/"
            await attempts(pair, message_id, 2)
            outside.answer = "200 OK"
            tried = await attempts(pair, message_id, 3)

            assert [one.status for one in tried] == [307, 302, 200]
            assert {path for path, _ in outside.requests} == {"/hook"}
            assert len({event for _, event in outside.requests}) == 1
            assert inside.requests == []
            assert set(names.asked) == {("localhost", port)}, "nobody looked where it leads"

    asyncio.run(scenario())
