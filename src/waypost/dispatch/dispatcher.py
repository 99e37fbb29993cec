"""Takes a lease to its end: Lease, Prepared, Outcome, Decision, and the fact that is recorded.

No transaction is open while Meta is called. The attempt was made durable with the lease,
before the call: a crash in between leaves a message whose outcome is unknown, and says so.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from msgspec.structs import replace

from waypost.dispatch.audience import Audience
from waypost.dispatch.decide import (
    UNREACHABLE,
    Decision,
    Failed,
    Held,
    Policy,
    RetryAt,
    Submitted,
    TemplateStopped,
    Unknown,
    decide,
)
from waypost.dispatch.keeper import Parking, finish, park, raise_alarms, silence_of
from waypost.dispatch.pacing import Pacing
from waypost.dispatch.pair_rate import PairRate
from waypost.dispatch.prepare import (
    Orphaned,
    Over,
    Postponed,
    Prepared,
    Unheard,
    Unresolved,
    Withheld,
    prepare,
    within,
)
from waypost.dispatch.reach import Reach
from waypost.dispatch.silence import Silence
from waypost.meta.client import MetaClient
from waypost.meta.outcome import Lost, NotReached, Outcome, Refused, Taken, TokenSealed
from waypost.model.errors import StoreError
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Dispatchable, Exchange, Observation
from waypost.model.meta_error import RetryRule
from waypost.model.submission import READ_RECEIPT
from waypost.model.work import LaneKey, Priority
from waypost.queue.claimer import put_back
from waypost.queue.lease import Lease
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.logs import DispatchAttempted, is_wanted, log_work
from waypost.runtime.metrics import Metrics
from waypost.runtime.redaction import Masked
from waypost.status.consequences import may_have_arrived
from waypost.status.recorder import Recorder
from waypost.status.stopper import release_sender
from waypost.store.ports import Key, Store, Transaction

POLICY_RULES = frozenset({RetryRule.HOLD_TEMPLATE, RetryRule.WAIT_A_DAY})
"""Rules under which it matters what the account wants now, and what is known of the template."""

OK = 200
"""The only HTTP status of an answer that takes a message."""

KEEP_S = 600.0
"""How long it is tried to record what came of an attempt while the store is away."""

KEEP_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Handles the dispatch queue.

    audience  what is asked before each send besides the pace; None: everybody may be written to
    """

    store: Store
    meta: MetaClient
    recorder: Recorder
    pacing: Pacing
    policy: Policy
    clock: Clock
    entropy: Entropy
    metrics: Metrics
    audience: Audience | None = None
    reach: Reach = field(default_factory=Reach)
    pair_rate: PairRate = field(default_factory=PairRate)
    silence: Silence = field(default_factory=Silence)

    async def survey(self, transaction: Transaction, now: datetime) -> None:
        """Reads which senders are paused or held; the worker asks for it each second."""
        self.pacing.survey(await transaction.directory.closed_senders(), now)

    async def handle(self, lease: Lease) -> datetime | None:
        """One attempt at one message; when it is due again, if it is."""
        message: Dispatchable | None = lease.cargo
        if message is not None and may_have_arrived(message.state, message.facts_seen):
            message = await self._read_again(lease)
        if message is not None:
            sender = message.sender
            self.pacing.learn(lease.lane_key, sender.throughput, sender.waba_id)
        now = self.clock.now()
        taken_at = self.silence.taken_at.get(lease.lane_key)
        match prepare(lease, message, now, self.policy.window, taken_at):
            case Prepared() as prepared:
                return await self._go(prepared)
            case Orphaned(orphan):
                # What was lost is the attempt before: on this lease none was made.
                lost = replace(lease, attempt=lease.attempt - 1)
                why = Lost("the gateway stopped before it came")
                decision = decide(why, lost.attempt, self.policy, now, self.entropy.jitter())
                return await self._record(lost, orphan, decision)
            case Postponed(until):
                return await self._postpone(lease, until, "closed")
            case Unheard(unheard, until):
                return await self._wait_for_webhooks(lease, unheard, until)
            case Withheld() | Unresolved() | Over() as ended:
                await self._end(lease, ended, now)
                return None
            case never:
                assert_never(never)

    async def _end(self, lease: Lease, ended: Withheld | Unresolved | Over, now: datetime) -> None:
        """What is not given to Meta any more, or not before a person says so."""
        match ended:
            case Withheld(message, failure):
                await self.recorder.record(
                    Observation(
                        account_id=message.account_id,
                        message_id=message.message_id,
                        fact=Fact.WITHHELD,
                        occurred_at=now,
                        failure=failure,
                        lease_token=lease.token,
                    )
                )
                self.metrics.dispatch_attempts["withheld"].inc()
            case Unresolved(message, is_parked):
                await self.store.write(park, Parking(lease, message.sender, is_parked, now))
            case Over():
                await self.store.write(finish, lease)
            case never:
                assert_never(never)

    async def _read_again(self, lease: Lease) -> Dispatchable | None:
        """The message as it is now, if it still is ours to give.

        While it waited for its turn a status may have settled it, or put it back for another time.
        """
        key = (lease.account_id, lease.item_id)

        async def read(transaction: Transaction) -> Dispatchable | None:
            item = await transaction.reports.queue_item(*key)
            is_ours = item is not None and item.lease_token == lease.token
            return (await load_messages(transaction, [key])).get(key) if is_ours else None

        return await self.store.read(read)

    # ---- before the call ----------------------------------------------------------------------

    async def _go(self, prepared: Prepared) -> datetime | None:
        """Gives the message to Meta, unless its recipient has to be left in peace for now."""
        lease, message = prepared.lease, prepared.message
        now = self.clock.now()
        if message.content.kind != READ_RECEIPT:
            wait_s = self.pair_rate.wait_s(
                pair_of(lease, message),
                message.message_id,
                self.clock.monotonic(),
                is_urgent=message.priority is Priority.HIGH,
            )
            if wait_s > 0:
                return await self._postpone(
                    lease, within(message, now + timedelta(seconds=wait_s)), "pair_rate"
                )
        if self.audience is not None:
            until = await self.audience.admit(message, now)
            if until is not None:
                return await self._postpone(lease, within(message, until), "audience")
        if self.clock.now() >= lease.ends_at:  # this process stood still; another may have it now
            return await self._postpone(lease, self.clock.now(), "late")
        return await self._attempt(prepared)

    async def _postpone(self, lease: Lease, until: datetime, why: str) -> datetime:
        """Puts the work back; no attempt was made."""
        self.metrics.dispatch_postponed[why].inc()
        await self.store.write(put_back, [lease.put_back(until, was_made=False)])
        return until

    async def _wait_for_webhooks(
        self, lease: Lease, message: Dispatchable, until: datetime
    ) -> datetime:
        now = self.clock.now()
        if self.silence.waited(lease.lane_key, now, self.policy.window):
            await self.store.write(raise_alarms, silence_of(lease, now))
        return await self._postpone(lease, within(message, until), "unheard")

    # ---- the call, and what follows -----------------------------------------------------------

    async def _attempt(self, prepared: Prepared) -> datetime | None:
        started = self.clock.monotonic()
        lease, message = prepared.lease, prepared.message
        is_on_trial = self.pacing.is_on_trial(lease.lane_key)
        if message.state is State.UNKNOWN and message.content.kind != READ_RECEIPT:
            self.silence.heard(lease.lane_key)
        outcome = await self.meta.send(message)
        exchange = exchange_of(outcome, self.clock.monotonic() - started)
        if not isinstance(outcome, NotReached | TokenSealed):
            self.metrics.meta_call_seconds.observe(self.clock.monotonic() - started)
            self.reach.found(lease.lane_key)
            tries = lease.attempt
        else:
            tries = self.reach.missed(lease.lane_key, self.clock.monotonic(), UNREACHABLE.first_s)
        if isinstance(outcome, Refused) and outcome.row.rule in POLICY_RULES:
            with suppress(StoreError):  # the answer counts, also while the store is away
                message = await self._read_again(lease) or message
        decision = self._react(
            lease,
            message,
            outcome,
            decide(outcome, tries, self.policy, self.clock.now(), self.entropy.jitter(), message),
        )
        due_at = await self._record(lease, message, decision, exchange)
        if isinstance(decision, Held):
            self.pacing.close(lease.lane_key)
        elif is_on_trial and isinstance(decision, Submitted):
            await self.store.write(release, (lease.lane_key, self.clock.now()))
            self.pacing.open(lease.lane_key, self.clock.monotonic())
        self.metrics.dispatch_attempts[WORDS[type(decision)]].inc()
        if not isinstance(decision, Submitted) or is_wanted():
            self._log(prepared, outcome, decision, started)
        return due_at

    def _react(
        self, lease: Lease, message: Dispatchable, outcome: Outcome, decision: Decision
    ) -> Decision:
        """Goes more slowly if Meta says so; the decision with the pair's own time in it."""
        if isinstance(decision, Submitted):
            self.pair_rate.taken(pair_of(lease, message))
            if message.content.kind != READ_RECEIPT:  # of which Meta reports nothing
                self.silence.taken_at[lease.lane_key] = self.clock.now()
        if not isinstance(outcome, Refused):
            return decision
        rule, now = outcome.row.rule, self.clock.monotonic()
        braked = self.pacing.slow_down(lease.lane_key, rule, now)
        if braked:
            self.metrics.dispatch_brakes[rule.value].inc(braked)
        if rule is RetryRule.SLOW_PAIR and isinstance(decision, RetryAt):
            wait_s = self.pair_rate.refused(pair_of(lease, message), message.message_id, now)
            return replace(decision, at=self.clock.now() + timedelta(seconds=wait_s))
        return decision

    async def _record(
        self,
        lease: Lease,
        message: Dispatchable,
        decision: Decision,
        exchange: Exchange | None = None,
    ) -> datetime | None:
        """Records the fact that a decision is; when the message is due again, if it is.

        An attempt that is no fault of the message's is not counted.
        """
        retry_at: datetime | None = None
        was_made = True
        if isinstance(decision, RetryAt):
            retry_at, was_made = within(message, decision.at), decision.is_counted
        elif isinstance(decision, Held | TemplateStopped):
            retry_at, was_made = within(message, decision.at), False
        elif isinstance(decision, Unknown):
            retry_at = decision.until
        await self._keep(
            Observation(
                account_id=message.account_id,
                message_id=message.message_id,
                fact=FACTS[type(decision)],
                occurred_at=self.clock.now(),
                wamid=decision.wamid if isinstance(decision, Submitted) else None,
                wa_id=decision.wa_id if isinstance(decision, Submitted) else None,
                attempt=lease.attempt,
                failure=None if isinstance(decision, Submitted) else decision.failure,
                lease_token=lease.token,
                retry_at=retry_at,
                was_made=was_made,
                exchange=exchange,
            )
        )
        return retry_at

    async def _keep(self, observation: Observation) -> None:
        """Records what came of an attempt, and tries again while the store is away.

        What is not recorded is unknown when the lease ends, and may be sent twice. Raises
        StoreError in the end.
        """
        until = self.clock.monotonic() + KEEP_S
        while True:
            try:
                await self.recorder.record(observation)
            except StoreError:
                if self.clock.monotonic() >= until:
                    raise
            else:
                return
            await self.clock.sleep(KEEP_AGAIN_S)

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
                wamid=decision.wamid if isinstance(decision, Submitted) else None,
                failure=outcome.failure.code if isinstance(outcome, Refused) else None,
            )
        )


FACTS = {
    Submitted: Fact.TAKEN,
    RetryAt: Fact.ATTEMPTED,
    Held: Fact.ATTEMPTED,
    TemplateStopped: Fact.ATTEMPTED,
    Failed: Fact.REFUSED,
    Unknown: Fact.LOST,
}
WORDS = {
    Submitted: "taken",
    RetryAt: "postponed",
    Held: "held",
    TemplateStopped: "template_stopped",
    Failed: "refused",
    Unknown: "lost",
}


def exchange_of(outcome: Outcome, duration_s: float) -> Exchange | None:
    """What an attempt was on the wire; None if nothing was asked of Meta."""
    duration_ms = round(duration_s * 1000)
    match outcome:
        case Taken(held=held):
            return Exchange(duration_ms, OK, held)
        case Refused() | Lost():
            return Exchange(duration_ms, outcome.status, outcome.said)
        case NotReached():
            return Exchange(duration_ms)
        case TokenSealed():
            return None
        case never:
            assert_never(never)


def pair_of(lease: Lease, message: Dispatchable) -> tuple[LaneKey, str]:
    """Who writes to whom."""
    return lease.lane_key, message.recipient.address


async def load_messages(
    transaction: Transaction, keys: Sequence[Key]
) -> Mapping[Key, Dispatchable]:
    """The cargo of the dispatch queue."""
    return await transaction.messages.dispatchables(keys)


async def release(
    transaction: Transaction, lanes: Sequence[tuple[LaneKey, datetime]]
) -> Sequence[None]:
    """A step: Meta takes messages of these senders again."""
    for lane, now in dict(lanes).items():
        await release_sender(transaction, lane.account_id, lane.name, now, is_mended=False)
    return [None] * len(lanes)
