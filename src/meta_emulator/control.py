"""The control API under `/_emulator/`: what was sent, refused and heard, and orders. No token.

Each GET answers `{"data": [...]}`, oldest first; an order that cannot be carried out is a 400
with a sentence.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from meta_emulator.catalogue import product_object
from meta_emulator.control_objects import ObjectOrders, Order, OrderError
from meta_emulator.delivery import Deliverer, shake_hands
from meta_emulator.faults import Faults
from meta_emulator.graph import Answer, Header, Request, encode, version_text
from meta_emulator.http import Http
from meta_emulator.inbound import InboundError, receive
from meta_emulator.messages import Sends
from meta_emulator.objects import number_object
from meta_emulator.reporter import Reporter
from meta_emulator.review import Reviewer
from meta_emulator.schedule import Scheduler
from meta_emulator.settings import Settings
from meta_emulator.state import Callback, Message, Refusal, State
from meta_emulator.templates import template_object

JSON: list[Header] = [(b"content-type", b"application/json")]
INBOX = "inbox"
Handler = Callable[[Request], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the control API reaches into."""

    state: State
    settings: Settings
    sends: Sends
    scheduler: Scheduler
    deliverer: Deliverer
    reporter: Reporter
    reviewer: Reviewer
    http: Http


class Control:
    """Answers everything under `/_emulator/`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._state = parts.state
        self._routes: dict[tuple[str, str], Handler] = {
            ("GET", "messages"): self._messages,
            ("GET", "reads"): self._reads,
            ("GET", "refusals"): self._refusals,
            ("GET", "callbacks"): self._callbacks,
            ("GET", "state"): self._shown_state,
            ("GET", "health"): self._health,
            ("GET", "counts"): self._counts,
            ("GET", "faults"): self._shown_faults,
            ("POST", "faults"): self._set_faults,
            ("POST", "inbound"): self._inbound,
            ("POST", "handshake"): self._handshake,
            ("POST", "reset"): self._reset,
            ("GET", "review"): self._shown_review,
        }
        orders = ObjectOrders(parts.state, parts.reporter, parts.reviewer)
        for path, order in orders.by_path.items():
            self._routes["POST", path] = _ordered(order)

    async def answer(self, request: Request, raw_query: str) -> Answer:
        """The answer to `request`, whose segments begin behind `_emulator`."""
        if request.segments and request.segments[0] == INBOX:
            return self._keep(request, raw_query)
        handler = self._routes.get((request.method, "/".join(request.segments)))
        if handler is not None:
            return await handler(request)
        known = [f"{method} /_emulator/{path}" for method, path in self._routes]
        return _json(
            {
                "error": f"there is no {request.method} {request.path}",
                "paths": [*known, "any /_emulator/inbox..."],
            },
            404,
        )

    def _keep(self, request: Request, raw_query: str) -> Answer:
        self._state.callbacks.append(
            Callback(
                self._state.clock.now(),
                request.method,
                request.path,
                raw_query,
                request.headers,
                request.body,
            )
        )
        self._state.changes.happened()
        return Answer(200, b'{"ok":true}', JSON)

    async def _messages(self, request: Request) -> Answer:
        position, limit = _paging(request.query)
        to = request.query.get("to")
        digits = "".join(filter(str.isdigit, to)) if to else None
        shown = []
        for place, message in self._state.messages.after(position, None if to else limit):
            if to and message.wa_id != digits and message.user_id != to:
                continue
            shown.append(message_object(place, message))
        return _json({"data": shown[:limit]})

    async def _reads(self, request: Request) -> Answer:
        position, limit = _paging(request.query)
        found = self._state.reads.after(position, limit)
        shown = [{"position": place, **asdict(mark)} for place, mark in found]
        return _json({"data": shown})

    async def _refusals(self, request: Request) -> Answer:
        position, limit = _paging(request.query)
        found = self._state.refusals.after(position, limit)
        return _json({"data": [refusal_object(place, refusal) for place, refusal in found]})

    async def _callbacks(self, request: Request) -> Answer:
        position, limit = _paging(request.query)
        found = self._state.callbacks.after(position, limit)
        return _json({"data": [callback_object(place, callback) for place, callback in found]})

    async def _health(self, _request: Request) -> Answer:
        return _json({"data": [{"status": "ok"}]})

    async def _counts(self, _request: Request) -> Answer:
        counts = {
            "messages": self._state.messages.last,
            "refusals": self._state.refusals.last,
            "callbacks": self._state.callbacks.last,
            "posts": self._parts.deliverer.posts,
        }
        return _json({"data": [counts]})

    async def _shown_faults(self, _request: Request) -> Answer:
        return _json({"data": [self._parts.sends.faults]})

    async def _shown_review(self, _request: Request) -> Answer:
        return _json({"data": [self._parts.reviewer.rule]})

    async def _set_faults(self, request: Request) -> Answer:
        try:
            faults = msgspec.json.decode(request.body or b"{}", type=Faults)
        except msgspec.MsgspecError as error:
            return _json({"error": f"the faults cannot be used: {error}"}, 400)
        self._parts.sends.faults = faults
        return _json({"data": [faults]})

    async def _inbound(self, request: Request) -> Answer:
        order = _object(request.body)
        if order is None:
            return _json({"error": "the body must be a JSON object"}, 400)
        try:
            wamid = receive(order, self._state, self._parts.reporter)
        except InboundError as error:
            return _json({"error": str(error)}, 400)
        return _json({"data": [{"id": wamid}]})

    async def _handshake(self, request: Request) -> Answer:
        """Verify the webhook URL, or that of the body; a new one that passes is then used."""
        order = _object(request.body or b"{}")
        url = (order or {}).get("url") or self._parts.reporter.webhook_url
        if type(url) is not str:
            return _json({"error": 'there is no webhook URL; give one as {"url": ...}'}, 400)
        wrong = await shake_hands(url, self._parts.settings, self._parts.http, self._state.chance)
        if wrong is None:
            self._parts.reporter.webhook_url = url
        verdict = {"url": url, "verified": wrong is None, "reason": wrong}
        return _json({"data": [verdict]})

    async def _reset(self, _request: Request) -> Answer:
        self._parts.scheduler.clear()
        self._parts.deliverer.clear()
        self._parts.sends.faults = Faults()
        self._state.forget()
        self._state.changes.happened()
        return _json({"data": []})

    async def _shown_state(self, _request: Request) -> Answer:
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
        shown = {
            "webhook_url": self._parts.reporter.webhook_url,
            "wabas": wabas,
            "media": media,
        }
        return _json({"data": [shown]})


def _ordered(order: Order) -> Handler:
    """The handler of an order about an object: 400 with a sentence if it cannot be done."""

    async def answer(request: Request) -> Answer:
        try:
            return _json({"data": [order(request.body or b"{}")]})
        except (OrderError, msgspec.MsgspecError) as error:
            return _json({"error": f"the order cannot be carried out: {error}"}, 400)

    return answer


def message_object(position: int, message: Message) -> dict[str, Any]:
    """An accepted message as the control API shows it; the request as it was received."""
    return {
        "position": position,
        "id": message.id,
        "time": message.time,
        "phone_number_id": message.number.id,
        "waba_id": message.number.waba.id,
        "to": message.to,
        "type": message.kind,
        "request": msgspec.Raw(message.request),
        "headers": shown_headers(message.headers),
        "version": version_text(message.version),
        "biz_opaque_callback_data": message.callback_data,
        "statuses": [
            {
                "status": status.status,
                "time": status.time,
                "timestamp": str(int(status.time.timestamp())),
                "delivered_at": status.delivered_at,
            }
            for status in message.statuses
        ],
    }


def refusal_object(position: int, refusal: Refusal) -> dict[str, Any]:
    """A refused request as the control API shows it."""
    return {
        "position": position,
        "time": refusal.time,
        "method": refusal.method,
        "path": refusal.path,
        "request": json_or_text(refusal.request),
        "headers": shown_headers(refusal.headers),
        "status": refusal.status,
        "error": msgspec.json.decode(refusal.error)["error"],
    }


def callback_object(position: int, callback: Callback) -> dict[str, Any]:
    """A callback that came to the inbox as the control API shows it."""
    return {
        "position": position,
        "time": callback.time,
        "method": callback.method,
        "path": callback.path,
        "query": callback.query,
        "headers": shown_headers(callback.headers),
        "body": json_or_text(callback.body),
    }


def json_or_text(raw: bytes) -> Any:
    """The decoded JSON, or the text if it is none."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return raw.decode("utf-8", "replace")


def shown_headers(headers: list[Header]) -> dict[str, str]:
    """Names in lower case; values of a repeated header are joined by commas."""
    shown: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        shown[key] = f"{shown[key]}, {text}" if key in shown else text
    return shown


def _paging(query: Mapping[str, str]) -> tuple[int, int | None]:
    after, limit = query.get("after", ""), query.get("limit", "")
    return int(after) if after.isdigit() else 0, int(limit) if limit.isdigit() else None


def _object(raw: bytes) -> dict[str, Any] | None:
    decoded = json_or_text(raw)
    return decoded if type(decoded) is dict else None


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, encode(value), JSON)
