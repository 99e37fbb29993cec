"""Records facts: the only place where a message changes state after acceptance.

Both roads meet here: what Meta answered to a send, and what its webhooks tell. One batch of
facts, of many messages, is one set of statements in one commit: timeline, state, money,
callbacks and the queue item that the fact settles.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from waypost.callback.publisher import Publisher
from waypost.model.callback import StatusEvent
from waypost.model.erasing import is_erased
from waypost.model.ledger import LedgerEntry
from waypost.model.lifecycle import Fact
from waypost.model.message import Exchange, FactRow, MessageChange, MessageRecord, Observation
from waypost.model.usage import count_changes
from waypost.model.work import LaneKey, QueueItem, QueueName
from waypost.runtime.clock import Clock
from waypost.status.consequences import UNSETTLED, draw_consequences, was_lost
from waypost.status.reviewer import Reviewer
from waypost.store.ports import Key, Store, Transaction
from waypost.wallet.bookkeeper import Bookkeeper

MOST_ATTEMPTS = 12


def no_pseudonyms(text: str) -> Sequence[str]:
    """Where nothing was ever erased."""
    return (text,)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Turns observations into what is kept.

    next_fact_id   grows with every call
    wake           told each callback lane that has new work, after the commit
    most_attempts  how often a message is given to Meta at most
    shard          in whose rows this process adds to the figures
    pseudonyms     what may stand in the place of a wamid, of a message that was erased
    """

    store: Store
    clock: Clock
    publisher: Publisher
    bookkeeper: Bookkeeper
    next_fact_id: Callable[[], int]
    wake: Callable[[LaneKey], None]
    most_attempts: int = MOST_ATTEMPTS
    shard: int = 0
    pseudonyms: Callable[[str], Sequence[str]] = no_pseudonyms

    async def record(self, observation: Observation) -> None:
        """Records one fact; returns when it is durable."""
        self.wake_lanes(await self.store.write(self._record, observation))

    def wake_lanes(self, lanes: Iterable[LaneKey]) -> None:
        """After the commit: new callbacks stand in these lanes."""
        for lane in lanes:
            self.wake(lane)

    async def _record(
        self, transaction: Transaction, observations: Sequence[Observation]
    ) -> Sequence[set[LaneKey]]:
        """A step."""
        lanes = await self.apply(transaction, observations)
        return [lanes] * len(observations)

    async def apply(
        self, transaction: Transaction, observations: Sequence[Observation]
    ) -> set[LaneKey]:
        """Records facts of known messages in the caller's transaction; the lanes to wake.

        Each observation names its message by our id. Facts of messages that do not exist are
        left out: whoever calls has looked.
        """
        now = self.clock.now()
        observations = await self._with_parked(transaction, observations)
        by_message: dict[Key, list[Observation]] = {}
        for observation in observations:
            assert observation.message_id is not None
            key = (observation.account_id, observation.message_id)
            by_message.setdefault(key, []).append(observation)
        records = await transaction.messages.records(list(by_message))
        self._hide_erased(by_message, records)
        cards = await self.bookkeeper.cards(transaction)
        reviewer = Reviewer(self.most_attempts, self.next_fact_id)
        await reviewer.review(transaction, by_message, records, now)
        facts: list[FactRow] = []
        changes: list[MessageChange] = []
        entries: list[LedgerEntry] = []
        events: list[StatusEvent] = []
        settled: set[Key] = set()
        returned: list[QueueItem] = []
        for key, record in records.items():
            seen = by_message[key]
            facts += [self._fact(one, key, now) for one in seen]
            drawn = draw_consequences(record, seen, now, cards)
            if drawn.change is not None:
                changes.append(drawn.change)
            entries += drawn.entries
            events += drawn.events
            if drawn.is_settled:
                settled.add(key)
            elif drawn.returned_at is not None:
                due_at = await _free_at(transaction, record, drawn.returned_at)
                returned.append(_item(record, due_at, drawn.attempts))
        await transaction.messages.insert_facts(facts)
        await transaction.messages.update_states(changes)
        appended = await self.bookkeeper.append(transaction, entries)
        await self._settle_queue(transaction, observations, records, settled)
        # Whoever still has a returned message on lease settles it no more: its work is put anew.
        await transaction.queue.drop([(one.account_id, one.queue, one.item_id) for one in returned])
        await transaction.queue.put(returned)
        lanes = await self.publisher.publish(transaction, events, now)
        await transaction.usage.add(count_changes(records, changes, appended), self.shard)
        return lanes

    def _hide_erased(
        self, by_message: dict[Key, list[Observation]], records: dict[Key, MessageRecord]
    ) -> None:
        """What comes late of a message that was erased tells nothing of its recipient either."""
        for key, record in records.items():
            if is_erased(record.recipient):
                by_message[key] = [self._hide(one, record.wamid) for one in by_message[key]]

    def _hide(self, observation: Observation, known: str | None) -> Observation:
        names = self.pseudonyms(observation.wamid) if observation.wamid is not None else (None,)
        return replace(observation, wamid=known if known in names else names[0], wa_id=None)

    def _fact(self, observation: Observation, key: Key, now: datetime) -> FactRow:
        return FactRow(
            account_id=key[0],
            message_id=key[1],
            fact_id=self.next_fact_id(),
            fact=observation.fact,
            occurred_at=observation.occurred_at,
            recorded_at=now,
            attempt=observation.attempt,
            wamid=observation.wamid,
            failure=observation.failure,
            exchange=observation.exchange or _said_of_price(observation),
        )

    async def _with_parked(
        self, transaction: Transaction, observations: Sequence[Observation]
    ) -> Sequence[Observation]:
        """These, and statuses that came for a wamid before anyone here knew it."""
        if not await transaction.messages.has_parked():
            return observations
        taken = {
            (one.account_id, one.wamid): one
            for one in observations
            if one.fact is Fact.TAKEN and one.wamid is not None
        }
        parked = await transaction.messages.unpark_statuses(list(taken))
        return [
            *observations,
            *(
                replace(
                    taken[status.account_id, status.wamid],
                    fact=status.fact,
                    occurred_at=status.occurred_at,
                    pricing=status.pricing,
                    meta_value=status.meta_value,
                    failure=status.failure,
                    attempt=None,
                    lease_token=None,
                    exchange=None,
                )
                for status in parked
            ),
        ]

    async def _settle_queue(
        self,
        transaction: Transaction,
        observations: Sequence[Observation],
        records: dict[Key, MessageRecord],
        settled: set[Key],
    ) -> None:
        """Work that these facts end leaves the queue; work to be done again goes back."""
        finished: list[tuple[int, QueueName, str, str]] = []
        dropped: list[tuple[int, QueueName, str]] = []
        again: list[QueueItem] = []
        for one in observations:
            key = (one.account_id, one.message_id or "")
            if one.lease_token is None:
                if key in settled and records[key].state in UNSETTLED:
                    dropped.append((one.account_id, QueueName.DISPATCH, key[1]))
            elif one.retry_at is None or key in settled:
                finished.append((one.account_id, QueueName.DISPATCH, key[1], one.lease_token))
            else:
                attempts = (one.attempt or 0) - (not one.was_made)
                item = _item(records[key], one.retry_at, attempts)
                again.append(replace(item, lease_token=one.lease_token))
        await transaction.queue.finish(finished)
        await transaction.queue.drop(dropped)
        await transaction.queue.put_back(again)


def _said_of_price(status: Observation) -> Exchange | None:
    """What a status said of the price, for its line of the timeline; None: nothing."""
    words = "" if status.pricing is None else status.pricing.words
    return Exchange(None, answer=words) if words else None


async def _free_at(transaction: Transaction, record: MessageRecord, due_at: datetime) -> datetime:
    """When a message that came back is due: not before an attempt that is under way has ended.

    Where an answer was lost before, nobody can tell which attempt has failed: the one under way
    may be another, and its answer is waited for. Of all others it is this one.
    """
    if not was_lost(record.facts_seen):
        return due_at
    item = await transaction.reports.queue_item(record.account_id, record.message_id)
    is_under_way = item is not None and item.lease_token is not None
    return max(due_at, item.due_at) if item is not None and is_under_way else due_at


def _item(record: MessageRecord, due_at: datetime, attempts: int) -> QueueItem:
    """The work of giving this message to Meta, after so many attempts."""
    return QueueItem(
        account_id=record.account_id,
        queue=QueueName.DISPATCH,
        lane=record.sender_id,
        item_id=record.message_id,
        due_at=due_at,
        attempt=attempts,
        priority=record.priority,
        expires_at=record.expires_at,
    )
