"""Incoming callbacks: what a recipient wrote, in the V2 envelope.

Source: reference/kaleyra-v2.md 3.1. What is ours stands in `extra_info` beside the documented
keys, and only where there is something to say.
"""

from typing import Any

import msgspec

from waypost.model.callback import IncomingEvent

_encode = msgspec.json.Encoder().encode


def render_incoming(event: IncomingEvent) -> bytes:
    """The callback's body, as JSON."""
    given = event.references
    extra: dict[str, Any] = {
        "media_url": event.media_url,
        "ref": given.ref or "",
        "ref1": given.ref1 or "",
        "ref2": given.ref2 or "",
        "reply_to": event.reply_to,
        "trace_id": event.trace_id,
        "waba_id": event.waba_id,
    }
    if event.is_probable:
        extra["reply_to_is_probable"] = True
    if event.card_index is not None:
        extra["card_index"] = event.card_index
    if event.button_index is not None:
        extra["button_index"] = event.button_index
    value = msgspec.Raw(event.value)
    return _encode({"meta_object": {"value": value, "field": "messages"}, "extra_info": extra})
