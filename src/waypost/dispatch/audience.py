"""Whom a sender may write to now: what Meta limits by people, asked before each send."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Protocol

from waypost.model.message import Dispatchable


class Audience(Protocol):
    """Who may be written to."""

    def admit(self, message: Dispatchable, now: datetime) -> Awaitable[datetime | None]:
        """None: the message may go now, and its recipient is counted. Else when to ask again."""
        ...
