"""Shape of the messages that are no templates: the object is there and holds what it must.

Limits are Meta's for messages inside a service window (reference 1.2, 1.10). The window itself
is not kept: any time is inside.
"""

from collections.abc import Callable
from typing import Any

from meta_emulator.errors import GraphError, invalid, refused

TEXT_LIMIT = 4096
MEDIA = ("image", "audio", "video", "document", "sticker")
TYPES = (
    "template",
    "text",
    *MEDIA,
    "location",
    "contacts",
    "interactive",
    "reaction",
)


def content_fault(kind: str, body: dict[str, Any]) -> GraphError | None:
    """What is wrong with the content of a message of `kind`, which is one of TYPES."""
    content = body.get(kind)
    if content is None:
        return invalid(f"The parameter {kind} is required.")
    if kind == "contacts":
        return (
            None
            if type(content) is list and content
            else invalid("Param contacts must be an array of at least one contact.")
        )
    if type(content) is not dict:
        return invalid(f"Param {kind} must be an object.")
    check = CHECKS.get(kind)
    return check(kind, content) if check is not None else None


def _text(_kind: str, content: dict[str, Any]) -> GraphError | None:
    text = content.get("body")
    if text is None:
        return invalid("The parameter text['body'] is required.")
    if type(text) is not str:
        return invalid("Param text['body'] must be a string.")
    if not 1 <= len(text) <= TEXT_LIMIT:
        return invalid(f"Param text['body'] must be at most {TEXT_LIMIT} characters long.")
    return None


def _media(kind: str, content: dict[str, Any]) -> GraphError | None:
    if ("id" in content) == ("link" in content):
        return refused(131008, f"{kind}: exactly one of id and link is required")
    return None


def _location(_kind: str, content: dict[str, Any]) -> GraphError | None:
    for key in ("latitude", "longitude"):
        if key not in content:
            return invalid(f"The parameter location['{key}'] is required.")
    return None


def _interactive(_kind: str, content: dict[str, Any]) -> GraphError | None:
    if type(content.get("type")) is not str:
        return invalid("The parameter interactive['type'] is required.")
    if type(content.get("action")) is not dict:
        return invalid("The parameter interactive['action'] is required.")
    return None


def _reaction(_kind: str, content: dict[str, Any]) -> GraphError | None:
    if type(content.get("message_id")) is not str:
        return invalid("The parameter reaction['message_id'] is required.")
    return None


CHECKS: dict[str, Callable[[str, dict[str, Any]], GraphError | None]] = {
    "text": _text,
    **dict.fromkeys(MEDIA, _media),
    "location": _location,
    "interactive": _interactive,
    "reaction": _reaction,
}
