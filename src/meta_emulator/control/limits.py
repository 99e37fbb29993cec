"""Meta's limits, looked at and changed: which are kept, what is used up, whose windows are open."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.physics.limits import Limits
from meta_emulator.physics.messaging_limit import users_of
from meta_emulator.settings import SettingsError, parse_limits
from meta_emulator.world.objects import Number, Waba
from meta_emulator.world.recipients import person_at, user_id_of
from meta_emulator.world.state import State
from meta_emulator.world.windows import SERVICE


class LimitsOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Which limits are kept from now on. What is left out stays.

    limits         `all`, `none`, or names with commas between
    marketing_cap  marketing templates that one user may get in 24 hours
    """

    limits: str | None = None
    marketing_cap: int | None = None


class WindowOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A user's window with a number, by default the first, opens or closes without a message.

    user     a phone number
    is_open  False closes it, a free entry point window too
    from_advertisement  the next message to the user opens a free entry point window
    """

    user: str
    is_open: bool = True
    from_advertisement: bool = False
    phone_number_id: str | None = None


class OpenWindow(msgspec.Struct):
    """A window: with whom, and until when."""

    user: str
    closes_at: datetime


class PairLeft(msgspec.Struct):
    """A recipient whom the number has written to lately: when it may write again without burst."""

    user: str
    free_in_s: float


class NumberLimits(msgspec.Struct):
    """What a number has used up.

    messages_left  those it may send at once now
    upgrading      since when its throughput is upgraded; None if it is not
    """

    phone_number_id: str
    throughput: int
    messages_left: int
    upgrading: datetime | None
    pairs: list[PairLeft]
    windows: list[OpenWindow]
    entry_windows: list[OpenWindow]


class PortfolioLimits(msgspec.Struct):
    """What a portfolio has used up; `users_limit` is None where there is none.

    grows_at  when the limit goes up by one level, if the quality is high then
    """

    portfolio: str
    wabas: list[str]
    tier: str
    users_limit: int | None
    users_of_a_day: int
    users_of_a_week: int
    grows_at: datetime | None


class ManagementLimit(msgspec.Struct):
    """Calls that a WABA may still get within the hour, and minutes until there is one."""

    waba_id: str
    calls_left: int
    regained_in_min: int


class CappedUser(msgspec.Struct):
    """A user who gets no marketing until then."""

    user_id: str
    until: datetime


class LimitsShown(msgspec.Struct):
    """All limits: which are kept, and what is used up of them."""

    limits: list[str]
    marketing_cap: int
    numbers: list[NumberLimits]
    portfolios: list[PortfolioLimits]
    management: list[ManagementLimit]
    capped: list[CappedUser]


class LimitOrders:
    """Shows the limits and changes which are kept."""

    def __init__(self, state: State, limits: Limits) -> None:
        self._state = state
        self._limits = limits

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        window = "A user's window opens or closes without a message."
        keep = "Change which limits are kept."
        return (
            Route("GET", "limits", "Limits, and what is used up.", self._shown, gives=LimitsShown),
            Route(
                "POST",
                "limits",
                keep,
                self._keep,
                LimitsOrder,
                LimitsShown,
                example={"limits": "pair,caps", "marketing_cap": 2},
            ),
            Route(
                "POST",
                "windows",
                window,
                self._window,
                WindowOrder,
                NumberLimits,
                example={"user": "+919876543210", "is_open": False},
            ),
        )

    def _keep(self, call: Call) -> LimitsShown:
        order: LimitsOrder = call.order
        kept = self._state.limits
        if order.marketing_cap is not None and order.marketing_cap < 0:
            raise OrderError("marketing_cap must be 0 or more")
        if order.limits is not None:
            try:
                kept.names = parse_limits(order.limits)
            except SettingsError as error:
                raise OrderError(str(error)) from error
        if order.marketing_cap is not None:
            kept.marketing_cap = order.marketing_cap
        self._state.changes.happened()
        return self._shown(call)

    def _window(self, call: Call) -> NumberLimits:
        order: WindowOrder = call.order
        digits = person_at(order.user)
        if digits is None:
            raise OrderError('"user" must be a phone number, as in "+919876543210"')
        number = self._state.number_named(order.phone_number_id)
        if number is None:
            raise OrderError(f"there is no phone number {order.phone_number_id}")
        users, windows = (digits, user_id_of(digits)), self._state.windows
        if order.is_open:
            now = self._state.clock.now()
            windows.hear(number.id, users, now, is_referred=order.from_advertisement)
        else:
            windows.close(number.id, users)
        self._state.changes.happened()
        return self._number(number)

    def _shown(self, _call: Call) -> LimitsShown:
        state, kept = self._state, self._state.limits
        portfolios: dict[str, list[Waba]] = {}
        for waba in state.wabas.values():
            portfolios.setdefault(waba.portfolio or waba.id, []).append(waba)
        management = self._limits.management
        capped = self._limits.caps.capped(state.clock.now())
        return LimitsShown(
            sorted(kept.names),
            kept.marketing_cap,
            [self._number(number) for number in state.numbers.values()],
            [
                self._portfolio(portfolio, wabas)
                for portfolio, wabas in portfolios.items()
                if any(waba.numbers for waba in wabas)
            ],
            [
                ManagementLimit(waba.id, management.left(waba), management.regained_in_min(waba))
                for waba in state.wabas.values()
            ],
            [CappedUser(user_id, until) for user_id, until in capped.items()],
        )

    def _number(self, number: Number) -> NumberLimits:
        windows, now = self._state.windows, self._state.clock.now()
        return NumberLimits(
            number.id,
            int(number.rate),
            int(self._limits.throughput.tokens(number)),
            number.upgraded_at,
            [
                PairLeft(user, round(seconds, 3))
                for number_id, user, seconds in self._limits.pairs.owing()
                if number_id == number.id
            ],
            [
                OpenWindow(user, at + SERVICE)
                for (number_id, user), at in windows.heard_at.items()
                if number_id == number.id and user.isdigit() and at + SERVICE > now
            ],
            [
                OpenWindow(user, ends_at)
                for number_id, user in windows.entered_at
                if number_id == number.id
                and user.isdigit()
                and (ends_at := windows.entry_ends_at(number_id, user, now)) is not None
            ],
        )

    def _portfolio(self, portfolio: str, wabas: list[Waba]) -> PortfolioLimits:
        number = next(number for waba in wabas for number in waba.numbers)
        tier = number.seed.messaging_limit
        day, week = self._limits.portfolios.users(number, self._state.clock.now())
        grows_at = self._limits.growth.due.get(portfolio)
        ids = [waba.id for waba in wabas]
        return PortfolioLimits(portfolio, ids, tier, users_of(tier), day, week, grows_at)
