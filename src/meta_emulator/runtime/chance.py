"""The emulator's chance: where its ids come from and what its faults hit."""

import os
import random
from base64 import b64decode, b64encode
from typing import Any, Protocol


class Chance(Protocol):
    """What the emulator asks of chance."""

    def bits(self, count: int) -> int:
        """A number of at most `count` random bits."""
        ...

    def fraction(self) -> float:
        """A number from 0 up to, not including, 1."""
        ...

    def snapshot(self) -> Any:
        """Where it stands."""
        ...

    def restore(self, kept: Any) -> None:
        """Go on from there."""
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

    def snapshot(self) -> Any:
        """Where it stands: the generator's version and words, each of four bytes, in base64."""
        version, words, spare = self._random.getstate()
        raw = b"".join(word.to_bytes(4) for word in words)
        return {"version": version, "words": b64encode(raw).decode(), "spare": spare}

    def restore(self, kept: Any) -> None:
        """Go on from there."""
        raw = b64decode(kept["words"], validate=True)
        words = tuple(int.from_bytes(raw[at : at + 4]) for at in range(0, len(raw), 4))
        self._random.setstate((kept["version"], words, kept["spare"]))
