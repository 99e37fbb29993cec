"""A plan that PostgreSQL had made while the queue was empty read all of it for every row."""

import asyncio

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
READ = "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'queue_by_due'"


def test_plans_are_made_anew_once_they_are_old():
    statements = Statements(
        load_queries("postgres"), read_schema([one.text for one in known_migrations()])
    )

    async def read_for_one_drop(url, *, is_old):
        connection = await asyncpg.connect(url, server_settings=HOT)
        try:
            await connection.execute("DELETE FROM queue")
            await connection.execute("VACUUM queue")
            driver = PostgresDriver(connection, statements)
            item = (ACCOUNT, QueueName.DISPATCH.value, "i1")
            await driver.execute_rows("queue.drop", [item])  # planned while it is empty
            await connection.execute(FILL, ROWS)
            before = await read(connection)
            if is_old:
                driver._planned_at -= PLANS_S + 1
            await driver.execute_rows("queue.drop", [item])
            assert await connection.fetchval("SELECT count(*) FROM queue") == ROWS - 1
            return await read(connection) - before
        finally:
            await connection.close()

    async def read(connection):
        await connection.execute("SELECT pg_stat_force_next_flush()")
        return await connection.fetchval(READ)

    with database() as url:
        kept = asyncio.run(read_for_one_drop(url, is_old=False))
        anew = asyncio.run(read_for_one_drop(url, is_old=True))
    assert kept >= ROWS, "this is what an old plan does"
    assert anew < 10
