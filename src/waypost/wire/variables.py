"""The documented variables of each event, for customers' own templates.

Source: reference/kaleyra-v2.md 2.5 (statuses), 3.2 (incoming), 3.3 to 3.5 (the others). A variable
that an event has nothing for is empty. What the documents name and no gateway but the documented
one can know (`company_id`) is empty too; `custom_response` is `false`, as they print it. The name
of the profile itself (`callback_profile_id`) is added where the profile is known.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from waypost.model.callback import (
    AccountEvent,
    CallbackEvent,
    IncomingEvent,
    SampleEvent,
    StatusEvent,
    TestEvent,
)
from waypost.model.lifecycle import State
from waypost.model.money import DIGITS
from waypost.model.recipient import parse_address

STATUS = (
    "id",
    "custom_response",
    "timestamp",
    "mobile",
    "message",
    "status",
    "phone_number",
    "error",
    "error_code",
    "ref",
    "ref1",
    "ref2",
    "price",
)
INCOMING = (
    "body",
    "mime_type",
    "media_url",
    "from",
    "name",
    "type",
    "created_at",
    "reply_to",
    "wanumber",
    "mobile",
    "custom_response",
    "message",
    "contacts",
    "location",
    "ref",
    "ref1",
    "ref2",
    "timestamp",
)
TEMPLATE = (
    "id",
    "time",
    "event",
    "message_template_id",
    "message_template_name",
    "message_template_language",
    "reason",
    "callback_profile_id",
    "company_id",
    "other_info",
)
QUALITY = (
    "display_phone_number",
    "event",
    "current_limit",
)
SAMPLE = (
    "status",
    "uploaded_file_handle",
    "file_name",
    "file_link",
    "resumable_media_id",
    "waba_id",
    "company_id",
    "field",
    "time",
    "callback_profile_id",
)

KNOWN = frozenset((*STATUS, *INCOMING, *TEMPLATE, *QUALITY, *SAMPLE))
"""Every documented variable."""

ROOTS = frozenset(
    (
        *("meta_object", "extra_info", "status", "message_id", "code", "reason"),
        *("uploaded_file_handle", "file_name", "file_link", "resumable_media_id", "waba_id"),
        *("time", "test", "message", "callback_profile_id"),
    )
)
"""Where paths into an envelope begin."""

_FLAT = {
    State.SENT: ("sent", "Message sent"),
    State.DELIVERED: ("delivered", "Message delivered"),
    State.READ: ("read", "Message read"),
    State.FAILED: ("failed", "Message failed"),
    State.NOT_SENT: ("not-sent", "Message not sent"),
}
"""The flat form's own spelling (2.1), and its sentence (2.5 prints the second)."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def variables_of(event: CallbackEvent) -> Mapping[str, str]:
    """Texts by name. Raises msgspec.DecodeError if an event's value is no JSON."""
    match event:
        case StatusEvent():
            return _of_status(event)
        case IncomingEvent():
            return _of_incoming(event)
        case AccountEvent():
            return _of_account(event)
        case SampleEvent():
            return {
                "status": event.status,
                "uploaded_file_handle": event.handle,
                "file_name": event.file_name,
                "file_link": event.file_link,
                "resumable_media_id": event.resumable_media_id,
                "waba_id": event.waba_id,
                "company_id": "",
                "field": "resumable_media",
                "time": _seconds(event),
            }
        case TestEvent():
            return {"timestamp": _seconds(event), "time": _seconds(event), "status": "test"}


def _of_status(event: StatusEvent) -> dict[str, str]:
    status, sentence = _FLAT[event.status]
    recipient = parse_address(event.recipient)
    given, failure = event.references, event.failure
    return {
        "id": event.message_id,
        "custom_response": "false",
        "timestamp": _seconds(event),
        "mobile": recipient.phone or recipient.user_id or "",
        "message": sentence,
        "status": status,
        "phone_number": event.sender_id,
        "error": "" if failure is None else failure.title,
        "error_code": "" if failure is None else failure.code,
        "ref": given.ref or "",
        "ref1": given.ref1 or "",
        "ref2": given.ref2 or "",
        "price": _price(event.price_minor),
    }


def _price(minor: int | None) -> str:
    """In the currency's units, without zeros at its end: 0.01."""
    if minor is None:
        return ""
    whole, _, fraction = f"{Decimal(minor).scaleb(-DIGITS):f}".partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _of_incoming(event: IncomingEvent) -> dict[str, str]:
    value = _decode(event.value)
    message = _step(value, "messages", 0)
    kind = _text(_step(message, "type"))
    content = _step(message, kind)
    sender = _text(_step(message, "from")) or _text(_step(message, "from_user_id"))
    body = _body(kind, content)
    given = event.references
    is_voice = kind == "audio" and _step(content, "voice") is True
    return {
        "body": body,
        "mime_type": _text(_step(content, "mime_type")),
        "media_url": event.media_url,
        "from": sender,
        "name": _text(_step(value, "contacts", 0, "profile", "name")),
        "type": "voice" if is_voice else kind,
        "created_at": _seconds(event),
        "reply_to": event.reply_to,
        "wanumber": event.sender_id,
        "mobile": sender,
        "custom_response": "false",
        "message": body,
        "contacts": _text(content) if kind == "contacts" else "",
        "location": _text(content) if kind == "location" else "",
        "ref": given.ref or "",
        "ref1": given.ref1 or "",
        "ref2": given.ref2 or "",
        "timestamp": _seconds(event),
    }


def _body(kind: str, content: Any) -> str:
    """What was written, of whichever kind."""
    match kind:
        case "text":
            return _text(_step(content, "body"))
        case "button":
            return _text(_step(content, "text"))
        case "interactive":
            reply = _step(content, _text(_step(content, "type")))
            return _text(_step(reply, "title")) or _text(_step(reply, "body"))
        case "reaction":
            return _text(_step(content, "emoji"))
        case "order":
            return _text(_step(content, "text"))
        case _:
            return _text(_step(content, "caption"))


def _of_account(event: AccountEvent) -> dict[str, str]:
    """Meta's own texts of the top of its value, under their names, and those of the documents."""
    value = _decode(event.value)
    own = {name: _text(one) for name, one in value.items()} if isinstance(value, dict) else {}
    return {
        **own,
        "id": event.waba_id,
        "time": _seconds(event),
        "timestamp": _seconds(event),
        "company_id": "",
        "field": event.field,
        "waba_id": event.waba_id,
    }


def _seconds(event: CallbackEvent) -> str:
    return str(int(event.occurred_at.timestamp()))


def _step(value: Any, *path: str | int) -> Any:
    """What JSON has at the path; None if there is nothing."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _text(value: Any) -> str:
    """A text as it is, nothing as an empty one, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else _encode(value).decode()
