"""The emulator's chance: where its ids come from and what its faults hit."""

import os
import random
from typing import Protocol


class Chance(Protocol):
    """What the emulator asks of chance."""

    def bits(self, count: int) -> int:
        """A number of at most `count` random bits."""
        ...

    def fraction(self) -> float:
        """A number from 0 up to, not including, 1."""
        ...


class SeededChance:
    """The same seed gives the same ids; without one, every start gives others."""

    def __init__(self, seed: int | None = None) -> None:
        entropy = int.from_bytes(os.urandom(32)) if seed is None else seed
        # Ids and faults only: nothing here guards a secret.
        self._random = random.Random(entropy)  # noqa: S311 ids of an emulator, not keys

    def bits(self, count: int) -> int:
        """A number of at most `count` random bits."""
        return self._random.getrandbits(count)

    def fraction(self) -> float:
        """A number from 0 up to, not including, 1."""
        return self._random.random()
