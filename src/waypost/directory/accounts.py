"""Accounts as the doors see them: found by SID, held in memory, looked after once a second."""

from dataclasses import dataclass
from math import inf

from waypost.model.account import Account
from waypost.runtime.clock import Clock
from waypost.store.ports import Store, Transaction

FRESH_S = 1.0
"""How long a change made by another process may go unseen: a revoked key, a new sender."""


@dataclass(slots=True)
class _Held:
    account: Account
    checked_at: float


class Accounts:
    """A memory of accounts. A SID that is not known is looked up every time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._held: dict[str, _Held] = {}

    async def find(self, sid: str) -> Account | None:
        """The account of this SID with all that belongs to it."""
        held = self._held.get(sid)
        now = self._clock.monotonic()
        if held is not None and now - held.checked_at < FRESH_S:
            return held.account
        account = await self._store.read(lambda transaction: self._read(transaction, sid, held))
        if account is None:
            self._held.pop(sid, None)
        else:
            self._held[sid] = _Held(account, now)
        return account

    async def find_anew(self, sid: str) -> Account | None:
        """The account as it is now: something of it was just changed in this process."""
        held = self._held.get(sid)
        if held is not None:
            held.checked_at = -inf
        return await self.find(sid)

    async def _read(self, transaction: Transaction, sid: str, held: _Held | None) -> Account | None:
        """The account, read anew only if it changed."""
        if held is not None:
            version = await transaction.directory.account_version(held.account.account_id)
            if version == held.account.version:
                return held.account
        return await transaction.directory.account_by_sid(sid)
