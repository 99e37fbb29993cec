"""Messages found, in the customer's words: one shape for lists and for a single message."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from waypost.model.money import Money
from waypost.model.search import FoundMessage
from waypost.wire.envelope import Answer, render_processed


def render_found(
    messages: Sequence[FoundMessage],
    currency: str,
    next_page: str | None,
    scanned_to: datetime | None,
) -> Answer:
    """The 200 to `GET …/messages`: `data` is `{"messages", "next", "scanned_to"}`.

    next        what `cursor` takes for the page that follows; null: there is none
    scanned_to  the page ended before it was full, having looked at all messages since then
    """
    return render_processed(
        {
            "messages": [describe(one, currency) for one in messages],
            "next": next_page,
            "scanned_to": scanned_to,
        }
    )


def describe(message: FoundMessage, currency: str) -> dict[str, Any]:
    """A message with all that a customer needs to know of it."""
    amount, _, unit = str(Money(message.price_minor, currency)).partition(" ")
    failure, content, stations = message.reason, message.content, message.stations
    return {
        "message_id": message.message_id,
        "to": message.recipient,
        "from": f"+{message.sender_id}",
        "status": message.state.value.replace("_", " "),
        "accepted_at": message.accepted_at,
        "changed_at": message.changed_at,
        "send_at": message.send_at,
        "expires_at": message.expires_at,
        "sent_at": stations.sent_at,
        "delivered_at": stations.delivered_at,
        "read_at": stations.read_at,
        "failed_at": stations.failed_at,
        "priority": message.priority.name.lower(),
        "type": content.kind,
        "template": None
        if content.template_name is None
        else {"name": content.template_name, "language": content.template_language},
        "price": {"amount": amount, "currency": unit},
        "payment": message.payment.value,
        "meta_id": message.wamid,
        "trace_id": message.trace_id,
        "error": None
        if failure is None
        else {
            "code": failure.code,
            "title": failure.title,
            "detail": failure.detail,
            "next_step": failure.next_step,
        },
        "extra_info": {
            "ref": message.references.ref or "",
            "ref1": message.references.ref1 or "",
            "ref2": message.references.ref2 or "",
        },
    }
