"""SIDs and api-keys: how they look, and whether a pair of them is one of ours. Pure.

Shapes: `reference` kaleyra-v2 11. A SID is `HX`, the pod, ten digits or capitals and `IN` or
another country; a key is `A` and 32 hexadecimal digits.
"""

import hashlib
import hmac
from datetime import datetime

from waypost.model.account import Account, ApiKey

PREFIX_LENGTH = 6


def hash_key(key: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).digest()


def make_key(chance: str) -> str:
    """A key of 32 hexadecimal digits of chance."""
    return f"A{chance}"


def make_sid(pod: str, digits: str, country: str) -> str:
    """A SID of ten digits of chance."""
    return f"HX{pod[:2]}{digits}{country}"


def find_key(account: Account, key: str, now: datetime, address: str) -> ApiKey | None:
    """The account's key, if it is one and may be used now from this address.

    Takes the same time for every wrong key: only hashes are looked up and compared.
    """
    digest = hash_key(key)
    kept = account.keys.get(digest)
    if kept is None or not hmac.compare_digest(kept.key_hash, digest):
        return None
    return kept if kept.is_valid(now, address) else None
