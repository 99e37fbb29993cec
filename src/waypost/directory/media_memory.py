"""What is remembered of media for a moment, so that a campaign asks for each of them once."""

from collections.abc import Callable
from enum import Enum

from waypost.model.medium import Medium

FRESH_S = 60.0
UNCHECKED_S = 5.0
"""How long Meta is not asked again after it could not be asked."""

MOST = 100_000


class Missed(Enum):
    """Why there is no medium: there is none, or nobody could be asked."""

    UNKNOWN = "unknown"
    UNCHECKED = "unchecked"


Found = Medium | Missed
Named = tuple[int, str, str]
"""Account id, sender id, media id."""


class MediaMemory:
    """Media by name; forgets after a minute, and the oldest when there are too many.

    monotonic  seconds that never go back
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._held: dict[tuple[int, str], dict[str, tuple[float, Found]]] = {}

    def get(self, named: Named) -> Found | None:
        """What is remembered; None if nothing is, or no longer."""
        account_id, sender_id, media_id = named
        until, found = self._held.get((account_id, media_id), {}).get(sender_id, (0.0, None))
        return found if until > self._monotonic() else None

    def put(self, named: Named, found: Found) -> Found:
        """Remembers it, and gives it back."""
        account_id, sender_id, media_id = named
        by_sender = self._held.pop((account_id, media_id), {})
        while len(self._held) >= MOST:
            del self._held[next(iter(self._held))]
        lasts_s = UNCHECKED_S if found is Missed.UNCHECKED else FRESH_S
        by_sender[sender_id] = (self._monotonic() + lasts_s, found)
        self._held[account_id, media_id] = by_sender
        return found

    def drop(self, account_id: int, media_id: str) -> None:
        """Forgets a medium, for all senders of the account."""
        self._held.pop((account_id, media_id), None)
