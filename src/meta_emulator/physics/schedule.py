"""Statuses fall due: each accepted message passes the lanes `sent`, `delivered`, `read` in time.

Moments are hundredths of a second; what falls due at the same moment is handled, and handed to
the next lane, as one batch. So the cost is per batch, and no message has a timer. A message with
a course of its own leaves the lanes: its steps wait by their moments, one task each.
"""

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Any

from meta_emulator.runtime.clock import Clock
from meta_emulator.runtime.marks import Marks
from meta_emulator.runtime.snapshot import second_of, told_at
from meta_emulator.world.message import FAILED, Message, Status, Step

MOMENTS_PER_S = 100

Emit = Callable[[list[tuple[Message, Status]], bool], None]
"""Takes statuses that fell due at one moment, and whether they carry the pricing."""

Find = Callable[[str], Message | None]
"""A message by its id; None if it is forgotten."""

STEPS = "step"
"""Names what waits outside of the lanes among the pieces of a snapshot."""


class Lane:
    """The messages that wait for one status, in order of time."""

    def __init__(self, status: str, moment: int, *, is_priced: bool) -> None:
        self.status = status
        self.moment = moment
        self.is_priced = is_priced
        self.filled = asyncio.Event()
        self.waiting: OrderedDict[int, list[Message]] = OrderedDict()
        self._latest = 0

    def add(self, moment: int, messages: list[Message]) -> int:
        """Wait until `moment`, which is never before that of an earlier call by more than one.

        Returns the moment of the batch that they are in.
        """
        if self.waiting and self._latest >= moment:
            self.waiting[self._latest].extend(messages)
        else:
            self.waiting[moment] = list(messages)
            self._latest = moment
            self.filled.set()
        return self._latest

    @property
    def next_moment(self) -> int | None:
        """When the next batch falls due."""
        return next(iter(self.waiting)) if self.waiting else None

    def take(self, moment: int) -> tuple[int, list[Message]] | None:
        """The oldest batch due at `moment`, with its own moment; None if there is none."""
        if self.waiting and next(iter(self.waiting)) <= moment:
            return self.waiting.popitem(last=False)
        return None

    def clear(self) -> list[int]:
        """Forget all that waits; returns the moments."""
        forgotten = list(self.waiting)
        self.waiting.clear()
        return forgotten


class Scheduler:
    """Lets statuses fall due at their time and gives them to `emit`."""

    def __init__(
        self, delays: Sequence[tuple[str, float]], clock: Clock, emit: Emit, sent: Find
    ) -> None:
        self.marks = Marks()
        """Pieces of the snapshot that changed."""
        self._clock = clock
        self._emit = emit
        self._sent = sent
        statuses = {status for status, _ in delays}
        second = "delivered" if "delivered" in statuses else "read"
        self._lanes = [
            Lane(
                status,
                round(delay * MOMENTS_PER_S),
                is_priced=status in {"sent", second},
            )
            for status, delay in delays
        ]
        self._steps: dict[int, list[tuple[Message, Step]]] = {}
        self._new_moments: deque[int] = deque()
        self._has_new = asyncio.Event()

    def add(self, message: Message) -> None:
        """Begin with a message that was accepted just now."""
        now = math.ceil(self._clock.monotonic() * MOMENTS_PER_S)
        if message.course is not None:
            for step in message.course.steps:
                self.add_step(now + round(step.after_s * MOMENTS_PER_S), message, step)
        elif self._lanes:
            lane = self._lanes[0]
            self._mark(lane.status, lane.add(now + lane.moment, [message]))

    def add_step(self, moment: int, message: Message, step: Step) -> None:
        """One status of a message at a moment of the clock."""
        self._mark(STEPS, moment)
        waiting = self._steps.get(moment)
        if waiting is not None:
            waiting.append((message, step))
            return
        self._steps[moment] = [(message, step)]
        self._new_moments.append(moment)
        self._has_new.set()

    def clear(self) -> None:
        """Forget all statuses that have not fallen due."""
        for lane in self._lanes:
            for moment in lane.clear():
                self._mark(lane.status, moment)
        for moment, waiting in self._steps.items():
            waiting.clear()
            self._mark(STEPS, moment)

    async def run(self) -> None:
        """Let statuses fall due until cancelled."""
        self._new_moments = deque(self._steps)
        self._has_new.set()
        async with asyncio.TaskGroup() as group:
            for place in range(len(self._lanes)):
                group.create_task(self._run_lane(place))
            while True:
                await self._has_new.wait()
                self._has_new.clear()
                while self._new_moments:
                    group.create_task(self._run_steps(self._new_moments.popleft()))

    async def _run_steps(self, moment: int) -> None:
        wait = moment / MOMENTS_PER_S - self._clock.monotonic()
        if wait > 0:
            await self._clock.sleep(wait)
        now = self._clock.now()
        due: dict[bool, list[tuple[Message, Status]]] = {True: [], False: []}
        self._mark(STEPS, moment)
        for message, step in self._steps.pop(moment, ()):
            status = Status(step.status, now, code=step.code)
            is_priced = priced(message, step.status)
            message.statuses.append(status)
            due[is_priced].append((message, status))
        for is_priced, statuses in due.items():
            if statuses:
                self._emit(statuses, is_priced)

    async def _run_lane(self, place: int) -> None:
        lane = self._lanes[place]
        while True:
            moment = lane.next_moment
            if moment is None:
                lane.filled.clear()
                await lane.filled.wait()
                continue
            wait = moment / MOMENTS_PER_S - self._clock.monotonic()
            if wait > 0:
                await self._clock.sleep(wait)
            batch = lane.take(math.floor(self._clock.monotonic() * MOMENTS_PER_S + 1e-6))
            if batch is not None:
                self._fall_due(place, *batch)

    def _fall_due(self, place: int, moment: int, messages: list[Message]) -> None:
        lane = self._lanes[place]
        self._mark(lane.status, moment)
        now = self._clock.now()
        due: list[tuple[Message, Status]] = []
        failed: list[tuple[Message, Status]] = []
        going_on: list[Message] = []
        for message in messages:
            has_failed = place == 0 and message.failure is not None
            code = message.failure if has_failed else None
            status = Status(FAILED if has_failed else lane.status, now, code=code)
            message.statuses.append(status)
            (failed if has_failed else due).append((message, status))
            if not has_failed:
                going_on.append(message)
        if place + 1 < len(self._lanes) and going_on:
            following = self._lanes[place + 1]
            later = following.add(moment + following.moment - lane.moment, going_on)
            self._mark(following.status, later)
        if due:
            self._emit(due, lane.is_priced)
        if failed:
            self._emit(failed, False)  # noqa: FBT003 the alias of a callable names no arguments

    def _mark(self, status: str, moment: int) -> None:
        if self.marks.is_watched:
            self.marks.add(f"{status}@{moment}")

    def snapshot(self) -> dict[str, Any]:
        """In pieces: what waits in each lane, and what waits for a step of its own, by moments."""
        keys = [f"{lane.status}@{moment}" for lane in self._lanes for moment in lane.waiting]
        keys += [f"{STEPS}@{moment}" for moment, waiting in self._steps.items() if waiting]
        return {key: self.piece(key) for key in keys}

    def watch(self) -> None:
        """Remember what changes from now on."""
        self.marks.watch()

    def changed(self) -> dict[str, Any]:
        """The pieces that changed since it was last asked; None for one that is gone."""
        return {key: self.piece(key) for key in self.marks.take()}

    def piece(self, key: str) -> Any:
        """One piece of the snapshot; None for one that is gone."""
        name, _, digits = key.partition("@")
        moment = int(digits)
        told: list[Any] | None
        if name == STEPS:
            steps = self._steps.get(moment)
            told = steps and [
                [message.id, step.status, step.after_s, step.code] for message, step in steps
            ]
        else:
            lane = next(lane for lane in self._lanes if lane.status == name)
            messages = lane.waiting.get(moment)
            told = messages and [message.id for message in messages]
        if not told:
            return None
        return {"at": told_at(self._clock, moment / MOMENTS_PER_S), "messages": told}

    def restore(self, kept: Any) -> None:
        """Let fall due what had yet to; messages that are forgotten fall away."""
        self._steps = {}
        self._lanes = [
            Lane(lane.status, lane.moment, is_priced=lane.is_priced) for lane in self._lanes
        ]
        lanes = {lane.status: lane for lane in self._lanes}
        due = sorted(
            (round(second_of(self._clock, piece["at"]) * MOMENTS_PER_S), key.partition("@")[0], key)
            for key, piece in kept.items()
        )
        for moment, name, key in due:
            told = kept[key]["messages"]
            if name == STEPS:
                for message_id, status, after_s, code in told:
                    message = self._sent(message_id)
                    if message is not None:
                        self.add_step(moment, message, Step(status, after_s, code))
            elif name in lanes:
                found = (self._sent(message_id) for message_id in told)
                lanes[name].add(moment, [message for message in found if message is not None])


def priced(message: Message, status: str) -> bool:
    """Whether this status tells the pricing: `sent` does, and the first one that says it arrived.

    To be asked before the status stands among the message's (reference 4.4).
    """
    if status == "sent":
        return True
    arrived = {"delivered", "read"}
    return status in arrived and not any(one.status in arrived for one in message.statuses)
