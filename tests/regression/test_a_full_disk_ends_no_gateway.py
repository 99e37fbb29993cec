"""A database that could not be written once ended the gateway when it forgot old answers."""

import asyncio
from datetime import timedelta

import apsw
from prometheus_client import CollectorRegistry

from support.nouns import ACCOUNT, NOW, VAULT
from support.stored import opened
from waypost.assembly import assemble
from waypost.model.errors import StoreError
from waypost.model.message import RememberedAnswer
from waypost.retention.trimmer import EVERY_S, Trimmer
from waypost.runtime.clock import TestClock
from waypost.runtime.config import Config
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.http import PooledHttpClient
from waypost.runtime.metrics import Metrics
from waypost.runtime.senses import Senses


def test_answers_that_cannot_be_forgotten_now_are_forgotten_later(tmp_path):
    with opened(tmp_path) as stored:
        old = RememberedAnswer(ACCOUNT, "old", b"hash", "answer", NOW - timedelta(days=2))
        stored.do(lambda transaction: transaction.messages.remember_answers([old]))
        stored.store._writing.set_busy_timeout(0)
        other = apsw.Connection(str(tmp_path / "waypost.sqlite"))

        async def body():
            clock, http = TestClock(NOW), PooledHttpClient("test")
            metrics = Metrics(CollectorRegistry())
            senses = Senses(clock, SeededEntropy(1), http, metrics, VAULT)
            gateway = assemble(Config(), stored.store, senses, 0)
            other.execute("BEGIN IMMEDIATE")
            (trimmer,) = (one for one in gateway.keepers if isinstance(one, Trimmer))
            forgetting = asyncio.ensure_future(trimmer.run())
            await clock.wait_for_sleepers(1)
            other.execute("ROLLBACK")
            before = await stored.store.read(answered)
            clock.advance(EVERY_S)
            await asyncio.sleep(0)
            await clock.wait_for_sleepers(1)
            forgetting.cancel()
            await http.close()
            return before, await stored.store.read(answered)

        async def answered(transaction):
            return list(await transaction.messages.answered([(ACCOUNT, "old")]))

        assert stored.run(asyncio.wait_for(body(), 10)) == ([(ACCOUNT, "old")], [])
        other.close()


def test_each_of_those_who_wait_is_told_by_an_error_of_its_own(tmp_path):
    with opened(tmp_path, linger_s=0.05) as stored:
        stored.store._writing.set_busy_timeout(0)
        other = apsw.Connection(str(tmp_path / "waypost.sqlite"))
        other.execute("BEGIN IMMEDIATE")

        async def step(_, items):
            return items

        async def body():
            writes = (stored.store.write(step, number) for number in range(3))
            return await asyncio.gather(*writes, return_exceptions=True)

        errors = stored.run(body())
        other.execute("ROLLBACK")
        other.close()
        assert [type(error) for error in errors] == [StoreError] * 3
        assert len({id(error) for error in errors}) == 3
