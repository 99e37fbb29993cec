"""Takes work, handles it, and sees that none is forgotten. It never knows what the work is.

Work comes by two ways. In memory: whoever commits new work may first `reserve` places, commit
the items already on lease to this worker, and `hand_over` the leases: nothing is read back.
From the store: everything else that falls due, taken on lease in one commit for many. Both
stand in the same table, so a crash loses leases and never work. Either way a lease carries its
cargo, read for many at once.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Any, NamedTuple, Protocol

import structlog
from msgspec import Struct

from waypost.model.errors import StoreError
from waypost.model.work import QueueItem, QueueName
from waypost.queue.lanes import Lanes
from waypost.queue.lease import Lease
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.store.ports import Key, Store, Transaction

POLL_S = 1.0
"""How often the store is asked for due work when nobody wakes the worker."""

PAUSE_S = 1.0
"""How long the worker rests after the store failed it."""

SHARE = 3
"""Where lanes leave places to each other: how many a lane may hold for each that is free."""

Handler = Callable[[Lease], Awaitable[datetime | None]]
"""Does the work and settles it; gives when it is due again, if it is."""

Loader = Callable[[Transaction, Sequence[Key]], Awaitable[Mapping[Key, Any]]]
"""Reads the cargo of items that are taken from the store, all at once; what is gone is left out."""


class Duty(NamedTuple):
    """What a worker does with an item: how it is read, and how it is handled."""

    load: Loader
    handle: Handler


class Admission(Protocol):
    """Who may go when."""

    def wait_s(self, lane: str, now: float) -> float:
        """Seconds this lane must wait; 0 lets one item go and counts it."""
        ...

    def most_waiting(self, lane: str) -> int:
        """How many items of this lane are worth having on lease."""
        ...

    def learn(self, lane: str, rate: float) -> None:
        """What this lane is allowed, in items per second."""
        ...


@dataclass(frozen=True, slots=True)
class OpenAdmission:
    """Everyone may go at once."""

    most: int

    def wait_s(self, lane: str, now: float) -> float:  # noqa: ARG002 - the protocol's shape
        """No wait."""
        return 0.0

    def most_waiting(self, lane: str) -> int:  # noqa: ARG002
        """The same for all."""
        return self.most

    def learn(self, lane: str, rate: float) -> None:
        """Nothing to learn."""


class Reservation(Struct, frozen=True):
    """Places promised in memory, and the lease that goes with them."""

    count: int
    token: str
    ends_at: datetime


class _Claim(Struct, frozen=True):
    lane: str
    most: int
    now: datetime
    token: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What a worker works on, and how much of it at once.

    concurrency  items handled at the same time
    lease_s      how long a lease lasts
    budget_s     how long handling one item may take: no item is begun on a lease that is shorter
    is_shared    lanes leave places to each other: one that hangs holds up no other
    """

    queue: QueueName
    concurrency: int
    lease_s: float
    budget_s: float
    is_shared: bool = False


class Worker:
    """One process's worker on one queue."""

    def __init__(
        self,
        plan: Plan,
        *,
        store: Store,
        clock: Clock,
        entropy: Entropy,
        duty: Duty,
        admission: Admission,
    ) -> None:
        self._queue = plan.queue
        self._store = store
        self._clock = clock
        self._duty = duty
        self._admission = admission
        self._concurrency = plan.concurrency
        self._is_shared = plan.is_shared
        self._lease = timedelta(seconds=plan.lease_s)
        self._budget = timedelta(seconds=plan.budget_s)
        self._lanes = Lanes()
        self._boot = entropy.token_hex(6)
        self._leases = 0
        self._in_flight = 0
        self._begun: Counter[str] = Counter()
        self._woken = asyncio.Event()
        self._alarm_at = inf
        self._polled_at = -inf
        self._next_due: datetime | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._is_stopping = False
        self._log = structlog.get_logger("waypost.queue").bind(queue=plan.queue.value)

    # ---- new work, from those who commit it ---------------------------------------------------

    def reserve(self, lane: str, count: int, rate: float | None = None) -> Reservation:
        """Promises up to `count` places in memory; fewer, or none, when there is no room.

        While older work of the lane waits in the store, new work gets half of the room: the
        backlog is drained with the other half, and a gateway that has caught up goes back to
        handing over in memory by itself.

        rate  what the lane is allowed, in items per second, if the one who asks knows it
        """
        if rate is not None:
            self._admission.learn(lane, rate)
        granted = 0
        if self._tasks is not None and not self._is_stopping:
            room = self._room(lane)
            if lane in self._lanes.backlog:
                room -= self._admission.most_waiting(lane) // 2
            granted = max(0, min(count, room))
            self._lanes[lane].reserved += granted
        return Reservation(granted, self._token(), self._clock.now() + self._lease)

    def hand_over(self, lane: str, leases: Sequence[Lease], promised: int) -> None:
        """Takes over what was committed on a reservation of `promised` places."""
        self._lanes[lane].reserved -= promised
        for lease in leases:
            self._lanes.put(lease)
        self._start()

    def wake(self, lane: str) -> None:
        """New work of this lane stands in the store."""
        if lane not in self._lanes.backlog:
            self._lanes.backlog.add(lane)
            self._woken.set()

    # ---- running -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Works until `stop`; then ends what was begun and gives back what was not."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                while not self._is_stopping:
                    await self._turn()
            finally:
                self._is_stopping = True  # also when cut off: what ends now begins nothing more
        self._tasks = None
        await self._give_back(self._lanes.drain())

    async def _turn(self) -> None:
        """Begins what may begin, takes what is due, and rests if there was nothing."""
        wait_s = self._start()
        self._woken.clear()  # only now: what `_start` wakes is this turn, and it is awake
        self._alarm_at = inf
        try:
            took = await self._take_due()
        except StoreError as error:
            self._log.error("queue.store_failed", error=str(error))
            await self._clock.sleep(PAUSE_S)
            return
        except Exception:
            # Some item cannot be read; a worker that ended over it would take all others along.
            self._log.exception("queue.take_failed")
            await self._clock.sleep(PAUSE_S)
            return
        if not took:
            await self._rest(self._pause_s(wait_s))

    def stop(self) -> None:
        """Begins no more work; `run` returns when what was begun has ended."""
        self._is_stopping = True
        self._woken.set()

    async def close(self) -> None:
        """Gives back what was handed over after `run` had ended."""
        await self._give_back(self._lanes.drain())

    @property
    def name(self) -> str:
        """The queue it works on."""
        return self._queue.value

    @property
    def in_flight(self) -> int:
        """How many items are being handled now."""
        return self._in_flight

    def _start(self) -> float | None:
        """Begins all that may begin; seconds until more may, None if nothing waits for time."""
        if self._tasks is None or self._is_stopping:
            return None
        now = self._clock.monotonic()
        while self._in_flight < self._concurrency:
            following = self._lanes.next(lambda lane: self._wait_s(lane, now))
            if not isinstance(following, Lease):
                if following is not None and now + following < self._alarm_at:
                    self._woken.set()  # `run` sets an earlier alarm
                return following
            self._in_flight += 1
            self._begun[following.lane] += 1
            self._tasks.create_task(self._handle(following))
        return None

    def _wait_s(self, lane: str, now: float) -> float:
        """How long this lane must wait; for others to end, if it holds its share of places."""
        if self._is_shared and self._begun[lane] >= SHARE * (self._concurrency - self._in_flight):
            return inf
        return self._admission.wait_s(lane, now)

    async def _handle(self, lease: Lease) -> None:
        try:
            if lease.ends_at - self._clock.now() < self._budget:
                await self._give_back([lease])
            else:
                self._remember(await self._duty.handle(lease))
        except Exception:
            # The lease runs out and the item comes back, marked as lost.
            self._log.exception("queue.handler_failed", item=lease.item_id)
        finally:
            self._in_flight -= 1
            self._begun[lease.lane] -= 1
            if not self._begun[lease.lane]:
                del self._begun[lease.lane]
            if self._lanes.waiting:
                self._start()
            if self._is_stopping or self._lanes.has_room_for_backlog(self._room):
                self._woken.set()

    def _pause_s(self, wait_s: float | None) -> float:
        """How long to rest: until a lane may go, work falls due, or it is time to ask."""
        pause_s = POLL_S if wait_s is None else min(wait_s, POLL_S)
        if self._next_due is not None:
            pause_s = min(pause_s, (self._next_due - self._clock.now()).total_seconds())
        return max(pause_s, 0.0)

    async def _rest(self, seconds: float) -> None:
        """Sleeps so long, or until woken."""
        if self._woken.is_set():
            await self._clock.sleep(0)
            return
        self._alarm_at = self._clock.monotonic() + seconds
        async with asyncio.TaskGroup() as tasks:
            alarm = tasks.create_task(self._clock.sleep(seconds))
            woken = tasks.create_task(self._woken.wait())
            await asyncio.wait((alarm, woken), return_when=asyncio.FIRST_COMPLETED)
            alarm.cancel()
            woken.cancel()

    def _remember(self, due_at: datetime | None) -> None:
        if due_at is not None and (self._next_due is None or due_at < self._next_due):
            self._next_due = due_at
            self._woken.set()

    def _room(self, lane: str) -> int:
        """How many more leases of this lane are worth having in memory."""
        held = self._lanes[lane]
        return min(
            self._admission.most_waiting(lane) - len(held.waiting) - held.reserved,
            2 * self._concurrency - self._lanes.waiting,
        )

    def _token(self) -> str:
        self._leases += 1
        return f"{self._boot}:{self._leases}"

    # ---- from the store ------------------------------------------------------------------------

    async def _take_due(self) -> bool:
        """Takes due work as far as there is room; whether any was taken."""
        now = self._clock.now()
        since_poll_s = self._clock.monotonic() - self._polled_at
        if since_poll_s >= POLL_S or (self._next_due is not None and self._next_due <= now):
            self._polled_at = self._clock.monotonic()
            self._next_due, due = await self._store.read(self._ask)
            self._lanes.backlog.update(due)
        claims = [
            _Claim(lane, room, now, self._token(), now + self._lease)
            for lane in self._lanes.backlog
            if (room := self._room(lane)) > 0
        ]
        for claim in claims:
            self._lanes.backlog.discard(claim.lane)  # a `wake` meanwhile adds it again
        answers = await asyncio.gather(
            *(self._store.write(self._claim, claim) for claim in claims), return_exceptions=True
        )
        taken = 0
        failures: list[BaseException] = []
        for claim, leases in zip(claims, answers, strict=True):
            if isinstance(leases, BaseException):
                failures.append(leases)  # those of the other lanes are ours all the same
                continue
            taken += len(leases)
            for lease in leases:
                self._lanes.put(lease)
            if len(leases) == claim.most:
                self._lanes.backlog.add(claim.lane)
        if failures:
            raise failures[0]
        return taken > 0

    async def _ask(self, transaction: Transaction) -> tuple[datetime | None, list[str]]:
        """When the next work falls due, and which lanes have some now."""
        next_due = await transaction.queue.next_due(self._queue)
        now = self._clock.now()
        if next_due is None or next_due > now:
            return next_due, []
        return None, await transaction.queue.due_lanes(self._queue, now)

    async def _claim(
        self, transaction: Transaction, claims: Sequence[_Claim]
    ) -> Sequence[list[Lease]]:
        """A step: the oldest due work of each lane, on lease."""
        answers = []
        for claim in claims:
            found = await transaction.queue.find(self._queue, claim.lane, claim.now, claim.most)
            cargo = await self._duty.load(
                transaction, [(due.account_id, due.item_id) for due in found]
            )
            leases = [
                Lease(
                    account_id=due.account_id,
                    queue=self._queue,
                    lane=claim.lane,
                    item_id=due.item_id,
                    attempt=due.attempt + 1,
                    token=claim.token,
                    ends_at=claim.ends_at,
                    was_lost=due.lease_token is not None,
                    cargo=cargo.get((due.account_id, due.item_id)),
                )
                for due in found
            ]
            await transaction.queue.take([lease.item(lease.ends_at) for lease in leases])
            answers.append(leases)
        return answers

    async def _give_back(self, leases: Sequence[Lease]) -> None:
        """Gives back what was not begun, due at once."""
        now = self._clock.now()
        items = [lease.put_back(now, was_made=False) for lease in leases]
        if items:
            await self._store.write(put_back, items)
            self._remember(now)


async def put_back(
    transaction: Transaction, batches: Sequence[Sequence[QueueItem]]
) -> Sequence[None]:
    """A step: gives work back, each item under the lease it was held by."""
    await transaction.queue.put_back([item for batch in batches for item in batch])
    return [None] * len(batches)
