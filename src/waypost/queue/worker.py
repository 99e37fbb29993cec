"""Takes work, handles it, and sees that none is forgotten. It never knows what the work is.

Work comes by two ways. In memory: whoever commits new work may first `reserve` places, commit
the items already on lease to this worker, and `hand_over` the leases: nothing is read back.
From the store: everything else that falls due, taken on lease in one commit for many. Both
stand in the same table, so a crash loses leases and never work. Either way a lease carries its
cargo, read for many at once.

Memory is bounded by what is worth having on lease, whatever waits in the store. Each priority
has places of its own, so that a campaign leaves those free that a single message needs.

Of a lane that is closed, or that another process owns, nothing is taken and nothing is kept:
what is in memory of it goes back, and its attempts are not counted.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import inf

import structlog

from waypost.model.errors import StoreError
from waypost.model.work import LaneKey, Priority, QueueName
from waypost.queue.admission import Admission
from waypost.queue.claimer import Claim, Claimed, claim_all, put_back
from waypost.queue.door import Reservation
from waypost.queue.duty import Duty, Plan
from waypost.queue.in_hand import InHand
from waypost.queue.lanes import Lanes
from waypost.queue.lease import Lease
from waypost.queue.looker import Looker
from waypost.queue.setback_watcher import SetbackWatcher
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.store.ports import Store, Transaction

PAUSE_S = 1.0
"""How long the worker rests after the store failed it."""

LEAST_CLAIM = 16
"""How much room a lane gets at least when many lanes share it: a search should be worth it."""

SHARE = 3
"""Where lanes leave places to each other: how many a lane may hold for each that is free."""


class Worker:
    """One process's worker on one queue. `WorkDoor` for those who commit work to it."""

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
        self._ownership = plan.ownership
        self._concurrency = plan.concurrency
        self._is_shared = plan.is_shared
        self._lease = timedelta(seconds=plan.lease_s)
        self._budget = timedelta(seconds=plan.budget_s)
        self._lanes = Lanes()
        self._in_hand = InHand(plan.lease_s)
        self._strays: set[tuple[LaneKey, Priority]] = set()
        self._boot = entropy.token_hex(6)
        self._leases = 0
        self._in_flight = 0
        self._begun: Counter[LaneKey] = Counter()
        self._woken = asyncio.Event()
        self._alarm_at = inf
        self._setbacks = SetbackWatcher(plan.queue, store, clock)
        self._look = Looker(plan.queue, store, clock, duty.survey)
        self._has_stranded = False
        self._is_crowded = False
        self._tasks: asyncio.TaskGroup | None = None
        self._is_stopping = False
        self._log = structlog.get_logger("waypost.queue").bind(queue=plan.queue.value)

    # ---- new work, from those who commit it ---------------------------------------------------

    def reserve(
        self,
        lane: LaneKey,
        count: int,
        priority: Priority = Priority.NORMAL,
        rate: float | None = None,
    ) -> Reservation:
        """See `WorkDoor.reserve`.

        While older work of the lane and priority waits in the store, new work gets half of the
        room: the backlog is drained with the other half, and a gateway that has caught up goes
        back to handing over in memory by itself.
        """
        if rate is not None:
            self._admission.learn(lane, rate)
        granted = 0
        if self.is_working and self._may_go(lane):
            room = self._room(lane, priority)
            if lane in self._lanes.backlog[priority]:
                room -= self._admission.most_waiting(lane) // 2
            granted = max(0, min(count, room))
            if granted:
                self._lanes.promise(lane, priority, granted)
        return Reservation(lane, priority, granted, self._token(), self._clock.now() + self._lease)

    def hand_over(self, place: Reservation, leases: Sequence[Lease]) -> None:
        """See `WorkDoor.hand_over`."""
        self._put(leases)
        if place.count:
            self._lanes.promise(place.lane, place.priority, -place.count)
        self._start()

    def wake(self, lane: LaneKey, priority: Priority = Priority.NORMAL) -> None:
        """See `WorkDoor.wake`. Of a closed lane nobody need be told: it is looked at anyway."""
        if self._admission.is_closed(lane):
            return
        if self._is_stopping or not self._ownership.owns(lane):
            self._store.hint(self._queue)
            self._strays.add((lane, priority))
            self._woken.set()
        elif lane not in self._lanes.backlog[priority]:
            self._lanes.backlog[priority][lane] = None
            self._woken.set()

    def heard(self, queue: QueueName) -> None:
        """Another process gave a hint."""
        if queue is self._queue:
            self._look.hint()
            self._woken.set()

    # ---- running -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Works until `stop`; then ends what was begun and gives back what was not."""
        self._store.on_hint(self.heard)
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            try:
                while not self._is_stopping:
                    await self._turn()
            finally:
                self._is_stopping = True  # also when cut off: what ends now begins nothing more
        self._tasks = None
        await self._give_back(self._lanes.take_out())

    async def _turn(self) -> None:
        """Begins what may begin, takes what is due, and rests if there was nothing."""
        wait_s = self._start()
        self._woken.clear()  # only now: what `_start` wakes is this turn, and it is awake
        self._alarm_at = inf
        try:
            await self._setbacks.catch_up()
            await self._let_go()
            has_found = await self._take_due()
        except StoreError as error:
            self._log.error("queue.store_failed", error=str(error))
            await self._clock.sleep(PAUSE_S)
            return
        except Exception:
            # Some item cannot be read; a worker that ended over it would take all others along.
            self._log.exception("queue.take_failed")
            await self._clock.sleep(PAUSE_S)
            return
        if not has_found:
            await self._rest(self._look.pause_s(wait_s))

    def stop(self) -> None:
        """Begins no more work; `run` returns when what was begun has ended."""
        self._is_stopping = True
        self._woken.set()

    async def close(self) -> None:
        """Gives back what was handed over after `run` had ended."""
        await self._give_back(self._lanes.take_out())

    @property
    def name(self) -> str:
        """The queue it works on."""
        return self._queue.value

    @property
    def is_working(self) -> bool:
        """Whether it takes work: it runs, and nobody told it to stop."""
        return self._tasks is not None and not self._is_stopping

    @property
    def waiting(self) -> Mapping[Priority, int]:
        """How many leases wait in memory, of each priority."""
        return self._lanes.waiting

    @property
    def in_flight(self) -> int:
        """How many items are being handled now."""
        return self._in_flight

    @property
    def next_due(self) -> datetime | None:
        """When the next work falls due, of all that it knows of."""
        return self._look.next_due

    def is_at_rest(self, since: float) -> bool:
        """Whether it has nothing to do, and has looked for work since a second of the clock."""
        is_busy = self._in_flight or self._lanes.has_waiting() or self._woken.is_set()
        return not is_busy and not any(self._lanes.backlog.values()) and self._look.has_asked(since)

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
            lane = following.lane_key
            self._in_flight += 1
            self._begun[lane] += 1
            self._tasks.create_task(self._handle(following, lane))
            if self._wants_more(lane, following.priority):
                self._woken.set()
        return None

    def _may_go(self, lane: LaneKey) -> bool:
        """Whether this process may begin anything of a lane."""
        return self._ownership.owns(lane) and not self._admission.is_closed(lane)

    def _wait_s(self, lane: LaneKey, now: float) -> float:
        """How long this lane must wait; for others to end, if it holds its share of places."""
        if not self._may_go(lane):
            if not self._has_stranded:
                self._has_stranded = True
                self._woken.set()
            return inf
        if self._is_shared and self._begun[lane] >= SHARE * (self._concurrency - self._in_flight):
            return inf
        return self._admission.wait_s(lane, now)

    async def _handle(self, lease: Lease, lane: LaneKey) -> None:
        try:
            if not self._may_go(lane):
                await self._give_back([lease])
            elif lease.ends_at - self._clock.now() < self._budget:
                await self._give_back([lease])
                self.wake(lane, lease.priority)
            elif self._look.remember(await self._duty.handle(lease)):
                self._woken.set()
        except Exception:
            # The lease runs out and the item comes back, marked as lost.
            self._log.exception("queue.handler_failed", item=lease.item_id)
        finally:
            self._in_hand.let_go(lease)
            self._in_flight -= 1
            self._begun[lane] -= 1
            self._admission.ended(lane)
            if not self._begun[lane]:
                del self._begun[lane]
            if self._lanes.has_waiting():
                self._start()
            if self._is_stopping or lane in self._ownership.leaving():
                self._woken.set()

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

    def _room(self, lane: LaneKey, priority: Priority) -> int:
        """How many more leases of this lane and priority are worth having in memory."""
        return min(
            self._admission.most_waiting(lane) - self._lanes.held(lane, priority),
            2 * self._concurrency - self._lanes.waiting[priority],
        )

    def _is_low(self, lane: LaneKey, priority: Priority) -> bool:
        """Whether so little of it is in memory that more should be fetched."""
        return self._lanes.held(lane, priority) <= self._admission.most_waiting(lane) // 2

    def _wants_more(self, lane: LaneKey, priority: Priority) -> bool:
        """Whether something of the backlog should be fetched now that one lease is gone."""
        if self._is_crowded and self._lanes.waiting[priority] <= self._concurrency:
            return True
        return lane in self._lanes.backlog[priority] and self._is_low(lane, priority)

    def _token(self) -> str:
        self._leases += 1
        return f"{self._boot}:{self._leases}"

    # ---- from the store, and back --------------------------------------------------------------

    async def _let_go(self) -> None:
        """Gives back what is not to go, and lanes that another process should have."""
        if self._has_stranded:
            self._has_stranded = False
            leases = self._lanes.take_out(lambda lane: not self._may_go(lane))
            try:
                await self._give_back(leases)
            except StoreError:
                for lease in leases:
                    self._lanes.put(lease)
                raise
        if leaving := self._ownership.leaving():
            await self._ownership.give_up(
                [lane for lane in leaving if lane not in self._lanes and not self._begun[lane]]
            )

    async def _take_due(self) -> bool:
        """Takes due work as far as there is room; whether to do so again at once."""
        await self._find_lanes()
        claims = self._draw_claims()
        answers = await asyncio.gather(
            *(self._store.write(self._claim, claim) for claim in claims), return_exceptions=True
        )
        # Room that was given to a lane with nothing left in it is for those that got none.
        has_found = bool(claims) and self._is_crowded
        failures: list[BaseException] = []
        for claim, claimed in zip(claims, answers, strict=True):
            if isinstance(claimed, BaseException):
                failures.append(claimed)  # those of the other lanes are ours all the same
                continue
            has_found = has_found or bool(claimed.leases or claimed.more)
            self._put(claimed.leases)
            for priority in claimed.more:
                self._lanes.backlog[priority].setdefault(claim.lane)
        if failures:
            raise failures[0]
        return has_found

    async def _find_lanes(self) -> None:
        """Asks which lanes have work due, if it is time, and acquires those that may be its own."""
        due = await self._look.ask() if self._look.is_time() else []
        for lane, priority in due:
            if not self._admission.is_closed(lane):
                self._strays.add((lane, priority))
        if self._strays:
            strays, self._strays = self._strays, set()
            await self._ownership.acquire(
                list({lane: None for lane, _ in strays if not self._ownership.owns(lane)})
            )
            for lane, priority in strays:
                if self._may_go(lane):
                    self._lanes.backlog[priority].setdefault(lane)

    def _draw_claims(self) -> list[Claim]:
        """What to take of the backlog now; that leaves the backlog, a `wake` adds it again.

        What room there is, lanes share: of many lanes a little each.
        """
        now = self._clock.now()
        rooms: dict[LaneKey, list[tuple[Priority, int]]] = {}
        self._is_crowded = False
        for priority, backlog in self._lanes.backlog.items():
            left = 2 * self._concurrency - self._lanes.waiting[priority]
            share = max(LEAST_CLAIM, left // max(1, len(backlog)))
            gone: list[LaneKey] = []
            for lane in backlog:
                if left <= 0:
                    self._is_crowded = True
                    break
                if not self._may_go(lane):
                    gone.append(lane)  # the next look finds it again once it may
                elif self._is_low(lane, priority):
                    most = self._admission.most_waiting(lane) - self._lanes.held(lane, priority)
                    room = min(most, share, left)
                    left -= room
                    rooms.setdefault(lane, []).append((priority, room))
                    gone.append(lane)
            for lane in gone:
                del backlog[lane]
        return [
            Claim(lane, tuple(room), now, self._token(), now + self._lease)
            for lane, room in rooms.items()
        ]

    async def _claim(self, transaction: Transaction, claims: Sequence[Claim]) -> Sequence[Claimed]:
        """A step."""
        now = self._clock.monotonic()
        return await claim_all(
            transaction,
            self._queue,
            claims,
            self._duty.load,
            lambda key: self._in_hand.holds(key, now),
        )

    def _put(self, leases: Sequence[Lease]) -> None:
        """Leases wait in memory from now on."""
        now = self._clock.monotonic()
        for lease in leases:
            self._in_hand.take(lease, now)
            self._lanes.put(lease)

    async def _give_back(self, leases: Sequence[Lease]) -> None:
        """Gives back what was not begun, due at once.

        That is since it was taken: a clock that is set back meanwhile does not have it wait.
        """
        now = self._clock.now()
        items = [
            lease.put_back(min(now, lease.ends_at - self._lease), was_made=False)
            for lease in leases
        ]
        if items:
            await self._store.write(put_back, items)
        for lease in leases:
            self._in_hand.let_go(lease)
