"""The messages that are no templates: their content is there, of its kind, and within limits.

Limits are Meta's for messages inside a service window (reference 1.2, 1.10). The window itself
is not kept: any time is inside.
"""

import math
from collections.abc import Callable
from typing import Any

from meta_emulator.checks.interactive import check_interactive
from meta_emulator.checks.media import check_medium
from meta_emulator.checks.template_send import Holdings
from meta_emulator.checks.values import Object, as_object, object_at, optional_text, text_at
from meta_emulator.protocol.errors import RefusedError, invalid, refused

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
FILENAME_LIMIT = 240
PLACE_LIMIT = 1000
MOST_CONTACTS = 257
"""Meta's prose and Kaleyra's page; the OpenAPI file says 5 (reference 1.2 on that file)."""
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
EXTRAS = {"caption": ("image", "video", "document"), "filename": ("document",)}
"""Keys of media that only some kinds have."""

DEGREES = {"latitude": 90, "longitude": 180}


def check_content(kind: str, body: Object, holdings: Holdings) -> None:
    """Raise RefusedError for what is wrong with a message of `kind`, one of TYPES."""
    content = body.get(kind)
    if content is None:
        raise RefusedError(invalid(f"The parameter {kind} is required."))
    if kind == "contacts":
        _contacts(content)
        return
    if type(content) is not dict:
        raise RefusedError(invalid(f"Param {kind} must be an object."))
    CHECKS[kind](kind, content, holdings)


def check_context(body: Object) -> None:
    """Raise RefusedError if `context` is there and names no message."""
    context = body.get("context")
    if context is None:
        return
    message_id = as_object(context, "context").get("message_id")
    if type(message_id) is not str or not message_id:
        raise RefusedError(invalid("The parameter context['message_id'] is required."))


def media_mismatch(kind: str, body: Object, holdings: Holdings) -> bool:
    """Whether the media id of a message stands for a file of another kind: it fails later."""
    if kind not in MEDIA:
        return False
    media_id = body[kind].get("id")
    return media_id is not None and holdings.media_kind(str(media_id)) != kind


def _text(_kind: str, content: Object, _holdings: Holdings) -> None:
    text = content.get("body")
    if text is None:
        raise RefusedError(invalid("The parameter text['body'] is required."))
    if type(text) is not str:
        raise RefusedError(invalid("Param text['body'] must be a string."))
    if not 1 <= len(text) <= TEXT_LIMIT:
        raise RefusedError(
            invalid(f"Param text['body'] must be at most {TEXT_LIMIT} characters long.")
        )
    if type(content.get("preview_url", False)) is not bool:
        raise RefusedError(invalid("Param text['preview_url'] must be a boolean."))


def _media(kind: str, content: Object, holdings: Holdings) -> None:
    for key, kinds in EXTRAS.items():
        if key in content and kind not in kinds:
            raise RefusedError(invalid(f'Unexpected key "{key}" on param "{kind}".'))
    if content.get("caption") != "":
        optional_text(content, "caption", kind, CAPTION_LIMIT)
    optional_text(content, "filename", kind, FILENAME_LIMIT)
    check_medium(content, kind, holdings)


def _location(_kind: str, content: Object, _holdings: Holdings) -> None:
    for key, most in DEGREES.items():
        if content.get(key) is None:
            raise RefusedError(invalid(f"The parameter location['{key}'] is required."))
        degrees = degrees_of(content[key])
        if degrees is None:
            raise RefusedError(invalid(f"Param location['{key}'] must be a number."))
        if abs(degrees) > most:
            raise RefusedError(refused(131009, f"location['{key}'] must be from -{most} to {most}"))
    for key in ("name", "address"):
        optional_text(content, key, "location", PLACE_LIMIT)


def degrees_of(value: Any) -> float | None:
    """The number that `value` is or spells; None if it is none."""
    if type(value) not in {int, float, str}:
        return None
    try:
        degrees = float(value)
    except (ValueError, OverflowError):
        return None
    return degrees if math.isfinite(degrees) else None


def _contacts(content: Any) -> None:
    if type(content) is not list or not content:
        raise RefusedError(invalid("Param contacts must be an array of at least one contact."))
    if len(content) > MOST_CONTACTS:
        raise RefusedError(refused(131009, f"contacts: at most {MOST_CONTACTS} are allowed"))
    for number, contact in enumerate(content):
        where = f"contacts[{number}]"
        held = as_object(contact, where)
        text_at(object_at(held, "name", where), "formatted_name", f"{where}['name']", CAPTION_LIMIT)
        for key in ("phones", "emails", "urls", "addresses", "ims"):
            listed = held.get(key, [])
            if type(listed) is not list:
                raise RefusedError(invalid(f"Param {where}['{key}'] must be an array."))
            for place, item in enumerate(listed):
                as_object(item, f"{where}['{key}'][{place}]")


def _reaction(_kind: str, content: Object, _holdings: Holdings) -> None:
    if type(content.get("message_id")) is not str:
        raise RefusedError(invalid("The parameter reaction['message_id'] is required."))
    if "emoji" not in content:
        raise RefusedError(refused(131008, "The parameter reaction['emoji'] is required."))
    if type(content["emoji"]) is not str:
        raise RefusedError(invalid("Param reaction['emoji'] must be a string."))


def _interactive(_kind: str, content: Object, holdings: Holdings) -> None:
    check_interactive(content, holdings)


CHECKS: dict[str, Callable[[str, Object, Holdings], None]] = {
    "text": _text,
    **dict.fromkeys(MEDIA, _media),
    "location": _location,
    "interactive": _interactive,
    "reaction": _reaction,
}
