"""Limits that Meta raises by itself: the messaging limit of a portfolio, the rate of a number.

The messaging limit goes up by one level 6 hours after half of it was used within 7 days, if the
quality of all numbers is high. The least one does not grow by traffic: Meta wants a business
verified first. A number is upgraded once its portfolio, without a limit, writes to 100,000 users
within a day (reference 5).
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from meta_emulator.physics.messaging_limit import TIERS, UNLIMITED, users_of
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.objects import UPGRADED, Number, Waba
from meta_emulator.world.state import State

WAIT = timedelta(hours=6)
UPGRADING_USERS = 100_000
GROWING = TIERS[1:-1]
HIGH, LOW = "GREEN", "RED"


class Growth:
    """Portfolios whose limit is to grow, and when."""

    def __init__(self, state: State, reporter: Reporter) -> None:
        self._state = state
        self._reporter = reporter
        self._due: dict[str, datetime] = {}
        self._has_new = asyncio.Event()

    def used(self, number: Number, day: int, week: int) -> None:
        """The number's portfolio wrote to so many users outside windows, in a day and a week."""
        tier = number.seed.messaging_limit
        if tier == UNLIMITED:
            if day >= UPGRADING_USERS and may_be_upgraded(number):
                self.upgrade(number)
            return
        portfolio = number.waba.portfolio or number.waba.id
        if tier not in GROWING or portfolio in self._due:
            return
        if 2 * week >= (users_of(tier) or 0) and self._has_quality(portfolio):
            self._due[portfolio] = self._state.clock.now() + WAIT
            self._has_new.set()

    def upgrade(self, number: Number) -> None:
        """The number gets the highest rate, and Meta tells of it."""
        number.set_throughput(UPGRADED, self._state.clock.now())
        announce_throughput(self._reporter, number)

    @property
    def due(self) -> dict[str, datetime]:
        """When each portfolio's limit is to grow."""
        return dict(self._due)

    async def run(self) -> None:
        """Raise limits at their time, until cancelled."""
        clock = self._state.clock
        while True:
            if not self._due:
                self._has_new.clear()
                await self._has_new.wait()
            # Each waits equally long, so that the first one added is the first one due.
            portfolio, at = next(iter(self._due.items()))
            wait_s = (at - clock.now()).total_seconds()
            if wait_s > 0:
                await clock.sleep(wait_s)
            if self._due.get(portfolio) == at:
                del self._due[portfolio]
                self._grow(portfolio)

    def _grow(self, portfolio: str) -> None:
        if not self._has_quality(portfolio):
            return
        for waba in self._wabas(portfolio):
            for number in waba.numbers:
                tier = number.seed.messaging_limit
                if tier in GROWING:
                    higher = TIERS[TIERS.index(tier) + 1]
                    number.seed = replace(number.seed, messaging_limit=higher)
            if waba.numbers:
                announce_limit(self._reporter, waba.numbers[0])
        self._state.changes.happened()

    def _has_quality(self, portfolio: str) -> bool:
        return all(
            number.seed.quality_rating == HIGH
            for waba in self._wabas(portfolio)
            for number in waba.numbers
        )

    def _wabas(self, portfolio: str) -> list[Waba]:
        wabas = self._state.wabas.values()
        return [waba for waba in wabas if portfolio == (waba.portfolio or waba.id)]

    def snapshot(self) -> Any:
        """When the limits of which portfolios are to grow."""
        return {portfolio: at.isoformat() for portfolio, at in self._due.items()}

    def restore(self, kept: Any) -> None:
        """The portfolios of a snapshot."""
        self._due = {portfolio: datetime.fromisoformat(at) for portfolio, at in kept.items()}
        self._has_new.set()


def may_be_upgraded(number: Number) -> bool:
    """Whether a number may get the highest rate by itself."""
    seed = number.seed
    is_lower = number.throughput < UPGRADED and not seed.is_on_biz_app
    return is_lower and seed.quality_rating != LOW


def announce_limit(reporter: Reporter, number: Number) -> None:
    """Meta tells of the messaging limit of the number's portfolio (reference 4.6)."""
    limit = {"max_daily_conversations_per_business": number.seed.messaging_limit}
    reporter.tell_account(number.waba.id, "business_capability_update", limit)


def announce_throughput(reporter: Reporter, number: Number) -> None:
    """Meta tells of the number's rate (reference 4.6)."""
    told = {
        "display_phone_number": number.digits,
        "event": "THROUGHPUT_UPGRADE" if number.throughput >= UPGRADED else "ONBOARDING",
        "max_daily_conversations_per_business": number.seed.messaging_limit,
    }
    reporter.tell_account(number.waba.id, "phone_number_quality_update", told)
