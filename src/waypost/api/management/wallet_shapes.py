"""What the operator sends in, and is shown, of money beside accounts."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from waypost.api.management.bodies import Body, Currency, Decimal
from waypost.api.management.shapes import Amount, show_amount
from waypost.directory.treasurer import LONGEST_REASON, HeldCard
from waypost.model.rate import CATEGORIES, Rate
from waypost.model.statement import StatementLine

STAR = "*"
MOST_RATES = 5000
Reason = Annotated[str, Meta(min_length=1, max_length=LONGEST_REASON)]
SignedDecimal = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,9}(\.[0-9]{1,4})?$",
        description="A decimal number of at most four places; with a minus it is taken away.",
        examples=["-2.50"],
    ),
]
CountryWord = Annotated[
    str,
    Meta(
        pattern=r"^([A-Z]{2}|\*)$",
        description="The recipient's country (ISO 3166); * for every other.",
        examples=["IN"],
    ),
]
CategoryWord = Annotated[
    str,
    Meta(
        pattern=rf"^({'|'.join(CATEGORIES)}|\*)$",
        description="What Meta bills it as; * for every other.",
        examples=["marketing"],
    ),
]


class TopUp(Body, frozen=True):
    """Money that came in."""

    amount: Decimal
    currency: Currency | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""


class Adjustment(Body, frozen=True):
    """A correction of a balance, upwards or downwards."""

    amount: SignedDecimal
    reason: Reason
    currency: Currency | None = None


class Refund(Body, frozen=True):
    """What is given back for a message; without an amount all that it cost."""

    message_id: Annotated[str, Meta(min_length=1, max_length=100)]
    reason: Reason
    amount: Decimal | None = None
    currency: Currency | None = None


class RateBody(Body, frozen=True):
    """What a message costs, from a day (UTC) on."""

    country: CountryWord
    category: CategoryWord
    valid_from: date
    price: Decimal


class RatesBody(Body, frozen=True):
    """Rates to add to a card; with `is_whole` what else the card said is gone."""

    rates: Annotated[tuple[RateBody, ...], Meta(min_length=1, max_length=MOST_RATES)]
    is_whole: bool = False


class RateShape(Struct, frozen=True):
    """One rate of a card; * stands for every other."""

    country: str
    category: str
    valid_from: date
    price: Amount


class CardShape(Struct, frozen=True):
    """A rate card; a currency of null says that there is none."""

    currency: str | None
    rates: list[RateShape]


class StatementShape(Struct, frozen=True):
    """What moved on one day (UTC), of messages of one template, country and category.

    `captured` is what was spent; `messages` are those of which something moved.
    """

    day: date
    template: str
    country: str
    category: str
    messages: int
    topped_up: Amount
    adjusted: Amount
    held: Amount
    captured: Amount
    released: Amount
    refunded: Amount


class MoneyAuditShape(Struct, frozen=True):
    """Whatever does not add up; none if all does."""

    findings: list[str]


def show_card(card: HeldCard) -> CardShape:
    """A card in amounts."""
    return CardShape(card.currency, [_show_rate(rate, card.currency or "") for rate in card.rates])


def show_line(line: StatementLine, currency: str) -> StatementShape:
    """A line of a statement in amounts."""
    return StatementShape(
        day=line.day,
        template=line.template,
        country=line.country,
        category=line.category,
        messages=line.messages,
        topped_up=show_amount(line.topped_up_minor, currency),
        adjusted=show_amount(line.adjusted_minor, currency),
        held=show_amount(line.held_minor, currency),
        captured=show_amount(line.captured_minor, currency),
        released=show_amount(line.released_minor, currency),
        refunded=show_amount(line.refunded_minor, currency),
    )


def _show_rate(rate: Rate, currency: str) -> RateShape:
    return RateShape(
        rate.country or STAR,
        rate.category or STAR,
        rate.valid_from,
        show_amount(rate.price_minor, currency),
    )
