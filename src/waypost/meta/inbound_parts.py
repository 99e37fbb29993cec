"""What an inbound message carries: what it answers, its medium, what was tapped or ordered.

Pure, and never raises: whatever is of a wrong type is not there (`reference` 4.5).
"""

from typing import Any

from msgspec import Struct

from waypost.meta.single_value import text_at
from waypost.model.inbound import InboundMedium

MEDIA_KINDS = ("image", "video", "audio", "document", "sticker")
MOST_PRODUCTS = 1000
"""Of one order that are looked for: Meta's carts are far smaller."""


class Tapped(Struct, frozen=True):
    """A button or a row that was chosen.

    payload  what the sender gave it: a quick reply's payload, the id of a reply
    text     what it says
    """

    payload: str
    text: str


class Ordered(Struct, frozen=True):
    """What was ordered, as far as it tells which message offered it.

    products  ids at the retailer, each once, in order
    """

    catalogue_id: str
    products: tuple[str, ...]


def read_answered(message: dict[str, Any]) -> str | None:
    """Meta's id of the message that this one answers or reacts to; None if it tells none."""
    reaction = message.get("reaction") if message.get("type") == "reaction" else None
    return text_at(message.get("context"), "id") or text_at(reaction, "message_id")


def read_medium(message: dict[str, Any]) -> InboundMedium | None:
    """Its medium, or that of the message it is an edited form of; None without one."""
    edit = message.get("edit") if message.get("type") == "edit" else None
    edited = edit.get("message") if isinstance(edit, dict) else None
    shown = edited if isinstance(edited, dict) else message
    kind = shown.get("type")
    body = shown.get(kind) if isinstance(kind, str) and kind in MEDIA_KINDS else None
    media_id = text_at(body, "id")
    if media_id is None:
        return None
    name = text_at(body, "filename") or ""
    return InboundMedium(media_id, text_at(body, "mime_type") or "", name)


def read_tapped(message: dict[str, Any]) -> Tapped | None:
    """What was tapped: a template's quick reply, or a reply button; None for anything else."""
    button, interactive = message.get("button"), message.get("interactive")
    if message.get("type") == "button" and isinstance(button, dict):
        return _tapped(button, "payload", "text")
    if message.get("type") == "interactive" and isinstance(interactive, dict):
        return _tapped(interactive.get("button_reply"), "id", "title")
    return None


def read_ordered(message: dict[str, Any]) -> Ordered | None:
    """What was ordered; None if it is no order."""
    order = message.get("order")
    if message.get("type") != "order" or not isinstance(order, dict):
        return None
    items = order.get("product_items")
    found = [
        product
        for item in (items if isinstance(items, list) else ())[:MOST_PRODUCTS]
        if (product := text_at(item, "product_retailer_id")) is not None
    ]
    return Ordered(text_at(order, "catalog_id") or "", tuple(dict.fromkeys(found)))


def _tapped(shown: Any, payload_key: str, text_key: str) -> Tapped | None:
    payload, text = text_at(shown, payload_key), text_at(shown, text_key)
    if payload is None and text is None:
        return None
    return Tapped(payload or "", text or "")
