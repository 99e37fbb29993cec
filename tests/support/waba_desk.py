"""What reads templates from Meta, at a real store with one account and one WABA."""

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from support.nouns import ACCOUNT, NOW, VAULT, WABA_ID, account, later, waba
from support.scripted_meta import ScriptedMeta, graph_of
from support.stored import ENGINES
from waypost.directory.synchronizer import Synchronizer
from waypost.directory.template_lookup import TemplateLookup
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy

SEALED = VAULT.seal("meta-token")
ROUNDS = 50


class Desk:
    """A synchronizer and a lookup at a store with one account and one WABA, and their Meta."""

    def __init__(self, store, catalogue=None):
        self.store, self.meta, self.clock = store, ScriptedMeta(), TestClock(NOW)
        numbers = iter(range(1, 100_000))
        graph = graph_of(self.meta)
        self.synchronizer = Synchronizer(
            store,
            graph,
            self.clock,
            lambda: next(numbers),
            timedelta(minutes=15),
            SeededEntropy(1),
            catalogue,
        )
        self.lookup = TemplateLookup(store, graph, self.clock, lambda: next(numbers))

    async def furnish(self):
        async def change(transaction):
            account_id = await transaction.directory.insert_account(account(), NOW)
            await transaction.wallets.open(account_id, "USD", 0)
            await transaction.directory.save_waba(waba(access_token=SEALED), NOW)

        await self.do(change)

    async def do(self, change):
        async def step(transaction, items):
            await change(transaction)
            return items

        await self.store.write(step, None)

    async def waba(self):
        (found,) = await self.store.read(lambda t: t.directory.all_wabas())
        return found

    async def account(self):
        return await self.store.read(lambda t: t.directory.account_by_sid(account().sid))

    async def names(self):
        known = await self.store.read(lambda t: t.templates.of_waba(ACCOUNT, WABA_ID))
        return [one.name for one in known]

    async def changes(self):
        read: Callable = lambda t: t.templates.changes(ACCOUNT, WABA_ID, 100_000, None)  # noqa: E731
        return [(one.name, one.what.value) for one in reversed(await self.store.read(read))]

    async def read(self):
        return await self.synchronizer.sync_waba(await self.waba())

    async def due_in(self, seconds):
        return len(await self.store.read(lambda t: t.directory.wabas_due(later(seconds))))

    async def pass_time(self, seconds):
        for _ in range(seconds * 4):
            await self.settle()
            self.clock.advance(0.25)
        await self.settle()

    async def settle(self):
        """Lets everything go on that can, on the threads of the store too."""
        for _ in range(3):
            for _ in range(ROUNDS):
                await asyncio.sleep(0)
            await self.store.read(nothing)
            await self.do(nothing)


async def nothing(_):
    pass


@asynccontextmanager
async def at_work(folder, catalogue=None):
    store = await ENGINES[0].open(folder)
    try:
        desk = Desk(store, catalogue)
        await desk.furnish()
        yield desk
    finally:
        await store.close()
