"""Meta's catalogues: how they are asked for, and what the answers mean (`reference` 8). Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec

from waypost.meta.graph import GraphCall
from waypost.model.catalogue import HIDDEN, Product, plain_words

PRODUCTS_PER_PAGE = 500

FIELDS = "retailer_id,name,price,availability,visibility"


def catalogues_call(waba_id: str, token: str) -> GraphCall:
    """Which catalogue is connected to a WABA; there is one at most."""
    return GraphCall("GET", f"{waba_id}/product_catalogs", token, {"fields": "id,name"})


def products_call(catalogue_id: str, token: str) -> GraphCall:
    """All products of a catalogue, page by page."""
    query = {"fields": FIELDS, "limit": str(PRODUCTS_PER_PAGE)}
    return GraphCall("GET", f"{catalogue_id}/products", token, query)


def find_call(catalogue_id: str, token: str, retailer_ids: Sequence[str]) -> GraphCall:
    """Some products of a catalogue by their retailer ids, in one page."""
    wanted = msgspec.json.encode({"retailer_id": {"is_any": retailer_ids}}).decode()
    query = {"fields": FIELDS, "limit": str(PRODUCTS_PER_PAGE), "filter": wanted}
    return GraphCall("GET", f"{catalogue_id}/products", token, query)


def read_catalogue_id(page: Sequence[Any]) -> str | None:
    """The connected catalogue out of the list's page; None if none is connected."""
    for item in page:
        found = item.get("id") if isinstance(item, dict) else None
        if isinstance(found, str) and found:
            return found
    return None


def read_products(page: Sequence[Any]) -> list[Product]:
    """The products of a page, each id once; an item without a retailer id is none."""
    found: dict[str, Product] = {}
    for item in page:
        retailer_id = _text(item, "retailer_id")
        if retailer_id:
            found[retailer_id] = Product(
                retailer_id=retailer_id,
                name=_text(item, "name"),
                availability=plain_words(_text(item, "availability")),
                is_hidden=plain_words(_text(item, "visibility")) in HIDDEN,
                price=_text(item, "price"),
            )
    return list(found.values())


def _text(item: Any, key: str) -> str:
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, str) else ""
