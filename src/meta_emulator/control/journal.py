"""What was sent, refused, marked as read, and called back: the emulator's memory, shown."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import msgspec

from meta_emulator.control.routes import JSON, PAGE, Call, Parameter, Route, paging
from meta_emulator.protocol.answers import Answer, Header, version_text
from meta_emulator.webhook.delivery import Deliverer
from meta_emulator.world.message import Message
from meta_emulator.world.state import Callback, Refusal, State


class Journal:
    """Shows what happened, and keeps what is sent to the inbox."""

    def __init__(self, state: State, deliverer: Deliverer) -> None:
        self._state = state
        self._deliverer = deliverer

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        to = Parameter("to", "Only those to this phone or user id.")
        inbox = "Keeps any request, as a place for callbacks of the system under test."
        return (
            Route("GET", "messages", "What was accepted.", self._messages, query=(*PAGE, to)),
            Route("GET", "reads", "Messages marked as read.", self._reads, query=PAGE),
            Route("GET", "refusals", "Requests that got an error.", self._refusals, query=PAGE),
            Route("GET", "callbacks", "What came to the inbox.", self._callbacks, query=PAGE),
            Route("GET", "counts", "How many of each there ever were.", self._counts),
            Route("*", "inbox", inbox, self._keep),
            Route("*", "inbox/{place...}", inbox, self._keep),
        )

    def _messages(self, call: Call) -> list[dict[str, Any]]:
        position, limit = paging(call.request.query)
        to = call.request.query.get("to")
        digits = "".join(filter(str.isdigit, to)) if to else None
        shown = []
        for place, message in self._state.messages.after(position, None if to else limit):
            if to and message.wa_id != digits and message.user_id != to:
                continue
            shown.append(message_object(place, message))
        return shown[:limit]

    def _reads(self, call: Call) -> list[dict[str, Any]]:
        found = self._state.reads.after(*paging(call.request.query))
        return [{"position": place, **asdict(mark)} for place, mark in found]

    def _refusals(self, call: Call) -> list[dict[str, Any]]:
        found = self._state.refusals.after(*paging(call.request.query))
        return [refusal_object(place, refusal) for place, refusal in found]

    def _callbacks(self, call: Call) -> list[dict[str, Any]]:
        found = self._state.callbacks.after(*paging(call.request.query))
        return [callback_object(place, callback) for place, callback in found]

    def _counts(self, _call: Call) -> dict[str, int]:
        return {
            "messages": self._state.messages.last,
            "refusals": self._state.refusals.last,
            "callbacks": self._state.callbacks.last,
            "posts": self._deliverer.posts,
        }

    def _keep(self, call: Call) -> Answer:
        request = call.request
        self._state.callbacks.append(
            Callback(
                self._state.clock.now(),
                request.method,
                request.path,
                call.raw_query,
                request.headers,
                request.body,
            )
        )
        self._state.changes.happened()
        return Answer(200, b'{"ok":true}', JSON)


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
