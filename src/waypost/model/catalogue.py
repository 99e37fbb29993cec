"""Catalogues: the products that a send may name."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

HIDDEN = frozenset({"hidden", "staging"})
"""A product's `visibility` at Meta when customers do not see it; `staging` is the older word."""


class CatalogueSource(StrEnum):
    """Where the products were learned: a feed that was uploaded here, or Meta itself."""

    FEED = "feed"
    META = "meta"


class Catalogue(Struct, frozen=True):
    """One catalogue as it is known here, and how many products it has."""

    account_id: int
    catalogue_id: str
    source: CatalogueSource
    products: int
    refreshed_at: datetime


class Product(Struct, frozen=True):
    """One product.

    retailer_id   the feed's `id`; Meta's `product_retailer_id`
    availability  Meta's words: `in stock`, `out of stock`, `preorder`, `available for order`,
                  `discontinued`
    is_hidden     whether its visibility keeps it from customers
    price         as the feed has it: `9.99 USD`
    """

    retailer_id: str
    name: str
    availability: str
    is_hidden: bool = False
    price: str = ""


def plain_words(text: str) -> str:
    """A word of Meta's without regard to how it is written: `IN_STOCK` is `in stock`."""
    return " ".join(text.replace("_", " ").casefold().split())
