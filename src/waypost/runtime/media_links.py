"""Addresses of received media: signed, so that they need no key, and good for a time only.

A signature is HMAC-SHA-256 over the account, the message and the end of its time, by a key that
is derived from the vault's. The first key signs and every key verifies: addresses outlive a new
key for as long as the old one is kept.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from urllib.parse import quote, urlencode

from waypost.runtime.vault import Vault

PURPOSE = "media links"
LONGEST_INSTANT = 12
"""Digits of seconds since 1970 that are read: until far beyond the year 9999."""


class LinkState(Enum):
    """What an address is worth."""

    GOOD = "good"
    EXPIRED = "expired"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class MediaLinks:
    """Makes addresses of received media, and checks them.

    base_url  of the gateway as customers reach it, without a slash at its end
    life      how long a new address is good for
    """

    vault: Vault
    base_url: str
    life: timedelta

    def link(self, sid: str, inbound_id: str, now: datetime) -> str:
        """An address of a message's medium."""
        expires = str(int((now + self.life).timestamp()))
        key, *_ = self.vault.derive(PURPOSE)
        query = {"expires": expires, "signature": _sign(key, sid, inbound_id, expires)}
        path = f"{quote(sid, safe='')}/{quote(inbound_id, safe='')}"
        return f"{self.base_url}/media/{path}?{urlencode(query)}"

    def check(self, sid: str, inbound_id: str, query: tuple[str, str], now: datetime) -> LinkState:
        """What an address is worth now.

        query  its `expires` and its `signature`
        """
        expires, signature = query
        keys = self.vault.derive(PURPOSE)
        is_ours = [
            hmac.compare_digest(
                _sign(key, sid, inbound_id, expires), signature.encode("ascii", "replace").decode()
            )
            for key in keys
        ]
        if not any(is_ours) or not expires.isdigit() or len(expires) > LONGEST_INSTANT:
            return LinkState.WRONG
        ends_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(expires))
        return LinkState.GOOD if now < ends_at else LinkState.EXPIRED


def _sign(key: bytes, sid: str, inbound_id: str, expires: str) -> str:
    """The parts with their lengths, so that no two of them can be read as one another."""
    parts = (sid, inbound_id, expires)
    told = "".join(f"{len(part)}:{part}" for part in parts)
    return hmac.new(key, told.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
