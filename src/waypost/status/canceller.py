"""Cancels messages that still wait: what is cancelled is never given to Meta, and is told as such.

Law: an answer is never a guess. Work that nobody has on lease leaves the queue, and the message
becomes `not sent`, in one commit; whatever cannot be taken out of the queue is too late, for
somebody may be giving it to Meta at this moment. A message that is held in memory, ready for its
turn, is on lease too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from waypost.model.audit import Actor, make_entry
from waypost.model.errors import ConflictError
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Observation
from waypost.model.report import MessageSummary
from waypost.model.withheld import WithheldCode, withheld
from waypost.model.work import LaneKey, QueueName
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.status.recorder import Recorder
from waypost.store.ports import Store, Transaction


class Asked(Struct, frozen=True):
    """Whose messages are to be cancelled: of one id, a message's or a request's; and who asks."""

    account_id: int
    named: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What became of an attempt to cancel: every message of the id stands in one of the two."""

    cancelled: tuple[MessageSummary, ...]
    too_late: tuple[MessageSummary, ...]


@dataclass(frozen=True, slots=True)
class Canceller:
    """Takes messages out of the queue."""

    store: Store
    recorder: Recorder
    clock: Clock
    entropy: Entropy

    async def cancel(self, asked: Asked) -> Cancellation | None:
        """Cancels what still waits; None if the account has nothing of this id.

        Raises StoreError: then nothing was cancelled.
        """
        cancellation, lanes = await self.store.write(self._cancel_all, asked)
        self.recorder.wake_lanes(lanes)
        return cancellation

    async def _cancel_all(
        self, transaction: Transaction, batch: Sequence[Asked]
    ) -> Sequence[tuple[Cancellation | None, set[LaneKey]]]:
        """A step; one after another, so that the same message is not cancelled twice."""
        return [await self._cancel(transaction, asked) for asked in batch]

    async def _cancel(
        self, transaction: Transaction, asked: Asked
    ) -> tuple[Cancellation | None, set[LaneKey]]:
        found = await transaction.reports.of_request(asked.account_id, asked.named)
        if not found:
            return None, set()
        waiting = [one.message_id for one in found if one.state is State.ACCEPTED]
        removed = await self._take_out(transaction, asked.account_id, waiting)
        cancellation = Cancellation(
            tuple(one for one in found if one.message_id in removed),
            tuple(one for one in found if one.message_id not in removed),
        )
        if not removed:
            return cancellation, set()
        now = self.clock.now()
        failure = withheld(WithheldCode.CANCELLED)
        lanes = await self.recorder.apply(
            transaction,
            [
                Observation(
                    account_id=asked.account_id,
                    message_id=one.message_id,
                    fact=Fact.WITHHELD,
                    occurred_at=now,
                    failure=failure,
                )
                for one in cancellation.cancelled
            ],
        )
        entry = make_entry(
            asked.account_id,
            now,
            int(self.entropy.token_hex(2), 16),
            asked.actor,
            ("message.cancelled", asked.named),
            {"messages": len(cancellation.cancelled)},
        )
        await transaction.audit.append([entry])
        return cancellation, lanes

    async def _take_out(
        self, transaction: Transaction, account_id: int, waiting: Sequence[str]
    ) -> set[str]:
        """Takes what nobody has begun out of the queue; which of them it were.

        Raises ConflictError if another process put one back since it was read, with its answer
        lost: then it waits for a status.
        """
        removed = await transaction.queue.cancel(account_id, QueueName.DISPATCH, waiting)
        records = await transaction.messages.records([(account_id, one) for one in removed])
        if any(one.state is not State.ACCEPTED for one in records.values()):
            raise ConflictError("a message changed while it was cancelled")
        return removed
