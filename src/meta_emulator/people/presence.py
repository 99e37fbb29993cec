"""Whether a person has looked: which messages they saw, and whether they read by themselves.

By the settings' delays everybody reads what reaches them. Who reads by hand does so only when
their conversation is opened.
"""

from typing import Any

from meta_emulator.physics.laws import Fate, Send
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.message import FAILED, Course, Message, Status, Step
from meta_emulator.world.state import State

READ = "read"
ARRIVED = frozenset({"delivered", READ})

Key = tuple[str, str]
"""A phone number id, and the person's address: digits, or a user id."""


class Presence(Fate):
    """The persons who read by hand, and how far each conversation was seen."""

    def __init__(self, delays: tuple[tuple[str, float], ...], state: State) -> None:
        self._delays = delays
        self._state = state
        self.by_hand: set[str] = set()
        """Addresses of those who read by hand."""
        self.seen: dict[Key, int] = {}
        """The position of the last message that was seen, by conversation."""

    def course(self, send: Send, failure: int | None) -> Course | None:
        """All but `read`, of a send to who reads by hand."""
        if not self.by_hand or send.address not in self.by_hand:
            return None
        if failure is not None:
            first = self._delays[0][1] if self._delays else 0.0
            return Course((Step(FAILED, first, failure),))
        return Course(tuple(Step(name, after) for name, after in self._delays if name != READ))

    def look(self, key: Key, messages: list[tuple[int, Message]], reporter: Reporter) -> int:
        """The person looks at all `messages`; returns how many read receipts that made.

        A receipt goes out for what has arrived and will not be read by itself.
        """
        read = [message for _, message in messages if awaits_reader(message)]
        due: list[tuple[Message, Status]] = []
        for message in read:
            status = Status(READ, self._state.clock.now())
            message.statuses.append(status)
            due.append((message, status))
        if due:
            reporter.report(due, False)  # noqa: FBT003 the scheduler's Emit names no arguments
        if messages:
            self.seen[key] = max(self.seen.get(key, 0), messages[-1][0])
        return len(due)

    def snapshot(self) -> Any:
        """Who reads by hand, and what was seen."""
        seen = [[number, person, position] for (number, person), position in self.seen.items()]
        return {"by_hand": sorted(self.by_hand), "seen": seen}

    def restore(self, kept: Any) -> None:
        """Go on from a snapshot."""
        self.by_hand = set(kept["by_hand"])
        self.seen = {(number, person): position for number, person, position in kept["seen"]}


def awaits_reader(message: Message) -> bool:
    """Whether the message has arrived and nothing but its reader makes it read."""
    if message.course is None or any(step.status == READ for step in message.course.steps):
        return False
    statuses = {status.status for status in message.statuses}
    return bool(statuses & ARRIVED) and READ not in statuses and FAILED not in statuses
