"""Meta's cap on marketing to one user (131049): accepted, and never delivered.

Meta does not tell its rule, which weighs what a user reads. Ours: a user gets so many marketing
templates in a moving 24 hours from all businesses together; one inside an open customer service
window is free. Who sends to a capped user again within 24 hours makes that user unreachable for
24 hours from then (since 30 April 2026). Numbers of the USA get no marketing at all, and no cap is
kept for EEA, United Kingdom, Japan and South Korea (reference 3.5).
"""

from collections import deque
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import phonenumbers

from meta_emulator.physics.laws import Law, Send
from meta_emulator.world.kept_limits import CAPS
from meta_emulator.world.state import State

CAPPED = 131049
DAY = timedelta(hours=24)
EXTENDED_SINCE = datetime(2026, 4, 30, tzinfo=UTC)
MOST = 100_000
"""Users remembered before those of whom nothing counts any more are forgotten; if most count, the
next look comes when there are twice as many, so that a large campaign is not slowed down."""

MARKETING = frozenset({"marketing", "marketing_lite"})
FREE = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "GB",
        "JP",
        "KR",
    ]
)
USA, NORTH_AMERICA = "US", "1"


class User:
    """What counts of one user.

    got           when each marketing template of the last day was accepted
    capped_at     when one last failed by the cap
    blocked_until the end of what resending did
    """

    __slots__ = ("blocked_until", "capped_at", "got")

    def __init__(self) -> None:
        self.got: deque[datetime] = deque()
        self.capped_at: datetime | None = None
        self.blocked_until: datetime | None = None

    def count(self, at: datetime) -> int:
        """How many the user got in the day that ends at `at`."""
        got = self.got
        while got and at - got[0] >= DAY:
            got.popleft()
        return len(got)

    def is_blocked(self, at: datetime) -> bool:
        """Whether resending has made the user unreachable."""
        return self.blocked_until is not None and at < self.blocked_until

    def is_over(self, at: datetime) -> bool:
        """Whether nothing of the user counts any more."""
        was_capped = self.capped_at is not None and at - self.capped_at < DAY
        return not (self.count(at) or was_capped or self.is_blocked(at))


class Caps(Law):
    """All users who got marketing, by their user ids."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._users: dict[str, User] = {}
        self._most = MOST

    def failure(self, send: Send) -> int | None:
        """131049 for marketing beyond the cap."""
        if send.category not in MARKETING or CAPS not in self._state.limits.names:
            return None
        country = country_of_user(send)
        if country == USA:
            return CAPPED
        return CAPPED if self._counts(send, country) and self._is_capped(send) else None

    def accept(self, send: Send) -> None:
        """The user got one more, or one failed by the cap once more."""
        if send.category not in MARKETING or CAPS not in self._state.limits.names:
            return
        if send.user_id is None or not self._counts(send, country_of_user(send)):
            return
        if send.failure is None:
            self._user(send).got.append(send.at)
        elif send.failure == CAPPED and self._is_capped(send):
            resent_to(self._user(send), send.at)

    def capped(self, at: datetime) -> dict[str, datetime]:
        """Users who get no marketing now, and until when."""
        most = self._state.limits.marketing_cap
        found: dict[str, datetime] = {}
        for user_id, user in self._users.items():
            ends = [] if user.blocked_until is None else [user.blocked_until]
            if user.count(at) >= most > 0:
                ends.append(user.got[-most] + DAY)
            end = max(ends, default=at)
            if end > at:
                found[user_id] = end
        return found

    def _counts(self, send: Send, country: str) -> bool:
        if send.user_id is None or country in FREE or country == USA:
            return False
        return not self._state.windows.is_open(send.number.id, send.user_id, send.at)

    def _is_capped(self, send: Send) -> bool:
        user = self._users.get(send.user_id or "")
        most = self._state.limits.marketing_cap
        if user is None:
            return most <= 0
        return user.is_blocked(send.at) or user.count(send.at) >= most

    def _user(self, send: Send) -> User:
        user_id = send.user_id or ""
        user = self._users.get(user_id)
        if user is None:
            if len(self._users) >= self._most:
                self._users = {
                    key: one for key, one in self._users.items() if not one.is_over(send.at)
                }
                self._most = max(MOST, 2 * len(self._users))
            user = self._users[user_id] = User()
        return user

    def snapshot(self) -> Any:
        """Of each user what counts."""
        return {
            user_id: {
                "got": [at.isoformat() for at in user.got],
                "capped_at": _told(user.capped_at),
                "blocked_until": _told(user.blocked_until),
            }
            for user_id, user in self._users.items()
        }

    def restore(self, kept: Any) -> None:
        """The users of a snapshot."""
        users = {}
        for user_id, told in kept.items():
            user = users[user_id] = User()
            user.got.extend(map(datetime.fromisoformat, told["got"]))
            user.capped_at = _moment(told["capped_at"])
            user.blocked_until = _moment(told["blocked_until"])
        self._users = users


def resent_to(user: User, at: datetime) -> None:
    """Marketing for a capped user failed: the second one within a day makes the cap longer."""
    is_again = user.capped_at is not None and at - user.capped_at < DAY
    if is_again and at >= EXTENDED_SINCE:
        user.blocked_until = at + DAY
    user.capped_at = at


def country_of_user(send: Send) -> str:
    """Two letters: of the area code where a calling code has several countries, else of the id."""
    if send.digits is not None and send.digits.startswith(NORTH_AMERICA):
        return north_american(send.digits)
    return (send.user_id or "").partition(".")[0]


@lru_cache(maxsize=65536)
def north_american(digits: str) -> str:
    """The country of a number with calling code 1, by its area code; `US` if it has none."""
    number = phonenumbers.PhoneNumber(country_code=1, national_number=int(digits[1:]))
    return phonenumbers.region_code_for_number(number) or USA


def _told(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)
