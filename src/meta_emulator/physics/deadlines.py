"""What is to happen to something at a later time: reviews that end, pauses that are over.

One deadline for each kind and subject; a later one takes the place of the earlier.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from meta_emulator.runtime.clock import Clock

Deadline = tuple[str, str]
"""What is to happen, and the id of what it happens to."""


class Deadlines:
    """Deadlines on the emulator's clock, which are met while it runs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._handlers: dict[str, Callable[[str], None]] = {}
        self._due: dict[Deadline, float] = {}
        self._new: deque[Deadline] = deque()
        self._tasks: dict[Deadline, asyncio.Task[None]] = {}
        self._has_new = asyncio.Event()

    def carry_out(self, kind: str, handler: Callable[[str], None]) -> None:
        """Have `handler` called with the subject's id when a deadline of `kind` has come."""
        self._handlers[kind] = handler

    def add(self, kind: str, subject: str, after_s: float) -> None:
        """`kind` is to happen to `subject` in so many seconds."""
        deadline = kind, subject
        self._end(deadline)
        self._due[deadline] = self._clock.monotonic() + after_s
        self._new.append(deadline)
        self._has_new.set()

    def drop(self, kind: str, subject: str) -> None:
        """It is not to happen."""
        self._due.pop((kind, subject), None)
        self._end((kind, subject))

    def left_s(self, kind: str, subject: str) -> float | None:
        """In how many seconds it happens; None if it does not."""
        due = self._due.get((kind, subject))
        return None if due is None else max(0.0, due - self._clock.monotonic())

    async def run(self) -> None:
        """Meet deadlines until cancelled."""
        self._tasks, self._new = {}, deque(self._due)
        self._has_new.set()
        async with asyncio.TaskGroup() as group:
            while True:
                await self._has_new.wait()
                self._has_new.clear()
                while self._new:
                    deadline = self._new.popleft()
                    due = self._due.get(deadline)
                    if due is not None and deadline not in self._tasks:
                        task = group.create_task(self._meet(deadline, due))
                        self._tasks[deadline] = task

    async def _meet(self, deadline: Deadline, due: float) -> None:
        wait = due - self._clock.monotonic()
        if wait > 0:
            await self._clock.sleep(wait)
        if self._due.get(deadline) == due:
            del self._due[deadline], self._tasks[deadline]
            kind, subject = deadline
            self._handlers[kind](subject)

    def _end(self, deadline: Deadline) -> None:
        task = self._tasks.pop(deadline, None)
        if task is not None:
            task.cancel()

    def snapshot(self) -> Any:
        """Each deadline with the seconds until it comes."""
        now = self._clock.monotonic()
        return [[*deadline, max(0.0, due - now)] for deadline, due in self._due.items()]

    def restore(self, kept: Any) -> None:
        """The deadlines of a snapshot, and no others."""
        now = self._clock.monotonic()
        self._due = {(kind, subject): now + left_s for kind, subject, left_s in kept}
        self._new = deque(self._due)
        self._has_new.set()
