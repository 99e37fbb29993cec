"""Calls customers' endpoints: only where they may be, and exactly where that was checked.

An HTTP client of its own for each host and address has that address in place of a look-up; names
of certificates stay those of the host. Clients are kept while they are used, so that connections
are, and closed when they were not for a while or too many.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from waypost.runtime.addresses import AddressGuard
from waypost.runtime.clock import Clock
from waypost.runtime.http import AnswerLostError, HttpAnswer, HttpCall, HttpClient, NeverLeftError

MOST_CLIENTS = 256
"""How many clients are kept; each takes about 113 KiB and 6 ms to make."""

IDLE_S = 120.0
"""How long a client is kept that is not used."""

MOST_ADDRESSES = 3
"""How many addresses of a host are tried, one after another, if none lets us connect."""


class ClosableClient(HttpClient, Protocol):
    """A client whose connections are closed by whoever made it."""

    async def close(self) -> None:
        """Close all connections."""
        ...


MakeClient = Callable[[str, str, int], ClosableClient]
"""A client for which a host is at an address and a port."""


@dataclass(slots=True)
class _Kept:
    """A client, how many calls it has under way, and when the last one ended."""

    client: ClosableClient
    users: int = 0
    used_at: float = 0.0


@dataclass(frozen=True, slots=True)
class PinnedClients:
    """Clients by host, address and port; the one that was used last stands last."""

    make: MakeClient
    clock: Clock
    most: int = MOST_CLIENTS
    _kept: OrderedDict[tuple[str, str, int], _Kept] = field(default_factory=OrderedDict)

    async def request(
        self, call: HttpCall, host: str, address: str, port: int, timeout_s: float
    ) -> HttpAnswer:
        """One call to this address. Raises NeverLeftError or AnswerLostError."""
        key = (host, address, port)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = _Kept(self.make(host, address, port))
        self._kept.move_to_end(key)
        kept.users += 1
        try:
            return await kept.client.request(call, timeout_s)
        finally:
            kept.users -= 1
            kept.used_at = self.clock.monotonic()
            await self._tidy()

    async def _tidy(self) -> None:
        """Closes clients that nobody uses: those idle for long, and the oldest beyond the most."""
        now = self.clock.monotonic()
        gone: list[tuple[str, str, int]] = []
        for key, kept in self._kept.items():
            is_old = now - kept.used_at >= IDLE_S
            if not is_old and len(self._kept) - len(gone) <= self.most:
                break
            if not kept.users:
                gone.append(key)
        for client in [self._kept.pop(key).client for key in gone]:
            await client.close()

    async def close(self) -> None:
        """Closes all."""
        while self._kept:
            _, kept = self._kept.popitem()
            await kept.client.close()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls endpoints.

    http  for addresses that need no check, where the deployment allows private ones
    """

    http: HttpClient
    guard: AddressGuard
    pinned: PinnedClients
    clock: Clock

    async def call(self, call: HttpCall, timeout_s: float) -> HttpAnswer:
        """One call, the look-up included. A redirect is an answer like any other.

        Raises ForbiddenAddressError, NeverLeftError or AnswerLostError.
        """
        if self.guard.may_be_private:
            return await self.http.request(call, timeout_s)
        ends_at = self.clock.monotonic() + timeout_s
        try:
            async with asyncio.timeout(timeout_s):
                place = await self.guard.find(call.url)
        except TimeoutError:
            raise NeverLeftError(f"the host's name was not resolved in {timeout_s:g} s") from None
        call = replace(call, url=place.url)
        refused: NeverLeftError | None = None
        for address in place.addresses[:MOST_ADDRESSES]:
            left_s = ends_at - self.clock.monotonic()
            if left_s <= 0:
                break
            try:
                return await self.pinned.request(call, place.host, address, place.port, left_s)
            except NeverLeftError as error:
                refused = error
        raise refused or AnswerLostError("no time was left to call the endpoint")
