"""Rate cards as they are now, in memory: looked after once a second, read anew when changed.

Whoever prices or settles many messages asks once for all of them.
"""

from collections.abc import Mapping

from msgspec import Struct

from waypost.model.rate import NO_CARDS, RateCard, RateCards
from waypost.runtime.clock import Clock
from waypost.store.ports import Store, Transaction

FRESH_S = 1.0
"""How long an import by another process may go unseen."""


class _Held(Struct, frozen=True):
    cards: RateCards
    versions: Mapping[int, int]


class RateKeeper:
    """A memory of all rate cards.

    What it holds is replaced as one value: the step of a writer's thread may ask as well.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._held: _Held | None = None
        self._checked_at = 0.0

    async def current(self) -> RateCards:
        """The cards of now, at most a second old. Raises StoreError."""
        held = self._fresh()
        if held is None:
            held = await self._store.read(self._read)
        return held.cards

    async def within(self, transaction: Transaction) -> RateCards:
        """The same for a step, read by its own transaction if they are read at all."""
        held = self._fresh()
        if held is None:
            held = await self._read(transaction)
        return held.cards

    def _fresh(self) -> _Held | None:
        """What is held, if it was looked after within the second."""
        now = self._clock.monotonic()
        if self._held is None or now - self._checked_at >= FRESH_S:
            self._checked_at = now  # one asks; the others go on with what is held
            return None
        return self._held

    async def _read(self, transaction: Transaction) -> _Held:
        held = self._held or _Held(NO_CARDS, {})
        versions = await transaction.wallets.rate_versions()
        if versions != held.versions:
            changed = [owner for owner in versions if held.versions.get(owner) != versions[owner]]
            rates = await transaction.wallets.rates(changed)
            cards = {owner: RateCard(rates.get(owner, ())) for owner in changed}
            held = _Held(held.cards.replaced(cards, versions), versions)
        self._held = held
        return held
