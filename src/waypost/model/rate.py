"""What a message costs: rate cards, by country of the recipient, category and day.

A card belongs to one account, or to the deployment and so to every account. The most specific
word wins: an account's own card before its own fixed price, that before the deployment's card,
that before the deployment's fixed price; and within a card the country and category, then the
country, then the category, then what is said of all.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct

DEPLOYMENT = 0
"""The account under which the deployment's own card is kept."""

EVERY_OTHER = ""
"""The country, or the category, of a rate that holds for all that none is named for."""

MARKETING = "marketing"
UTILITY = "utility"
AUTHENTICATION = "authentication"
AUTHENTICATION_INTERNATIONAL = "authentication-international"
SERVICE = "service"
CATEGORIES = (MARKETING, UTILITY, AUTHENTICATION, AUTHENTICATION_INTERNATIONAL, SERVICE)
"""What Meta has prices for (`reference` 9); service is whatever is no template."""

EPOCH = date(1970, 1, 1)


def day_of(instant: datetime) -> int:
    """The day of an instant, in days since 1970, UTC."""
    return int(instant.timestamp() // 86_400)


def day_number(day: date) -> int:
    """A date as days since 1970."""
    return (day - EPOCH).days


def plain_category(told: str) -> str:
    """A category as rates name it, however Meta writes it: `AUTHENTICATION_INTERNATIONAL`."""
    word = told.strip().lower().replace("_", "-")
    return MARKETING if word == "marketing-lite" else word


class Rate(Struct, frozen=True):
    """One line of a card.

    country      ISO 3166, two capitals; EVERY_OTHER
    category     one of CATEGORIES; EVERY_OTHER
    valid_from   the first day (UTC) on which it holds, until a later one of the same takes over
    price_minor  of one message, in minor units
    """

    country: str
    category: str
    valid_from: date
    price_minor: int


class Estimate(Struct, frozen=True):
    """What a message is expected to cost, and by what that was found."""

    country: str
    category: str
    price_minor: int


class RateCard:
    """One card, ready to be asked."""

    def __init__(self, rates: Iterable[Rate] = ()) -> None:
        self._days: dict[tuple[str, str], list[int]] = {}
        self._prices: dict[tuple[str, str], list[int]] = {}
        for rate in sorted(rates, key=lambda rate: rate.valid_from):
            key = (rate.country, rate.category)
            self._days.setdefault(key, []).append(day_number(rate.valid_from))
            self._prices.setdefault(key, []).append(rate.price_minor)

    def find(self, country: str, category: str, day: int) -> int | None:
        """The price of the most specific rate that holds on a day; None if there is none."""
        for key in (
            (country, category),
            (country, EVERY_OTHER),
            (EVERY_OTHER, category),
            (EVERY_OTHER, EVERY_OTHER),
        ):
            price = self._on(key, day)
            if price is not None:
                return price
        return None

    def names(self, country: str, category: str, day: int) -> bool:
        """Whether a rate names just this country and category."""
        return self._on((country, category), day) is not None

    def _on(self, key: tuple[str, str], day: int) -> int | None:
        days = self._days.get(key)
        place = 0 if days is None else bisect_right(days, day)
        return self._prices[key][place - 1] if place else None


EMPTY = RateCard()


class RateCards:
    """All cards, as they are at one moment; never changed."""

    def __init__(self, cards: Mapping[int, RateCard] | None = None) -> None:
        self._cards = dict(cards or {})

    def rate_of(
        self, account_id: int, country: str, category: str, day: int, *, is_own_only: bool
    ) -> int | None:
        """What a card says that a message of an account costs; None if none says anything.

        is_own_only  the deployment's card does not hold for the account: it has a fixed price of
                     its own, or pays Meta itself
        """
        own = self._cards.get(account_id)
        price = None if own is None else own.find(country, category, day)
        if price is not None or is_own_only:
            return price
        return self._cards.get(DEPLOYMENT, EMPTY).find(country, category, day)

    def names(self, account_id: int, country: str, category: str, day: int) -> bool:
        """Whether a card that may hold for the account names just this country and category."""
        return any(
            self._cards[owner].names(country, category, day)
            for owner in (account_id, DEPLOYMENT)
            if owner in self._cards
        )

    def __bool__(self) -> bool:
        """Whether there is any card."""
        return bool(self._cards)

    def replaced(self, cards: Mapping[int, RateCard], known: Iterable[int]) -> "RateCards":
        """With these cards anew, and of all others only those of `known` accounts."""
        kept = {owner: card for owner, card in self._cards.items() if owner in set(known)}
        return RateCards({**kept, **cards})


NO_CARDS = RateCards()
