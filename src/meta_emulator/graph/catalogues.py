"""Catalogues and their products, as Meta shows them (reference 8).

A catalogue can be asked for also while it is connected to no account.
"""

from typing import Any

from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import RefusedError, object_unknown
from meta_emulator.protocol.fields import pick
from meta_emulator.seed import ProductSeed
from meta_emulator.world.catalogue import product_object
from meta_emulator.world.objects import Waba
from meta_emulator.world.state import State

PRODUCT_FIELDS = ("id", "retailer_id", "name")
PRODUCT = "product"


class Catalogues:
    """Answers `/<catalogue id>`, its products, and single products by their id."""

    def __init__(self, state: State, responder: Responder) -> None:
        self._state = state
        self._replies = Replies(responder)

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("catalogue", "GET", ""): self.catalogue,
            ("catalogue", "GET", "products"): self.products,
            (PRODUCT, "GET", ""): self.product,
            (PRODUCT, "DELETE", ""): self.remove,
        }

    def find(self, object_id: str) -> tuple[str, tuple[Waba, ProductSeed]] | None:
        """The product of an id, with the WABA of its catalogue."""
        if not object_id.isdigit():
            return None
        for waba in self._state.catalogues.values():
            product = waba.catalogue.of_id(object_id)
            if product is not None:
                return PRODUCT, (waba, product)
        return None

    def catalogue(self, request: Request, waba: Waba) -> Answer:
        """`GET /<catalogue id>`."""
        item = catalogue_object(waba, request, request.segments[0])
        return self._replies.shown(item, request, waba.id)

    def products(self, request: Request, waba: Waba) -> Answer:
        """`GET /<catalogue id>/products`, by `filter`."""
        fields = request.query.get("fields")
        try:
            found = waba.catalogue.found(request.query.get("filter"))
        except RefusedError as refusal:
            return self._replies.refused(refusal.error, request)
        return self._replies.listed(
            found,
            request,
            waba.id,
            lambda product: pick(product_object(product), fields, PRODUCT_FIELDS),
        )

    def product(self, request: Request, held: tuple[Waba, ProductSeed]) -> Answer:
        """`GET /<product id>`."""
        waba, product = held
        shown = pick(product_object(product), request.query.get("fields"), PRODUCT_FIELDS)
        return self._replies.shown(shown, request, waba.id)

    def remove(self, request: Request, held: tuple[Waba, ProductSeed]) -> Answer:
        """`DELETE /<product id>`."""
        waba, product = held
        if not waba.catalogue.remove(product.retailer_id):
            return self._replies.refused(object_unknown(product.id, request.method), request)
        self._state.changes.happened()
        return self._replies.done(request, waba.id)


def catalogue_object(
    waba: Waba, request: Request, catalogue_id: str | None = None
) -> dict[str, Any]:
    """The catalogue of a WABA as Meta shows it, by the query's `fields`."""
    item = {
        "id": catalogue_id or waba.holdings.catalogue_id,
        "name": waba.catalogue_name,
        "product_count": len(waba.catalogue.products),
        "vertical": "commerce",
    }
    return pick(item, request.query.get("fields"), ("id", "name"))
