"""Delivers callbacks: one attempt at one event, and what follows from it, in one commit.

Law: no transaction is open during the call. What an attempt came to, its line in the log, the
queue item and the health of the endpoint are written together. While an endpoint is suspended,
paused or gone nothing of an event is used up.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace as replaced

from waypost.callback.caller import Caller
from waypost.callback.decide import Attempted, Decision, decide
from waypost.callback.gate import Gate
from waypost.callback.health_keeper import WARN_AFTER, Answer, Seen, Turn, note, probe_gap
from waypost.callback.request import authorised, make_call
from waypost.callback.token_holder import TokenShelf
from waypost.callback.turns import Turns
from waypost.model.callback import (
    BearerAuth,
    CallbackProfile,
    ProfileSecrets,
    ProfileState,
    without_user,
)
from waypost.model.outbox import (
    CallbackAttempt,
    CallbackRow,
    CallbackSettlement,
    CallbackState,
    DueCallback,
)
from waypost.model.work import QueueItem
from waypost.queue.claimer import put_back
from waypost.queue.lease import Lease
from waypost.runtime.addresses import ForbiddenAddressError
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.runtime.http import HttpAnswer, HttpCall, HttpError
from waypost.runtime.logs import CallbackAttempted, is_wanted, log_work
from waypost.runtime.metrics import Metrics
from waypost.runtime.vault import Vault
from waypost.runtime.vault_error import VaultError
from waypost.store.ports import Key, Store, Transaction

KEPT_BYTES = 512
"""How much of an answer's body is kept in the log."""

LONGEST_URL = 2048
"""How much of a called URL is kept in the log."""

ADVANCED_AT_ONCE = 1000
"""How many events one commit makes due after an endpoint came back."""

UNAUTHORISED = 401

_decode_secrets = msgspec.json.Decoder(ProfileSecrets).decode


class Settlement(Struct, frozen=True):
    """What one attempt came to, and what becomes of its lease.

    outcome  None: the event is gone
    attempt  its line in the log; None: no call was made
    seen     what it says of the endpoint; None: nothing
    again    the lease's item, due again; None: it leaves the queue
    """

    lease: Lease
    outcome: CallbackSettlement | None = None
    attempt: CallbackAttempt | None = None
    seen: Seen | None = None
    again: QueueItem | None = None


class Probe(Struct, frozen=True):
    """A wish to try a suspended profile."""

    key: Key
    now: datetime
    next_at: datetime


class Call(Struct, frozen=True):
    """One call that was made, or could not be.

    duration_ms  until the answer, or until there was none
    """

    attempted: Attempted
    url: str
    duration_ms: int
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an endpoint may take, and how often it is tried."""

    timeout_s: float
    attempts: int


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Handles the callback queue. next_attempt_id grows with every call."""

    store: Store
    caller: Caller
    tokens: TokenShelf
    vault: Vault
    gate: Gate
    clock: Clock
    entropy: Entropy
    patience: Patience
    metrics: Metrics
    next_attempt_id: Callable[[], int]
    turns: Turns = field(default_factory=Turns)

    async def survey(self, transaction: Transaction, now: datetime) -> None:
        """Reads which profiles are not active; the worker asks for it each second."""
        closed = await transaction.endpoints.closed()
        self.gate.survey(closed, now)
        for state in ProfileState:
            if state is not ProfileState.ACTIVE:
                count = sum(one.state is state for one in closed)
                self.metrics.callback_profiles[state.value].set(count)

    async def handle(self, lease: Lease) -> datetime | None:
        """One attempt at one event; when it is due again, if it is."""
        due: DueCallback | None = lease.cargo
        if due is None:
            await self.store.write(settle, Settlement(lease))
            return None
        if due.profile is None:
            await self._give_up(lease, due.row)
            return None
        is_open = due.profile.state in {ProfileState.ACTIVE, ProfileState.SUSPENDED}
        wait_s = self.turns.wait_s(lease.account_id, due.earlier) if is_open else 0.0
        if wait_s:
            return await self._postpone(lease, wait_s)
        if not await self._may_call(due.profile):
            self.gate.close(lease.lane_key)
            return await self._postpone(lease, 0.0)
        key = (lease.account_id, lease.item_id)
        self.turns.start(key)
        state = CallbackState.PENDING
        try:
            decision = await self._attempt(lease, due.row, due.profile)
            state = decision.state
        finally:
            self.turns.end(key, is_over=state is not CallbackState.PENDING)
        return decision.retry_at

    async def _may_call(self, profile: CallbackProfile) -> bool:
        """Whether the profile is called now: it is active, or this is its probe."""
        if profile.state is not ProfileState.SUSPENDED:
            return profile.state is ProfileState.ACTIVE
        now = self.clock.now()
        gap = probe_gap(profile.probes, self.entropy.jitter())
        key = (profile.account_id, profile.profile_id)
        return await self.store.write(claim_probes, Probe(key, now, now + gap))

    async def _postpone(self, lease: Lease, wait_s: float) -> datetime:
        """Puts the event back; its attempt was not made."""
        until = self.clock.now() + timedelta(seconds=wait_s)
        await self.store.write(put_back, [lease.put_back(until, was_made=False)])
        return until

    async def _give_up(self, lease: Lease, row: CallbackRow) -> None:
        """An event whose profile was removed has nowhere to go."""
        state, now = CallbackState.GIVEN_UP, self.clock.now()
        words = "the callback profile was removed"
        outcome = CallbackSettlement(row.account_id, row.event_id, state, row.attempts, words, now)
        await self.store.write(settle, Settlement(lease, outcome))
        self.metrics.callbacks_delivered[state.value].inc()

    async def _attempt(self, lease: Lease, row: CallbackRow, profile: CallbackProfile) -> Decision:
        """Calls, decides and settles."""
        number = row.attempts + 1
        called = await self._call(row, profile, number)
        attempted = replaced(called.attempted, attempt=lease.attempt)
        now, jitter = self.clock.now(), self.entropy.jitter()
        decision = decide(attempted, self.patience.attempts, now, jitter)
        again: QueueItem | None = None
        if decision.state is not CallbackState.DELIVERED and (
            decision.is_gone or profile.state is ProfileState.SUSPENDED
        ):
            # Nothing is used up of an event that tried out whether the endpoint is back.
            decision = replaced(decision, state=CallbackState.PENDING, retry_at=now)
            again = lease.put_back(now, was_made=False)
        elif decision.retry_at is not None:
            again = lease.item(decision.retry_at)
        settlement = Settlement(
            lease,
            CallbackSettlement(
                row.account_id,
                row.event_id,
                decision.state,
                number,
                decision.answer,
                now if decision.retry_at is None else None,
            ),
            CallbackAttempt(
                row.account_id,
                row.event_id,
                self.next_attempt_id(),
                row.profile_id,
                number,
                without_user(called.url)[:LONGEST_URL],
                called.duration_ms,
                attempted.status,
                decision.answer if attempted.status is None else attempted.problem,
                called.body[:KEPT_BYTES],
            ),
            Seen(profile, _answer(decision), decision.answer, now, jitter),
            again,
        )
        turn = await self.store.write(settle, settlement)
        await self._follow(lease, profile, decision, turn)
        self._tell(lease, called, decision, number)
        return decision

    async def _follow(
        self, lease: Lease, profile: CallbackProfile, decision: Decision, turn: Turn | None
    ) -> None:
        """What the attempt means for the endpoint's other events."""
        lane, now = lease.lane_key, self.clock.monotonic()
        if turn is Turn.CLOSED or (
            profile.state is ProfileState.SUSPENDED
            and decision.state is not CallbackState.DELIVERED
        ):
            self.gate.close(lane)
            if turn is Turn.CLOSED:
                # Whatever its next attempt was to wait for: a probe needs an event that is due.
                await self._advance((lease.account_id, lease.lane))
        elif decision.state is CallbackState.DELIVERED:
            self.gate.went_well(lane)
            since = profile.failing_since
            is_long = since is not None and self.clock.now() - since >= WARN_AFTER
            if turn is Turn.OPENED and (is_long or profile.state is ProfileState.SUSPENDED):
                self.gate.reopen(lane)
                await self._advance((lease.account_id, lease.lane))
        elif decision.is_slow:
            lull_s = None if decision.lull is None else decision.lull.total_seconds()
            self.gate.slow_down(lane, now, lull_s)

    async def _advance(self, key: Key) -> None:
        """Everything that waits for this endpoint is due now, in the order of each message."""
        now = self.clock.now()
        while await self.store.write(advance, (key, now)) >= ADVANCED_AT_ONCE:
            pass

    def _tell(self, lease: Lease, called: Call, decision: Decision, number: int) -> None:
        self.metrics.callbacks_delivered[decision.state.value].inc()
        self.metrics.callback_seconds.observe(called.duration_ms / 1000)
        is_delivered = decision.state is CallbackState.DELIVERED
        if is_delivered and not is_wanted():
            return
        result = "postponed" if decision.retry_at is not None else "given_up"
        log_work(
            CallbackAttempted(
                duration_ms=called.duration_ms,
                callback_id=lease.item_id,
                account_id=str(lease.account_id),
                attempt=number,
                result="delivered" if is_delivered else "gone" if decision.is_gone else result,
                profile_id=lease.lane,
                status=called.attempted.status,
                latency_ms=called.duration_ms,
            )
        )

    async def _call(self, row: CallbackRow, profile: CallbackProfile, number: int) -> Call:
        """One call, and one more with a new token if the old one was refused."""
        began = self.clock.monotonic()
        url = profile.url
        answer: HttpAnswer | None = None
        problem = ""
        try:
            secrets = self._open(profile)
            call = make_call(profile, secrets, row, number, self.clock.now())
            url = call.url
            answer = await self._authorised(profile, secrets, call, began)
        except (HttpError, ForbiddenAddressError, VaultError, ValueError) as error:
            problem = str(error)
        duration_ms = round((self.clock.monotonic() - began) * 1000)
        if answer is None:
            return Call(Attempted(1, None, problem), url, duration_ms)
        attempted = Attempted(1, answer.status, "", answer.headers)
        return Call(attempted, url, duration_ms, answer.body)

    def _open(self, profile: CallbackProfile) -> ProfileSecrets:
        """What signs and opens; nothing for a profile whose first secret is not made yet."""
        if not profile.secrets:
            return ProfileSecrets(())
        return _decode_secrets(self.vault.open(profile.secrets))

    async def _authorised(
        self, profile: CallbackProfile, secrets: ProfileSecrets, call: HttpCall, began: float
    ) -> HttpAnswer:
        """The call, with a bearer token if the profile asks for one."""
        auth = secrets.auth
        if not isinstance(auth, BearerAuth):
            return await self.caller.call(call, self._left_s(began))
        key = (profile.account_id, profile.profile_id)
        answer: HttpAnswer | None = None
        for _ in range(2):
            token = await self.tokens.token(key, auth, self._left_s(began))
            headers = authorised(call.headers, f"Bearer {token}")
            given = dataclasses.replace(call, headers=headers)
            answer = await self.caller.call(given, self._left_s(began))
            if answer.status != UNAUTHORISED:
                break
            self.tokens.drop(key, auth, token)
        assert answer is not None
        return answer

    def _left_s(self, began: float) -> float:
        """What is left of the time of one attempt, token included; never nothing."""
        return max(0.05, self.patience.timeout_s - (self.clock.monotonic() - began))


def _answer(decision: Decision) -> Answer:
    if decision.state is CallbackState.DELIVERED:
        return Answer.WELL
    return Answer.GONE if decision.is_gone else Answer.FAILED


async def load_callbacks(
    transaction: Transaction, keys: Sequence[Key]
) -> Mapping[Key, DueCallback]:
    """The cargo of the callback queue."""
    return await transaction.callbacks.load(keys)


async def settle(
    transaction: Transaction, settlements: Sequence[Settlement]
) -> Sequence[Turn | None]:
    """A step: what attempts came to, the queue items they end or put back, and the endpoints.

    Gives what became of each one's endpoint; None: nothing.
    """
    outcomes = [one.outcome for one in settlements if one.outcome is not None]
    attempts = [one.attempt for one in settlements if one.attempt is not None]
    if outcomes:
        await transaction.callbacks.settle(outcomes)
    if attempts:
        await transaction.callbacks.insert_attempts(attempts)
    await transaction.queue.finish(
        [
            (one.lease.account_id, one.lease.queue, one.lease.item_id, one.lease.token)
            for one in settlements
            if one.again is None
        ]
    )
    await transaction.queue.put_back([one.again for one in settlements if one.again is not None])
    turns = await note(transaction, [one.seen for one in settlements if one.seen is not None])
    return [None if one.seen is None else turns.get(one.seen.key) for one in settlements]


async def claim_probes(transaction: Transaction, probes: Sequence[Probe]) -> Sequence[bool]:
    """A step: whether each may try its suspended profile."""
    return [await transaction.endpoints.probe(one.key, one.now, one.next_at) for one in probes]


async def advance(
    transaction: Transaction, wishes: Sequence[tuple[Key, datetime]]
) -> Sequence[int]:
    """A step: events that wait for later are due now; how many of each profile."""
    return [await transaction.endpoints.advance(key, now, ADVANCED_AT_ONCE) for key, now in wishes]
