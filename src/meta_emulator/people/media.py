"""A recipient sends a file: it is held for seven days, and named in the webhook (reference 4.5)."""

import hashlib
from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Any

from meta_emulator.world.objects import Media, Number
from meta_emulator.world.state import State

KEPT = timedelta(days=7)
KINDS = ("image", "video", "audio", "document", "sticker")
NAMED = {"caption": ("image", "video", "document"), "filename": ("document",)}


class MediumError(ValueError):
    """The file cannot be held; the text says why."""


def hold_medium(order: Any, number: Number, state: State) -> dict[str, Any]:
    """Holds a file and returns the message's own keys; raises MediumError.

    order  {"content": base64, "mime_type"}, and optionally "kind", "caption", "filename", "voice"
    """
    if type(order) is not dict or type(order.get("mime_type")) is not str:
        raise MediumError('"medium" needs "content", in base64, and "mime_type"')
    try:
        content = b64decode(order.get("content") or "", validate=True)
    except (TypeError, ValueError):
        raise MediumError('"content" of "medium" must be base64') from None
    digest = hashlib.sha256(content).digest()
    media = Media(
        str(10**15 + state.chance.bits(48)),
        order["mime_type"],
        len(content),
        digest.hex(),
        state.clock.now() + KEPT,
        content,
        number.id,
    )
    kind = order.get("kind", media.kind)
    if kind not in KINDS:
        raise MediumError(f'"kind" of "medium" must be one of {", ".join(KINDS)}')
    state.media[media.id] = media
    told: dict[str, Any] = {
        "mime_type": media.mime_type,
        "sha256": b64encode(digest).decode(),
        "id": media.id,
    }
    told |= {
        name: order[name] for name, kinds in NAMED.items() if kind in kinds and order.get(name)
    }
    if kind == "audio":
        told["voice"] = bool(order.get("voice", True))
    if kind == "sticker":
        told["animated"] = False
    return {"type": kind, kind: told}
