"""What is asked of the figures by the hour, and the rows that answer it."""

from enum import StrEnum

from msgspec import Struct

from waypost.model.lifecycle import State
from waypost.model.usage import UsageCounts


class Group(StrEnum):
    """By what figures may be told apart."""

    DAY = "day"
    HOUR = "hour"
    SENDER = "sender"
    TEMPLATE = "template"
    COUNTRY = "country"
    CATEGORY = "category"
    REF = "ref"
    REF1 = "ref1"
    REF2 = "ref2"


OF_HISTORY = (Group.REF, Group.REF1, Group.REF2)
"""Groups that no figures are kept by: they are counted over the messages that history holds."""


class UsageFilter(Struct, frozen=True):
    """Which figures; an empty text lets everything through.

    since, until      hours since 1970 (UTC) of acceptance: from the one to before the other
    ref, ref1, ref2   what the customer gave with the request
    """

    since: int
    until: int
    sender_id: str = ""
    template: str = ""
    country: str = ""
    ref: str = ""
    ref1: str = ""
    ref2: str = ""

    @property
    def has_refs(self) -> bool:
        """Whether it asks for what only messages tell."""
        return bool(self.ref or self.ref1 or self.ref2)


class UsageTotals(Struct, frozen=True):
    """Figures of one group; what was not grouped by is 0 or empty.

    hour  hours since 1970: of the hour, or the first of the UTC day
    """

    hour: int
    sender_id: str
    template: str
    country: str
    category: str
    counts: UsageCounts


class UsageFailures(Struct, frozen=True):
    """How many messages of one group ended with a code; see UsageTotals."""

    hour: int
    sender_id: str
    template: str
    country: str
    code: str
    failures: int


class Recounted(Struct, frozen=True):
    """So many messages, of one hour and key, that stand in one state.

    ref, ref1, ref2  empty if they were not asked for
    code             why they failed, or were not sent; empty for all others
    """

    hour: int
    sender_id: str
    template: str
    country: str
    category: str
    ref: str
    ref1: str
    ref2: str
    state: State
    code: str
    messages: int
    spend_minor: int
