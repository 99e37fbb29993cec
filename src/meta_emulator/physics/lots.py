"""Lots: chance that does not depend on the order of things.

A lot is a function of the seed, a purpose and whatever the lot is about, so that the same message
draws the same lot however many others are under way.
"""

from hashlib import blake2b
from typing import Any

BITS = 53
SHIFT = 64 - BITS
SCALE = 2.0**-BITS


class Lots:
    """Draws lots.

    seed  the same seed gives the same lots, on every machine
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._keyed = blake2b(str(seed).encode(), digest_size=8)

    def fraction(self, purpose: str, *keys: str | int) -> float:
        """A number from 0 up to, not including, 1; always the same for the same arguments."""
        lot = self._keyed.copy()
        # Lengths keep ("a", "bc") and ("ab", "c") apart.
        for key in (purpose, *keys):
            text = str(key)
            lot.update(f"|{len(text)}:{text}".encode())
        return (int.from_bytes(lot.digest()) >> SHIFT) * SCALE

    def hits(self, share: float, purpose: str, *keys: str | int) -> bool:
        """Whether the lot is within `share`, 0 to 1, of all."""
        return share > 0 and (share >= 1 or self.fraction(purpose, *keys) < share)

    def between(self, least: float, most: float, purpose: str, *keys: str | int) -> float:
        """A number from `least` up to `most`, evenly."""
        return least + (most - least) * self.fraction(purpose, *keys)


class Tallies:
    """How often each thing has been seen: 0 for the first time, then 1, 2 ...

    The count makes the lots of a recipient's second message other ones than those of the first.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def next(self, key: str) -> int:
        """How often `key` was seen before; it has been seen once more now."""
        seen = self._seen.get(key, 0)
        self._seen[key] = seen + 1
        return seen

    def seen(self, key: str) -> int:
        """How often `key` has been seen."""
        return self._seen.get(key, 0)

    def clear(self) -> None:
        """Begin anew."""
        self._seen.clear()

    def snapshot(self) -> Any:
        """All counts."""
        return dict(self._seen)

    def restore(self, kept: Any) -> None:
        """The counts of a snapshot."""
        self._seen = dict(kept)
