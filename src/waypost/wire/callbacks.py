"""Status callbacks: what a customer's endpoint is told of a message, in the V2 envelope.

Law: Meta's value goes out as it came in, with the one status it is about, less what is ours
(`biz_opaque_callback_data`). The id of the 202 is `message_id`, at the top and in `extra_info`;
Meta's wamid is `statuses[0].id`. What never reached Meta is `not sent`, in its own smaller form.
Source: reference/kaleyra-v2.md 2.2 to 2.4; design contract, "Status callbacks and ids".
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from waypost.model.callback import StatusEvent
from waypost.model.failure import Failure
from waypost.model.lifecycle import State
from waypost.model.recipient import parse_address

_WORDS: Mapping[State, str] = {
    State.SENT: "sent",
    State.DELIVERED: "delivered",
    State.READ: "read",
    State.FAILED: "failed",
    State.NOT_SENT: "not sent",
}

_ERRORS_PAGE = "/documentation/business-messaging/whatsapp/support/error-codes"
"""Where Meta's own failed statuses point."""

_OURS = "biz_opaque_callback_data"

_encode = msgspec.json.Encoder().encode
_decode_value = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_statuses = msgspec.json.Decoder(list[dict[str, msgspec.Raw]]).decode


def status_word(status: State) -> str:
    """The status as a customer reads it. Raises KeyError for a state that is never told."""
    return _WORDS[status]


def render_status(event: StatusEvent) -> bytes:
    """The callback's body, as JSON.

    Raises KeyError for a state that is never told, and msgspec.DecodeError if `meta_value` is no
    JSON object.
    """
    if event.status is State.NOT_SENT:
        return _encode(_not_sent(event))
    value = _plain_value(event) if event.meta_value is None else _meta_value(event.meta_value)
    return _encode(
        {
            "meta_object": {"value": value, "field": "messages"},
            "extra_info": {
                "trace_id": event.trace_id,
                "message_id": event.message_id,
                "waba_id": event.waba_id,
                **_references(event),
                **_tracking(event),
            },
            "status": status_word(event.status),
            "message_id": event.message_id,
        }
    )


def _not_sent(event: StatusEvent) -> dict[str, Any]:
    failure = event.failure
    return {
        "code": "" if failure is None else failure.code,
        "status": status_word(event.status),
        "reason": "" if failure is None else failure.title,
        "message_id": event.message_id,
        "extra_info": {
            **_tracking(event),
            "message_id": event.message_id,
            "waba_id": event.waba_id,
            **_references(event),
        },
    }


def _references(event: StatusEvent) -> dict[str, str]:
    """The three references; one that the customer did not give is empty, so that keys stay."""
    given = event.references
    return {"ref": given.ref or "", "ref1": given.ref1 or "", "ref2": given.ref2 or ""}


def _tracking(event: StatusEvent) -> dict[str, bool]:
    return {
        "enable_url_tracking_body": event.track_body,
        "enable_url_tracking_button": event.track_button,
    }


def _meta_value(meta_value: bytes) -> dict[str, Any]:
    """Meta's value, word for word, without our own mark in its status."""
    value: dict[str, Any] = dict(_decode_value(meta_value))
    if "statuses" in value:
        statuses = _decode_statuses(value["statuses"])
        for status in statuses:
            status.pop(_OURS, None)
        value["statuses"] = statuses
    return value


def _plain_value(event: StatusEvent) -> dict[str, Any]:
    """The value that Meta would have sent, from what is known without it."""
    recipient = parse_address(event.recipient)
    status: dict[str, Any] = {
        "id": event.wamid or "",
        "status": status_word(event.status),
        "timestamp": str(int(event.occurred_at.timestamp())),
    }
    if recipient.phone is not None:
        status["recipient_id"] = recipient.phone
    else:
        status["recipient_user_id"] = recipient.user_id
    if event.failure is not None:
        status["errors"] = [_error(event.failure)]
    return {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": event.sender_id,
            "phone_number_id": event.phone_number_id,
        },
        "statuses": [status],
    }


def _error(failure: Failure) -> dict[str, Any]:
    """A failure as Meta words one; its codes are integers, ours are not."""
    code = failure.code
    return {
        "code": int(code) if code.isascii() and code.isdigit() else code,
        "title": failure.title,
        "message": failure.title,
        "error_data": {"details": failure.detail},
        "href": _ERRORS_PAGE,
    }
