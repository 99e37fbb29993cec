"""What recipients wrote, in the customer's words: for who asks instead of being told.

Law: `meta_object` and `extra_info` are those of the callback about the same message, but for
`media_url`, which is made anew each time that it is told; `media` says where the medium is.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from waypost.model.inbound import InboundMedium, InboundMessage
from waypost.wire.envelope import Answer, render_processed


def render_received(
    messages: Sequence[InboundMessage], next_page: str | None, link: Callable[[str], str]
) -> Answer:
    """The 200 to `GET …/messages/incoming`: `data` is `{"messages", "next"}`.

    link  the address of a message's medium, by the message's id
    """
    return render_processed(
        {
            "messages": [
                describe_received(one, link(one.inbound_id) if one.medium is not None else "")
                for one in messages
            ],
            "next": next_page,
        }
    )


def describe_received(message: InboundMessage, media_url: str = "") -> dict[str, Any]:
    """A message of a recipient."""
    given = message.references
    return {
        "inbound_id": message.inbound_id,
        "meta_id": message.wamid,
        "from": message.recipient,
        "to": f"+{message.sender_id}",
        "type": message.kind,
        "user_id": message.user_id,
        "profile_name": message.profile_name,
        "occurred_at": message.occurred_at,
        "received_at": message.received_at,
        "media": None if message.medium is None else _medium(message.medium),
        "reply_to_is_probable": message.is_probable,
        "card_index": message.card_index,
        "button_index": message.button_index,
        "meta_object": {"value": msgspec.Raw(message.value), "field": "messages"},
        "extra_info": {
            "ref": given.ref or "",
            "ref1": given.ref1 or "",
            "ref2": given.ref2 or "",
            "reply_to": message.reply_to or "",
            "trace_id": message.trace_id,
            "waba_id": message.waba_id,
            "media_url": media_url,
        },
    }


def _medium(medium: InboundMedium) -> dict[str, Any]:
    return {
        "type": medium.media_type,
        "file_name": medium.name,
        "file_size": medium.size,
        "status": medium.state.value,
        "reason": medium.failure,
    }
