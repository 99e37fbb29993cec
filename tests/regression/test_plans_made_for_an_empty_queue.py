"""A plan that PostgreSQL had made while the queue was empty read all of it for every row."""

import asyncio
from dataclasses import replace

import asyncpg

from support.nouns import ACCOUNT
from support.postgres import database
from waypost.model.work import QueueName
from waypost.store.postgres.connection import HOT, known_migrations
from waypost.store.postgres.dialect import read_schema
from waypost.store.postgres.driver import PLANS_S, PostgresDriver, Statements
from waypost.store.querybook import load_queries

ROWS = 3_000
FILL = """
INSERT INTO queue (account_id, queue, lane, item_id, due_at, attempt)
SELECT 1, 'dispatch', 'lane', 'i' || n, n, 0 FROM generate_series(1, $1::bigint) AS n
"""
READ = """
SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'queue'
"""
DROP = ("queue.drop", [(ACCOUNT, QueueName.DISPATCH.value, "i1")])


class Free(Statements):
    """Statements of which none is planned by its key."""

    def find(self, name):
        return replace(super().find(name), is_by_key=False)


async def entries_read(url, kind, query, rows, *, is_old=False):
    """How many entries of the queue's indexes a statement reads that was planned while the queue
    was empty, once it is full."""
    statements = kind(
        load_queries("postgres"), read_schema([one.text for one in known_migrations()])
    )

    async def read():
        await connection.execute("SELECT pg_stat_force_next_flush()")
        return await connection.fetchval(READ)

    async def run():
        async with connection.transaction():
            await driver.execute_rows(query, rows)

    connection = await asyncpg.connect(url, server_settings=HOT)
    try:
        await connection.execute("DELETE FROM queue")
        await connection.execute("VACUUM queue")
        driver = PostgresDriver(connection, statements)
        await run()
        await connection.execute(FILL, ROWS)
        before = await read()
        if is_old:
            driver._planned_at -= PLANS_S + 1
        await run()
        return await read() - before
    finally:
        await connection.close()


def test_work_is_found_by_its_key_though_there_was_none_when_that_was_planned():
    with database() as url:
        assert asyncio.run(entries_read(url, Statements, *DROP)) < 10


def test_plans_are_made_anew_once_they_are_old():
    with database() as url:
        kept = asyncio.run(entries_read(url, Free, *DROP))
        anew = asyncio.run(entries_read(url, Free, *DROP, is_old=True))
    assert kept >= ROWS, "this is what an old plan does"
    assert anew < 10
