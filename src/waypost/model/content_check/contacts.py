"""Contact cards.

Meta's OpenAPI file says 1 to 5 of them; Kaleyra's page says up to 257, which is what WhatsApp
itself lets a person send. The larger number holds here: a send that Meta takes is never refused
for the smaller one. Source: `reference` 1.10; reference/kaleyra-v2.md 12.
"""

import re

from waypost.model.content_check.part import NOT_VALID, Count, Part
from waypost.model.finding import FindingCode

_CONTACTS = Count(1, 257, "contacts")
_LISTS = {
    "addresses": ("street", "city", "state", "zip", "country", "country_code", "type"),
    "emails": ("email", "type"),
    "phones": ("phone", "type", "wa_id"),
    "urls": ("url", "type"),
}
_NAMES = ("first_name", "last_name", "middle_name", "suffix", "prefix")
_ORGANISATION = ("company", "department", "title")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_contacts(message: Part) -> None:
    """The content of a contacts message."""
    for contact in message.parts("contacts", _CONTACTS):
        name = contact.part("name", 'an object like {"formatted_name": "John Smith"}')
        if name is not None:
            name.text("formatted_name")
            _check_strings(name, _NAMES)
        org = contact.part("org", is_required=False)
        if org is not None:
            _check_strings(org, _ORGANISATION)
        for key, inner in _LISTS.items():
            for entry in contact.parts(key, Count(0, None, key), is_required=False):
                _check_strings(entry, inner)
        _check_birthday(contact)


def _check_strings(part: Part, keys: tuple[str, ...]) -> None:
    """What stands under `keys` is a string; it may be empty."""
    for key in keys:
        if not isinstance(part.value.get(key, ""), str):
            part.wrong_kind(key, "a string")


def _check_birthday(contact: Part) -> None:
    birthday = contact.text("birthday", is_required=False)
    if birthday is not None and not _DATE.fullmatch(birthday):
        contact.add(
            "birthday",
            FindingCode.WRONG_VALUE,
            NOT_VALID,
            "the birthday is no date of the form YYYY-MM-DD",
            "Write it like 2012-08-18.",
        )
