"""Changes to a catalogue in batches: create, update and delete products, and what became of it.

The shape is Meta's (reference 8). A batch is carried out at once and its handle is told as
finished; requests with faults are listed there, and the others are carried out.
"""

import re
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from meta_emulator.graph.profiles import boolean
from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import GraphError, invalid
from meta_emulator.protocol.parameters import parameters
from meta_emulator.seed import ProductSeed
from meta_emulator.settings import Settings
from meta_emulator.world.objects import Waba
from meta_emulator.world.state import State

MOST_REQUESTS = 5000
MOST_BYTES = 28 * 1024 * 1024
KEPT = 100
"""Batches of one WABA whose outcome is remembered."""

METHODS = ("CREATE", "UPDATE", "DELETE")
ITEM_TYPES = ("PRODUCT_ITEM",)
PRICE = re.compile(r"\s*([0-9]+)(?:[.,]([0-9]{1,2}))?\s*([A-Za-z]{3})?\s*")
TITLE_LIMIT = 200
NEEDED = ("title", "price")
"""What a new product must have here; Meta wants more of a feed (a judgement)."""


class BatchItemError(ValueError):
    """One request of a batch cannot be carried out; the text says why."""


class ItemsBatch:
    """Answers `/<catalogue id>/items_batch` and `check_batch_request_status`."""

    def __init__(self, state: State, responder: Responder, settings: Settings) -> None:
        self._state = state
        self._replies = Replies(responder)
        self._delay = timedelta(seconds=settings.product_delay_s)

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("catalogue", "POST", "items_batch"): self.change,
            ("catalogue", "GET", "check_batch_request_status"): self.outcome,
        }

    def change(self, request: Request, waba: Waba) -> Answer:
        """`POST /<catalogue id>/items_batch`."""
        given = parameters(request)
        fault = batch_fault(given, len(request.body))
        if fault is not None:
            return self._replies.refused(fault, request)
        allows_new = boolean(given.get("allow_upsert", True)) is not False
        errors: list[dict[str, Any]] = []
        for number, item in enumerate(given["requests"]):
            try:
                self._carry_out(item, waba, allows_new=allows_new)
            except BatchItemError as error:
                errors.append({"line": number + 1, "id": item_id(item), "message": str(error)})
        handle = f"Ac{self._state.chance.bits(160):040x}"
        if len(waba.batches) >= KEPT:
            del waba.batches[next(iter(waba.batches))]
        waba.batches[handle] = {"errors": errors}
        self._state.changes.happened()
        shown: dict[str, Any] = {"handles": [handle]}
        if errors:
            shown["validation_status"] = [
                {"retailer_id": error["id"], "errors": [{"message": error["message"]}]}
                for error in errors
            ]
        return self._replies.shown(shown, request, waba.id)

    def outcome(self, request: Request, waba: Waba) -> Answer:
        """`GET /<catalogue id>/check_batch_request_status?handle=`."""
        handle = request.query.get("handle", "")
        kept = waba.batches.get(handle)
        if kept is None:
            return self._replies.refused(invalid("Param handle is not that of a batch."), request)
        errors = kept["errors"]
        status = {
            "handle": handle,
            "status": "finished",
            "errors_total_count": len(errors),
            "errors": errors,
            "warnings_total_count": 0,
            "warnings": [],
            "ids_of_invalid_requests": [error["id"] for error in errors],
        }
        return self._replies.shown({"data": [status]}, request, waba.id)

    def _carry_out(self, item: Any, waba: Waba, *, allows_new: bool) -> None:
        """One request of a batch; raises BatchItemError."""
        method = str(item.get("method", "")).upper() if type(item) is dict else ""
        data = item.get("data") if type(item) is dict else None
        if method not in METHODS or type(data) is not dict:
            raise BatchItemError("a request needs a method (CREATE, UPDATE, DELETE) and data")
        retailer_id = item_id(item)
        if not retailer_id:
            raise BatchItemError("data needs an id")
        held = waba.catalogue.get(retailer_id)
        if method == "DELETE":
            if held is None:
                raise BatchItemError("there is no such product")
            waba.catalogue.remove(retailer_id)
            waba.usable_at.pop(retailer_id, None)
            return
        if held is None and method == "UPDATE" and not allows_new:
            raise BatchItemError("there is no such product, and allow_upsert is false")
        if held is None:
            for key in NEEDED:
                if data.get(key) is None:
                    raise BatchItemError(f"a new product needs {key}")
            new_id = str(10**15 + self._state.chance.bits(49))
            held = ProductSeed(new_id, retailer_id, "", 0)
            if self._delay:
                waba.usable_at[retailer_id] = self._state.clock.now() + self._delay
        waba.catalogue.set(changed(held, data))


def batch_fault(given: dict[str, Any], size: int) -> GraphError | None:
    """What is wrong with a batch as a whole (code 100)."""
    item_type = given.get("item_type")
    if item_type not in ITEM_TYPES:
        return invalid(f'Param item_type must be one of {{PRODUCT_ITEM}} - got "{item_type}".')
    requests = given.get("requests")
    if type(requests) is not list or not requests:
        return invalid("Param requests must be an array of at least one request.")
    if len(requests) > MOST_REQUESTS:
        return invalid(f"Param requests must have at most {MOST_REQUESTS} requests.")
    if size > MOST_BYTES:
        return invalid(f"The request must be at most {MOST_BYTES} bytes long.")
    return None


def item_id(item: Any) -> str:
    """The retailer id of a request's product; empty where it has none."""
    data = item.get("data") if type(item) is dict else None
    return str(data.get("id") or "") if type(data) is dict else ""


def changed(product: ProductSeed, data: dict[str, Any]) -> ProductSeed:
    """A product with what `data` says of it; raises BatchItemError."""
    changes: dict[str, Any] = {}
    if "title" in data:
        title = data["title"]
        if type(title) is not str or not 1 <= len(title) <= TITLE_LIMIT:
            raise BatchItemError(f"title must be 1 to {TITLE_LIMIT} characters long")
        changes["name"] = title
    if "price" in data:
        changes["price"], changes["currency"] = read_price(data["price"], product.currency)
    for key in ("availability", "visibility"):
        if data.get(key) is not None:
            changes[key] = str(data[key])
    return replace(product, **changes)


def read_price(text: Any, currency: str) -> tuple[int, str]:
    """Hundredths and currency of `9.99 USD`; raises BatchItemError."""
    found = PRICE.fullmatch(str(text))
    if found is None:
        raise BatchItemError(f"price must be a number and a currency, as in 9.99 USD: {text}")
    whole, part, code = found.groups()
    return int(whole) * 100 + int((part or "").ljust(2, "0") or 0), (code or currency).upper()
