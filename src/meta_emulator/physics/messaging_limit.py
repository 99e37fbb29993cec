"""Meta's messaging limit: users whom a portfolio may write to in a moving day (reference 5).

Counted are templates to users who have not written to the number within a day, exactly and by the
second, over all numbers of the portfolio. The documents name no code for who is beyond it, so the
code is a setting.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from meta_emulator.physics.laws import Law, Send
from meta_emulator.world.kept_limits import PORTFOLIO
from meta_emulator.world.objects import Number
from meta_emulator.world.state import State

DAY, WEEK = timedelta(hours=24), timedelta(days=7)
TIERS = ("TIER_250", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED")
UNLIMITED = "TIER_UNLIMITED"
THOUSAND = "K"

Used = Callable[[Number, int, int], None]
"""Told of the number that sent, and of its portfolio's users of a day and of a week."""


class MovingUsers:
    """Users and when each was last written to, the longest ago first."""

    __slots__ = ("_span", "users")

    def __init__(self, span: timedelta, users: Iterable[tuple[str, datetime]] = ()) -> None:
        self._span = span
        self.users = OrderedDict(users)

    def count(self, at: datetime) -> int:
        """How many there are within the span that ends at `at`."""
        users = self.users
        while users and at - next(iter(users.values())) >= self._span:
            users.popitem(last=False)
        return len(users)

    def add(self, user: str, at: datetime) -> None:
        """The user was written to."""
        self.users[user] = at
        self.users.move_to_end(user)


class MessagingLimit(Law):
    """Whom each portfolio wrote to, in a day and in a week.

    code  what a send beyond the limit is refused with
    used  told after each send that counts
    """

    def __init__(self, state: State, code: int, used: Used) -> None:
        self._state = state
        self._code = code
        self._used = used
        self._reached: dict[str, tuple[MovingUsers, MovingUsers]] = {}

    def refusal(self, send: Send) -> int | None:
        """The code if the number may not write to this user now."""
        if not self._counts(send):
            return None
        day = self._reached_by(send.number)[0]
        most = users_of(send.number.seed.messaging_limit)
        if most is not None and day.count(send.at) >= most and send.user_id not in day.users:
            return self._code
        return None

    def accept(self, send: Send) -> None:
        """The user counts from now on, for a day."""
        if send.user_id is not None and self._counts(send):
            day, week = self._reached_by(send.number)
            day.add(send.user_id, send.at)
            week.add(send.user_id, send.at)
            self._used(send.number, day.count(send.at), week.count(send.at))

    def users(self, number: Number, at: datetime) -> tuple[int, int]:
        """The portfolio's users of the day and of the week that end at `at`."""
        day, week = self._reached_by(number)
        return day.count(at), week.count(at)

    def _counts(self, send: Send) -> bool:
        if PORTFOLIO not in self._state.limits.names:
            return False
        if send.kind != "template" or send.user_id is None:
            return False
        return not self._state.windows.is_open(send.number.id, send.user_id, send.at)

    def _reached_by(self, number: Number) -> tuple[MovingUsers, MovingUsers]:
        portfolio = number.waba.portfolio or number.waba.id
        reached = self._reached.get(portfolio)
        if reached is None:
            reached = self._reached[portfolio] = MovingUsers(DAY), MovingUsers(WEEK)
        return reached

    def snapshot(self) -> Any:
        """Of each portfolio the users of a week, the longest ago first."""
        return {
            portfolio: [[user, at.isoformat()] for user, at in week.users.items()]
            for portfolio, (_, week) in self._reached.items()
        }

    def restore(self, kept: Any) -> None:
        """The users of a snapshot."""
        reached = {}
        for portfolio, rows in kept.items():
            users = [(user, datetime.fromisoformat(at)) for user, at in rows]
            reached[portfolio] = MovingUsers(DAY, users), MovingUsers(WEEK, users)
        self._reached = reached


def users_of(tier: str) -> int | None:
    """How many users a tier is: 2000 for `TIER_2K`; None for any number."""
    if tier == UNLIMITED:
        return None
    told = tier.removeprefix("TIER_")
    count = int(told.removesuffix(THOUSAND))
    return count * 1000 if told.endswith(THOUSAND) else count
