"""Chance, passed in: where ids, tokens and jitter come from; seeded in tests."""

import random
import secrets
import uuid
from typing import Protocol

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
POOL_BYTES = 4096
"""How much chance is fetched at once."""

FLOAT_BITS = 53
"""The bits of a float's fraction: more would not change a jitter."""


class Entropy(Protocol):
    """What the gateway needs of chance."""

    def token_hex(self, n_bytes: int) -> str:
        """So many random bytes as lower-case hexadecimal digits, two for each byte."""
        ...

    def uuid(self) -> str:
        """A random UUID (version 4, RFC 9562 section 5.4) in its usual spelling."""
        ...

    def jitter(self) -> float:
        """A number from 0, included, to 1, excluded."""
        ...

    def base36(self, length: int) -> str:
        """So many characters of 0-9 and A-Z."""
        ...


class SystemEntropy:
    """The operating system's chance: fit for secrets.

    It is fetched many bytes at a time, for each call of the system lets another thread run
    first, and an id is wanted for every message. No byte is given out twice.
    """

    def __init__(self) -> None:
        self._pool = b""
        self._used = 0

    def token_hex(self, n_bytes: int) -> str:
        """So many random bytes as hexadecimal digits."""
        return self._take(n_bytes).hex()

    def uuid(self) -> str:
        """A random UUID."""
        return str(uuid.UUID(bytes=self._take(16), version=4))

    def jitter(self) -> float:
        """A number from 0 to below 1."""
        return (int.from_bytes(self._take(8)) >> (64 - FLOAT_BITS)) / (1 << FLOAT_BITS)

    def _take(self, count: int) -> bytes:
        start = self._used
        if start + count > len(self._pool):
            self._pool = secrets.token_bytes(max(POOL_BYTES, count))
            start = 0
        self._used = start + count
        return self._pool[start : start + count]

    def base36(self, length: int) -> str:
        """So many characters of 0-9 and A-Z."""
        return _render_base36(secrets.randbelow(36**length), length)


class SeededEntropy:
    """The same chance for the same seed, in every run. For tests; fit for no secret."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 # repeatable is the point

    def token_hex(self, n_bytes: int) -> str:
        """So many bytes as hexadecimal digits."""
        return self._random.randbytes(n_bytes).hex()

    def uuid(self) -> str:
        """A UUID."""
        return str(uuid.UUID(bytes=self._random.randbytes(16), version=4))

    def jitter(self) -> float:
        """A number from 0 to below 1."""
        return self._random.random()

    def base36(self, length: int) -> str:
        """So many characters of 0-9 and A-Z."""
        return _render_base36(self._random.randrange(36**length), length)


def _render_base36(value: int, length: int) -> str:
    digits = []
    for _ in range(length):
        value, digit = divmod(value, 36)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))
