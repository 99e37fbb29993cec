"""What processes do to each other, and servers and networks to them, costs nobody a word."""

import asyncio
import gc
import signal
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest

from support.connections import let_go
from support.nouns import NOW
from support.postgres import PostgresServer, database, own_server, with_database
from waypost.model.errors import ConflictError, StoreError
from waypost.model.work import QueueName
from waypost.store.postgres.connection import LOST, connect
from waypost.store.postgres.store import PostgresStore
from waypost.store.postgres.writer import AwayError


@pytest.fixture
def url() -> Iterator[str]:
    with database() as url:
        yield url


async def keep(transaction, texts):
    """A step: keeps a webhook for each text."""
    await transaction.webhooks.keep([(text, b"", NOW) for text in texts])
    return texts


async def kept(store, *texts):
    return set(await store.read(lambda t: t.webhooks.load(list(texts))))


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[PostgresStore]:
    """The store of one process."""
    store = await PostgresStore.open(url, now=NOW, **options)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def session(url: str) -> AsyncIterator[Any]:
    """A session that is not the gateway's."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def end_sessions(url: str, like: str) -> int:
    """Ends the gateway's sessions of a kind, as a server that is restarted does; how many."""
    async with session(url) as connection:
        rows = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name LIKE $1",
            like,
        )
        return len(rows)


def test_sessions_that_were_ended_are_made_again_and_nobody_notices(url):
    async def run():
        async with opened(url) as store:
            assert await store.write(keep, "a") == "a"
            assert await kept(store, "a") == {"a"}
            assert await end_sessions(url, "waypost %") >= 2
            assert await store.write(keep, "b") == "b"
            assert await kept(store, "a", "b") == {"a", "b"}

    asyncio.run(run())


def test_a_session_that_ends_within_a_batch_keeps_nothing_of_it_twice(url):
    async def run():
        async with opened(url) as store:
            runs = []

            async def slow(transaction, texts):
                await keep(transaction, texts)
                runs.append(len(texts))
                if len(runs) == 1:
                    ending = asyncio.get_running_loop().create_task(
                        end_sessions(url, "waypost writer")
                    )
                    while not ending.done():  # statements until the session is gone
                        await transaction.webhooks.load(["-"])
                return texts

            assert await store.write(slow, "a") == "a"
            assert len(runs) == 2, "run again from the beginning"
            assert await kept(store, "a") == {"a"}

    asyncio.run(run())


@dataclass
class Way:
    """A way to the server that lets everything through, until it is told to be cut.

    cut_behind  cut once the server was told this; its answer does not arrive
    cut_before  cut instead of telling the server this
    still_from  the server is not told this, nor anything behind it
    is_away     nobody answers at all
    """

    port: int
    cut_behind: bytes | None = None
    cut_before: bytes | None = None
    still_from: bytes | None = None
    is_away: bool = False
    is_still: asyncio.Event = field(default_factory=asyncio.Event)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_away:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        with let_go(writer, back):
            await self.pass_on(reader, writer, there, back)

    async def pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        async def answer() -> None:
            while data := await there.read(65536):
                writer.write(data)
            writer.transport.abort()

        answering = asyncio.get_running_loop().create_task(answer())
        while data := await reader.read(65536):
            if self.still_from is not None and self.still_from in data:
                self.is_still.set()
                await reader.read()
                break
            if self.cut_before is not None and self.cut_before in data:
                self.cut_before = None
                break
            if self.cut_behind is not None and self.cut_behind in data:
                self.cut_behind = None
                answering.cancel()
                back.write(data)
                await asyncio.sleep(0.1)  # the server has it by then
                break
            back.write(data)
        answering.cancel()
        writer.transport.abort()
        back.transport.abort()


@asynccontextmanager
async def through(url: str) -> AsyncIterator[tuple[Way, str]]:
    """A way to the database, and its address by that way."""
    port = int(url.rpartition(":")[2].partition("/")[0])
    way = Way(port)
    server = await asyncio.start_server(way.carry, "127.0.0.1", 0)
    own_port = server.sockets[0].getsockname()[1]
    try:
        yield way, url.replace(f":{port}/", f":{own_port}/")
    finally:
        server.close()
        await asyncio.sleep(0.05)  # the transports that were aborted are let go


def test_who_gives_up_while_a_session_is_opened_leaves_none_open(url):
    async def run():
        async with through(url) as (way, address):
            way.still_from = b"SHOW synchronous_commit"
            opening = asyncio.ensure_future(connect(address, "bell", {}))
            await way.is_still.wait()
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        asyncio.run(run())
        gc.collect()
    assert not told


def test_a_commit_whose_answer_was_lost_is_told_as_kept_and_is_kept_once(url):
    async def run():
        async with through(url) as (way, address), opened(address) as store:
            await store.write(keep, "a")
            way.cut_behind = b"COMMIT"
            assert await store.write(keep, "b") == "b"
            assert await store.write(keep, "c") == "c"
            assert await kept(store, "a", "b", "c") == {"a", "b", "c"}

    asyncio.run(run())


def test_a_commit_that_never_arrived_is_run_again(url):
    async def run():
        async with through(url) as (way, address), opened(address) as store:
            runs = []

            async def counted(transaction, texts):
                runs.append(texts)
                return await keep(transaction, texts)

            await store.write(keep, "a")
            way.cut_before = b"COMMIT"
            assert await store.write(counted, "b") == "b"
            assert len(runs) == 2
            assert await kept(store, "a", "b") == {"a", "b"}

    asyncio.run(run())


def test_what_could_not_be_found_out_is_told_as_such(url, monkeypatch):
    monkeypatch.setattr("waypost.store.postgres.writer.DOUBT_S", 0.3)

    async def run():
        async with through(url) as (way, address), opened(address) as store:
            await store.write(keep, "a")
            way.cut_behind, way.is_away = b"COMMIT", True
            with pytest.raises(StoreError, match="may be kept, or not"):
                await store.write(keep, "b")
            way.is_away = False
            assert await kept(store, "b") == {"b"}, "here it was"

    asyncio.run(run())


def test_a_server_that_is_away_is_told_and_nothing_is_kept(url, monkeypatch):
    monkeypatch.setattr("waypost.store.postgres.writer.OUTAGE_S", 0.2)
    monkeypatch.setattr("waypost.store.postgres.store.OUTAGE_S", 0.2)

    async def run():
        async with through(url) as (way, address), opened(address, batch=2) as store:
            await store.write(keep, "a")
            way.is_away = True
            await end_sessions(url, "waypost %")
            told = await asyncio.gather(
                *(store.write(keep, f"{number}") for number in range(20)), return_exceptions=True
            )
            assert {type(one) for one in told} == {AwayError}, "all at once, whatever the batch"
            with pytest.raises(StoreError, match="cannot be reached"):
                await kept(store, "b")
            way.is_away = False
            assert await kept(store, "a", "b") == {"a"}
            assert await store.write(keep, "b") == "b"

    asyncio.run(run())


def test_two_processes_that_write_the_same_key_keep_the_first(url):
    async def run():
        async with opened(url) as here, opened(url) as there:
            told = await asyncio.gather(
                *(store.write(keep, "a") for store in (here, there)), return_exceptions=True
            )
            (refused,) = (one for one in told if isinstance(one, Exception))
            assert isinstance(refused, asyncpg.UniqueViolationError)

    asyncio.run(run())


def test_a_conflict_is_run_again_until_it_is_none(url):
    async def run():
        async with opened(url) as store:
            runs = []

            async def conflicting(transaction, texts):
                await keep(transaction, texts)
                runs.append(texts)
                if len(runs) < 3:
                    raise ConflictError("somebody was faster")
                return texts

            assert await store.write(conflicting, "a") == "a"
            assert await kept(store, "a") == {"a"}
            assert len(runs) == 3

    asyncio.run(run())


def test_an_item_that_always_conflicts_costs_only_itself(url):
    async def run():
        async with opened(url) as store:

            async def conflicting(transaction, texts):
                await keep(transaction, texts)
                if "never" in texts:
                    raise ConflictError("somebody is always faster")
                return texts

            told = await asyncio.gather(
                *(store.write(conflicting, text) for text in ("a", "never", "b")),
                return_exceptions=True,
            )
            assert told[0] == "a"
            assert isinstance(told[1], ConflictError)
            assert told[2] == "b"
            assert await kept(store, "a", "never", "b") == {"a", "b"}

    asyncio.run(run())


def test_processes_that_hold_each_others_rows_both_come_through(url):
    """Two wallets, taken in opposite orders by four processes at once: no sum is lost."""

    async def run():
        stores = [await PostgresStore.open(url, now=NOW) for _ in range(4)]

        async def open_accounts(transaction, items):
            for number in (1, 2):
                await transaction.wallets.open(number, "USD", 0)
            return items

        await stores[0].write(open_accounts, None)

        async def touch_both(transaction, orders):
            for order in orders:
                for account_id in order:
                    await transaction.wallets.set_credit_limit(account_id, 7)
            return orders

        writes = [
            store.write(touch_both, (1, 2) if number % 2 else (2, 1))
            for number, store in enumerate(stores)
            for _ in range(25)
        ]
        assert len(await asyncio.gather(*writes)) == 100
        for store in stores:
            await store.close()

    asyncio.run(run())


def test_a_process_that_stands_still_within_its_transaction_holds_nobody_up_for_long(url):
    async def run():
        async with opened(url) as store:
            await store.write(keep, "a")
            async with session(url) as frozen:
                await frozen.execute("SET idle_in_transaction_session_timeout = '1s'")
                await frozen.execute("BEGIN; UPDATE webhooks SET outcome = 'mine'")

                async def mark(transaction, texts):
                    await transaction.webhooks.mark([(text, NOW, "ours") for text in texts])
                    return texts

                assert await asyncio.wait_for(store.write(mark, "a"), 8) == "a"
                with pytest.raises((asyncpg.PostgresError, *LOST)):
                    await frozen.execute("COMMIT")

    asyncio.run(run())


def test_a_nul_is_left_out_and_the_rest_is_kept(url):
    async def run():
        async with opened(url) as store:

            async def mark(transaction, texts):
                await transaction.webhooks.mark([(text, NOW, "o\0ver") for text in texts])
                return texts

            await store.write(keep, "a\0b")
            await store.write(mark, "ab")
            async with session(url) as connection:
                assert await connection.fetchval("SELECT outcome FROM webhooks") == "over"
            assert await kept(store, "a\0b", "ab") == {"ab"}

    asyncio.run(run())


def test_a_hint_is_heard_by_the_other_processes_and_not_by_oneself(url):
    async def run():
        here, there = [await PostgresStore.open(url, now=NOW) for _ in range(2)]
        heard: dict[str, list[QueueName]] = {"here": [], "there": []}
        here.on_hint(heard["here"].append)
        there.on_hint(heard["there"].append)
        for _ in range(200):
            here.hint(QueueName.DISPATCH)
            await asyncio.sleep(0.02)
            if heard["there"]:
                break
        assert set(heard["there"]) == {QueueName.DISPATCH}
        assert heard["here"] == []
        heard["there"].clear()
        await end_sessions(url, "waypost bell")
        for _ in range(200):
            here.hint(QueueName.CALLBACK)
            await asyncio.sleep(0.02)
            if QueueName.CALLBACK in heard["there"]:  # a hint of before may have come late
                break
        assert QueueName.CALLBACK in heard["there"], "heard again after its session ended"
        await here.close()
        await there.close()

    asyncio.run(run())


def test_a_server_that_was_killed_and_started_again_has_all_that_was_answered():
    with own_server() as server:
        asyncio.run(_kill_and_start(server))


async def _kill_and_start(server: PostgresServer) -> None:
    store = await PostgresStore.open(server.url, now=NOW)
    answered: list[str] = []
    is_over = asyncio.Event()

    async def write_on(number: int) -> None:
        count = 0
        while not is_over.is_set():
            count += 1
            text = f"{number}-{count}"
            try:
                answered.append(await store.write(keep, text))
            except (StoreError, asyncpg.UniqueViolationError):
                await asyncio.sleep(0.05)

    writers = [asyncio.ensure_future(write_on(number)) for number in range(8)]
    await asyncio.sleep(0.5)
    for mode in ("immediate", "fast"):
        before = len(answered)
        await asyncio.to_thread(server.stop, mode)
        await asyncio.to_thread(server.start)
        async with asyncio.timeout(30):
            while len(answered) < before + 50:  # noqa: ASYNC110 # real time is the point
                await asyncio.sleep(0.02)
    is_over.set()
    await asyncio.gather(*writers)
    assert await kept(store, *answered) == set(answered)
    await store.close()


def test_a_server_that_stands_still_loses_nothing_and_writes_go_on():
    async def run(server: PostgresServer) -> None:
        async with opened(server.url) as store:
            await store.write(keep, "a")
            await asyncio.to_thread(server.signal_all, signal.SIGSTOP)
            writing = asyncio.ensure_future(store.write(keep, "b"))
            await asyncio.sleep(1)
            assert not writing.done()
            await asyncio.to_thread(server.signal_all, signal.SIGCONT)
            assert await writing == "b"
            assert await kept(store, "a", "b") == {"a", "b"}

    with own_server() as server:
        asyncio.run(run(server))


def test_of_several_servers_the_one_that_takes_writes_is_used(url):
    async def run() -> None:
        port = url.rpartition(":")[2].partition("/")[0]
        several = url.replace(f"127.0.0.1:{port}", f"127.0.0.1:1,127.0.0.1:{port}")
        async with opened(several) as store:
            assert await store.write(keep, "a") == "a"

    asyncio.run(run())


def test_an_address_that_is_none_is_told(url):
    for wrong, words in (
        ("postgresql://127.0.0.1:1/none", "cannot be reached"),
        ("postgresql://127.0.0.1:x/none", "no address"),
        (with_database(url, "none"), "cannot be reached"),
    ):
        with pytest.raises(StoreError, match=words):
            asyncio.run(PostgresStore.open(wrong, now=NOW))


def test_a_password_is_not_told():
    with pytest.raises(StoreError) as told:
        asyncio.run(PostgresStore.open("postgresql://name:password@127.0.0.1:1/none", now=NOW))
    assert "password@" not in str(told.value)
    assert "127.0.0.1:1/none" in str(told.value)


def test_a_read_waits_for_a_table_that_is_changed_for_a_moment(url):
    async def run():
        async with opened(url) as store, session(url) as other:
            await store.write(keep, "a")
            await other.execute("BEGIN; LOCK TABLE webhooks IN ACCESS EXCLUSIVE MODE")
            reading = asyncio.ensure_future(kept(store, "a"))
            await asyncio.sleep(0.7)  # more than the half second that one try waits
            await other.execute("ROLLBACK")
            assert await reading == {"a"}

    asyncio.run(run())
