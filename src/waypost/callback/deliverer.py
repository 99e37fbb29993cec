"""Delivers callbacks: load, post, decide, settle. No transaction is open during the post."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from waypost.callback.decide import Attempted, decide
from waypost.model.callback import CallbackProfile
from waypost.model.outbox import (
    CallbackAttempt,
    CallbackRow,
    CallbackSettlement,
    CallbackState,
    DueCallback,
)
from waypost.model.work import QueueItem
from waypost.queue.lease import Lease
from waypost.runtime.addresses import AddressGuard, ForbiddenAddressError
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.http import HttpClient, HttpError
from waypost.runtime.logs import CallbackAttempted, log_work
from waypost.runtime.metrics import Metrics
from waypost.store.ports import Key, Store, Transaction


class Settlement(Struct, frozen=True):
    """What one attempt came to, and what becomes of its lease."""

    lease: Lease
    outcome: CallbackSettlement
    attempt: CallbackAttempt | None
    again: QueueItem | None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an endpoint may take, and how often it is tried."""

    timeout_s: float
    attempts: int


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Handles the callback queue."""

    store: Store
    http: HttpClient
    guard: AddressGuard
    clock: Clock
    entropy: Entropy
    patience: Patience
    metrics: Metrics

    async def handle(self, lease: Lease) -> datetime | None:
        """One attempt at one event; when it is due again, if it is."""
        started = self.clock.monotonic()
        due: DueCallback | None = lease.cargo
        if due is None or due.profile is None:
            attempted = Attempted(self.patience.attempts, None, "the event is gone")
        else:
            attempted = await self._post(due.row, due.profile, lease.attempt)
        now = self.clock.now()
        decision = decide(attempted, self.patience.attempts, now, self.entropy.jitter())
        self.metrics.callbacks_delivered[decision.state.value].inc()
        settlement = Settlement(
            lease,
            CallbackSettlement(
                account_id=lease.account_id,
                event_id=lease.item_id,
                state=decision.state,
                attempts=lease.attempt,
                last_answer=decision.answer,
                settled_at=now if decision.retry_at is None else None,
            ),
            None,
            None if decision.retry_at is None else lease.item(decision.retry_at),
        )
        await self.store.write(settle, settlement)
        if decision.state is not CallbackState.DELIVERED:
            log_work(
                CallbackAttempted(
                    duration_ms=(self.clock.monotonic() - started) * 1000,
                    callback_id=lease.item_id,
                    account_id=str(lease.account_id),
                    attempt=lease.attempt,
                    result="postponed" if decision.retry_at is not None else "given_up",
                    status=attempted.status,
                )
            )
        return decision.retry_at

    async def _post(self, row: CallbackRow, profile: CallbackProfile, attempt: int) -> Attempted:
        headers = {"Content-Type": "application/json", "webhook-id": row.event_id}
        try:
            await self.guard.check(profile.url)
            answer = await self.http.post(profile.url, headers, row.body, self.patience.timeout_s)
        except (HttpError, ForbiddenAddressError) as error:
            return Attempted(attempt, None, str(error))
        return Attempted(attempt, answer.status)


async def load_callbacks(
    transaction: Transaction, keys: Sequence[Key]
) -> Mapping[Key, DueCallback]:
    """The cargo of the callback queue."""
    return await transaction.callbacks.load(keys)


async def settle(transaction: Transaction, settlements: Sequence[Settlement]) -> Sequence[None]:
    """A step: what attempts came to, and the queue items they end or put back."""
    await transaction.callbacks.settle([one.outcome for one in settlements])
    await transaction.queue.finish(
        [
            (one.lease.account_id, one.lease.queue, one.lease.item_id, one.lease.token)
            for one in settlements
            if one.again is None
        ]
    )
    await transaction.queue.put_back([one.again for one in settlements if one.again is not None])
    return [None] * len(settlements)
