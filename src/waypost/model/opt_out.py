"""Opt-outs: recipients who asked for no marketing; and service windows: who wrote, and when."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from waypost.model.recipient import Recipient

SERVICE_WINDOW = timedelta(hours=24)
"""How long after a recipient wrote a free-form message may answer (`reference` 1.2)."""

OPT_OUT_KEYWORDS = ("stop", "unsubscribe", "stop promotions", "opt out", "optout")
OPT_IN_KEYWORDS = ("start", "unstop", "subscribe", "opt in", "optin")
"""What every account listens for unless it says otherwise; compared without regard to case."""


NATIONAL_DIGITS = 10
"""Of a number in Brazil, Mexico or Argentina, without the digit that marks a mobile."""


class OptOutSource(StrEnum):
    """Who told that a recipient wants no marketing."""

    KEYWORD = "keyword"
    USER_PREFERENCES = "user_preferences"
    META_REFUSED = "meta_refused"
    """Meta failed a message with 131050."""
    OPERATOR = "operator"


class OptOut(Struct, frozen=True):
    """One recipient of an account who wants no marketing.

    recipient  `Recipient.address`: `+` and digits, or a user id
    detail     the words that were written, Meta's detail, or the operator's reason
    """

    account_id: int
    recipient: str
    source: OptOutSource
    detail: str
    opted_out_at: datetime


class OptIn(Struct, frozen=True):
    """A recipient wants marketing again: opt-outs before this are out of force."""

    account_id: int
    recipient: str
    opted_in_at: datetime


class Keywords(Struct, frozen=True):
    """The words by which an account's recipients leave and come back, in lower case."""

    opt_out: tuple[str, ...] = OPT_OUT_KEYWORDS
    opt_in: tuple[str, ...] = OPT_IN_KEYWORDS


class Wrote(Struct, frozen=True):
    """A recipient wrote to a sender: its service window is open from then on."""

    account_id: int
    sender_id: str
    recipient: str
    wrote_at: datetime


def addresses_of(recipient: Recipient) -> tuple[str, ...]:
    """The address of a recipient, and after it those that the same telephone may go by.

    In three countries numbers are written in two ways, and the one that Meta reports need not
    be the one that was asked for (`reference` 1.2): Brazil with and without the 9 of mobiles,
    Mexico with and without the 1, Argentina with and without the 9. For looking up windows and
    opt-outs alone; a number to send to is never rewritten. Empty for nobody.
    """
    phone = recipient.phone
    if phone is None:
        return (recipient.address,) if recipient.address else ()
    other = _written_otherwise(phone)
    return (f"+{phone}",) if other is None else (f"+{phone}", f"+{other}")


def _written_otherwise(phone: str) -> str | None:
    """The other way to write a number of Brazil, Mexico or Argentina."""
    for country, area, mark in (("55", 2, "9"), ("52", 0, "1"), ("54", 0, "9")):
        if not phone.startswith(country):
            continue
        place = len(country) + area
        short = len(country) + NATIONAL_DIGITS
        if len(phone) == short and (not area or phone[place] in "6789"):
            return phone[:place] + mark + phone[place:]
        if len(phone) == short + 1 and phone[place] == mark:
            return phone[:place] + phone[place + 1 :]
    return None
