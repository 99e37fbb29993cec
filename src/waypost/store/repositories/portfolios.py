"""Portfolios: what Meta allows them, and who was written to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from waypost.model.messaging_limit import HourCount, MessagingLimit, ReachedUser, start_of
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.instants import from_ms, to_ms


def limit_of(columns: Sequence[Any]) -> MessagingLimit:
    """A limit from its four columns."""
    account_id, portfolio_id, users, learnt_at = columns
    return MessagingLimit(account_id, portfolio_id, users, from_ms(learnt_at))


@dataclass(frozen=True, slots=True)
class PortfoliosRepository:
    """`ports.Portfolios` over named queries. An insert names no row twice."""

    driver: Driver

    async def learn(self, limits: Sequence[MessagingLimit]) -> None:
        """What Meta allows these portfolios from now on."""
        latest = {(one.account_id, one.portfolio_id): one for one in limits}
        await self.driver.execute_rows(
            "portfolios.learn",
            [(*key, one.users, to_ms(one.learnt_at)) for key, one in latest.items()],
        )

    async def find(self, keys: Sequence[Key]) -> dict[Key, MessagingLimit]:
        """The limits of these portfolios, as far as Meta told."""
        return await self._limits("portfolios.find", keys)

    async def of_wabas(self, keys: Sequence[Key]) -> dict[Key, MessagingLimit]:
        """The limits of the portfolios that these WABAs belong to, by account and WABA."""
        rows = await self.driver.fetch_rows("portfolios.of_wabas", keys)
        return {(row[0], row[1]): limit_of((row[0], *row[2:])) for row in rows}

    async def lock(self, keys: Sequence[Key]) -> dict[Key, MessagingLimit]:
        """The limits of these portfolios; until the commit nobody else counts their users."""
        return await self._limits("portfolios.lock", sorted(keys))

    async def hours(self, keys: Sequence[Key]) -> dict[Key, list[HourCount]]:
        """The hours of these portfolios; none for a portfolio that wrote to nobody."""
        found: dict[Key, list[HourCount]] = {key: [] for key in keys}
        for row in await self.driver.fetch_rows("portfolios.hours", keys):
            found[row[0], row[1]].append(HourCount(*row[2:]))
        return found

    async def add_hours(self, counts: Mapping[Key, Sequence[HourCount]]) -> None:
        """More users, or fewer, in these hours."""
        await self.driver.execute_rows(
            "portfolios.add_hours",
            [
                (*key, one.hour, one.users, one.waiting)
                for key, of_portfolio in counts.items()
                for one in of_portfolio
            ],
        )

    async def forget_hours(self, hours: Sequence[tuple[int, str, int]]) -> None:
        """Hours of accounts and portfolios that count no more."""
        await self.driver.execute_rows("portfolios.forget_hours", hours)

    async def users(
        self, keys: Sequence[tuple[int, str, str]]
    ) -> dict[tuple[int, str, str], ReachedUser]:
        """Those who were written to, or wait, by account, portfolio and recipient."""
        rows = await self.driver.fetch_rows("portfolios.users", keys)
        return {(row[0], row[1], row[2]): ReachedUser(row[3], bool(row[4])) for row in rows}

    async def save_users(self, users: Mapping[tuple[int, str, str], ReachedUser]) -> None:
        """Who was just written to, or waits from now on."""
        await self.driver.execute_rows(
            "portfolios.save_users",
            [(*key, one.hour, int(one.is_waiting)) for key, one in users.items()],
        )

    async def forget_users(
        self, account_id: int, portfolio_id: str, before: int, limit: int
    ) -> int:
        """Forgets some who were last written to before this hour; how many it were."""
        rows = await self.driver.fetch(
            "portfolios.forget_users",
            {
                "account_id": account_id,
                "portfolio_id": portfolio_id,
                "before": before,
                "limit": limit,
            },
        )
        return len(rows)

    async def waiting_items(
        self, account_id: int, portfolio_id: str, hour: int, limit: int
    ) -> list[tuple[str, str]]:
        """Messages that wait for this hour because of the limit, and their recipients."""
        portfolio: dict[str, object] = {"account_id": account_id, "portfolio_id": portfolio_id}
        found: list[tuple[str, str]] = []
        for (lane,) in await self.driver.fetch("portfolios.lanes", portfolio):
            if len(found) < limit:
                rows = await self.driver.fetch(
                    "portfolios.waiting_items",
                    {
                        **portfolio,
                        "lane": lane,
                        "hour": hour,
                        "begins_at": to_ms(start_of(hour)),
                        "ends_at": to_ms(start_of(hour + 1)),
                        "limit": limit - len(found),
                    },
                )
                found += [(item_id, recipient) for item_id, recipient in rows]
        return found

    async def _limits(self, query: str, keys: Sequence[Key]) -> dict[Key, MessagingLimit]:
        rows = await self.driver.fetch_rows(query, keys)
        return {(row[0], row[1]): limit_of(row) for row in rows}
