"""The real worker on callbacks, over a real store, with endpoints that do as a test says.

Time is turned in steps: within one, everything goes on that can.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry

from support.nouns import ACCOUNT, NOW, VAULT, callback_profile, callback_row
from support.stored import CHOSEN, OpenedStore
from waypost.model.callback import CallbackProfile
from waypost.model.work import LaneKey, QueueItem, QueueName
from waypost.queue.worker import Worker
from waypost.runtime.clock import TestClock
from waypost.runtime.config import Config
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.http import HttpAnswer, HttpCall
from waypost.runtime.metrics import Metrics
from waypost.runtime.senses import Senses
from waypost.store.ports import Transaction
from waypost.workers import build_callbacks

ROUNDS = 10


@dataclass
class Called:
    """One call as it came to an endpoint."""

    at: float
    host: str
    event_id: str
    call: HttpCall


@dataclass
class Endpoints:
    """All endpoints, by host; each answers 200 unless `answer` says otherwise.

    answer   of a call: a status, an answer, an exception, or an event to wait for first
    hanging  how many calls wait for one
    """

    clock: TestClock
    answer: Callable[[Called], Any] = lambda _: 200
    called: list[Called] = field(default_factory=list)
    hanging: int = 0

    async def request(self, call: HttpCall, timeout_s: float) -> HttpAnswer:
        assert timeout_s > 0
        host = urlsplit(call.url).netloc
        one = Called(self.clock.monotonic(), host, call.headers.get("webhook-id", ""), call)
        self.called.append(one)
        answer = self.answer(one)
        if isinstance(answer, asyncio.Event):
            self.hanging += 1
            await answer.wait()
            self.hanging -= 1
            answer = 200
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, HttpAnswer) else HttpAnswer(answer, {}, b"body")

    def hosts(self) -> set[str]:
        return {one.host for one in self.called}

    def events(self, host: str | None = None) -> list[str]:
        """The ids that came, in their order."""
        return [one.event_id for one in self.called if host in (None, one.host)]


@dataclass
class Office:
    """A worker, its store and the endpoints it calls."""

    clock: TestClock
    endpoints: Endpoints
    store: OpenedStore
    worker: Worker

    async def do(self, change: Callable[[Transaction], Any]) -> Any:
        async def step(transaction: Transaction, items: Sequence[None]) -> list[Any]:
            return [await change(transaction) for _ in items]

        return await self.store.write(step, None)

    async def keep(self, *profiles: CallbackProfile) -> None:
        for profile in profiles:
            await self.do(lambda t, one=profile: t.profiles.save(one))

    async def tell(
        self, *event_ids: str, profile_id: str, sequences: Sequence[int] = (), **changes: Any
    ) -> None:
        """Events for a profile, due now, in one commit."""
        rows = [
            callback_row(
                **{
                    "event_id": event_id,
                    "profile_id": profile_id,
                    "message_id": event_id,
                    "created_at": self.clock.now(),
                    "sequence": sequences[number] if sequences else 0,
                    **changes,
                }
            )
            for number, event_id in enumerate(event_ids)
        ]

        async def change(transaction: Transaction) -> None:
            await transaction.callbacks.insert(rows)
            await transaction.queue.put(
                [
                    QueueItem(
                        ACCOUNT,
                        QueueName.CALLBACK,
                        profile_id,
                        row.event_id,
                        self.clock.now(),
                        attempt=0,
                    )
                    for row in rows
                ]
            )

        await self.do(change)
        self.worker.wake(LaneKey(ACCOUNT, profile_id))

    async def settle(self) -> None:
        """Until the worker rests and has nothing in hand but calls that hang."""
        for _ in range(3):
            await self.clock.wait_for_sleepers(1)
            while self.worker.in_flight > self.endpoints.hanging:
                await self.do(_nothing)
            for _ in range(ROUNDS):
                await asyncio.sleep(0)

    async def pass_time(self, seconds: float, step_s: float = 1.0) -> None:
        end = self.clock.monotonic() + seconds
        await self.settle()
        while self.clock.monotonic() < end - 1e-9:
            self.clock.advance(min(step_s, end - self.clock.monotonic()))
            await self.settle()

    async def profile(self, profile_id: str) -> CallbackProfile:
        found = await self.store.read(lambda t: t.profiles.load([(ACCOUNT, profile_id)]))
        profile = found[ACCOUNT, profile_id]
        assert isinstance(profile, CallbackProfile)
        return profile

    async def alarms(self) -> list[str]:
        """The kinds of those that are open, in their order."""
        found = await self.store.read(lambda t: t.alarms.open(ACCOUNT, 100))
        return sorted(one.kind.value for one in found)

    async def states(self, *event_ids: str) -> list[str]:
        keys = [(ACCOUNT, event_id) for event_id in event_ids]
        found = await self.store.read(lambda t: t.callbacks.load(keys))
        return [found[key].row.state.value for key in keys]

    async def backlog(self) -> int:
        return (await self.store.read(lambda t: t.queue.backlog())).get("callback", 0)


@asynccontextmanager
async def office(folder: Path, **config: Any) -> AsyncIterator[Office]:
    """A worker on callbacks, until the block ends."""
    clock = TestClock(NOW)
    endpoints = Endpoints(clock)
    store = await CHOSEN.open(folder)
    senses = Senses(clock, SeededEntropy(1), endpoints, Metrics(CollectorRegistry()), VAULT)
    given = {"data_dir": folder, "callback_private_addresses": True, **config}
    worker = build_callbacks(Config(**given), store, senses)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(worker.run())
            yield Office(clock, endpoints, store, worker)
            worker.stop()
    finally:
        await store.close()
        CHOSEN.drop(folder)


async def _nothing(_: Transaction) -> None:
    """A step after which everything handed over before it is committed."""


def profile_at(number: int, **changes: Any) -> CallbackProfile:
    """A profile whose endpoint is a host of its own."""
    return callback_profile(
        **{
            "profile_id": f"IN_{number:012}",
            "url": f"http://shop{number}/hook",
            **changes,
        }
    )
