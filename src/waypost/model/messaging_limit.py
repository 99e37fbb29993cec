"""Messaging limits: how many users a portfolio may reach in a moving day (`reference` 5). Pure.

Who is written to by template outside a service window counts until 24 hours have passed. Users are
counted by the hour in which they were last written to, so that a day is 25 numbers and not a
hundred thousand times. An hour counts until all of it is older than a day: what Meta frees at once
is freed here up to an hour later, and never too early.

Whoever has to wait is given an hour, the first in which a place is free: so a campaign ten times
as large as the limit is looked at once for each message, and not once a second.

    free(h) = limit - users written to in the hours h-24 … h - users who wait for one of them
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

DAY_HOURS = 24
HORIZON_HOURS = 168
"""How far ahead waiting users are given hours. Those for whom none is free stand at its end."""

PATIENCE_HOURS = 1
"""How long after its hour a waiting user's place is kept for it."""

LEEWAY = timedelta(seconds=60)
"""How long after its admission a message may still reach Meta: it counts as written to by then."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)


class MessagingLimit(Struct, frozen=True):
    """What Meta allows a portfolio; without one nothing is known of it.

    users  in a moving 24 hours; None: any number
    """

    account_id: int
    portfolio_id: str
    users: int | None
    learnt_at: datetime


class HourCount(Struct, frozen=True):
    """Users of a portfolio in one hour (hours since 1970).

    users    last written to in it
    waiting  to be written to in it
    """

    hour: int
    users: int = 0
    waiting: int = 0


class ReachedUser(Struct, frozen=True):
    """Somebody who was last written to in this hour, or is to be written to in it."""

    hour: int
    is_waiting: bool


class Forecast(Struct, frozen=True):
    """How a portfolio stands at its limit, and when those who wait will have been written to.

    limit    None: Meta sets none, or none is known
    is_known whether Meta told
    used     users of the last day; an hour counts until all of it is a day ago
    free     how many more may be written to now; None: any number
    waiting  how many users wait
    hours    the hours to come in which some go, and how many; the last may be more than can
    """

    portfolio_id: str
    limit: int | None
    is_known: bool
    used: int
    free: int | None
    waiting: int
    hours: tuple[tuple[datetime, int], ...]


def hour_of(instant: datetime) -> int:
    """The hour since 1970 that an instant lies in."""
    return (instant - _EPOCH) // _HOUR


def start_of(hour: int) -> datetime:
    """When an hour begins."""
    return _EPOCH + _HOUR * hour


class MovingDay:
    """The hours of one portfolio, as a batch of admissions finds and leaves them.

    limit  users in a moving day
    """

    def __init__(self, limit: int, counts: Iterable[HourCount], now: datetime) -> None:
        self.limit = limit
        self.hour = hour_of(now)
        self.hour_reached = hour_of(now + LEEWAY)
        self._changes: dict[int, tuple[int, int]] = {}
        self._users: dict[int, int] = {}
        self._waiting: dict[int, int] = {}
        for count in counts:
            self._users[count.hour] = count.users
            self._waiting[count.hour] = count.waiting
        self._free = self._free_hours()

    @property
    def changed(self) -> list[HourCount]:
        """What was added to hours, or taken from them."""
        return [HourCount(hour, *more) for hour, more in self._changes.items() if any(more)]

    @property
    def used(self) -> int:
        """Users who count now."""
        span = range(self.hour - DAY_HOURS, self.hour_reached + 1)
        return sum(max(0, self._users.get(hour, 0)) for hour in span)

    @property
    def due(self) -> int:
        """Users whose hour has come, and who were not written to yet."""
        span = range(self.hour - PATIENCE_HOURS, self.hour + 1)
        return sum(max(0, self._waiting.get(hour, 0)) for hour in span)

    @property
    def waiting(self) -> int:
        """Users who wait, and whose place is kept."""
        return sum(count for _, count in self.hours_to_come)

    @property
    def hours_to_come(self) -> list[tuple[int, int]]:
        """Each hour that users wait for, and how many, in order."""
        first = self.hour - PATIENCE_HOURS
        kept = (one for one in self._waiting.items() if one[0] >= first and one[1] > 0)
        return sorted(kept)

    @property
    def forgotten(self) -> list[int]:
        """Hours that count for nothing any more."""
        return [hour for hour in self._users if hour < self.hour - DAY_HOURS]

    def has_room(self, known: ReachedUser | None, *, is_urgent: bool) -> bool:
        """Whether somebody may be written to now.

        Whoever counts already may be written to again. A place that is kept for one who waits
        goes to nobody else, unless it is urgent.
        """
        if known is not None and not known.is_waiting and known.hour >= self.hour - DAY_HOURS:
            return True
        is_due = known is not None and known.is_waiting and self._is_due(known.hour)
        kept = 0 if is_urgent or is_due else self.due
        return self.used + kept < self.limit

    def reach(self, known: ReachedUser | None) -> ReachedUser:
        """Somebody is written to now."""
        reached = ReachedUser(self.hour_reached, is_waiting=False)
        if known != reached:
            self._leave(known)
            self._change(reached.hour, 1, 0)
        return reached

    def wait(self, known: ReachedUser | None) -> ReachedUser:
        """Somebody has to wait, and for which hour; whoever waits for one to come keeps it."""
        if known is not None and known.is_waiting and known.hour > self.hour:
            return known
        self._leave(known)
        hour = next(self._free, self.hour + HORIZON_HOURS)
        self._change(hour, 0, 1)
        return ReachedUser(hour, is_waiting=True)

    def bring_forward(self, known: ReachedUser) -> ReachedUser:
        """Somebody who waits need not wait any longer: its hour is this one."""
        self._leave(known)
        self._change(self.hour, 0, 1)
        return ReachedUser(self.hour, is_waiting=True)

    def _is_due(self, hour: int) -> bool:
        return self.hour - PATIENCE_HOURS <= hour <= self.hour

    def _free_hours(self) -> Iterator[int]:
        """The first hour in which a place is free, each time it is asked for; then the next."""
        for hour in range(self.hour + 1, self.hour + HORIZON_HOURS):
            span = range(hour - DAY_HOURS, hour + 1)
            while sum(self._taken(one) for one in span) < self.limit:
                yield hour

    def _taken(self, hour: int) -> int:
        kept = self._waiting.get(hour, 0) if hour >= self.hour - PATIENCE_HOURS else 0
        return max(0, self._users.get(hour, 0)) + max(0, kept)

    def _leave(self, known: ReachedUser | None) -> None:
        if known is None or known.hour < self.hour - DAY_HOURS:
            return  # its hour counts no more, and may be forgotten
        if known.is_waiting:
            self._change(known.hour, 0, -1)
        else:
            self._change(known.hour, -1, 0)

    def _change(self, hour: int, users: int, waiting: int) -> None:
        self._users[hour] = self._users.get(hour, 0) + users
        self._waiting[hour] = self._waiting.get(hour, 0) + waiting
        before = self._changes.get(hour, (0, 0))
        self._changes[hour] = before[0] + users, before[1] + waiting


def forecast(
    portfolio_id: str,
    limit: MessagingLimit | None,
    counts: Iterable[HourCount],
    now: datetime,
) -> Forecast:
    """How a portfolio stands now."""
    users = None if limit is None else limit.users
    day = MovingDay(users or 0, counts, now)
    return Forecast(
        portfolio_id=portfolio_id,
        limit=users,
        is_known=limit is not None,
        used=day.used,
        free=None if users is None else max(0, users - day.used),
        waiting=day.waiting,
        hours=tuple((max(now, start_of(hour)), count) for hour, count in day.hours_to_come),
    )
