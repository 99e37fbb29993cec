"""Since when unknown outcomes wait for webhooks that do not come. Pure: told the time."""

from datetime import datetime, timedelta

from waypost.model.work import LaneKey

WINDOWS = 3
"""After so many windows without any webhook a person is told."""


class Silence:
    """The senders of which nothing is heard although something is waited for.

    taken_at  when Meta last took a message of each sender: webhooks must follow
    """

    def __init__(self) -> None:
        self.taken_at: dict[LaneKey, datetime] = {}
        self._since: dict[LaneKey, datetime] = {}
        self._told: set[LaneKey] = set()

    def heard(self, lane: LaneKey) -> None:
        """Webhooks of this sender are flowing."""
        if self._since:
            self._since.pop(lane, None)
            self._told.discard(lane)

    def waited(self, lane: LaneKey, now: datetime, window: timedelta) -> bool:
        """One more window went by in silence; whether a person is to be told now, once."""
        since = self._since.setdefault(lane, now)
        if lane in self._told or now - since < (WINDOWS - 1) * window:
            return False
        self._told.add(lane)
        return True
