"""Orders about time: the clock is shown, moved, stopped; other programs follow it.

The answer to a move comes when all that fell due has been brought, at followers too.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec

from meta_emulator.control.routes import Call, OrderError, Parameter, Route
from meta_emulator.runtime.clock import Clock, VirtualClock
from meta_emulator.runtime.durations import LONGEST_S, parse_duration
from meta_emulator.runtime.followers import Follower
from meta_emulator.runtime.mover import Mover

LONGEST_WAIT_S = 60.0
FURTHEST_S = 100 * 366 * 86400.0
"""A century ahead the clock's times can still be written down everywhere."""

QUERY = (
    Parameter("ahead_s", "Answer as soon as the clock is ahead by another number than this."),
    Parameter("wait_s", "But after so many seconds at the latest; 60 at most."),
    Parameter("follower", "The name of a program whose own clock is ahead by `ahead_s`."),
    Parameter("next_due_s", "In how many seconds something falls due at the follower."),
)


class ClockOrder(msgspec.Struct, forbid_unknown_fields=True):
    """How the clock is moved: `{"advance": "24h"}`, `{"freeze": true}`, or both.

    advance  a duration such as `90s`, `24h`, `7d`, `1h30m`, or a number of seconds
    freeze   true: it stands still, and goes on only when it is moved; false: it goes on by itself.
             Comes before the move
    """

    advance: str | float = 0.0
    freeze: bool | None = None


class ShownClock(msgspec.Struct):
    """The emulator's clock.

    ahead_s     the seconds that were added to it, ever
    next_due_s  in how many seconds something falls due here; null if nothing does
    followers   how many programs follow it
    """

    now: datetime
    is_frozen: bool
    ahead_s: float
    next_due_s: float | None
    followers: int


class TimeOrders:
    """Moves the clock. `mover`: None where the clock cannot be moved."""

    def __init__(self, clock: Clock, mover: Mover | None) -> None:
        self._clock = clock
        self._mover = mover

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        shown = "The clock; with `ahead_s` and `wait_s` as soon as it was moved."
        moved = "Move the clock; answers when all that fell due has been brought."
        return (
            Route("GET", "clock", shown, self._follow, gives=ShownClock, query=QUERY),
            Route(
                "POST",
                "clock",
                moved,
                self._move,
                ClockOrder,
                ShownClock,
                example={"advance": "24h"},
            ),
        )

    def _shown(self) -> ShownClock:
        clock = self._clock
        if not isinstance(clock, VirtualClock) or self._mover is None:
            return ShownClock(clock.now(), is_frozen=False, ahead_s=0, next_due_s=None, followers=0)
        return ShownClock(
            now=clock.now(),
            is_frozen=clock.is_frozen,
            ahead_s=clock.ahead_s,
            next_due_s=clock.next_due_s,
            followers=len(self._mover.followers),
        )

    async def _move(self, call: Call) -> ShownClock:
        order: ClockOrder = call.order
        try:
            seconds = parse_duration(order.advance)
        except ValueError as error:
            raise OrderError(f"advance: {error}") from error
        clock = self._clock
        if self._mover is None or not isinstance(clock, VirtualClock):
            raise OrderError("this emulator runs on a clock that cannot be moved")
        if clock.ahead_s + seconds > FURTHEST_S:
            raise OrderError(
                "advance: the clock would be more than a century ahead; start the emulator anew"
            )
        if order.freeze is not None:
            (clock.freeze if order.freeze else clock.thaw)()
        if seconds:
            await self._mover.advance(seconds)
        return self._shown()

    async def _follow(self, call: Call) -> ShownClock:
        query = call.request.query
        known_s = _seconds(query, "ahead_s", FURTHEST_S)
        wait_s = _seconds(query, "wait_s", LONGEST_WAIT_S) or 0.0
        if known_s is None or self._mover is None:
            return self._shown()
        followers = self._mover.followers
        is_following = bool(query.get("follower"))
        if is_following:
            due_s = _seconds(query, "next_due_s", LONGEST_S)
            followers.told(query["follower"], Follower(known_s, due_s))
        asked = followers.round
        try:
            # By the machine's time: whoever follows waits in it.
            async with asyncio.timeout(wait_s):
                while self._mover.clock.ahead_s == known_s:
                    if is_following and followers.round != asked:
                        break
                    await followers.next_change()
        except TimeoutError:
            pass
        return self._shown()


def _seconds(query: dict[str, str], name: str, most: float) -> float | None:
    """A number of a query; None where it is left out. Raises OrderError."""
    given = query.get(name)
    if given is None or given == "":
        return None
    try:
        number = float(given)
    except ValueError as error:
        raise OrderError(f"{name} must be a number of seconds; it is {given!r}") from error
    return min(number, most) if number > 0 else 0.0
