"""The Graph API's other edges: numbers, templates, catalogue and products.

What is answered is what Meta's clients read at the start and when they look something up
(reference 4.3, 7.1, 8).
"""

from typing import Any

from meta_emulator.graph.messages import SUCCESS
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder, encode
from meta_emulator.protocol.errors import GraphError, RefusedError
from meta_emulator.protocol.fields import pick
from meta_emulator.protocol.paging import page
from meta_emulator.world.catalogue import product_object
from meta_emulator.world.objects import Number, Waba
from meta_emulator.world.state import State

NUMBER_FIELDS = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "last_onboarded_time",
)
PRODUCT_FIELDS = ("id", "retailer_id", "name")
UPGRADED = 1000


class Objects:
    """Answers what is asked about the emulator's objects."""

    def __init__(self, state: State, responder: Responder) -> None:
        self._state = state
        self._responder = responder

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "GET", ""): self.number,
            ("number", "POST", "register"): self._done,
            ("number", "POST", "deregister"): self._done,
            ("waba", "GET", ""): self.waba,
            ("waba", "GET", "phone_numbers"): self.numbers,
            ("waba", "GET", "product_catalogs"): self.catalogues,
            ("catalogue", "GET", ""): self.catalogue,
            ("catalogue", "GET", "products"): self.products,
        }

    def _done(self, request: Request, number: Number) -> Answer:
        return self._responder.success(SUCCESS, request.version, number.waba.id)

    def number(self, request: Request, number: Number) -> Answer:
        """`GET /<phone number id>`."""
        shown = pick(number_object(number), request.query.get("fields"), NUMBER_FIELDS)
        return self._answer(shown, request, number.waba.id)

    def numbers(self, request: Request, waba: Waba) -> Answer:
        """`GET /<WABA id>/phone_numbers`."""
        shown = [
            pick(number_object(number), request.query.get("fields"), NUMBER_FIELDS)
            for number in waba.numbers
        ]
        return self._page(shown, request, waba.id)

    def waba(self, request: Request, waba: Waba) -> Answer:
        """`GET /<WABA id>`."""
        item = {
            "id": waba.id,
            "name": waba.name,
            "timezone_id": "71",
            "message_template_namespace": f"{int(waba.id):032x}",
            "currency": "INR",
        }
        shown = pick(item, request.query.get("fields"), tuple(item))
        return self._answer(shown, request, waba.id)

    def catalogues(self, request: Request, waba: Waba) -> Answer:
        """`GET /<WABA id>/product_catalogs`."""
        shown = [] if waba.holdings.catalogue_id is None else [catalogue_object(waba, request)]
        return self._page(shown, request, waba.id)

    def catalogue(self, request: Request, waba: Waba) -> Answer:
        """`GET /<catalogue id>`."""
        return self._answer(catalogue_object(waba, request), request, waba.id)

    def products(self, request: Request, waba: Waba) -> Answer:
        """`GET /<catalogue id>/products`, by `filter`."""
        fields = request.query.get("fields")
        try:
            found = waba.catalogue.found(request.query.get("filter"))
        except RefusedError as refusal:
            return self._responder.error(refusal.error, request.version)
        shown = page(
            found, request, lambda product: pick(product_object(product), fields, PRODUCT_FIELDS)
        )
        if isinstance(shown, GraphError):
            return self._responder.error(shown, request.version)
        if request.query.get("summary", "false") != "false":
            shown["summary"] = {"total_count": len(found)}
        return self._answer(shown, request, waba.id)

    def _page(self, items: list[dict[str, Any]], request: Request, waba_id: str) -> Answer:
        shown = page(items, request, _as_is)
        if isinstance(shown, GraphError):
            return self._responder.error(shown, request.version)
        if request.query.get("summary", "false") != "false":
            shown["summary"] = {"total_count": len(items)}
        return self._answer(shown, request, waba_id)

    def _answer(self, shown: dict[str, Any], request: Request, waba_id: str) -> Answer:
        return self._responder.success(encode(shown), request.version, waba_id)


def _as_is(item: dict[str, Any]) -> dict[str, Any]:
    return item


def catalogue_object(waba: Waba, request: Request) -> dict[str, Any]:
    """The catalogue of a WABA as Meta shows it, by the query's `fields`."""
    item = {
        "id": waba.holdings.catalogue_id,
        "name": waba.catalogue_name,
        "product_count": len(waba.catalogue.products),
        "vertical": "commerce",
    }
    return pick(item, request.query.get("fields"), ("id", "name"))


def number_object(number: Number) -> dict[str, Any]:
    """A phone number as Meta shows it."""
    level = "HIGH" if number.throughput >= UPGRADED else "STANDARD"
    return {
        "id": number.id,
        "verified_name": number.seed.verified_name,
        "code_verification_status": number.seed.code_verification_status,
        "display_phone_number": number.display_phone_number,
        "quality_rating": number.seed.quality_rating,
        "quality_score": {"score": number.seed.quality_rating},
        "platform_type": "CLOUD_API",
        "throughput": {"level": level},
        "last_onboarded_time": "2025-01-01T00:00:00+0000",
        "status": number.seed.status,
        "name_status": number.seed.name_status,
        "is_official_business_account": False,
        "is_pin_enabled": True,
        "account_mode": "LIVE",
        "is_on_biz_app": number.seed.is_on_biz_app,
        "messaging_limit_tier": number.seed.messaging_limit,
        "whatsapp_business_manager_messaging_limit": number.seed.messaging_limit,
    }
