"""The message object: what Meta defines, with the few kindnesses of the contract.

Law: it goes on as it came but for the normalisations named in the design contract, "Body"; keys
nobody here knows are kept. Each function tells its faults and gives what it understood.
Source: reference/meta-cloud-api.md 1.2; reference/kaleyra-v2.md 12.
"""

import re
from collections.abc import Mapping
from typing import Any

from waypost.model.submission import READ_RECEIPT
from waypost.wire.faults import ABSENT, FaultCode, Faults, quoted
from waypost.wire.fields import object_field, text_field, word_field
from waypost.wire.flags import BOOLEAN, parse_flag

_OBJECT = "an object"
_ARRAY = "an array"

CONTENT: Mapping[str, str] = {
    "template": _OBJECT,
    "text": _OBJECT,
    "image": _OBJECT,
    "audio": _OBJECT,
    "video": _OBJECT,
    "document": _OBJECT,
    "sticker": _OBJECT,
    "location": _OBJECT,
    "contacts": _ARRAY,
    "interactive": _OBJECT,
    "reaction": _OBJECT,
}
"""Meta's message types, and the JSON kind of the content object of that name."""

# Keys beside the content object, and our own word: none of them can be the content.
_BESIDE = frozenset(
    {
        "messaging_product",
        "recipient_type",
        "to",
        "recipient",
        "type",
        "context",
        "biz_opaque_callback_data",
        "extra_info",
        "status",
        "message_id",
        "typing_indicator",
        READ_RECEIPT,
    }
)
_RECEIPT_KEYS = frozenset({"status", "message_id", "typing_indicator"})
_TYPE_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")


def check_product(message: dict[str, Any], base: str, faults: Faults) -> None:
    """`messaging_product`: `whatsapp`, in any case."""
    value = message.get("messaging_product", ABSENT)
    if not isinstance(value, str):
        faults.absent_or_wrong(f"{base}/messaging_product", value, 'the string "whatsapp"')
        return
    if not value:
        text_field(message, "messaging_product", base, faults)
        return
    if value.lower() != "whatsapp":
        faults.add(
            f"{base}/messaging_product",
            FaultCode.WRONG_VALUE,
            f'messaging_product is {quoted(value)}; it must be "whatsapp"',
        )
    message["messaging_product"] = "whatsapp"


def check_recipient_type(message: dict[str, Any], base: str, faults: Faults) -> None:
    """`recipient_type`: only `individual`, in any case; it may be left out."""
    value = message.get("recipient_type", ABSENT)
    if value is ABSENT:
        return
    path = f"{base}/recipient_type"
    if not isinstance(value, str):
        faults.wrong_kind(path, value, 'the string "individual", or left out')
        return
    if value.lower() != "individual":
        faults.add(
            path,
            FaultCode.WRONG_VALUE,
            f'recipient_type is {quoted(value)}; it must be "individual", or left out',
        )
    message["recipient_type"] = "individual"


def is_read_receipt(message: dict[str, Any]) -> bool:
    """Whether this is no message but a mark that one was read: nothing in it is to be sent."""
    if "type" in message or not (_RECEIPT_KEYS & message.keys()):
        return False
    return not any(kind in message for kind in CONTENT)


def check_read_receipt(message: dict[str, Any], base: str, faults: Faults) -> None:
    """`status`, `message_id` and, if there is one, `typing_indicator`."""
    status = word_field(message, "status", base, faults)
    if status is not None and status != "read":
        faults.add(
            f"{base}/status",
            FaultCode.WRONG_VALUE,
            f'status is {quoted(status)}; it must be "read"',
        )
    text_field(message, "message_id", base, faults)
    if "typing_indicator" in message:
        indicator = object_field(message, "typing_indicator", base, faults)
        if indicator is not None:
            word_field(indicator, "type", f"{base}/typing_indicator", faults)


def parse_kind(message: dict[str, Any], base: str, faults: Faults) -> str | None:
    """The type of the message, once its content object is there; None if it cannot be told."""
    if "type" not in message:
        return _kind_from_content(message, base, faults)
    given = text_field(message, "type", base, faults)
    if given is None:
        return None
    kind = given if given in message else given.lower()
    if kind in _BESIDE or not _TYPE_NAME.fullmatch(kind):
        faults.add(
            f"{base}/type",
            FaultCode.WRONG_VALUE,
            f"type is {quoted(given)}; it must be a message type, like template or text",
        )
        return None
    message["type"] = kind
    return kind if _has_content(message, kind, base, faults) else None


def _kind_from_content(message: dict[str, Any], base: str, faults: Faults) -> str | None:
    present = [kind for kind in CONTENT if kind in message]
    if not present:
        faults.missing(
            f"{base}/type", "the message's type, and beside it stands an object of that name"
        )
        return None
    if len(present) > 1:
        faults.add(
            f"{base}/type",
            FaultCode.AMBIGUOUS_TYPE,
            f"type is missing and could be any of {', '.join(present)}; say which",
        )
        return None
    message["type"] = present[0]
    return present[0] if _has_content(message, present[0], base, faults) else None


def _has_content(message: dict[str, Any], kind: str, base: str, faults: Faults) -> bool:
    value = message.get(kind, ABSENT)
    path = f"{base}/{kind}"
    right = CONTENT.get(kind)
    if right is None:
        if isinstance(value, (dict, list)):
            return True
        faults.absent_or_wrong(path, value, f"the content of a message of type {kind}")
        return False
    if isinstance(value, list if right is _ARRAY else dict):
        return True
    faults.absent_or_wrong(path, value, right)
    return False


def check_text(text: dict[str, Any], path: str, faults: Faults) -> None:
    """The content of a text message; `preview_url` goes on as a boolean."""
    text_field(text, "body", path, faults)
    if "preview_url" not in text:
        return
    flag = parse_flag(text["preview_url"])
    if flag is None:
        faults.wrong_kind(f"{path}/preview_url", text["preview_url"], BOOLEAN)
    text["preview_url"] = flag
