"""Takes a lease to its end: Lease, Prepared, Outcome, Decision, and the fact that is recorded.

No transaction is open while Meta is called. The attempt was made durable with the lease,
before the call: a crash in between leaves a message whose outcome is unknown, and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from waypost.dispatch.decide import (
    UNREACHABLE,
    Decision,
    Failed,
    Policy,
    RetryAt,
    Submitted,
    Unknown,
    answer_lost,
    decide,
)
from waypost.dispatch.pacing import Pacing
from waypost.dispatch.prepare import Orphaned, Over, Postponed, Prepared, prepare
from waypost.dispatch.reach import Reach
from waypost.meta.client import MetaClient
from waypost.meta.outcome import NotReached, Outcome, Refused, TokenSealed
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Dispatchable, Observation
from waypost.queue.lease import Lease
from waypost.queue.worker import put_back
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.logs import DispatchAttempted, log_work
from waypost.runtime.metrics import Metrics
from waypost.runtime.redaction import Masked
from waypost.status.recorder import Recorder
from waypost.store.ports import Key, Store, Transaction


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Handles the dispatch queue."""

    store: Store
    meta: MetaClient
    recorder: Recorder
    pacing: Pacing
    policy: Policy
    clock: Clock
    entropy: Entropy
    metrics: Metrics
    reach: Reach = field(default_factory=Reach)

    async def handle(self, lease: Lease) -> datetime | None:
        """One attempt at one message; when it is due again, if it is."""
        message: Dispatchable | None = lease.cargo
        if message is not None and message.state is State.UNKNOWN:
            message = await self._read_again(lease)
        if message is not None:
            self.pacing.learn(lease.lane, message.sender.throughput)
        match prepare(lease, message, self.clock.now(), self.policy.window):
            case Prepared() as prepared:
                return await self._attempt(prepared)
            case Orphaned(orphan, until):
                decision = Unknown(until, answer_lost("the gateway stopped before it came"))
                return await self._record(lease, orphan, decision)
            case Postponed(until):
                await self.store.write(put_back, [lease.put_back(until, was_made=False)])
                return until
            case Over():
                await self.store.write(finish, lease)
                return None
            case never:
                assert_never(never)

    async def _read_again(self, lease: Lease) -> Dispatchable | None:
        """The message as it is now: a status may have settled it while it waited for its turn."""
        key = (lease.account_id, lease.item_id)
        return (await self.store.read(lambda t: load_messages(t, [key]))).get(key)

    async def _attempt(self, prepared: Prepared) -> datetime | None:
        started = self.clock.monotonic()
        lease = prepared.lease
        outcome = await self.meta.send(prepared.message)
        was_made = not isinstance(outcome, NotReached | TokenSealed)
        if was_made:
            self.reach.found(lease.lane)
            tries = lease.attempt
        else:
            tries = self.reach.missed(lease.lane, self.clock.monotonic(), UNREACHABLE.first_s)
        decision = decide(outcome, tries, self.policy, self.clock.now(), self.entropy.jitter())
        due_at = await self._record(lease, prepared.message, decision, was_made=was_made)
        self.metrics.dispatch_attempts[WORDS[type(decision)]].inc()
        if not isinstance(decision, Submitted):
            self._log(prepared, outcome, decision, started)
        return due_at

    async def _record(
        self, lease: Lease, message: Dispatchable, decision: Decision, *, was_made: bool = True
    ) -> datetime | None:
        """Records the fact that a decision is; when the message is due again, if it is.

        An attempt that was not made, for the call never left, is not counted.
        """
        fact, retry_at = FACTS[type(decision)], None
        if isinstance(decision, RetryAt):
            retry_at = decision.at
        elif isinstance(decision, Unknown):
            retry_at = decision.until
        await self.recorder.record(
            Observation(
                account_id=message.account_id,
                message_id=message.message_id,
                fact=fact,
                occurred_at=self.clock.now(),
                wamid=decision.wamid if isinstance(decision, Submitted) else None,
                wa_id=decision.wa_id if isinstance(decision, Submitted) else None,
                attempt=lease.attempt,
                failure=None if isinstance(decision, Submitted) else decision.failure,
                lease_token=lease.token,
                retry_at=retry_at,
                was_made=was_made,
            )
        )
        return retry_at

    def _log(
        self, prepared: Prepared, outcome: Outcome, decision: Decision, started: float
    ) -> None:
        message = prepared.message
        log_work(
            DispatchAttempted(
                duration_ms=(self.clock.monotonic() - started) * 1000,
                message_id=message.message_id,
                account_id=str(message.account_id),
                sender_id=message.sender.sender_id,
                recipient=Masked(message.recipient.address),
                attempt=prepared.lease.attempt,
                outcome=WORDS[type(decision)],
                failure=outcome.failure.code if isinstance(outcome, Refused) else None,
            )
        )


FACTS = {
    Submitted: Fact.TAKEN,
    RetryAt: Fact.ATTEMPTED,
    Failed: Fact.REFUSED,
    Unknown: Fact.LOST,
}
WORDS = {Submitted: "taken", RetryAt: "postponed", Failed: "refused", Unknown: "lost"}


async def load_messages(
    transaction: Transaction, keys: Sequence[Key]
) -> Mapping[Key, Dispatchable]:
    """The cargo of the dispatch queue."""
    return await transaction.messages.dispatchables(keys)


async def finish(transaction: Transaction, leases: Sequence[Lease]) -> Sequence[None]:
    """A step: work that turned out to be over leaves the queue."""
    await transaction.queue.finish(
        [(one.account_id, one.queue, one.item_id, one.token) for one in leases]
    )
    return [None] * len(leases)
