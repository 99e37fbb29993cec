"""Which message an order most probably came from. Pure.

Meta's order names no message (`reference` 4.5). It names a catalogue and products: the newest
message that offered one of them is taken for its source, or else the newest that opens the
whole catalogue.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from waypost.meta.inbound_parts import Ordered
from waypost.model.inbound import SentMessage
from waypost.model.submission import Content

PRODUCT_KEYS = ("product_retailer_id", "thumbnail_product_retailer_id")
CATALOGUE_KEY = "catalog_id"
CATALOGUE_BUTTON = "catalog"
CATALOGUE_MESSAGE = "catalog_message"

_decode = msgspec.json.Decoder().decode


class Offer(NamedTuple):
    """What a message offers.

    catalogues   that it names; none: those of its WABA
    opens_all    whether it opens the whole catalogue
    """

    catalogues: frozenset[str]
    products: frozenset[str]
    opens_all: bool


def read_offer(content: Content) -> Offer:
    """What a message as it was sent offers."""
    catalogues, products, opens_all = set(), set(), False
    for part in _objects_in(_decode(content.json)):
        products |= {part[key] for key in PRODUCT_KEYS if isinstance(part.get(key), str)}
        if isinstance(part.get(CATALOGUE_KEY), str):
            catalogues.add(part[CATALOGUE_KEY])
        opens_all = opens_all or _opens_all(part)
    return Offer(frozenset(catalogues), frozenset(products), opens_all)


def find_source(
    ordered: Ordered, sent: Sequence[SentMessage], offers: dict[str, Offer]
) -> SentMessage | None:
    """The message that it most probably came from; None if none of them offered any of it.

    sent    messages of its sender to its recipient, in any order
    offers  what was read of such messages before, by their ids; what is read now is put there
    """
    opening: SentMessage | None = None
    for message in sorted(sent, key=lambda one: one.message_id, reverse=True):
        offer = offers.get(message.message_id)
        if offer is None:
            offer = offers[message.message_id] = read_offer(message.content)
        if offer.catalogues and ordered.catalogue_id not in offer.catalogues:
            continue
        if offer.products & set(ordered.products):
            return message
        if offer.opens_all and opening is None:
            opening = message
    return opening


def _opens_all(part: dict[str, Any]) -> bool:
    if part.get("name") == CATALOGUE_MESSAGE or part.get("type") == CATALOGUE_MESSAGE:
        return True
    sub_type = part.get("sub_type")
    return isinstance(sub_type, str) and sub_type.lower() == CATALOGUE_BUTTON


def _objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, at any depth; a message is as deep as the door lets it be."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects_in(inner)
