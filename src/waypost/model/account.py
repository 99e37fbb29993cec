"""An account: a customer of this gateway, with its keys, senders, templates and wallet."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from msgspec import Struct, field

from waypost.model.sender import Sender
from waypost.model.template import Template


class AccountKind(StrEnum):
    """How an account pays: before or after."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


class AccountState(StrEnum):
    """A suspended account is refused with WA-401; nothing of it is deleted."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class ApiKey(Struct, frozen=True):
    """A key as it is kept: its SHA-256, never itself.

    The key has 128 bits of chance, so a plain hash is as strong as the key: there is nothing
    to guess faster. `prefix` is its first six characters, to tell keys apart in lists.
    """

    key_hash: bytes
    prefix: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    allowed_addresses: tuple[str, ...] = ()

    def is_valid(self, now: datetime, address: str) -> bool:
        """May this key be used now, from this address? An empty list allows every address."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return False
        if self.expires_at is not None and self.expires_at <= now:
            return False
        if not self.allowed_addresses:
            return True
        try:
            client = ip_address(address)
        except ValueError:
            return False
        if isinstance(client, IPv6Address) and client.ipv4_mapped is not None:
            client = client.ipv4_mapped  # a server that listens on both kinds tells IPv4 so
        return any(client in ip_network(allowed) for allowed in self.allowed_addresses)


class Account(Struct, frozen=True):
    """A customer and all that a send of theirs is held against, read in one go.

    price_minor     what one message costs, in minor units; None: the deployment's price
    requests_per_s  the account's own limit; None: unlimited
    version         grows with every change of the account's directory rows
    senders         by phone number, digits only
    templates       by WABA id, name and language
    """

    account_id: int
    sid: str
    name: str
    kind: AccountKind
    state: AccountState
    price_minor: int | None
    requests_per_s: int | None
    version: int
    keys: Mapping[bytes, ApiKey] = field(default_factory=dict)
    senders: Mapping[str, Sender] = field(default_factory=dict)
    templates: Mapping[tuple[str, str, str], Template] = field(default_factory=dict)
