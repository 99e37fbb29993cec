"""Which process paces a lane: one at a time, whatever happens to processes, clocks and networks.

Two different rights are at work. A *lease* is the right to one item, and ends by the time of
day. *Ownership* is the right to begin items of a lane, and is what this file is about.

Who is authoritative: the database. A lane's row in `lane_owners` names a process, and that
process owns the lane for as long as its row in `processes` stands. Only two things end it: the
owner gives the lane up, or the owner's row is removed. Every change raises the lane's fence,
and names the owner and the fence it found, so of two who want a lane one gets it.

    unowned --claim--> owned --give up--> unowned
                         |
                         +--- its process silent for DEAD_S: row removed ---> unowned

How a process knows that its row still stands: it cannot, for it may be stopped between
looking and acting. So it trusts itself for a while only, measured by its own monotonic clock
from *before* it sent its last beat, and checks that right before it begins an item:

    begin only if   now < sent_at(last beat that was answered) + TRUST_S

Others remove the row no sooner than DEAD_S after they last *saw* a beat, and a beat is seen
after it was sent; the removal names the number of beats it saw, so a beat that came meanwhile
saves its process, and a beat that comes too late finds no row and says so. Hence

    end of trust  <=  seen_at + TRUST_S  <  seen_at + DEAD_S  <=  removal

and no two processes begin items of one lane, as long as no clock runs a third faster than
another. A process that was frozen wakes with its trust long gone: it begins nothing, learns
that its row is gone, and comes back under a new id, owning nothing. Calls it had begun may
still be answered; what they answer is recorded as the fact it is.

Who should own a lane is no right, but a wish all agree on (see `roster.py`): an owner that
sees that another should have a lane gives it up once nothing of it is in flight.

The cost: one beat per process, however many lanes it owns. A lane costs a row when it changes
hands, and nothing while it does not.
"""

import asyncio
from collections.abc import Container, Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog
from msgspec import Struct

from waypost.model.errors import StoreError
from waypost.model.work import LaneKey, LaneOwner, ProcessBeat, QueueName
from waypost.queue.roster import Roster
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.store.ports import Store, Transaction

BEAT_S = 2.0
TRUST_S = 4.5

AGAIN_S = 0.5
"""How soon a beat that the store did not take is tried again."""

AT_ONCE = 1000
"""How many lanes are claimed or given up in one step."""

HOUSE = LaneKey(0, "house")
"""No sender: whose it would be keeps the house."""

LONGEST_LEASE = timedelta(hours=2)
"""No lease of a dead owner ends later, even if its clock was an hour ahead."""


class Ownership(Protocol):
    """Which lanes this process may begin work of."""

    def owns(self, lane: LaneKey) -> bool:
        """Whether this lane is this process's right now; asked before each item is begun."""
        ...

    async def acquire(self, lanes: Sequence[LaneKey]) -> None:
        """These lanes have work and are not owned: takes those that it may and should have.

        Raises StoreError.
        """
        ...

    def leaving(self) -> Sequence[LaneKey]:
        """Lanes that are owned no more in `owns`, to be given up when nothing is in flight."""
        ...

    async def give_up(self, lanes: Sequence[LaneKey]) -> None:
        """Gives up lanes that are leaving. Raises StoreError."""
        ...


class SoleOwner:
    """Owns every lane: there is no other process, or the queue has no owners. `Ownership`."""

    def owns(self, lane: LaneKey) -> bool:  # noqa: ARG002 - the protocol's shape
        """Always."""
        return True

    async def acquire(self, lanes: Sequence[LaneKey]) -> None:
        """There is nothing to take."""

    def leaving(self) -> Sequence[LaneKey]:
        """None."""
        return ()

    async def give_up(self, lanes: Sequence[LaneKey]) -> None:
        """There is nobody to give them to."""


class Beat(Struct, frozen=True):
    """One beat of a process; with `started_at` its first."""

    process_id: str
    roles: str
    is_first: bool


class LeasedOwnership:
    """Lanes of one queue, shared with the other processes that work on it. `Ownership`.

    An agent: `run` beats until `stop`, and then gives everything up. Stop it after the worker.
    """

    def __init__(
        self, store: Store, clock: Clock, entropy: Entropy, queue: QueueName = QueueName.DISPATCH
    ) -> None:
        self._store = store
        self._clock = clock
        self._queue = queue
        self._boot = entropy.token_hex(8)
        self._births = 0
        self._process_id = ""
        self._roster = Roster()
        self._roster_seen = 0
        self._owned: set[LaneKey] = set()
        self._leaving: set[LaneKey] = set()
        self._trusted_until = -1.0
        self._stopping = asyncio.Event()
        self._log = structlog.get_logger("waypost.ownership").bind(queue=queue.value)

    @property
    def name(self) -> str:
        """What it is called among the parts of a process."""
        return "ownership"

    @property
    def process_id(self) -> str:
        """The id it has now; another one after it was taken for dead."""
        return self._process_id

    def count(self) -> int:
        """How many lanes it owns."""
        return len(self._owned)

    @property
    def is_trusted(self) -> bool:
        """Whether it may begin anything at all."""
        return self._clock.monotonic() < self._trusted_until

    @property
    def leads(self) -> bool:
        """Whether this one of all does what a deployment needs done once, and not many times.

        For a moment two may think so, or none: it is for what does no harm when it is done twice.
        """
        return self.is_trusted and self._roster.rightful_owner(HOUSE) == self._process_id

    # ---- for the worker ------------------------------------------------------------------------

    def owns(self, lane: LaneKey) -> bool:
        """See `Ownership.owns`."""
        return (
            self._clock.monotonic() < self._trusted_until
            and lane in self._owned
            and lane not in self._leaving
        )

    async def acquire(self, lanes: Sequence[LaneKey]) -> None:
        """See `Ownership.acquire`."""
        if not self.is_trusted or self._stopping.is_set():
            return
        me = self._process_id
        wanted = [
            lane
            for lane in lanes
            if lane not in self._owned
            and lane not in self._leaving
            and self._roster.rightful_owner(lane) == me
        ]
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            owners, living = await self._store.read(partial(self._look_up, lanes=some))
            free = tuple(lane for lane in some if is_free(owners.get(lane), living, me))
            gained = await self._store.write(self._take, (me, free)) if free else set()
            if gained and me == self._process_id:  # else taken for dead, and they are gone again
                self._owned |= gained
                self._note_leaving()
                self._log.info("ownership.gained", lanes=len(gained), process_id=me)

    def leaving(self) -> Sequence[LaneKey]:
        """See `Ownership.leaving`."""
        return tuple(self._leaving)

    async def give_up(self, lanes: Sequence[LaneKey]) -> None:
        """See `Ownership.give_up`."""
        for start in range(0, len(lanes), AT_ONCE):
            some = tuple(lanes[start : start + AT_ONCE])
            self._owned.difference_update(some)  # whatever comes of it: the answer may be lost
            await self._store.write(self._release, (self._process_id, some))
            self._leaving.difference_update(some)
        if lanes:
            self._log.info("ownership.given_up", lanes=len(lanes), process_id=self._process_id)
            self._store.hint(self._queue)

    # ---- its own life --------------------------------------------------------------------------

    async def run(self) -> None:
        """Beats until `stop`."""
        while not self._stopping.is_set():
            try:
                await self.beat()
            except StoreError as error:  # trust ends by itself
                self._log.error("ownership.beat_failed", error=str(error))
                await self._rest(AGAIN_S)
            else:
                death_s = self._roster.next_death_s(self._clock.monotonic(), self._process_id)
                await self._rest(BEAT_S if death_s is None else min(BEAT_S, max(death_s, 0.05)))
        await self._leave()

    def stop(self) -> None:
        """Ends `run`, which gives all lanes up."""
        self._stopping.set()

    async def beat(self) -> None:
        """Says that this process lives, looks who else does, and buries the dead.

        Raises StoreError.
        """
        if not self._process_id:
            self._births += 1
            self._process_id = f"{self._boot}.{self._births}"
            is_first = True
        else:
            is_first = False
        sent_at = self._clock.monotonic()
        try:
            beats = await self._store.write(
                self._beat, Beat(self._process_id, self._queue.value, is_first)
            )
        except StoreError:
            if is_first:
                self._process_id = ""  # it may stand there or not: the next one is another
            raise
        if beats is None:
            self._log.warning("ownership.lost", process_id=self._process_id, lanes=self.count())
            self._owned.clear()
            self._leaving.clear()
            self._trusted_until = -1.0
            self._process_id = ""
            await self.beat()
            return
        self._trusted_until = sent_at + TRUST_S
        seen_at = self._clock.monotonic()
        members = [one for one in beats if self._queue.value in one.roles.split(",")]
        self._roster.look(members, seen_at)
        for dead in self._roster.dead(seen_at):
            if dead[0] != self._process_id and await self._store.write(self._bury, dead):
                self._log.warning("ownership.buried", process_id=dead[0])
                members = [one for one in members if one.process_id != dead[0]]
                self._roster.look(members, seen_at)
        if self._roster.version != self._roster_seen:
            self._roster_seen = self._roster.version
            self._note_leaving()
        for departed in tuple(self._roster.departed):
            await self.acquire(
                await self._store.read(partial(self._left_behind, process_id=departed))
            )
            self._roster.departed.discard(departed)

    def _note_leaving(self) -> None:
        """Sets aside what another should have; what is being given up stays there."""
        me = self._process_id
        self._leaving = (self._leaving - self._owned) | {
            lane for lane in self._owned if self._roster.rightful_owner(lane) != me
        }

    async def _rest(self, seconds: float) -> None:
        """So long, or until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            alarm = tasks.create_task(self._clock.sleep(seconds))
            stopping = tasks.create_task(self._stopping.wait())
            await asyncio.wait((alarm, stopping), return_when=asyncio.FIRST_COMPLETED)
            alarm.cancel()
            stopping.cancel()

    async def _leave(self) -> None:
        self._trusted_until = -1.0
        self._owned.clear()
        self._leaving.clear()
        if self._process_id:
            try:
                await self._store.write(self._end, self._process_id)
            except StoreError as error:  # the others find out by its silence
                self._log.error("ownership.not_left", error=str(error))
            self._store.hint(self._queue)

    # ---- steps ---------------------------------------------------------------------------------

    async def _beat(
        self, transaction: Transaction, beats: Sequence[Beat]
    ) -> Sequence[list[ProcessBeat] | None]:
        answers: list[list[ProcessBeat] | None] = []
        for one in beats:
            if one.is_first:
                await transaction.owners.register(one.process_id, one.roles, self._clock.now())
            elif not await transaction.owners.beat(one.process_id):
                answers.append(None)
                continue
            answers.append(await transaction.owners.processes())
        return answers

    async def _bury(
        self, transaction: Transaction, dead: Sequence[tuple[str, int]]
    ) -> Sequence[bool]:
        return [await transaction.owners.bury(process_id, beats) for process_id, beats in dead]

    async def _end(self, transaction: Transaction, ids: Sequence[str]) -> Sequence[None]:
        for process_id in ids:
            await transaction.owners.leave(process_id)
        return [None] * len(ids)

    async def _look_up(
        self, transaction: Transaction, lanes: Sequence[LaneKey]
    ) -> tuple[dict[LaneKey, LaneOwner], set[str]]:
        owners = await transaction.owners.of_lanes(self._queue, lanes)
        return owners, {one.process_id for one in await transaction.owners.processes()}

    async def _left_behind(self, transaction: Transaction, process_id: str) -> list[LaneKey]:
        """What waits of a lane is found when it falls due; what was on lease must be fetched."""
        now = self._clock.now()
        return await transaction.owners.left_behind(
            self._queue, process_id, now, now + LONGEST_LEASE
        )

    async def _take(
        self, transaction: Transaction, claims: Sequence[tuple[str, tuple[LaneKey, ...]]]
    ) -> Sequence[set[LaneKey]]:
        """Takes lanes whose owner is nobody or gone; the leases of the gone end at once."""
        now = self._clock.now()
        answers = []
        for process_id, lanes in claims:
            owners, living = await self._look_up(transaction, lanes)
            if process_id not in living:
                answers.append(set[LaneKey]())
                continue
            new = [lane for lane in lanes if lane not in owners]
            free = [
                (lane, owner)
                for lane, owner in owners.items()
                if is_free(owner, living, process_id)
            ]
            gained = await transaction.owners.claim(self._queue, new, process_id)
            taken = await transaction.owners.take_over(self._queue, free, process_id)
            orphaned = [
                lane
                for lane, owner in free
                if lane in taken and owner.process_id not in {"", process_id}
            ]
            await transaction.queue.orphans_of(self._queue, orphaned, now, now + LONGEST_LEASE)
            answers.append(gained | taken)
        return answers

    async def _release(
        self, transaction: Transaction, releases: Sequence[tuple[str, tuple[LaneKey, ...]]]
    ) -> Sequence[None]:
        for process_id, lanes in releases:
            await transaction.owners.give_up(self._queue, lanes, process_id)
        return [None] * len(releases)


def is_free(owner: LaneOwner | None, living: Container[str], me: str) -> bool:
    """Whether a lane may be taken.

    One that is ours in the database and not in memory is: its taking was kept, and the answer
    was lost.
    """
    return owner is None or owner.process_id == me or owner.process_id not in living
