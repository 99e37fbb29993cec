"""A statement: what moved of an account's money, by day, template and country."""

from datetime import date

from msgspec import Struct


class StatementLine(Struct, frozen=True):
    """The entries of one day that are about messages of one template, country and category.

    A day (UTC) is that of the entries, so that a day that is over never changes.

    template  empty for messages of no template, and for what is about no message
    country, category  what the messages were priced by; empty where nothing is known
    messages  of which something moved on that day
    The amounts are in minor units:
    topped_up, adjusted  what came in; an adjustment may be negative
    held      set aside on that day
    captured  spent, beyond the hold included
    released  given back of what was held
    refunded  given back of what was spent
    """

    day: date
    template: str
    country: str
    category: str
    messages: int
    topped_up_minor: int
    adjusted_minor: int
    held_minor: int
    captured_minor: int
    released_minor: int
    refunded_minor: int
