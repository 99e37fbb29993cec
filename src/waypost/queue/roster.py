"""Who lives, and who should own which lane. Pure: told the time, of this process's own clock.

A process lives while its beats grow. How long they have not grown is measured by whoever
watches, from the moment at which it last saw them grow; no two clocks are ever compared.
"""

from collections.abc import Iterable
from hashlib import blake2b

from waypost.model.work import LaneKey, ProcessBeat

DEAD_S = 6.0
"""How long beats may not grow before a process is taken for dead."""

GAP_S = 4.0
"""A watcher that looked away for so long has seen nobody's silence: it begins to count anew."""


class Roster:
    """The processes of one role, as this one saw them.

    departed  those that are gone, until somebody has looked after what they left behind
    version   grows when somebody comes or goes
    """

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, float]] = {}
        self._looked_at: float | None = None
        self._chosen: dict[LaneKey, str] = {}
        self.departed: set[str] = set()
        self.version = 0

    @property
    def members(self) -> frozenset[str]:
        """Those who live, as far as is known."""
        return frozenset(self._seen)

    def look(self, beats: Iterable[ProcessBeat], now: float) -> None:
        """What was read of the processes just now."""
        has_looked_away = self._looked_at is None or now - self._looked_at > GAP_S
        self._looked_at = now
        before, self._seen = self._seen, {}
        for one in beats:
            count, since = before.get(one.process_id, (None, now))
            is_silent = count == one.beats and not has_looked_away
            self._seen[one.process_id] = (one.beats, since if is_silent else now)
        if before.keys() != self._seen.keys():
            self.departed |= before.keys() - self._seen.keys()
            self._chosen.clear()
            self.version += 1

    def dead(self, now: float) -> list[tuple[str, int]]:
        """Those who were silent for too long, with the beats after which they were."""
        return [
            (process_id, beats)
            for process_id, (beats, since) in self._seen.items()
            if now - since >= DEAD_S
        ]

    def next_death_s(self, now: float, but: str) -> float | None:
        """In how many seconds the next one would be dead, if it stays silent; None: nobody."""
        waits = [since + DEAD_S - now for one, (_, since) in self._seen.items() if one != but]
        return max(0.0, min(waits)) if waits else None

    def rightful_owner(self, lane: LaneKey) -> str | None:
        """Who should own a lane: the same for all who see the same members.

        The highest of all hashes of member and lane: when a member comes or goes, only its own
        lanes change hands.
        """
        chosen = self._chosen.get(lane)
        if chosen is None and self._seen:
            tail = f"/{lane.account_id}/{lane.name}"
            chosen = max(
                self._seen,
                key=lambda member: blake2b((member + tail).encode(), digest_size=8).digest(),
            )
            self._chosen[lane] = chosen
        return chosen
