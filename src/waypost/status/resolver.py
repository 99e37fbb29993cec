"""Settles by a person's word what nobody else can: messages whose outcome is unknown.

Such a message was given to Meta and the answer was lost. Most are settled by a status, or by the
account's policy; what is left waits here. A person who looked elsewhere (at the recipient's phone,
at Meta's own figures) says what is true, and that is recorded as any other fact is.

Law: only what is unknown can be resolved, and what somebody is at work on cannot: both are told,
message by message, and nothing is assumed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from waypost.model.alarm import AlarmKind
from waypost.model.audit import Actor, make_entry
from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact, State
from waypost.model.message import MessageRecord, Observation
from waypost.model.withheld import WithheldCode, withheld
from waypost.model.work import LaneKey, QueueName
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.status.recorder import Recorder
from waypost.store.ports import Store, Transaction

MOST = 500
"""How many messages are resolved in one commit at most; more are for another call."""


SOON = timedelta(days=1)
"""What is looked at again within this time still has its window, and needs nobody yet."""


class Resolution(StrEnum):
    """What a person says of a message of unknown outcome.

    RESEND    give it to Meta again, whatever became of the first time
    SENT      Meta took it; statuses may still come
    NOT_SENT  Meta did not take it, and it is not to be sent any more: it has failed. It is not
              called `not sent`, for it was given to Meta: should it arrive all the same, its
              status says so
    """

    RESEND = "resend"
    SENT = "sent"
    NOT_SENT = "not_sent"


class Word(Struct, frozen=True):
    """What is said of which messages of an account, and by whom."""

    account_id: int
    message_ids: tuple[str, ...]
    resolution: Resolution
    actor: Actor


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of one of them: done, or why not, as a sentence."""

    message_id: str
    is_done: bool
    said: str


_FACTS: Mapping[Resolution, Fact] = {
    Resolution.RESEND: Fact.RETURNED,
    Resolution.SENT: Fact.TAKEN,
    Resolution.NOT_SENT: Fact.REFUSED,
}
_SAID: Mapping[Resolution, str] = {
    Resolution.RESEND: "is given to Meta again",
    Resolution.SENT: "counts as taken by Meta",
    Resolution.NOT_SENT: "counts as failed",
}
_FAILURES: Mapping[Resolution, Failure] = {
    Resolution.RESEND: Failure("", "The operator had it sent again", "", ""),
    Resolution.NOT_SENT: withheld(WithheldCode.RESOLVED),
}


@dataclass(frozen=True, slots=True)
class Resolver:
    """Takes a person's word."""

    store: Store
    recorder: Recorder
    clock: Clock
    entropy: Entropy

    async def resolve(self, word: Word) -> tuple[Resolved, ...]:
        """What became of each message, in their order; of more than MOST, of the first ones.

        Raises StoreError: then nothing was changed.
        """
        resolved, lanes = await self.store.write(self._resolve_all, word)
        self.recorder.wake_lanes(lanes)
        if word.resolution is Resolution.RESEND:
            self.store.hint(QueueName.DISPATCH)
        return resolved

    async def _resolve_all(
        self, transaction: Transaction, batch: Sequence[Word]
    ) -> Sequence[tuple[tuple[Resolved, ...], set[LaneKey]]]:
        """A step; one after another, so that one message is not settled in two ways."""
        return [await self._resolve(transaction, word) for word in batch]

    async def _resolve(
        self, transaction: Transaction, word: Word
    ) -> tuple[tuple[Resolved, ...], set[LaneKey]]:
        now = self.clock.now()
        named = tuple(dict.fromkeys(word.message_ids))[:MOST]
        records = await transaction.messages.records([(word.account_id, one) for one in named])
        hindrances = {
            one: await self._hindrance(
                transaction, records.get((word.account_id, one)), word.resolution, now
            )
            for one in named
        }
        settled = [records[word.account_id, one] for one in named if hindrances[one] is None]
        lanes = await self._settle(transaction, settled, word, now) if settled else set()
        return (
            tuple(
                Resolved(one, hindrance is None, hindrance or _SAID[word.resolution])
                for one, hindrance in hindrances.items()
            ),
            lanes,
        )

    async def _hindrance(
        self,
        transaction: Transaction,
        record: MessageRecord | None,
        resolution: Resolution,
        now: datetime,
    ) -> str | None:
        """Why a message cannot be resolved so; None if it can."""
        if record is None:
            return "is no message of this account"
        if record.state is not State.UNKNOWN:
            return f"is {record.state.value.replace('_', ' ')}: its outcome is known"
        if (
            resolution is Resolution.RESEND
            and record.expires_at is not None
            and record.expires_at <= now
        ):
            return (
                f"was valid until {record.expires_at:%Y-%m-%d %H:%M:%S}Z and is not sent again; "
                "say whether it was sent or not"
            )
        item = await transaction.reports.queue_item(record.account_id, record.message_id)
        if item is not None and item.lease_token is not None and item.due_at > now:
            return "is being looked at by the gateway just now; ask again in some seconds"
        return None

    async def _settle(
        self,
        transaction: Transaction,
        records: Sequence[MessageRecord],
        word: Word,
        now: datetime,
    ) -> set[LaneKey]:
        lanes = await self.recorder.apply(
            transaction,
            [
                Observation(
                    account_id=record.account_id,
                    message_id=record.message_id,
                    fact=_FACTS[word.resolution],
                    occurred_at=now,
                    failure=_FAILURES.get(word.resolution),
                    retry_at=now if word.resolution is Resolution.RESEND else None,
                )
                for record in records
            ],
        )
        await self._end_alarms(transaction, records, now)
        await transaction.audit.append(
            [
                make_entry(
                    word.account_id,
                    now,
                    int(self.entropy.token_hex(2), 16),
                    word.actor,
                    ("unknown.resolved", records[0].message_id),
                    {
                        "as": word.resolution.value,
                        "messages": [record.message_id for record in records],
                    },
                )
            ]
        )
        return lanes

    async def _end_alarms(
        self, transaction: Transaction, records: Sequence[MessageRecord], now: datetime
    ) -> None:
        """Of senders whose unknown messages wait for nobody any more."""
        account_id = records[0].account_id
        left = await transaction.reports.senders_with_unknown(account_id, now + SOON)
        await transaction.alarms.clear(
            [
                (account_id, AlarmKind.UNKNOWN_HELD, sender_id)
                for sender_id in {record.sender_id for record in records} - left
            ],
            now,
        )
