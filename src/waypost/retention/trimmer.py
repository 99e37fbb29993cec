"""Once an hour: room for history is made ahead, and what is older than `kept` is let go.

Where history stands in partitions, whole ones are dropped. Everywhere else, and for what was
left of them, rows go in batches, each a short commit of its own with a pause behind it, so that
nobody waits for them long. What is not over is never let go: a message on its way, one of
unknown outcome, one whose money is still set aside, one whose customer is still to be told.

The ledger's lines of a message go with it. What they had taken from the account is carried
forward in the same commit, so that a wallet is the sum of its entries at every moment.

Several processes may do this at once: each batch is of those rows that it deleted itself.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

import structlog

from waypost.model.errors import StoreError
from waypost.model.history import SERVED, OldMessage, Passing, carry
from waypost.runtime.clock import Clock
from waypost.runtime.ids import first_message_id, first_webhook_id
from waypost.runtime.rounds import Rounds
from waypost.store.ports import Key, Store, Transaction

EVERY_S = 3600.0
BATCH = 200
"""Messages of one commit: some two thousand rows with all that belongs to them."""
PAUSE_S = 0.05

log = structlog.get_logger("waypost.retention")


@dataclass(slots=True)
class Trimmer:
    """Runs beside the gateway.

    kept      how long history is kept; None: for ever
    answered  how long answers under an Idempotency-Key are promised
    forget    removes the bytes under a key of the media store, if no other row needs them
    """

    name: ClassVar[str] = "retention"
    store: Store
    clock: Clock
    kept: timedelta | None
    answered: timedelta
    forget: Callable[[str], Awaitable[None]] | None = None
    _rounds: Rounds = field(init=False)

    def __post_init__(self) -> None:
        self._rounds = Rounds(self.clock, EVERY_S, log, "history.not_trimmed", StoreError)

    async def run(self) -> None:
        """Does its round every hour, until it is stopped."""
        await self._rounds.run(self.tidy)

    def stop(self) -> None:
        """Begins no more; `run` returns when the batch at hand is done."""
        self._rounds.stop()

    async def tidy(self) -> None:
        """One round. Raises StoreError."""
        now = self.clock.now()
        made = await self.store.partitions.make_ahead(now)
        dropped: list[str] = []
        messages = 0
        if self.kept is not None:
            await self.store.write(_note_reach, now - self.kept)
            dropped = await self.store.partitions.drop_before(now - self.kept, now)
            messages = await self.trim_messages(now - self.kept)
        rows = sum([await self.trim(kind, now) for kind in Passing])
        if made or dropped or messages or rows:
            log.info("history.trimmed", made=made, dropped=dropped, messages=messages, rows=rows)

    async def trim_messages(self, before: datetime) -> int:
        """Lets messages go that were accepted before this and are over; how many."""
        before_id, after_id, count = first_message_id(before), "", 0
        while not self._rounds.is_over:
            page = await self._page(before_id, after_id)
            if not page:
                break
            count += await self._let_go([one for one in page if one.is_over])
            after_id = page[-1].message_id
        return count

    async def trim(self, kind: Passing, now: datetime) -> int:
        """Lets rows of this kind go that have served their time; how many."""
        served = self.answered if kind is Passing.IDEMPOTENCY_KEYS else SERVED.get(kind, self.kept)
        count = 0
        while served is not None and not self._rounds.is_over:
            keys = await self._past(kind, now - served)
            if not keys:
                break
            await self.store.write(_drop_past, (kind, keys))
            if kind is Passing.INBOUND_MESSAGES:
                await self._forget([str(key) for _, _, key in keys])
            count += len(keys)
            await self._rounds.pause(PAUSE_S)
        return count

    async def _page(self, before_id: str, after_id: str) -> list[OldMessage]:
        return await self.store.read(
            lambda transaction: transaction.history.messages_before(before_id, after_id, BATCH)
        )

    async def _past(self, kind: Passing, before: datetime) -> list[tuple[object, ...]]:
        if kind is Passing.WEBHOOKS:
            webhook_id = first_webhook_id(before)
            return await self.store.read(
                lambda transaction: transaction.history.past_webhooks(webhook_id, BATCH)
            )
        return await self.store.read(
            lambda transaction: transaction.history.past(kind, before, BATCH)
        )

    async def _forget(self, keys: Sequence[str]) -> None:
        """Lets bytes go whose messages went; two of them may have had the same."""
        for key in dict.fromkeys(keys):
            if key and self.forget is not None:
                await self.forget(key)

    async def _let_go(self, messages: Sequence[OldMessage]) -> int:
        if not messages:
            return 0
        count = await self.store.write(_drop_messages, (messages, self.clock.now()))
        await self._rounds.pause(PAUSE_S)
        return count


async def _note_reach(transaction: Transaction, items: Sequence[datetime]) -> Sequence[None]:
    """A step: what was accepted before this may be let go from now on."""
    for whole_from in items:
        await transaction.usage.note_reach(whole_from)
    return [None] * len(items)


async def _drop_past(
    transaction: Transaction, items: Sequence[tuple[Passing, Sequence[tuple[object, ...]]]]
) -> Sequence[None]:
    """A step."""
    for kind, keys in items:
        await transaction.history.drop(kind, keys)
    return [None] * len(items)


async def _drop_messages(
    transaction: Transaction, items: Sequence[tuple[Sequence[OldMessage], datetime]]
) -> Sequence[int]:
    """A step: messages go, with all that belongs to them; how many went."""
    return [await _drop_page(transaction, messages, now) for messages, now in items]


async def _drop_page(
    transaction: Transaction, messages: Sequence[OldMessage], now: datetime
) -> int:
    history = transaction.history
    submissions = {(one.account_id, one.message_id): one.submission_id for one in messages}
    untold = await history.untold(list(submissions))
    dropped = await history.drop_messages([key for key in submissions if key not in untold])
    carried = carry(await history.drop_entries(dropped), now)
    await history.carry_forward(carried)
    asked: set[Key] = {(key[0], submissions[key]) for key in dropped}
    await history.drop_submissions(sorted(asked))
    return len(dropped)
