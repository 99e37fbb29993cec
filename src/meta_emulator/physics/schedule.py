"""Statuses fall due: each accepted message passes the lanes `sent`, `delivered`, `read` in time.

Moments are hundredths of a second; what falls due at the same moment is handled, and handed to
the next lane, as one batch. So the cost is per batch, and no message has a timer. A message with
a course of its own leaves the lanes: its steps wait by their moments, one task each.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence

from meta_emulator.runtime.clock import Clock
from meta_emulator.world.message import FAILED, Message, Status, Step

MOMENTS_PER_S = 100

Emit = Callable[[list[tuple[Message, Status]], bool], None]
"""Takes statuses that fell due at one moment, and whether they carry the pricing."""


class Lane:
    """The messages that wait for one status, in order of time."""

    def __init__(self, status: str, moment: int, *, is_priced: bool) -> None:
        self.status = status
        self.moment = moment
        self.is_priced = is_priced
        self.filled = asyncio.Event()
        self._waiting: deque[tuple[int, list[Message]]] = deque()

    def add(self, moment: int, messages: list[Message]) -> None:
        """Wait until `moment`, which is never before that of an earlier call by more than one."""
        if self._waiting and self._waiting[-1][0] >= moment:
            self._waiting[-1][1].extend(messages)
        else:
            self._waiting.append((moment, messages))
            self.filled.set()

    @property
    def next_moment(self) -> int | None:
        """When the next batch falls due."""
        return self._waiting[0][0] if self._waiting else None

    def take(self, moment: int) -> tuple[int, list[Message]] | None:
        """The oldest batch due at `moment`, with its own moment; None if there is none."""
        if self._waiting and self._waiting[0][0] <= moment:
            return self._waiting.popleft()
        return None

    def clear(self) -> None:
        """Forget all that waits."""
        self._waiting.clear()


class Scheduler:
    """Lets statuses fall due at their time and gives them to `emit`."""

    def __init__(self, delays: Sequence[tuple[str, float]], clock: Clock, emit: Emit) -> None:
        self._clock = clock
        self._emit = emit
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
            lane.add(now + lane.moment, [message])

    def add_step(self, moment: int, message: Message, step: Step) -> None:
        """One status of a message at a moment of the clock."""
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
            lane.clear()
        for waiting in self._steps.values():
            waiting.clear()

    async def run(self) -> None:
        """Let statuses fall due until cancelled."""
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
        for message, step in self._steps.pop(moment):
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
            following.add(moment + following.moment - lane.moment, going_on)
        if due:
            self._emit(due, lane.is_priced)
        if failed:
            self._emit(failed, False)  # noqa: FBT003 the alias of a callable names no arguments


def priced(message: Message, status: str) -> bool:
    """Whether this status tells the pricing: `sent` does, and the first one that says it arrived.

    To be asked before the status stands among the message's (reference 4.4).
    """
    if status == "sent":
        return True
    arrived = {"delivered", "read"}
    return status in arrived and not any(one.status in arrived for one in message.statuses)
