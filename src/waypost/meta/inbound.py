"""What recipients tell, out of Meta's webhooks: messages and preferences (`reference` 4.5, 4.6).

Pure, and never raises. Since 2026 a recipient may be named by a user id alone (`reference` 4.7),
and then the phone number is missing or empty.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from waypost.meta.inbound_parts import (
    Ordered,
    Tapped,
    read_answered,
    read_medium,
    read_ordered,
    read_tapped,
)
from waypost.meta.single_value import ManyValue, contacts_in, names_in, number_of, text_at
from waypost.meta.timestamps import instant_of
from waypost.model.inbound import InboundMedium

WA_ID = re.compile(r"\+?(\d{1,20})", re.ASCII)
USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,299}")
MARKETING = "marketing_messages"
LONGEST_KIND = 100
LONGEST_WAMID = 500
"""An id of Meta's has about 60 characters, and a database cannot look up any length."""
LONGEST_ADDRESS = 300
"""What names a recipient: a phone has at most fifteen digits, a user id some forty characters."""

WANTS = {"stop": False, "resume": True, "signup": True}
"""A preference's value, and whether the recipient wants marketing then.

`signup` is told of who followed a link to sign up; it stands in recorded webhooks."""


class Inbound(Struct, frozen=True):
    """One message from a recipient to one of our numbers.

    wamid     Meta's id; empty if Meta does not tell it, or one that can be none
    wa_id     the recipient's phone, digits only; None if Meta does not tell it
    user_id   its business-scoped user id; None if Meta does not tell it. One of the two is there
    kind      Meta's `type`, `unknown` without one
    words     all that the recipient can be said to have said: a text, a button's text and
              payload, the title and id of what was chosen; captions are none
    group_id  the group it was written in; None if it was written to the number itself
    waba_id       the WABA that Meta names; empty without one
    value         Meta's webhook value with this one message and its contact, as JSON
    place         where it stands in its webhook: a JSON pointer
    profile_name  the recipient's own name for itself; empty if Meta does not tell it
    answered      Meta's id of the message that it answers or reacts to; None if it names none
    """

    phone_number_id: str
    wamid: str
    wa_id: str | None
    user_id: str | None
    kind: str
    words: tuple[str, ...]
    occurred_at: datetime
    group_id: str | None = None
    waba_id: str = ""
    value: bytes = b"{}"
    place: str = ""
    profile_name: str = ""
    answered: str | None = None
    medium: InboundMedium | None = None
    tapped: Tapped | None = None
    ordered: Ordered | None = None


class Preference(Struct, frozen=True):
    """Whether a recipient wants marketing, as told in WhatsApp's own settings.

    phone_number_id  the number it was told to; empty if Meta names only the WABA
    waba_id          the WABA it was told to
    detail           Meta's own words about it
    """

    phone_number_id: str
    waba_id: str
    wa_id: str | None
    user_id: str | None
    wants_marketing: bool
    detail: str
    occurred_at: datetime


def read_messages(
    value: dict[str, Any], waba_id: str = "", path: str = ""
) -> Iterator[Inbound | str]:
    """Each of a value's `messages`: as it is understood, or its place and why it is not.

    path  where the value stands in its webhook: a JSON pointer
    """
    messages, many, people = value.get("messages"), ManyValue(value), _People(value)
    for number, message in enumerate(messages if isinstance(messages, list) else ()):
        place = f"{path}/messages/{number}"
        try:
            read = _read_message(message, (many, people), waba_id, place)
        except RecursionError:
            read = "is nested too deeply"
        yield f"messages/{number}: {read}" if isinstance(read, str) else read


def read_preferences(value: dict[str, Any], waba_id: str) -> Iterator[Preference | str]:
    """Each marketing preference of a value: understood, or its place and why it is not."""
    preferences, people = value.get("user_preferences"), _People(value)
    for number, preference in enumerate(preferences if isinstance(preferences, list) else ()):
        read = _read_preference(preference, value, waba_id, people)
        if read is not None:
            yield f"user_preferences/{number}: {read}" if isinstance(read, str) else read


def _read_message(
    message: Any, around: tuple[ManyValue, "_People"], waba_id: str, place: str
) -> Inbound | str:
    """The message, or why it is none.

    around  the value that it stands in, and who is named there
    """
    many, people = around
    if not isinstance(message, dict):
        return "is no object"
    wa_id, user_id = people.who(message, "from", "from_user_id")
    if wa_id is None and user_id is None:
        return "does not say whom it is from"
    occurred_at = instant_of(message.get("timestamp"))
    if occurred_at is None:
        return f"timestamp {_shown(message.get('timestamp'))} is none"
    whose = names_in(message, "from", "from_user_id")
    return Inbound(
        phone_number_id=number_of(many.value),
        wamid=_wamid(message),
        wa_id=wa_id,
        user_id=user_id,
        kind=(text_at(message, "type") or "unknown")[:LONGEST_KIND],
        words=_words(message),
        occurred_at=occurred_at,
        group_id=text_at(message, "group_id"),
        waba_id=waba_id,
        value=many.encode("messages", message, whose),
        place=place,
        profile_name=_profile_name(many.contacts_of(whose)),
        answered=read_answered(message),
        medium=read_medium(message),
        tapped=read_tapped(message),
        ordered=read_ordered(message),
    )


def _read_preference(
    preference: Any, value: dict[str, Any], waba_id: str, people: "_People"
) -> Preference | str | None:
    """None for a preference about something else than marketing."""
    if not isinstance(preference, dict):
        return "is no object"
    if preference.get("category") != MARKETING:
        return None
    said = preference.get("value")
    wants = WANTS.get(said) if isinstance(said, str) else None
    if wants is None:
        return f"value {_shown(said)} is not known"
    wa_id, user_id = people.who(preference, "wa_id", "user_id")
    if wa_id is None and user_id is None:
        return "does not say whose it is"
    occurred_at = instant_of(preference.get("timestamp"))
    if occurred_at is None:
        return f"timestamp {_shown(preference.get('timestamp'))} is none"
    return Preference(
        phone_number_id=number_of(value),
        waba_id=waba_id,
        wa_id=wa_id,
        user_id=user_id,
        wants_marketing=wants,
        detail=text_at(preference, "detail") or "",
        occurred_at=occurred_at,
    )


class _People:
    """Who is named by the contacts of a value, found by either name."""

    def __init__(self, value: dict[str, Any]) -> None:
        self._known = [
            (_wa_id(contact.get("wa_id")), _user_id(contact.get("user_id")))
            for contact in contacts_in(value)
        ]
        self._phones: dict[str | None, int] = {}
        self._users: dict[str | None, int] = {}
        for place, (phone, user) in enumerate(self._known):
            self._phones.setdefault(phone, place)
            self._users.setdefault(user, place)

    def who(
        self, named: dict[str, Any], phone_key: str, user_key: str
    ) -> tuple[str | None, str | None]:
        """A recipient's phone and user id; what one entry lacks its contact may tell."""
        wa_id, user_id = _wa_id(named.get(phone_key)), _user_id(named.get(user_key))
        places = [
            places[name]
            for places, name in ((self._phones, wa_id), (self._users, user_id))
            if name is not None and name in places
        ]
        phone, user = self._known[min(places)] if places else (None, None)
        return wa_id or phone, user_id or user


def _wamid(message: dict[str, Any]) -> str:
    wamid = text_at(message, "id") or ""
    return wamid if len(wamid) <= LONGEST_WAMID else ""


def _profile_name(contacts: Sequence[dict[str, Any]]) -> str:
    """What the first of these contacts calls itself; empty if it is not told."""
    return (text_at(contacts[0].get("profile"), "name") or "") if contacts else ""


def _wa_id(named: Any) -> str | None:
    found = WA_ID.fullmatch(named) if isinstance(named, str) else None
    return None if found is None else found[1]


def _user_id(named: Any) -> str | None:
    return named if isinstance(named, str) and USER_ID.fullmatch(named) else None


def _words(message: dict[str, Any]) -> tuple[str, ...]:
    """All texts by which a message can say something, each once."""
    places = [("text", "body"), ("button", "text"), ("button", "payload")]
    found = [text_at(message.get(noun), key) for noun, key in places]
    interactive = message.get("interactive")
    if isinstance(interactive, dict):
        for reply in ("button_reply", "list_reply"):
            found += [text_at(interactive.get(reply), key) for key in ("title", "id")]
    return tuple(dict.fromkeys(word for word in found if word is not None))


def _shown(value: Any) -> str:
    """A value as a complaint shows it: what is nested could be so without end."""
    return "of another type" if isinstance(value, (list, dict)) else repr(value)[:80]
