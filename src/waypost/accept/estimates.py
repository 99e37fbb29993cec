"""What the messages of a send are expected to cost. Pure: it is given the cards and the day."""

from collections.abc import Mapping

from msgspec import Struct

from waypost.model.account import Account, AccountKind
from waypost.model.rate import (
    AUTHENTICATION,
    AUTHENTICATION_INTERNATIONAL,
    MARKETING,
    SERVICE,
    Estimate,
    RateCards,
    plain_category,
)
from waypost.model.sender import Sender
from waypost.model.submission import READ_RECEIPT, Submission
from waypost.model.template import Template
from waypost.wallet.countries import country_of, country_of_number

FREE = Estimate("", "", 0)
TEMPLATE = "template"


class Tariff(Struct, frozen=True):
    """All that prices follow from.

    cards  every rate card
    fixed  what a message costs by kind of account, in minor units, where nothing else says
    day    since 1970, UTC
    """

    cards: RateCards
    fixed: Mapping[AccountKind, int]
    day: int


def estimate(
    tariff: Tariff, account: Account, sender: Sender, submission: Submission
) -> tuple[Estimate, ...]:
    """One for each recipient, in order. A read receipt costs nothing."""
    if submission.content.kind == READ_RECEIPT:
        return (FREE,) * len(submission.recipients)
    category = category_of(account, sender, submission)
    known: dict[str, Estimate] = {}
    estimates = []
    for recipient in submission.recipients:
        country = country_of(recipient)
        found = known.get(country)
        if found is None:
            found = known[country] = _of_country(tariff, account, sender, country, category)
        estimates.append(found)
    return tuple(estimates)


def category_of(account: Account, sender: Sender, submission: Submission) -> str:
    """What Meta will probably bill it as: its template's category, or service if it has none.

    A template that is not known here may be of any; marketing is what costs most.
    """
    if submission.content.kind != TEMPLATE:
        return SERVICE
    template = template_of(account, sender, submission)
    return MARKETING if template is None else plain_category(template.category)


def template_of(account: Account, sender: Sender, submission: Submission) -> Template | None:
    """The template that a send names, as it is known here."""
    content = submission.content
    name, language = content.template_name or "", content.template_language or ""
    return account.templates.get((sender.waba_id, name, language))


def _of_country(
    tariff: Tariff, account: Account, sender: Sender, country: str, category: str
) -> Estimate:
    cards, day, id_ = tariff.cards, tariff.day, account.account_id
    if (
        category == AUTHENTICATION
        and country != country_of_number(sender.sender_id)
        and cards.names(id_, country, AUTHENTICATION_INTERNATIONAL, day)
    ):
        # Some countries take more from businesses abroad; where ours is, its number tells best.
        category = AUTHENTICATION_INTERNATIONAL
    price = cards.rate_of(id_, country, category, day, is_own_only=account.has_own_price)
    if price is None:
        price = account.price_minor
    return Estimate(country, category, tariff.fixed[account.kind] if price is None else price)
