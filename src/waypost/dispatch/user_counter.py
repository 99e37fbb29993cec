"""Counts users, to keep to the messaging limits of portfolios (`model.messaging_limit`).

A message that may have to wait is asked for in the store, many of them in one commit: there the
users are counted for all processes. Messages of portfolios that may reach any number of users, or
of which nothing is known, ask nobody; which those are is remembered for some seconds.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from msgspec import Struct

from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.message import Dispatchable
from waypost.model.messaging_limit import (
    DAY_HOURS,
    MessagingLimit,
    MovingDay,
    ReachedUser,
    start_of,
)
from waypost.model.opt_out import SERVICE_WINDOW, addresses_of
from waypost.model.work import Priority
from waypost.runtime.clock import Clock
from waypost.runtime.entropy import Entropy
from waypost.store.ports import Key, Store, Transaction

TEMPLATE = "template"
"""The one kind of message that goes outside a service window (`reference` 1.2)."""

REMEMBERED_S = 5.0
"""How long what is known of a WABA's portfolio is not asked for again."""

SPREAD_S = 60.0
"""Within how much of their hour those who waited for it are let go."""

FORGOTTEN_AT_ONCE = 256
"""How many users of past days one commit forgets."""

log = structlog.get_logger("waypost.dispatch")

UserKey = tuple[int, str, str]
"""Account, portfolio and recipient."""


class Asked(Struct, frozen=True):
    """A message that wants to go.

    addresses  all that its recipient may have written from
    is_urgent  does not wait for those who came earlier
    """

    account_id: int
    portfolio_id: str
    sender_id: str
    recipient: str
    addresses: tuple[str, ...]
    is_urgent: bool

    @property
    def portfolio(self) -> Key:
        """Account and portfolio."""
        return self.account_id, self.portfolio_id

    @property
    def user(self) -> UserKey:
        """Whom it would count."""
        return self.account_id, self.portfolio_id, self.recipient


class Answered(Struct, frozen=True):
    """What became of it.

    hour       the one it has to wait for; None: it may go
    waits      whether any user of the portfolio waits
    forgotten  the hour before which all past users are forgotten; None: some are left
    """

    hour: int | None
    waits: bool = False
    forgotten: int | None = None


MAY_GO = Answered(None)


class _Remembered(Struct, frozen=True):
    limit: MessagingLimit | None
    at: float


@dataclass(slots=True)
class UserCounter:
    """`audience.Audience`: whoever the limits of portfolios allow."""

    store: Store
    clock: Clock
    entropy: Entropy
    _remembered: dict[Key, _Remembered] = field(default_factory=dict)
    _wanted: set[Key] = field(default_factory=set)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waits: dict[Key, bool] = field(default_factory=dict)
    _forgotten: dict[Key, int] = field(default_factory=dict)

    async def admit(self, message: Dispatchable, now: datetime) -> datetime | None:  # noqa: ARG002 - the store's batch has its own
        """None: the message may go, and its recipient counts. Else it waits until this time.

        It never waits beyond its end. Raises StoreError.
        """
        if message.content.kind != TEMPLATE:
            return None
        limit = await self._limit_of((message.account_id, message.sender.waba_id))
        if limit is None or limit.users is None:
            return None
        asked = Asked(
            message.account_id,
            limit.portfolio_id,
            message.sender.sender_id,
            message.recipient.address,
            tuple(addresses_of(message.recipient)),
            message.priority is Priority.HIGH,
        )
        answer = await self.store.write(self._ask, asked)
        self._note(asked.portfolio, limit, answer)
        if answer.hour is None:
            return None
        until = start_of(answer.hour) + timedelta(seconds=SPREAD_S * self.entropy.jitter())
        return until if message.expires_at is None else min(until, message.expires_at)

    # ---- what is remembered -------------------------------------------------------------------

    async def _limit_of(self, waba: Key) -> MessagingLimit | None:
        """The limit of a WABA's portfolio; all that are asked for meanwhile are one question."""
        known = self._remembered.get(waba)
        if known is not None and self.clock.monotonic() - known.at < REMEMBERED_S:
            return known.limit
        self._wanted.add(waba)
        async with self._looking:
            if waba in self._wanted:
                wanted = list(self._wanted)
                found = await self.store.read(lambda t: t.portfolios.of_wabas(wanted))
                self._wanted.difference_update(wanted)
                at = self.clock.monotonic()
                for one in wanted:
                    self._remembered[one] = _Remembered(found.get(one), at)
        return self._remembered[waba].limit

    def _note(self, portfolio: Key, limit: MessagingLimit, answer: Answered) -> None:
        """After the commit."""
        if answer is MAY_GO:
            return
        if answer.waits and not self._waits.get(portfolio, False):
            log.warning(
                "portfolio.limit_reached",
                account_id=portfolio[0],
                portfolio_id=portfolio[1],
                limit=limit.users,
            )
        self._waits[portfolio] = answer.waits
        if answer.forgotten is not None:
            self._forgotten[portfolio] = answer.forgotten

    # ---- in the store -------------------------------------------------------------------------

    async def _ask(self, transaction: Transaction, asked: Sequence[Asked]) -> Sequence[Answered]:
        """A step: counts those who may go, and gives the others an hour."""
        now = self.clock.now()
        limits = await transaction.portfolios.lock(list({one.portfolio for one in asked}))
        counting = [
            one
            for one in await self._outside_windows(transaction, asked, now)
            if one.portfolio in limits and limits[one.portfolio].users is not None
        ]
        if not counting:
            return [MAY_GO] * len(asked)
        portfolios = list({one.portfolio for one in counting})
        hours = await transaction.portfolios.hours(portfolios)
        days = {key: MovingDay(limits[key].users or 0, hours[key], now) for key in portfolios}
        known = await transaction.portfolios.users(list({one.user for one in counting}))
        changed: dict[UserKey, ReachedUser] = {}
        answers: dict[UserKey, int | None] = {}
        for one in counting:
            day, before = days[one.portfolio], changed.get(one.user, known.get(one.user))
            if day.has_room(before, is_urgent=one.is_urgent):
                after = day.reach(before)
            else:
                after = day.wait(before)
            answers[one.user] = after.hour if after.is_waiting else None
            if after != before:
                changed[one.user] = after
        await transaction.portfolios.save_users(changed)
        await transaction.portfolios.add_hours({key: day.changed for key, day in days.items()})
        forgotten = await self._forget(transaction, days)
        await self._tell(transaction, days, now)
        return [
            Answered(answers[one.user], days[one.portfolio].waiting > 0, forgotten[one.portfolio])
            if one.user in answers
            else MAY_GO
            for one in asked
        ]

    async def _outside_windows(
        self, transaction: Transaction, asked: Sequence[Asked], now: datetime
    ) -> list[Asked]:
        """Those whose recipients have not written to their sender within a day."""
        wrote_at = await transaction.recipients.wrote_at(
            list(
                {
                    (one.account_id, one.sender_id, address)
                    for one in asked
                    for address in one.addresses
                }
            )
        )
        open_since = now - SERVICE_WINDOW
        is_open = {key for key, at in wrote_at.items() if at > open_since}
        return [
            one
            for one in asked
            if not any(
                (one.account_id, one.sender_id, address) in is_open for address in one.addresses
            )
        ]

    async def _forget(
        self, transaction: Transaction, days: dict[Key, MovingDay]
    ) -> dict[Key, int | None]:
        """Forgets what counts no more: the hours at once, the users some with each commit."""
        await transaction.portfolios.forget_hours(
            [(*key, hour) for key, day in days.items() for hour in day.forgotten]
        )
        forgotten: dict[Key, int | None] = {}
        for key, day in days.items():
            before = day.hour - DAY_HOURS
            forgotten[key] = before
            if self._forgotten.get(key) != before:
                count = await transaction.portfolios.forget_users(*key, before, FORGOTTEN_AT_ONCE)
                forgotten[key] = before if count < FORGOTTEN_AT_ONCE else None
        return forgotten

    async def _tell(
        self, transaction: Transaction, days: dict[Key, MovingDay], now: datetime
    ) -> None:
        """Raises alarms of portfolios whose users wait, and clears those of the others."""
        news = {key: day for key, day in days.items() if self._waits.get(key) != (day.waiting > 0)}
        await transaction.alarms.raise_all(
            [alarm_of(key, day.limit, now) for key, day in news.items() if day.waiting > 0]
        )
        await transaction.alarms.clear(
            [
                (key[0], AlarmKind.MESSAGING_LIMIT, key[1])
                for key, day in news.items()
                if day.waiting == 0
            ],
            now,
        )


def alarm_of(portfolio: Key, limit: int, now: datetime) -> Alarm:
    """What an operator is told when users have to wait."""
    return Alarm(
        account_id=portfolio[0],
        kind=AlarmKind.MESSAGING_LIMIT,
        subject=portfolio[1],
        detail=f"The portfolio has reached the {limit} users that Meta allows in 24 hours; "
        "messages to others wait.",
        next_step="Nobody, or the account owner: they go by themselves as places become free "
        "(`waypost waba limit` shows when); Meta raises the limit as quality and use grow.",
        raised_at=now,
    )
