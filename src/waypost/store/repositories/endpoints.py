"""How the endpoints of callback profiles do: what is written of it by those who call them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from waypost.model.callback import ClosedEndpoint, ProfileState
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.instants import from_ms_or_none, to_ms


@dataclass(frozen=True, slots=True)
class EndpointsRepository:
    """`answer_ports.Endpoints` over named queries."""

    driver: Driver

    async def closed(self) -> list[ClosedEndpoint]:
        """The profiles of all accounts that are not active."""
        return [
            ClosedEndpoint(account_id, profile_id, ProfileState(state), from_ms_or_none(probe_at))
            for account_id, profile_id, state, probe_at in await self.driver.fetch(
                "endpoints.closed", {}
            )
        ]

    async def fail(self, keys: Sequence[Key], now: datetime) -> None:
        """These failed, and nothing else since; when that began is kept as it is."""
        await self.driver.execute_rows("endpoints.fail", [(*key, to_ms(now)) for key in keys])

    async def recover(self, keys: Sequence[Key]) -> set[Key]:
        """These answered well; those that had failed before, or were suspended."""
        if not keys:
            return set()
        rows = await self.driver.fetch_rows("endpoints.recover", keys)
        return {(account_id, profile_id) for account_id, profile_id in rows}

    async def warn(self, key: Key, failing_for: timedelta, now: datetime) -> bool:
        """Somebody is warned; False if it does not fail for so long, or somebody was."""
        return bool(
            await self.driver.fetch(
                "endpoints.warn",
                {**_of(key), "now": to_ms(now), "before": to_ms(now - failing_for)},
            )
        )

    async def suspend(
        self, key: Key, reason: str, failing_for: timedelta, now: datetime, probe_at: datetime
    ) -> bool:
        """Suspends a profile; False if it is not active, or does not fail for so long."""
        values = {
            **_of(key),
            "state_reason": reason,
            "before": to_ms(now - failing_for),
            "probe_at": to_ms(probe_at),
        }
        return bool(await self.driver.fetch("endpoints.suspend", values))

    async def disable(self, key: Key, url: str, reason: str) -> bool:
        """A profile with this URL is gone; False if it is already, or a person paused it."""
        values = {**_of(key), "url": url, "state_reason": reason}
        return bool(await self.driver.fetch("endpoints.disable", values))

    async def probe(self, key: Key, now: datetime, next_at: datetime) -> bool:
        """The right to try a suspended profile once; False if another has it."""
        values = {**_of(key), "now": to_ms(now), "probe_at": to_ms(next_at)}
        return bool(await self.driver.fetch("endpoints.probe", values))

    async def attempts_since(self, key: Key, since: datetime, limit: int) -> int:
        """How many attempts there were, counted up to `limit`."""
        values = {**_of(key), "since": to_ms(since) * 1000, "limit": limit}
        ((count,),) = await self.driver.fetch("endpoints.attempts_since", values)
        return int(count)

    async def advance(self, key: Key, now: datetime, limit: int) -> int:
        """Events that wait, for later or since before, are due now; how many, so many at most.

        Until fewer than the most are told, the next call with the same `now` goes on.
        """
        values = {"account_id": key[0], "lane": key[1], "now": to_ms(now), "limit": limit}
        return len(await self.driver.fetch("endpoints.advance", values))


def _of(key: Key) -> dict[str, int | str]:
    return {"account_id": key[0], "profile_id": key[1]}
