"""A message whose answer was lost in the moment it was cancelled once stayed unknown for ever.

Another process recorded the loss between the look at the message and the look at its work: the
work was taken out of the queue, nobody would have looked at the message again, and the customer
was told that it was cancelled.
"""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from support.nouns import ACCOUNT, MESSAGE_ID, NOW, later, queue_item
from support.stored import POSTGRES, opened
from waypost.callback.publisher import Publisher
from waypost.model.audit import Actor
from waypost.model.lifecycle import State
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.status.canceller import Asked, Canceller
from waypost.status.recorder import Recorder
from waypost.wallet.bookkeeper import Bookkeeper

LOSES = f"""
UPDATE messages SET state = 'unknown', facts_seen = 4 WHERE message_id = '{MESSAGE_ID}';
UPDATE queue SET lease_token = NULL, due_at = due_at + 60000 WHERE item_id = '{MESSAGE_ID}';
"""
AS_ANOTHER_PROCESS_RECORDS_IT = f"BEGIN; LOCK TABLE queue IN ACCESS EXCLUSIVE MODE; {LOSES}"
"""The lock has the commit fall between the two looks of whoever cancels."""
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1"


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path, POSTGRES) as store:
        store.furnish()
        store.keep_message(MESSAGE_ID)
        leased = queue_item(attempt=1, lease_token="theirs:1", due_at=later(60))
        store.do(lambda t: t.queue.put([leased]))
        yield store
    POSTGRES.drop(tmp_path)


def canceller_at(stored):
    clock = TestClock(NOW)
    ids = IdMaker(clock, SeededEntropy(1))
    recorder = Recorder(stored.store, clock, Publisher(), Bookkeeper(), ids.number, lambda _: None)
    return Canceller(stored.store, recorder, clock, SeededEntropy(1))


async def until_somebody_waits(connection):
    name = await connection.fetchval("SELECT current_database()")
    while not await connection.fetchval(WAITS, name):
        await connection.execute("SELECT pg_sleep(0.01)")


def test_it_is_too_late_and_its_work_stays(stored):
    async def cancel():
        url = POSTGRES.url(stored.folder)
        theirs, watch = await asyncpg.connect(url), await asyncpg.connect(url)
        try:
            await theirs.execute(AS_ANOTHER_PROCESS_RECORDS_IT)
            asked = Asked(ACCOUNT, MESSAGE_ID, Actor("operator", ""))
            async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
                cancelling = tasks.create_task(canceller_at(stored).cancel(asked))
                await until_somebody_waits(watch)
                await theirs.execute("COMMIT")
            return cancelling.result()
        finally:
            await theirs.close()
            await watch.close()

    cancellation = stored.run(cancel())

    assert cancellation.cancelled == ()
    assert [one.state for one in cancellation.too_late] == [State.UNKNOWN]
    item = stored.ask(lambda t: t.reports.queue_item(ACCOUNT, MESSAGE_ID))
    assert item.due_at == later(60) + timedelta(minutes=1)
