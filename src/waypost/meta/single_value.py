"""A webhook's value with one of its many: what a customer is told of one message. Pure."""

from collections.abc import Iterator
from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode

LONGEST_NUMBER = 100

LISTS = ("messages", "statuses", "errors")
"""What a value of the field `messages` may hold many of."""


def encode_single(value: dict[str, Any], key: str, one: dict[str, Any], whose: set[str]) -> bytes:
    """Meta's value as JSON, of `key` with this one alone, and of the contacts with its own.

    whose  phones and user ids of whom it is about

    Raises RecursionError for what is nested too deeply to be written.
    """
    single = {name: part for name, part in value.items() if name == key or name not in LISTS}
    single[key] = [one]
    contacts = value.get("contacts")
    count = sum(len(held) for name in LISTS if isinstance(held := value.get(name), list))
    if isinstance(contacts, list) and count > 1:
        single["contacts"] = [
            contact
            for contact in contacts_in(value)
            if whose & names_in(contact, "wa_id", "user_id")
        ]
    return _encode(single)


def contacts_in(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The contacts of a value that are some."""
    contacts = value.get("contacts")
    for contact in contacts if isinstance(contacts, list) else ():
        if isinstance(contact, dict):
            yield contact


def names_in(named: dict[str, Any], *keys: str) -> set[str]:
    """What somebody is called by."""
    return {name for key in keys if isinstance(name := named.get(key), str) and name}


def text_at(named: Any, key: str) -> str | None:
    """The text under a key of what may be no object, unless it is empty."""
    found = named.get(key) if isinstance(named, dict) else None
    return found if isinstance(found, str) and found else None


def number_of(value: dict[str, Any]) -> str:
    """Meta's id of the number that a value is about; empty if it tells none."""
    metadata = value.get("metadata")
    found = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
    return str(found or "")[:LONGEST_NUMBER] if isinstance(found, str | int) else ""
