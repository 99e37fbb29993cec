"""A desk where sends are accepted and their statuses recorded, on a store and nothing else.

Several desks on stores of one database are several processes.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from support.nouns import ACCOUNT, NOW, account, content, sender
from waypost.accept.acceptor import Acceptor
from waypost.accept.day_counter import DayCounter
from waypost.accept.idempotency import Accepted, IdempotencyKey
from waypost.accept.order import Order
from waypost.accept.screener import Screener
from waypost.callback.publisher import Publisher
from waypost.model.account import Account, CheckMode
from waypost.model.errors import ConflictError
from waypost.model.lifecycle import Fact
from waypost.model.message import Observation, Pricing
from waypost.model.rate import Estimate
from waypost.model.recipient import Recipient
from waypost.model.refusal import Refusal
from waypost.model.submission import References, Submission
from waypost.model.work import QueueName
from waypost.queue.door import RemoteDoor
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.status.recorder import Recorder
from waypost.store.ports import Store, Transaction
from waypost.wallet.bookkeeper import Bookkeeper
from waypost.wallet.rate_keeper import RateKeeper

SHOP = account(check_mode=CheckMode.OFF)


class Twice:
    """A store on which every step fails after its work, once: the store runs it again."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def write(self, step: Any, item: Any) -> Any:
        """As the store does, with the step done once in vain."""
        has_failed = False

        async def again(transaction: Transaction, items: Sequence[Any]) -> Sequence[Any]:
            nonlocal has_failed
            results = await step(transaction, items)
            if not has_failed:
                has_failed = True
                raise ConflictError("done in vain")
            return list(results)

        try:
            return await self.store.write(again, item)
        except ConflictError:  # done for it alone, and in vain: whoever asked asks once more
            return await self.store.write(step, item)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


class Desk:
    """One process's acceptor and recorder; `number` tells its ids from those of others."""

    def __init__(self, store: Any, number: int = 1) -> None:
        self.store = store
        # No two clocks agree; facts are numbered by theirs.
        self.clock = TestClock(NOW + timedelta(seconds=number))
        entropy = SeededEntropy(number)
        self.bookkeeper = Bookkeeper(RateKeeper(store, self.clock))
        ids = IdMaker(self.clock, entropy)
        self.recorder = Recorder(
            store, self.clock, Publisher(), self.bookkeeper, ids.number, lambda _: None
        )
        self.acceptor = Acceptor(
            store=store,
            door=RemoteDoor(store, QueueName.DISPATCH),
            bookkeeper=self.bookkeeper,
            day_counter=DayCounter(),
            screener=Screener(),
            recorder=self.recorder,
            clock=self.clock,
            ids=IdMaker(self.clock, entropy),
            validity=timedelta(hours=72),
            lifetime=timedelta(hours=24),
        )

    async def accept(self, **changes: Any) -> Accepted | Refusal:
        return await self.acceptor.accept(order(**changes))

    async def tell(self, message_id: str, fact: Fact, **changes: Any) -> None:
        """Meta tells of a message."""
        await self.recorder.record(status(message_id, fact, **changes))


def order(
    count: int = 1,
    price: int = 100,
    key: str | None = None,
    of: Account = SHOP,
    category: str = "marketing",
    **submission: Any,
) -> Order:
    """A send to so many recipients in India."""
    recipients = tuple(Recipient(phone=f"9198765{number:05}") for number in range(count))
    return Order(
        account=of,
        sender=sender(),
        submission=replace(Submission(recipients, content(), References()), **submission),
        estimates=(Estimate("IN", category, price),) * count,
        idempotency=None if key is None else IdempotencyKey(key, b"\x01" * 32),
    )


def status(
    message_id: str, fact: Fact, category: str | None = None, at: datetime = NOW
) -> Observation:
    """What a webhook tells; with a category Meta bills it, `free` that it does not."""
    pricing = None
    if category is not None:
        pricing = Pricing(category != "free", "", "" if category == "free" else category)
    return Observation(
        account_id=ACCOUNT,
        message_id=message_id,
        fact=fact,
        occurred_at=at,
        pricing=pricing,
    )


async def all_of(*works: Any) -> list[Any]:
    """What works came to that were done at the same time."""
    return list(await asyncio.gather(*works))
