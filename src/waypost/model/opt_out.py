"""Opt-outs: recipients who asked for no marketing; and service windows: who wrote, and when."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

SERVICE_WINDOW = timedelta(hours=24)
"""How long after a recipient wrote a free-form message may answer (`reference` 1.2)."""

OPT_OUT_KEYWORDS = ("stop", "unsubscribe", "stop promotions", "opt out", "optout")
OPT_IN_KEYWORDS = ("start", "unstop", "subscribe", "opt in", "optin")
"""What every account listens for unless it says otherwise; compared without regard to case."""


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


class Wrote(Struct, frozen=True):
    """A recipient wrote to a sender: its service window is open from then on."""

    account_id: int
    sender_id: str
    recipient: str
    wrote_at: datetime
