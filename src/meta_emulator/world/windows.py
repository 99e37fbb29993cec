"""Windows that a user opens: to be written to freely, and to be written to free of charge.

The user's message opens a customer service window of 24 hours with that number. One that came
from an advertisement (`referral`) lets the first answer within 24 hours open a free entry point
window of 72 hours beside it (reference 5, 9). Users are known by digits and by user id.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

SERVICE = timedelta(hours=24)
ENTRY = timedelta(hours=72)
MOST = 100_000
"""Windows remembered before those that are closed are looked for and forgotten."""

Key = tuple[str, str]
Times = dict[Key, datetime]


class Windows:
    """All windows, by phone number id and by digits or user id.

    heard_at     when the user last wrote to the number
    referred_at  when the user wrote from an advertisement, until that is answered
    entered_at   when the answer opened a free entry point window
    """

    def __init__(self) -> None:
        self.heard_at: Times = {}
        self.referred_at: Times = {}
        self.entered_at: Times = {}
        self._most = MOST

    def hear(
        self, number_id: str, users: Iterable[str], at: datetime, *, is_referred: bool = False
    ) -> None:
        """The user, by these names, wrote to the number."""
        if len(self.heard_at) >= self._most:
            self._sweep(at)
        for user in users:
            self.heard_at[number_id, user] = at
            if is_referred:
                self.referred_at[number_id, user] = at

    def _sweep(self, at: datetime) -> None:
        """Forget windows that are closed; if most are open, look again when there are twice."""
        self.heard_at = _younger(self.heard_at, at - SERVICE)
        self.referred_at = _younger(self.referred_at, at - SERVICE)
        self.entered_at = _younger(self.entered_at, at - ENTRY)
        self._most = max(MOST, 2 * len(self.heard_at))

    def answer(self, number_id: str, users: Iterable[str], at: datetime) -> None:
        """The number wrote to the user: a free entry point window opens if one was offered."""
        for user in users if self.referred_at else ():
            referred_at = self.referred_at.pop((number_id, user), None)
            if referred_at is not None and at - referred_at < SERVICE:
                self.entered_at[number_id, user] = at

    def is_open(self, number_id: str, user: str, at: datetime) -> bool:
        """Whether the user may be written to freely."""
        heard_at = self.heard_at.get((number_id, user))
        return heard_at is not None and at - heard_at < SERVICE

    def entry_ends_at(self, number_id: str, user: str, at: datetime) -> datetime | None:
        """When the free entry point window that is open at `at` ends; None if none is."""
        entered_at = self.entered_at.get((number_id, user)) if self.entered_at else None
        if entered_at is None or at - entered_at >= ENTRY:
            return None
        return entered_at + ENTRY

    def close(self, number_id: str, users: Iterable[str]) -> None:
        """Both windows of the user close."""
        for user in users:
            for times in (self.heard_at, self.referred_at, self.entered_at):
                times.pop((number_id, user), None)

    def snapshot(self) -> Any:
        """The three, as lists of number, user and moment."""
        return {
            name: [[*key, at.isoformat()] for key, at in times.items()]
            for name, times in (
                ("heard_at", self.heard_at),
                ("referred_at", self.referred_at),
                ("entered_at", self.entered_at),
            )
        }

    def restore(self, kept: Any) -> None:
        """The windows of a snapshot."""
        self.heard_at = _times(kept["heard_at"])
        self.referred_at = _times(kept["referred_at"])
        self.entered_at = _times(kept["entered_at"])


def _times(rows: Iterable[Any]) -> Times:
    return {(number_id, user): datetime.fromisoformat(at) for number_id, user, at in rows}


def _younger(times: Times, than: datetime) -> Times:
    return {key: at for key, at in times.items() if at > than}
