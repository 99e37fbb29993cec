"""A webhook's value with one of its many: what a customer is told of one message. Pure.

A value may hold thousands, each of somebody else, with a contact for each: so contacts are found
by an index of the whole value, and what stands beside the many is written as JSON once.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

_encode = msgspec.json.Encoder().encode

LONGEST_NUMBER = 100

LISTS = ("messages", "statuses", "errors")
"""What a value of the field `messages` may hold many of."""

LONGEST_BESIDE = 16 * 1024
"""Bytes of one part beside the many, of a value with more than one: a larger one is left out, for
it would be kept with each of them. Meta's have some hundred."""


class ManyValue:
    """A value of the field `messages`, to be told one by one."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value

    def encode(self, key: str, one: dict[str, Any], whose: set[str]) -> bytes:
        """The value as JSON, of `key` with this one alone, and of the contacts with its own.

        whose  phones and user ids of whom it is about

        Raises RecursionError for what is nested too deeply to be written.
        """
        single: dict[str, Any] = {**self._beside, key: [one]}
        if self._is_of_many and isinstance(self.value.get("contacts"), list):
            single["contacts"] = self.contacts_of(whose)
        return _encode(single)

    def contacts_of(self, whose: set[str]) -> list[dict[str, Any]]:
        """The contacts of these names, in their order; of several of one name the first."""
        found = sorted({self._places[name] for name in whose if name in self._places})
        return [self._contacts[place] for place in found]

    @cached_property
    def _contacts(self) -> list[dict[str, Any]]:
        return list(contacts_in(self.value))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """Where the first contact of each name stands."""
        places: dict[str, int] = {}
        for place, contact in enumerate(self._contacts):
            for name in names_in(contact, "wa_id", "user_id"):
                places.setdefault(name, place)
        return places

    @cached_property
    def _is_of_many(self) -> bool:
        held = [self.value.get(name) for name in LISTS]
        return sum(len(one) for one in held if isinstance(one, list)) > 1

    @cached_property
    def _beside(self) -> Mapping[str, msgspec.Raw]:
        """Each part that is not one of the many, as JSON. Raises RecursionError."""
        written = {
            name: _encode(part)
            for name, part in self.value.items()
            if name not in LISTS and not (name == "contacts" and self._is_of_many)
        }
        return {
            name: msgspec.Raw(part)
            for name, part in written.items()
            if not self._is_of_many or len(part) <= LONGEST_BESIDE
        }


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
