"""Opt-outs: recipients who asked for no marketing; and service windows: who wrote, and when."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from string import digits
from unicodedata import category

from msgspec import Struct

from waypost.model.recipient import Recipient

SERVICE_WINDOW = timedelta(hours=24)
"""How long after a recipient wrote a free-form message may answer (`reference` 1.2)."""

OPT_OUT_KEYWORDS = ("stop", "unsubscribe", "stop promotions", "opt out", "optout")
OPT_IN_KEYWORDS = ("start", "unstop", "subscribe", "opt in", "optin")
"""What every account listens for unless it says otherwise; compared without regard to case."""

LONGEST_KEYWORD = 100
"""In characters; a longer text that a recipient writes is no keyword."""

NATIONAL_DIGITS = 10
"""Of a number in Brazil, Mexico or Argentina, without the digit that marks a mobile."""

MOBILE_IN_BRAZIL = "6789"
"""What a mobile's number begins with there, behind the area and without the 9."""


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

    def said_by(self, words: Iterable[str]) -> bool | None:
        """Whether the recipient wants marketing, by the first of these words that is a keyword.

        A word counts without regard to case, to space around it and to punctuation behind it.
        None: none of the words is a keyword.
        """
        for plain in filter(None, map(plain_word, words)):
            if any(plain == plain_word(one) for one in self.opt_out):
                return False
            if any(plain == plain_word(one) for one in self.opt_in):
                return True
        return None


class Wrote(Struct, frozen=True):
    """A recipient wrote to a sender: its service window is open from then on."""

    account_id: int
    sender_id: str
    recipient: str
    wrote_at: datetime


def plain_word(word: str) -> str:
    """What is compared of a word; of a text longer than any keyword, nothing."""
    if len(word) > LONGEST_KEYWORD:
        return ""
    plain = " ".join(word.casefold().split())
    while plain and category(plain[-1])[0] in "PZ":  # punctuation and space of any script
        plain = plain[:-1]
    return plain


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
    for country, area, mark, begins in (
        ("55", 2, "9", MOBILE_IN_BRAZIL),
        ("52", 0, "1", digits),
        ("54", 0, "9", digits),
    ):
        if not phone.startswith(country):
            continue
        place = len(country) + area
        short = len(country) + NATIONAL_DIGITS
        if len(phone) == short and phone[place] in begins:
            return phone[:place] + mark + phone[place:]
        if len(phone) == short + 1 and phone[place] == mark and phone[place + 1] in begins:
            return phone[:place] + phone[place + 1 :]
    return None
