"""The thorough path: any body to a submission, or to every fault it has.

Law: whatever the bytes, an answer and no exception, in linear time. What goes on to Meta is the
customer's object with the contract's normalisations and without the recipient and
`biz_opaque_callback_data`, which dispatch puts in. Order of keys and spelling of numbers stay.
"""

from typing import Any

import msgspec

from waypost.model.recipient import Recipient
from waypost.model.refusal import Fault
from waypost.model.submission import READ_RECEIPT, Content, Submission
from waypost.model.template import TemplateBook
from waypost.wire.buttons import Noted
from waypost.wire.extra_info import parse_extra_info
from waypost.wire.faults import ABSENT, Faults
from waypost.wire.json_text import read_json
from waypost.wire.message_object import (
    check_product,
    check_read_receipt,
    check_recipient_type,
    check_text,
    is_read_receipt,
    parse_kind,
)
from waypost.wire.recipients import parse_recipients
from waypost.wire.suspects import check_suspects
from waypost.wire.template_object import check_template

_NOT_CONTENT = ("to", "recipient", "biz_opaque_callback_data")
_RIGHT = 'an object, like {"messaging_object": {...}, "extra_info": {...}}'

_NOBODY = (Recipient(),)

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def parse_thoroughly(
    body: bytes, templates: TemplateBook, max_recipients: int
) -> Submission | tuple[Fault, ...]:
    """The submission, or all faults (at most 100)."""
    faults, submission = _read(body, templates, max_recipients)
    if faults or submission is None:
        return faults
    return submission


def salvage(body: bytes, templates: TemplateBook, max_recipients: int) -> Submission | None:
    """What can be understood of a body in spite of its faults; None if its kind cannot be told."""
    return _read(body, templates, max_recipients)[1]


def _read(
    body: bytes, templates: TemplateBook, max_recipients: int
) -> tuple[tuple[Fault, ...], Submission | None]:
    """All faults, and what was understood beside them."""
    document = read_json(body)
    if isinstance(document, Fault):
        return (document,), None
    faults = Faults()
    message, base, extra = _unwrap(document.value, faults)
    if message is None:
        parse_extra_info(extra, "/extra_info", faults)
        return faults.listed(), None
    is_receipt = is_read_receipt(message)
    recipients = _NOBODY if is_receipt else parse_recipients(message, base, max_recipients, faults)
    for key in _NOT_CONTENT:
        message.pop(key, None)
    if document.is_suspect:
        # Before anything is put in another place: pointers name the body as it was sent.
        check_suspects(message, base, faults)
    check_product(message, base, faults)
    check_recipient_type(message, base, faults)
    kind = READ_RECEIPT if is_receipt else parse_kind(message, base, faults)
    noted = Noted()
    names = None
    if kind == "template":
        where = f"{base}/template"
        names = check_template(message["template"], where, templates, noted, faults)
    elif kind == "text":
        check_text(message["text"], f"{base}/text", faults)
    elif is_receipt:
        check_read_receipt(message, base, faults)
    extra_info = parse_extra_info(extra, "/extra_info", faults)
    # A value that no JSON program carries faithfully is a fault, and nothing to encode.
    if kind is None or (kind == "template" and names is None) or (faults and document.is_suspect):
        return faults.listed(), None
    name, code = names or (None, None)
    text = _encode(message)
    return faults.listed(), Submission(
        recipients,
        Content(kind, text, name, code),
        extra_info.references,
        extra_info.source,
        extra_info.track_body,
        extra_info.track_button,
        # Numbers that keep their text are none that a check could read.
        _decode(text) if document.has_fractions else message,
        base,
        tuple(noted.lone_parameters),
        extra_info.send_at,
        extra_info.validity_s,
        extra_info.priority,
        extra_info.callback_profile_id,
    )


def _unwrap(body: Any, faults: Faults) -> tuple[dict[str, Any] | None, str, Any]:
    """The message object, the pointer to it, and `extra_info` as it stands.

    A body that is itself a Meta message is the message object; an `extra_info` in it is ours.
    """
    if not isinstance(body, dict):
        faults.wrong_kind("", body, _RIGHT)
        return None, "", None
    extra = body.get("extra_info")
    if "messaging_object" not in body and "messaging_product" in body:
        body.pop("extra_info", None)
        return body, "", extra
    message = body.get("messaging_object", ABSENT)
    if isinstance(message, dict):
        return message, "/messaging_object", extra
    faults.absent_or_wrong("/messaging_object", message, "Meta's message object")
    return None, "", extra
