"""A server whose connections stand, and from which nothing comes any more: a machine that lost its
power or its network tells nobody. Statements had no end then, and with them the gateway had none.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from support.connections import let_go
from support.nouns import NOW
from support.postgres import database
from waypost.store.postgres.store import PostgresStore

HOST = "127.0.0.1"


@dataclass
class Way:
    """A way to the server. Connections that are there when it falls silent stay silent for ever.

    silences  how often it fell silent
    """

    port: int
    silences: int = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine = self.silences
        there, back = await asyncio.open_connection(HOST, self.port)

        async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                if mine == self.silences:
                    target.write(data)

        with let_go(writer, back):
            passing = {
                asyncio.ensure_future(pass_on(reader, back)),
                asyncio.ensure_future(pass_on(there, writer)),
            }
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            writer.transport.abort()
            back.transport.abort()
            await asyncio.gather(*passing, return_exceptions=True)


@asynccontextmanager
async def opened_through(url: str) -> AsyncIterator[tuple[Way, PostgresStore]]:
    port = int(url.rpartition(":")[2].partition("/")[0])
    way = Way(port)
    server = await asyncio.start_server(way.carry, HOST, 0)
    own_port = server.sockets[0].getsockname()[1]
    store = await PostgresStore.open(url.replace(f":{port}/", f":{own_port}/"), now=NOW)
    try:
        yield way, store
    finally:
        await store.close()
        server.close()
        await asyncio.sleep(0.05)


async def keep(transaction, texts):
    await transaction.webhooks.keep([(text, b"", NOW) for text in texts])
    return texts


async def kept(store, *texts):
    return set(await store.read(lambda t: t.webhooks.load(list(texts))))


def patient_for(monkeypatch, seconds):
    monkeypatch.setattr("waypost.store.postgres.connection.ANSWER_S", seconds)
    monkeypatch.setattr("waypost.store.postgres.driver.STATEMENT_S", seconds)


def test_a_write_is_done_on_another_connection(monkeypatch):
    patient_for(monkeypatch, 0.3)

    async def run(url):
        async with opened_through(url) as (way, store):
            await store.write(keep, "a")
            way.silences += 1
            async with asyncio.timeout(10):
                assert await store.write(keep, "b") == "b"

    with database() as url:
        asyncio.run(run(url))


def test_a_write_that_had_begun_is_done_on_another_connection(monkeypatch):
    patient_for(monkeypatch, 0.3)

    async def run(url):
        async with opened_through(url) as (way, store):
            tries = []

            async def falls_silent(transaction, texts):
                tries.append(texts)
                if len(tries) == 1:
                    way.silences += 1
                return await keep(transaction, texts)

            async with asyncio.timeout(10):
                assert await store.write(falls_silent, "b") == "b"
            assert len(tries) == 2
            assert await kept(store, "b") == {"b"}

    with database() as url:
        asyncio.run(run(url))


def test_a_read_is_done_on_another_connection(monkeypatch):
    patient_for(monkeypatch, 0.3)

    async def run(url):
        async with opened_through(url) as (way, store):
            await store.write(keep, "a")
            assert await kept(store, "a") == {"a"}
            way.silences += 1
            async with asyncio.timeout(10):
                for _ in range(8):  # more than there are readers: none is lost
                    assert await kept(store, "a") == {"a"}

    with database() as url:
        asyncio.run(run(url))


def test_a_read_that_had_begun_is_done_on_another_connection(monkeypatch):
    patient_for(monkeypatch, 0.3)

    async def run(url):
        async with opened_through(url) as (way, store):
            await store.write(keep, "a")
            tries = []

            async def falls_silent(transaction):
                tries.append(1)
                if len(tries) == 1:
                    await transaction.webhooks.load(["-"])
                    way.silences += 1
                return await transaction.webhooks.load(["a"])

            async with asyncio.timeout(10):
                assert set(await store.read(falls_silent)) == {"a"}

    with database() as url:
        asyncio.run(run(url))
