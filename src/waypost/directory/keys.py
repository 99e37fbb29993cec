"""Keys of an account: made, found by their prefix, changed, ended. Pure.

Every refusal is a DirectoryError that says what would be right.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace

from waypost.directory.credentials import PREFIX_LENGTH, hash_key
from waypost.model.account import Account, ApiKey
from waypost.model.errors import DirectoryError, NotFoundError

LONGEST_LABEL = 100
LONGEST_LIFE = timedelta(days=36_500)
LONGEST_OVERLAP = timedelta(days=365)
END = "/expires_at"


class KeyChange(Struct, frozen=True):
    """What is to change of a key; UNSET leaves a thing as it is.

    allowed_addresses  addresses and networks; empty: from anywhere
    expires_at         None: never
    """

    label: str | UnsetType = UNSET
    allowed_addresses: tuple[str, ...] | UnsetType = UNSET
    expires_at: datetime | UnsetType | None = UNSET


def new_key(key: str, now: datetime, change: KeyChange) -> ApiKey:
    """A key as it is kept. Raises DirectoryError."""
    bare = ApiKey(key_hash=hash_key(key), prefix=key[:PREFIX_LENGTH], created_at=now)
    return changed_key(bare, now, change)


def changed_key(key: ApiKey, now: datetime, change: KeyChange) -> ApiKey:
    """The key with another label, other addresses or another end. Raises DirectoryError."""
    given: dict[str, Any] = {
        name: value for name, value in asdict(change).items() if value is not UNSET
    }
    if "label" in given:
        given["label"] = _clean_label(given["label"])
    if "allowed_addresses" in given:
        given["allowed_addresses"] = clean_networks(given["allowed_addresses"])
    ends = given.get("expires_at")
    if ends is not None and ends.tzinfo is None:
        raise DirectoryError(f"{ends.isoformat()} has no time zone; add one, like Z for UTC.", END)
    if ends is not None and ends <= now:
        raise DirectoryError(
            f"{ends:%Y-%m-%d %H:%M} UTC has passed already; name a later time, or revoke the key.",
            END,
        )
    if ends is not None and ends - now > LONGEST_LIFE:
        raise DirectoryError(
            f"A key cannot be valid for more than {LONGEST_LIFE.days} days; name an earlier time.",
            END,
        )
    return replace(key, **given)


def rotated_key(old: ApiKey, key: str, now: datetime, overlap: timedelta) -> tuple[ApiKey, ApiKey]:
    """The old key with its end, and the new one with the old one's label, limits and end.

    Raises DirectoryError for an overlap that is none, or an old key that has expired.
    """
    if old.expires_at is not None and old.expires_at <= now:
        raise DirectoryError(
            f"The key {old.prefix} has expired and has nothing to hand over; make a new key."
        )
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise DirectoryError(
            f"Both keys cannot be valid for {overlap}; give an overlap of 0 seconds to "
            f"{LONGEST_OVERLAP.days} days."
        )
    ends = now + overlap
    ended = replace(old, expires_at=ends if old.expires_at is None else min(ends, old.expires_at))
    return ended, replace(
        old, key_hash=hash_key(key), prefix=key[:PREFIX_LENGTH], created_at=now, revoked_at=None
    )


def end_after(now: datetime, days: int | None) -> datetime | None:
    """When a key of so many days ends. Raises DirectoryError."""
    if days is None:
        return None
    if not 0 < days <= LONGEST_LIFE.days:
        raise DirectoryError(
            f"A key cannot be valid for {days} days; give 1 to {LONGEST_LIFE.days}, or none.",
            "/days",
        )
    return now + timedelta(days=days)


def clean_networks(addresses: Sequence[str]) -> tuple[str, ...]:
    """Addresses and networks that are. Raises DirectoryError for the first that is none."""
    for index, allowed in enumerate(addresses):
        try:
            ip_network(allowed)
        except ValueError:
            raise DirectoryError(
                f"{allowed} is no address or network; write 203.0.113.7 or 203.0.113.0/24.",
                f"/allowed_addresses/{index}",
            ) from None
    return tuple(addresses)


def keys_named(account: Account, named: str) -> list[ApiKey]:
    """The keys that were not revoked and go by this prefix, or are this whole key.

    Raises NotFoundError if there is none.
    """
    whole = hash_key(named)
    found = [
        key
        for key in account.keys.values()
        if key.revoked_at is None and (key.prefix == named or key.key_hash == whole)
    ]
    if not found:
        raise NotFoundError(
            f"{account.sid} has no valid key that begins with {named[:PREFIX_LENGTH]}; "
            f"`waypost key list {account.sid}` shows them."
        )
    return found


def key_named(account: Account, named: str) -> ApiKey:
    """The one key of this prefix, or this whole key.

    Raises NotFoundError if there is none, DirectoryError if the prefix is that of several.
    """
    found = keys_named(account, named)
    if len(found) > 1:
        raise DirectoryError(
            f"{len(found)} keys of {account.sid} begin with {named}; name the key in full."
        )
    return found[0]


def show_key(key: ApiKey) -> dict[str, Any]:
    """What the audit log tells of a key."""
    return {
        "label": key.label,
        "allowed_addresses": list(key.allowed_addresses),
        "expires_at": None if key.expires_at is None else key.expires_at.isoformat(),
    }


def _clean_label(label: str) -> str:
    cleaned = label.strip()
    if len(cleaned) > LONGEST_LABEL or not cleaned.isprintable():
        raise DirectoryError(f"A label has at most {LONGEST_LABEL} printable characters.", "/label")
    return cleaned
