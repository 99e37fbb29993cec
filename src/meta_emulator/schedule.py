"""Statuses fall due: each accepted message passes the lanes `sent`, `delivered`, `read` in time.

Moments are hundredths of a second; what falls due at the same moment is handled, and handed to
the next lane, as one batch. So the cost is per batch, and no message has a timer.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence

from meta_emulator.clock import Clock
from meta_emulator.state import Message, Status

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

    def add(self, message: Message) -> None:
        """Begin with a message that was accepted just now."""
        if self._lanes:
            lane = self._lanes[0]
            moment = math.ceil(self._clock.monotonic() * MOMENTS_PER_S) + lane.moment
            lane.add(moment, [message])

    def clear(self) -> None:
        """Forget all statuses that have not fallen due."""
        for lane in self._lanes:
            lane.clear()

    async def run(self) -> None:
        """Let statuses fall due until cancelled."""
        async with asyncio.TaskGroup() as group:
            for place in range(len(self._lanes)):
                group.create_task(self._run_lane(place))

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
            status = Status("failed" if has_failed else lane.status, now)
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
