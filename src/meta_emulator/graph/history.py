"""The message history of a number: which statuses there were, and how their webhooks fared.

Only what is remembered of messages that were sent; it names no recipient (reference 4.10).
"""

from hashlib import blake2b
from typing import Any

from meta_emulator.graph.hooks import APP_ID
from meta_emulator.graph.replies import Replies
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import GraphError, invalid
from meta_emulator.protocol.fields import pick
from meta_emulator.protocol.parameters import whole_number
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.message import Message, Status
from meta_emulator.world.objects import Number
from meta_emulator.world.state import State

MOST = 100
UNKNOWN = 422
HISTORY = "message_history"
ACCEPTED = "ACCEPTED"
EVENT_WORDS = {"failed": "ERROR"}
"""What the events edge calls a status where it is not the status in capitals."""

FIELDS = ("id", "message_id", "events")


class History:
    """Answers `/<phone number id>/message_history` and `/<history id>/events`."""

    def __init__(self, state: State, responder: Responder, reporter: Reporter) -> None:
        self._state = state
        self._replies = Replies(responder)
        self._reporter = reporter
        self._message_ids: dict[str, str] = {}
        self._indexed = 0

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "GET", "message_history"): self.listed,
            (HISTORY, "GET", ""): self.one,
            (HISTORY, "GET", "events"): self.events,
        }

    def find(self, object_id: str) -> tuple[str, Message] | None:
        """The message of a history id."""
        if len(object_id) != ID_DIGITS or not object_id.isdigit():
            return None
        messages = self._state.messages
        if self._indexed > messages.last or len(self._message_ids) > 2 * len(messages) + SPARE:
            # An earlier state was restored, or most of them are remembered no more.
            self._message_ids.clear()
            self._indexed = 0
        for position, message in messages.after(self._indexed):
            self._message_ids[history_id(message.id)] = message.id
            self._indexed = position
        found = self._state.sent(self._message_ids.get(object_id, ""))
        return None if found is None else (HISTORY, found)

    def listed(self, request: Request, number: Number) -> Answer:
        """`GET /<phone number id>/message_history`: one message, or all, the newest first."""
        limit = whole_number(request.query.get("limit", "25"))
        if limit is None or not 1 <= limit <= MOST:
            error = invalid(f"Param limit must be from 1 to {MOST}.")
            return self._replies.refused(error, request)
        message_id = request.query.get("message_id")
        if message_id is None:
            found = [one for one in self._state.messages if one.number is number]
            found.reverse()
        else:
            message = self._state.sent(message_id)
            if message is None or message.number is not number:
                return self._replies.refused(message_unknown(message_id), request)
            found = [message]
        fields = request.query.get("fields")
        return self._replies.listed(
            found,
            request,
            number.waba.id,
            lambda message: pick(self._shown(message), fields, FIELDS),
        )

    def one(self, request: Request, message: Message) -> Answer:
        """`GET /<history id>`."""
        shown = pick(self._shown(message), request.query.get("fields"), FIELDS)
        return self._replies.shown(shown, request, message.number.waba.id)

    def events(self, request: Request, message: Message) -> Answer:
        """`GET /<history id>/events?status_filter=`; acceptance is an event here."""
        wanted = request.query.get("status_filter", "").upper()
        accepted = {
            "id": event_id(message, ACCEPTED),
            "delivery_status": ACCEPTED,
            "timestamp": int(message.time.timestamp()),
        }
        events = [accepted]
        for status in message.statuses:
            word = EVENT_WORDS.get(status.status, status.status.upper())
            events.append({**self._event(message, status), "delivery_status": word})
        fields = request.query.get("fields")
        return self._replies.listed(
            [event for event in events if wanted in {"", event["delivery_status"]}],
            request,
            message.number.waba.id,
            lambda event: pick(event, fields, tuple(event)),
        )

    def _shown(self, message: Message) -> dict[str, Any]:
        events = [self._event(message, status) for status in message.statuses]
        return {
            "id": history_id(message.id),
            "message_id": message.id,
            "events": {"data": events},
        }

    def _event(self, message: Message, status: Status) -> dict[str, Any]:
        url = self._reporter.url_for(message.number)
        event: dict[str, Any] = {
            "id": event_id(message, status.status),
            "delivery_status": status.status.upper(),
            "timestamp": int(status.time.timestamp()),
            "webhook_update_state": webhook_state(status),
            "application": {"id": APP_ID},
        }
        if url is not None:
            event["webhook_uri"] = url
        if status.code is not None:
            event["error_description"] = f"({status.code})"
        return event


ID_DIGITS = 16
SPARE = 10_000
"""History ids of forgotten messages that are let go of only together with others."""


def history_id(message_id: str) -> str:
    """The history's own id of a message: sixteen digits."""
    number = int.from_bytes(blake2b(message_id.encode(), digest_size=8).digest())
    return str(10 ** (ID_DIGITS - 1) + number % (9 * 10 ** (ID_DIGITS - 1)))


def event_id(message: Message, status: str) -> str:
    """The id of one event of a message."""
    return history_id(f"{message.id}/{status}")


def webhook_state(status: Status) -> str:
    """How far the webhook of a status has come."""
    if status.delivered_at is not None:
        return "DELIVERED"
    return "RETRYING" if status.failures else "PENDING"


def message_unknown(message_id: str) -> GraphError:
    """No message of that id was sent by this number."""
    return GraphError(100, f"(#100) There is no message with the id {message_id}", UNKNOWN)
