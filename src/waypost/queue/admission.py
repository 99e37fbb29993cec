"""Who may go when: what a worker asks before it begins anything. Pure: told the time."""

from dataclasses import dataclass
from typing import Protocol

from waypost.model.work import LaneKey


class Admission(Protocol):
    """Who may go when."""

    def wait_s(self, lane: LaneKey, now: float) -> float:
        """Seconds this lane must wait; 0 lets one item go and counts it."""
        ...

    def ended(self, lane: LaneKey) -> None:
        """One item of this lane that was let go has ended, however it did."""
        ...

    def most_waiting(self, lane: LaneKey) -> int:
        """How many items of this lane, of each priority, are worth having on lease."""
        ...

    def learn(self, lane: LaneKey, rate: float) -> None:
        """What this lane is allowed, in items per second."""
        ...

    def is_closed(self, lane: LaneKey) -> bool:
        """Whether nothing of this lane may go until further notice; its work stays in the store."""
        ...


@dataclass(frozen=True, slots=True)
class OpenAdmission:
    """Everyone may go at once."""

    most: int

    def wait_s(self, lane: LaneKey, now: float) -> float:  # noqa: ARG002 - the protocol's shape
        """No wait."""
        return 0.0

    def ended(self, lane: LaneKey) -> None:
        """Nothing was counted."""

    def most_waiting(self, lane: LaneKey) -> int:  # noqa: ARG002
        """The same for all."""
        return self.most

    def learn(self, lane: LaneKey, rate: float) -> None:
        """Nothing to learn."""

    def is_closed(self, lane: LaneKey) -> bool:  # noqa: ARG002
        """Never."""
        return False
