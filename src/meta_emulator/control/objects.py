"""Orders about objects: media, products, numbers.

So a test can let Meta's side drift from what a client last saw, with the webhook or without.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.graph.numbers import number_object
from meta_emulator.graph.template_list import template_object
from meta_emulator.physics.growth import announce_limit, announce_throughput
from meta_emulator.seed import ProductSeed
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.catalogue import product_object
from meta_emulator.world.objects import Number
from meta_emulator.world.state import State

TIER = re.compile(r"TIER_(UNLIMITED|[0-9]{1,6}K?)")


class MediaOrder(msgspec.Struct, forbid_unknown_fields=True):
    """The media id that expires now."""

    id: str


class ProductsOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Products that are added or changed, and retailer ids that go; by default in the first one."""

    set: list[ProductSeed] = []
    remove: list[str] = []
    catalog_id: str | None = None


class NumberOrder(msgspec.Struct, forbid_unknown_fields=True):
    """What is to become of a number, by default the first. What is left out stays.

    announce  whether Meta tells of limit and throughput by webhook
    """

    phone_number_id: str | None = None
    quality_rating: str | None = None
    status: str | None = None
    name_status: str | None = None
    messaging_limit: str | None = None
    throughput: int | None = None
    is_on_biz_app: bool | None = None
    announce: bool = False


class ObjectOrders:
    """Carries out orders; each gets the body of its POST and returns what is shown for it."""

    def __init__(self, state: State, reporter: Reporter) -> None:
        self._state = state
        self._reporter = reporter

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        return (
            Route("GET", "state", "What the emulator holds.", self._shown, gives=dict[str, Any]),
            Route(
                "POST",
                "media/expire",
                "A media id expires.",
                self._expire,
                MediaOrder,
                MediaOrder,
                example={"id": "1558081531584829"},
            ),
            Route(
                "POST",
                "products",
                "Products come and go.",
                self._products,
                ProductsOrder,
                dict[str, Any],
                example={"remove": ["2lc20305pt"]},
            ),
            Route(
                "POST",
                "numbers",
                "A number changes; it is shown as Meta shows it.",
                self._number_order,
                NumberOrder,
                dict[str, Any],
                example={"quality_rating": "RED", "announce": True},
            ),
        )

    def _number(self, number_id: str | None) -> Number:
        number = self._state.number_named(number_id)
        if number is None:
            raise OrderError(f"there is no phone number {number_id}")
        return number

    def _products(self, call: Call) -> dict[str, Any]:
        order: ProductsOrder = call.order
        catalogue_id = order.catalog_id or next(iter(self._state.catalogues), "")
        waba = self._state.catalogues.get(catalogue_id)
        if waba is None:
            raise OrderError(f"there is no catalogue {catalogue_id}")
        for product in order.set:
            waba.catalogue.set(product)
        removed = [name for name in order.remove if waba.catalogue.remove(name)]
        self._state.changes.happened()
        return {"catalog_id": catalogue_id, "set": len(order.set), "removed": removed}

    def _number_order(self, call: Call) -> dict[str, Any]:
        order: NumberOrder = call.order
        number = self._number(order.phone_number_id)
        if order.messaging_limit is not None and not TIER.fullmatch(order.messaging_limit):
            raise OrderError("messaging_limit must be a tier, as in TIER_2K or TIER_UNLIMITED")
        changed = {
            key: value
            for key, value in msgspec.structs.asdict(order).items()
            if value is not None and key not in {"phone_number_id", "announce", "throughput"}
        }
        number.seed = msgspec.structs.replace(number.seed, **changed)
        if order.throughput is not None:
            number.set_throughput(order.throughput, self._state.clock.now())
        if order.announce and order.messaging_limit is not None:
            announce_limit(self._reporter, number)
        if order.announce and order.throughput is not None:
            announce_throughput(self._reporter, number)
        self._state.changes.happened()
        return number_object(number)

    def _expire(self, call: Call) -> dict[str, str]:
        order: MediaOrder = call.order
        media = self._state.media.get(order.id)
        if media is None:
            raise OrderError(f"there is no media {order.id}")
        media.expires_at = datetime.fromtimestamp(0, UTC)
        return {"id": media.id}

    def _shown(self, _call: Call) -> dict[str, Any]:
        wabas = [
            {
                "id": waba.id,
                "name": waba.name,
                "webhook_url": waba.webhook_url,
                "phone_numbers": [number_object(number) for number in waba.numbers],
                "templates": [template_object(template) for template in waba.templates.values()],
                "catalogue_id": waba.holdings.catalogue_id,
                "products": [product_object(product) for product in waba.catalogue],
            }
            for waba in self._state.wabas.values()
        ]
        media = [
            {"id": held.id, "mime_type": held.mime_type, "expires_at": held.expires_at}
            for held in self._state.media.values()
        ]
        return {"webhook_url": self._reporter.webhook_url, "wabas": wabas, "media": media}
