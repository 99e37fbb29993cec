"""A copy to PostgreSQL that is killed goes on where it was, and both sides are equal in the end."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

import apsw
import asyncpg
import pytest

from support.nouns import ACCOUNT, NOW
from support.pair_process import environment
from support.postgres import database
from support.processes import until
from support.stored import opened
from waypost.model.errors import StoreBusyError, StoreError
from waypost.runtime.ids import first_message_id
from waypost.store.copier import copy_to_postgres
from waypost.store.postgres.store import PostgresStore

pytestmark = [pytest.mark.fault, pytest.mark.postgres_only, pytest.mark.timeout(300)]

MESSAGES = 60_000
WAYPOST = [sys.executable, "-m", "waypost"]


def fill(folder, messages):
    """A database with an account, and messages of two months; their texts are odd ones."""
    with opened(folder) as stored:
        stored.furnish()
    connection = apsw.Connection(str(folder / "waypost.sqlite"))
    with connection:
        for number in range(messages):
            at = NOW - timedelta(seconds=number * 5_000_000 / messages)
            message_id = f"{first_message_id(at)}{number:010d}"
            at_ms = int(at.timestamp() * 1000)
            connection.execute(
                "INSERT INTO submissions VALUES (?, ?, '919800000001', 'text', NULL, NULL, ?, ?, "
                "NULL, NULL, 'api', 1, 0, 'trace', ?, NULL, NULL)",
                (ACCOUNT, message_id, b"\x00\xff" * 200, "order \u20ac\x00 1", at_ms),
            )
            connection.execute(
                "INSERT INTO messages (account_id, message_id, submission_id, sender_id, "
                "recipient, state, payment, price_minor, accepted_at, changed_at) "
                "VALUES (?, ?, ?, '919800000001', '+91', 'read', 'free', 0, ?, ?)",
                (ACCOUNT, message_id, message_id, at_ms, at_ms),
            )
    connection.close()


def ask(url, statement):
    async def run():
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def copy(folder, url):
    return asyncio.run(copy_to_postgres(folder, url, NOW, 7, lambda *_: None))


def progress(url):
    """How many rows the target has, once the copy has begun."""
    if ask(url, "SELECT to_regclass('copy_progress') IS NULL"):
        return 0
    return ask(url, "SELECT coalesce(sum(copied), 0) FROM copy_progress")


def test_a_copy_that_was_killed_goes_on_and_is_proved_equal(tmp_path):
    fill(tmp_path, MESSAGES)
    with database(is_empty=True) as url:
        command = [*WAYPOST, "db", "copy", "--to", url, "--data", str(tmp_path), "--json"]
        process = subprocess.Popen(
            command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        try:
            # A machine that does much else makes the many parts of the target slowly.
            until(
                lambda: process.poll() is not None or progress(url) >= 20_000,
                "a part of the rows is there",
                200,
                0.01,
            )
            assert process.poll() is None, process.communicate()
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        done = progress(url)
        assert 20_000 <= done < 2 * MESSAGES, "killed in the middle"

        async def open_gateway():
            await PostgresStore.open(url, now=NOW)

        with pytest.raises(StoreError, match="is not finished"):
            asyncio.run(open_gateway())

        finished = subprocess.run(command, env=environment(), check=True, capture_output=True)
        rows = json.loads(finished.stdout)["rows"]
        assert (rows["messages"], rows["submissions"]) == (MESSAGES, MESSAGES)
        assert ask(url, "SELECT count(*) FROM messages") == MESSAGES
        assert ask(url, "SELECT count(*) FROM messages_rest") == 0, "all have a part of their time"
        assert ask(url, "SELECT count(*) FROM submissions WHERE ref = 'order \u20ac 1'") == MESSAGES

        async def go_on():
            store = await PostgresStore.open(url, now=NOW)
            try:
                return await store.read(lambda transaction: transaction.history.orphans())
            finally:
                await store.close()

        assert asyncio.run(go_on()) == []


def test_a_copy_refuses_what_is_not_empty_or_not_its_own(tmp_path):
    fill(tmp_path / "ours", 5)
    fill(tmp_path / "theirs", 5)
    with database(is_empty=True) as url:
        copy(tmp_path / "ours", url)
        with pytest.raises(StoreError, match="is not empty: accounts has rows"):
            copy(tmp_path / "theirs", url)
        assert ask(url, "SELECT count(*) FROM messages") == 5


def test_a_copy_waits_for_no_gateway_that_runs(tmp_path):
    with opened(tmp_path), pytest.raises(StoreBusyError):
        copy(tmp_path, "postgresql://127.0.0.1:1/nobody")


def test_a_row_that_changed_behind_the_copy_is_told(tmp_path):
    fill(tmp_path, 5)
    with database(is_empty=True) as url:

        def change_after(what, table, done, total):
            if (what, table) == ("copied", "wallets") and done == total:
                connection = apsw.Connection(str(tmp_path / "waypost.sqlite"))
                connection.execute("UPDATE messages SET recipient = '+92' WHERE recipient = '+91'")
                connection.close()

        with pytest.raises(StoreError, match="messages differs: 5 rows here and 5 in the target"):
            asyncio.run(copy_to_postgres(tmp_path, url, NOW, 7, change_after))
        with pytest.raises(StoreError, match="messages differs"):
            copy(tmp_path, url)
