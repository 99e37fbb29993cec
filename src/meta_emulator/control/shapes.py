"""What the control API shows of what happened: the items of its answers."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from meta_emulator.protocol.answers import Header, version_text
from meta_emulator.protocol.parameters import NO_JSON, decode
from meta_emulator.world.message import Message, Status
from meta_emulator.world.state import Callback, ReadMark, Refusal
from meta_emulator.world.words import template_named, words_of


class StatusShape(Struct, frozen=True):
    """A delivery status that fell due.

    timestamp     the time as webhooks tell it, in Unix seconds
    delivered_at  when a receiver of webhooks answered 200 to it
    code          Meta's code of a `failed` one
    """

    status: str
    time: datetime
    timestamp: str
    delivered_at: datetime | None
    code: int | None


class MessageShape(Struct, frozen=True):
    """A message that was accepted.

    position  of all that were ever accepted, from 1; it never changes
    template  the name of the template that was sent; null for a message of another kind
    words     what the recipient reads, line by line, with the template filled in
    request   the body, as it was received
    statuses  oldest first
    """

    position: int
    id: str
    time: datetime
    phone_number_id: str
    waba_id: str
    to: str
    type: str
    template: str | None
    words: str
    request: Any
    headers: dict[str, str]
    version: str
    biz_opaque_callback_data: str | None
    statuses: list[StatusShape]

    @property
    def status(self) -> str:
        """The latest status; `accepted` before there is one."""
        return self.statuses[-1].status if self.statuses else "accepted"


class ReadShape(Struct, frozen=True):
    """A recipient's message that the business marked as read, with typing shown or without."""

    position: int
    time: datetime
    phone_number_id: str
    message_id: str
    is_typing: bool


class RefusalShape(Struct, frozen=True):
    """A request that got an error. `error` as Meta words it; `request` is JSON or text."""

    position: int
    time: datetime
    method: str
    path: str
    request: Any
    headers: dict[str, str]
    status: int
    error: Any

    @property
    def code(self) -> int | None:
        """Meta's code."""
        return self.error.get("code") if isinstance(self.error, dict) else None


class CallbackShape(Struct, frozen=True):
    """A request that came to the inbox. `body` is JSON or text."""

    position: int
    time: datetime
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any


class CountsShape(Struct, frozen=True):
    """How many there ever were. `posts`: POSTs of webhooks, repeated ones among them."""

    messages: int
    refusals: int
    callbacks: int
    posts: int


def show_message(position: int, message: Message) -> MessageShape:
    """An accepted message; its request stays the bytes that were received."""
    request = msgspec.json.decode(message.request)
    return MessageShape(
        position,
        message.id,
        message.time,
        message.number.id,
        message.number.waba.id,
        message.to,
        message.kind,
        template_named(request),
        words_of(message, request),
        msgspec.Raw(message.request),
        shown_headers(message.headers),
        version_text(message.version),
        message.callback_data,
        [show_status(status) for status in message.statuses],
    )


def show_status(status: Status) -> StatusShape:
    """One status of a message."""
    timestamp = str(int(status.time.timestamp()))
    return StatusShape(status.status, status.time, timestamp, status.delivered_at, status.code)


def show_read(position: int, mark: ReadMark) -> ReadShape:
    """A message that was marked as read."""
    return ReadShape(position, mark.time, mark.phone_number_id, mark.message_id, mark.is_typing)


def show_refusal(position: int, refusal: Refusal) -> RefusalShape:
    """A refused request."""
    return RefusalShape(
        position,
        refusal.time,
        refusal.method,
        refusal.path,
        json_or_text(refusal.request),
        shown_headers(refusal.headers),
        refusal.status,
        msgspec.json.decode(refusal.error)["error"],
    )


def show_callback(position: int, callback: Callback) -> CallbackShape:
    """A callback that came to the inbox."""
    return CallbackShape(
        position,
        callback.time,
        callback.method,
        callback.path,
        callback.query,
        shown_headers(callback.headers),
        json_or_text(callback.body),
    )


def json_or_text(raw: bytes) -> Any:
    """The decoded JSON, or the text if it is none."""
    try:
        return decode(raw)
    except NO_JSON:
        return raw.decode("utf-8", "replace")


def shown_headers(headers: list[Header]) -> dict[str, str]:
    """Names in lower case; values of a repeated header are joined by commas."""
    shown: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        shown[key] = f"{shown[key]}, {text}" if key in shown else text
    return shown
