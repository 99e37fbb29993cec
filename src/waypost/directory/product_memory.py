"""What was just learned of products: a campaign asks for the same ones with every message.

Bounded, and each thing is forgotten after its time: what the store says after seconds, what Meta
said that it does not have after a minute.
"""

from collections.abc import Collection, Iterable
from enum import Enum

from msgspec import Struct

from waypost.model.catalogue import Product

KNOWN_S = 5.0
MISSING_S = 60.0
MOST_REMEMBERED = 50_000

Shelf = tuple[int, str]
"""An account and a catalogue."""


class Nothing(Enum):
    """What may stand in a product's place."""

    MISSING = "the catalogue does not have it"
    UNCHECKED = "Meta could not be asked"


Standing = Product | Nothing


class Remembered(Struct, frozen=True):
    """What is known of one id, until some time of the monotonic clock."""

    standing: Standing
    ends_at: float


class ProductMemory:
    """Standings by account, catalogue and retailer id."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str, str], Remembered] = {}

    def recall(
        self, shelf: Shelf, retailer_ids: Collection[str], now: float
    ) -> dict[str, Standing]:
        """What is remembered of these ids."""
        found: dict[str, Standing] = {}
        for retailer_id in retailer_ids:
            held = self._held.get((*shelf, retailer_id))
            if held is not None and held.ends_at > now:
                found[retailer_id] = held.standing
        return found

    def keep(self, shelf: Shelf, standings: Iterable[tuple[str, Standing, float]]) -> None:
        """Remembers ids, each until a time."""
        for retailer_id, standing, ends_at in standings:
            if len(self._held) >= MOST_REMEMBERED:
                self._held.clear()
            self._held[*shelf, retailer_id] = Remembered(standing, ends_at)

    def forget(self) -> None:
        """A catalogue was read anew."""
        self._held.clear()
