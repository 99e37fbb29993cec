"""Looks at failures before they are recorded: which of them pass, and what else they stop.

Nearly every batch of facts has none, and costs nothing here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from waypost.model.erasing import is_erased
from waypost.model.lifecycle import Fact
from waypost.model.message import Dispatchable, MessageRecord, Observation
from waypost.model.meta_error import RetryRule
from waypost.status.consequences import is_past
from waypost.status.returning import (
    is_throttled_again,
    may_return,
    needs_history,
    needs_lease,
    return_or_fail,
    row_of,
    stops_more,
)
from waypost.status.stopper import hold_sender, stop_template
from waypost.store.ports import Key, Transaction


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Reviews facts within the transaction that records them.

    most_attempts  how often a message is given to Meta at most
    next_number    makes numbers that grow
    """

    most_attempts: int
    next_number: Callable[[], int]

    async def review(
        self,
        transaction: Transaction,
        by_message: Mapping[Key, list[Observation]],
        records: Mapping[Key, MessageRecord],
        now: datetime,
    ) -> None:
        """Puts what each fact counts as in its place, and stops what is to be stopped."""
        for key, record in records.items():
            await _mark_past(transaction, key, record, by_message[key])
        concerned = [
            key
            for key in records
            if any(may_return(one) or stops_more(one, records[key]) for one in by_message[key])
        ]
        if not concerned:
            return
        messages = await transaction.messages.dispatchables(concerned)
        for key in concerned:
            message, record = messages.get(key), records[key]
            if message is None:
                continue
            observations = by_message[key]
            observations[:] = await self._judge(transaction, observations, record, message, now)
            for one in observations:
                row, failure = row_of(one.failure), one.failure
                if row is None or failure is None or not stops_more(one, record) or one.is_past:
                    continue
                if is_past(one, record.state, record.wamid, record.facts_seen):
                    continue
                if row.rule is RetryRule.HOLD_SENDER:
                    await hold_sender(transaction, key[0], message.sender.sender_id, failure, now)
                else:
                    await stop_template(transaction, message, failure, now, self.next_number)

    async def _judge(
        self,
        transaction: Transaction,
        observations: Sequence[Observation],
        record: MessageRecord,
        message: Dispatchable,
        now: datetime,
    ) -> list[Observation]:
        """The observations as they count: failures that pass have become returns."""
        returns = 0
        if any(is_throttled_again(one, record) for one in observations):
            key = record.account_id, record.message_id
            facts = await transaction.reports.facts(*key)
            returns = sum(fact.fact is Fact.RETURNED for fact in facts)
        return [
            return_or_fail(one, record, message, self.most_attempts, now, returns)
            if may_return(one) and not is_erased(record.recipient)  # there is nothing to give again
            else one
            for one in observations
        ]


async def _mark_past(
    transaction: Transaction, key: Key, record: MessageRecord, observations: list[Observation]
) -> None:
    """Marks the facts of which only other rows tell that their attempt is over."""
    if any(needs_history(one, record) for one in observations):
        observations[:] = await _without_past(transaction, key, record, observations)
    if any(needs_lease(one, record) for one in observations):
        observations[:] = await _without_stale(transaction, key, record, observations)


async def _without_past(
    transaction: Transaction,
    key: Key,
    record: MessageRecord,
    observations: Sequence[Observation],
) -> list[Observation]:
    """The same, where facts of attempts before the newest are marked as past."""
    earlier = {
        fact.wamid
        for fact in await transaction.reports.facts(*key)
        if fact.fact in (Fact.TAKEN, Fact.RETURNED)
    }
    return [
        replace(one, is_past=True) if needs_history(one, record) and one.wamid in earlier else one
        for one in observations
    ]


async def _without_stale(
    transaction: Transaction,
    key: Key,
    record: MessageRecord,
    observations: Sequence[Observation],
) -> list[Observation]:
    """The same, where lost answers to attempts whose work was put back meanwhile are past."""
    item = await transaction.reports.queue_item(*key)
    token = None if item is None else item.lease_token
    return [
        replace(one, is_past=True) if needs_lease(one, record) and one.lease_token != token else one
        for one in observations
    ]
