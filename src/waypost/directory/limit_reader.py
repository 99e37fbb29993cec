"""Reads from Meta how fast a WABA's numbers may send, and how many users they may reach.

A number whose throughput the operator set keeps it. When places have become free, because Meta
raised the limit or somebody who waited is gone, those who wait longest are brought forward.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from waypost.directory.sync_failures import FAILURES, failure_words
from waypost.meta.graph import GraphClient
from waypost.meta.numbers import (
    FIELDS,
    OLDER_FIELDS,
    Allowance,
    least,
    numbers_call,
    read_allowances,
)
from waypost.model.alarm import AlarmKind
from waypost.model.errors import MetaRefusedError
from waypost.model.messaging_limit import MessagingLimit, MovingDay, ReachedUser
from waypost.model.waba import Waba
from waypost.model.work import QueueName
from waypost.runtime.clock import Clock
from waypost.store.ports import Key, Store, Transaction

AT_ONCE = 250
"""How many messages one commit brings forward."""

UNKNOWN_FIELD = "100"
"""Meta's code for a field that its version does not know, among other things."""

ANY_NUMBER = 1 << 40

log = structlog.get_logger("waypost.directory")


@dataclass(frozen=True, slots=True)
class LimitReader:
    """Reads and keeps what Meta allows."""

    store: Store
    graph: GraphClient
    clock: Clock
    _failures: dict[Key, str] = field(default_factory=dict)

    async def read(self, waba: Waba) -> None:
        """Reads a WABA's numbers and keeps what they tell; raises StoreError alone.

        A token may see templates and no numbers: that is logged once, and what was known stays.
        """
        key = waba.account_id, waba.waba_id
        try:
            allowances = await self._ask(waba)
        except FAILURES as error:
            words = failure_words(error)
            if self._failures.get(key) != words:
                log.warning("limits.not_read", account_id=key[0], waba_id=key[1], why=words)
            self._failures[key] = words
            return
        self._failures.pop(key, None)

        async def keep(transaction: Transaction, items: Sequence[None]) -> Sequence[None]:
            await self._keep(transaction, waba, allowances)
            return items

        await self.store.write(keep, None)
        while await self.store.write(self._bring_forward, waba):
            pass

    async def _ask(self, waba: Waba) -> list[Allowance]:
        try:
            return await self._list(waba, FIELDS)
        except MetaRefusedError as refusal:
            if refusal.failure.code != UNKNOWN_FIELD:
                raise
            return await self._list(waba, OLDER_FIELDS)

    async def _list(self, waba: Waba, fields: str) -> list[Allowance]:
        found: list[Allowance] = []
        async for page in self.graph.pages(numbers_call(waba.waba_id, waba.access_token, fields)):
            found += read_allowances(page)
        return found

    async def _keep(
        self, transaction: Transaction, waba: Waba, allowances: Sequence[Allowance]
    ) -> None:
        told = [
            (waba.account_id, one.phone_number_id, one.throughput)
            for one in allowances
            if one.throughput is not None
        ]
        if await transaction.directory.learn_throughputs(told):
            await transaction.directory.touch(waba.account_id)
        limit = least(allowances)
        if limit is not None:
            portfolio_id = await _portfolio_of(transaction, waba)
            now = self.clock.now()
            await transaction.portfolios.learn(
                [MessagingLimit(waba.account_id, portfolio_id, limit.users, now)]
            )

    async def _bring_forward(
        self, transaction: Transaction, wabas: Sequence[Waba]
    ) -> Sequence[bool]:
        """A step: those who wait for the earliest hours, as many as may go now; whether any."""
        return [await self._bring_some(transaction, waba) for waba in wabas]

    async def _bring_some(self, transaction: Transaction, waba: Waba) -> bool:
        now = self.clock.now()
        key = waba.account_id, await _portfolio_of(transaction, waba)
        limit = (await transaction.portfolios.lock([key])).get(key)
        if limit is None:
            return False
        hours = (await transaction.portfolios.hours([key]))[key]
        day = MovingDay(ANY_NUMBER if limit.users is None else limit.users, hours, now)
        if not day.waiting:
            await transaction.alarms.clear([(key[0], AlarmKind.MESSAGING_LIMIT, key[1])], now)
        room = min(AT_ONCE, day.limit - day.used - day.due)
        for hour, _ in day.hours_to_come if room > 0 else ():
            found = hour > day.hour and await transaction.portfolios.waiting_items(*key, hour, room)
            if found:
                waiting = ReachedUser(hour, is_waiting=True)
                move = day.reach if limit.users is None else day.bring_forward
                users = {(*key, recipient): move(waiting) for recipient in {to for _, to in found}}
                await transaction.portfolios.save_users(users)
                await transaction.portfolios.add_hours({key: day.changed})
                await transaction.queue.bring_forward(
                    key[0], QueueName.DISPATCH, [item_id for item_id, _ in found], now
                )
                return True
        return False


async def _portfolio_of(transaction: Transaction, waba: Waba) -> str:
    """The portfolio a WABA belongs to now."""
    of_account = await transaction.directory.wabas(waba.account_id)
    return next((one for one in of_account if one.waba_id == waba.waba_id), waba).portfolio
