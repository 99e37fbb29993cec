"""The fast path: a body that is already as Meta wants it, and has no fault, in one decode.

Law: it accepts only what the thorough path accepts, with the same result; whatever it does not
know, it leaves to the thorough path (None). It is no second description of the contract: it may
only ever be stricter. tests/wire/test_two_paths.py holds the two together.

How it stays honest: every key of these shapes is named and unknown ones are forbidden, so msgspec
checks each string and number of the body, and repeated keys are decoded as the last one in both
decodes. Nothing is sent on as raw text.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from waypost.model.recipient import Recipient
from waypost.model.submission import Content, References, Submission
from waypost.wire.extra_info import DEFAULT_SOURCE, LONGEST_REFERENCE, Source
from waypost.wire.mpm import LONGEST_TITLE, MOST_PRODUCTS
from waypost.wire.numbers import parse_phone
from waypost.wire.timing import (
    LONGEST_VALIDITY_S,
    PRIORITIES,
    SHORTEST_VALIDITY_S,
    moment_of,
)

_Filled = Annotated[str, Meta(min_length=1)]
_Index = Annotated[int, Meta(ge=0, le=9)]
_Reference = Annotated[str, Meta(max_length=LONGEST_REFERENCE)]
_Validity = Annotated[int, Meta(ge=SHORTEST_VALIDITY_S, le=LONGEST_VALIDITY_S)]


class _Shape(Struct, forbid_unknown_fields=True, gc=False):
    """An object whose keys are all known."""


class _Typed(_Shape, tag_field="type"):
    """An object that its `type` tells apart.

    It stands in unions only: outside of one, msgspec would let its `type` be left out.
    """


class _Media(_Shape):
    id: _Filled | UnsetType = UNSET
    link: _Filled | UnsetType = UNSET
    filename: str | UnsetType = UNSET


class _Text(_Typed, tag="text"):
    text: str
    parameter_name: str | UnsetType = UNSET


class _Image(_Typed, tag="image"):
    image: _Media


class _Video(_Typed, tag="video"):
    video: _Media


class _Document(_Typed, tag="document"):
    document: _Media


class _CouponCode(_Typed, tag="coupon_code"):
    coupon_code: str


class _CurrencyValue(_Shape):
    fallback_value: str
    code: str
    amount_1000: int


class _Currency(_Typed, tag="currency"):
    currency: _CurrencyValue


class _DateTimeValue(_Shape):
    fallback_value: str


class _DateTime(_Typed, tag="date_time"):
    date_time: _DateTimeValue


class _Payload(_Typed, tag="payload"):
    payload: str


class _Product(_Shape):
    product_retailer_id: _Filled


class _Section(_Shape):
    title: Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
    product_items: Annotated[list[_Product], Meta(min_length=1)]


class _MpmAction(_Shape):
    thumbnail_product_retailer_id: _Filled
    sections: Annotated[list[_Section], Meta(min_length=1, max_length=10)]


class _Action(_Typed, tag="action"):
    action: _MpmAction


class _Header(_Typed, tag="header"):
    parameters: list[_Text | _Image | _Video | _Document]


class _Body(_Typed, tag="body"):
    parameters: list[_Text | _Currency | _DateTime]


class _Button(_Typed, tag="button"):
    sub_type: Literal["quick_reply", "url", "mpm", "copy_code"]
    index: _Index
    parameters: list[_Text | _Payload | _Action | _CouponCode]


class _Card(_Shape):
    card_index: _Index
    components: list[_Header | _Body | _Button]


class _Carousel(_Typed, tag="carousel"):
    cards: Annotated[list[_Card], Meta(min_length=1, max_length=10)]


class _Language(_Shape):
    code: _Filled
    policy: str | UnsetType = UNSET


class _Template(_Shape):
    name: _Filled
    language: _Language
    components: list[_Header | _Body | _Button | _Carousel] = []


class _TextContent(_Shape):
    body: _Filled
    preview_url: bool | UnsetType = UNSET


class _Context(_Shape):
    message_id: str


class _TemplateMessage(_Typed, tag="template"):
    messaging_product: Literal["whatsapp"]
    to: str
    template: _Template
    recipient_type: Literal["individual"] | UnsetType = UNSET


class _TextMessage(_Typed, tag="text"):
    messaging_product: Literal["whatsapp"]
    to: str
    text: _TextContent
    recipient_type: Literal["individual"] | UnsetType = UNSET
    context: _Context | UnsetType = UNSET


class _MediaContent(_Media):
    caption: str | UnsetType = UNSET


class _FreeForm(_Typed):
    messaging_product: Literal["whatsapp"]
    to: str
    recipient_type: Literal["individual"] | UnsetType = UNSET
    context: _Context | UnsetType = UNSET


class _ImageMessage(_FreeForm, tag="image", kw_only=True):
    image: _MediaContent


class _VideoMessage(_FreeForm, tag="video", kw_only=True):
    video: _MediaContent


class _DocumentMessage(_FreeForm, tag="document", kw_only=True):
    document: _MediaContent


class _TextPart(_Shape):
    text: str


class _Reply(_Shape):
    id: str
    title: str


class _ReplyButton(_Shape):
    type: str
    reply: _Reply


class _Buttons(_Shape):
    buttons: list[_ReplyButton]


class _Row(_Shape):
    id: str
    title: str
    description: str | UnsetType = UNSET


class _Rows(_Shape):
    rows: list[_Row]
    title: str | UnsetType = UNSET


class _List(_Shape):
    button: str
    sections: list[_Rows]


class _InteractiveHeader(_Shape):
    type: str
    text: str | UnsetType = UNSET
    image: _Media | UnsetType = UNSET
    video: _Media | UnsetType = UNSET
    document: _Media | UnsetType = UNSET


class _ButtonContent(_Typed, tag="button"):
    action: _Buttons
    body: _TextPart
    header: _InteractiveHeader | UnsetType = UNSET
    footer: _TextPart | UnsetType = UNSET


class _ListContent(_Typed, tag="list"):
    action: _List
    body: _TextPart
    header: _InteractiveHeader | UnsetType = UNSET
    footer: _TextPart | UnsetType = UNSET


class _InteractiveMessage(_FreeForm, tag="interactive", kw_only=True):
    interactive: _ButtonContent | _ListContent


_Message = (
    _TemplateMessage
    | _TextMessage
    | _ImageMessage
    | _VideoMessage
    | _DocumentMessage
    | _InteractiveMessage
)


class _ExtraInfo(_Shape):
    ref: _Reference | None = None
    ref1: _Reference | None = None
    ref2: _Reference | None = None
    wa_source: Source = DEFAULT_SOURCE
    enable_url_tracking_body: bool = False
    enable_url_tracking_button: bool = False
    send_at: int | str | None = None
    validity_period: _Validity | None = None
    priority: Literal["high", "normal", "bulk"] | None = None
    callback_profile_id: _Filled | None = None


class _Request(_Shape):
    messaging_object: _Message
    extra_info: _ExtraInfo | None = None


_decode = msgspec.json.Decoder(_Request).decode
_decode_untyped = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode

_NO_REFERENCES = References()
_FREE_FORM_KINDS: Mapping[type, str] = {
    _TextMessage: "text",
    _ImageMessage: "image",
    _VideoMessage: "video",
    _DocumentMessage: "document",
    _InteractiveMessage: "interactive",
}
_VALUES = {"quick_reply": _Payload, "url": _Text, "mpm": _Action, "copy_code": _CouponCode}


def parse_canonical(body: bytes) -> Submission | None:
    """The submission, or None: then the thorough path has the word."""
    if b"\\u0000" in body:
        return None  # the one character that is not kept as it came
    try:
        request = _decode(body)
    except (ValueError, RecursionError):
        return None
    message, extra = request.messaging_object, request.extra_info
    digits = parse_phone(message.to)
    if not isinstance(digits, str):
        return None
    send_at = None
    if extra is not None and extra.send_at is not None:
        send_at = moment_of(extra.send_at)
        if send_at is None:
            return None
    if isinstance(message, _TemplateMessage) and not _are_sound(message.template.components):
        return None
    return _submission(digits, message, extra, send_at, _message_of(body))


def _submission(
    digits: str,
    message: _Message,
    extra: _ExtraInfo | None,
    send_at: datetime | None,
    verbatim: dict[str, Any],
) -> Submission:
    content = _content(message, _encode(verbatim))
    if extra is None:
        return Submission((Recipient(digits),), content, _NO_REFERENCES, message=verbatim)
    return Submission(
        (Recipient(digits),),
        content,
        References(extra.ref, extra.ref1, extra.ref2),
        extra.wa_source,
        extra.enable_url_tracking_body,
        extra.enable_url_tracking_button,
        verbatim,
        send_at=send_at,
        validity_s=extra.validity_period,
        priority=None if extra.priority is None else PRIORITIES[extra.priority],
        callback_profile_id=extra.callback_profile_id,
    )


def _content(message: _Message, text: bytes) -> Content:
    if isinstance(message, _TemplateMessage):
        template = message.template
        return Content("template", text, template.name, template.language.code)
    return Content(_FREE_FORM_KINDS[type(message)], text)


def _message_of(body: bytes) -> dict[str, Any]:
    """The message object without its recipient: its own keys, in its own order, each once."""
    message: dict[str, Any] = _decode_untyped(body)["messaging_object"]
    del message["to"]
    return message


def _are_sound(components: list[_Header | _Body | _Button | _Carousel]) -> bool:
    """Whether all of them fit, and no more than one opens a product list."""
    mpm_buttons = 0
    for component in components:
        if isinstance(component, _Carousel):
            if not _is_plain_carousel(component):
                return False
        elif not _fits(component):
            return False
        elif isinstance(component, _Button):
            mpm_buttons += component.sub_type == "mpm"
    return mpm_buttons <= 1


def _is_plain_carousel(carousel: _Carousel) -> bool:
    """Whether the cards are in order from 0, and their parts fit and open no product list."""
    for position, card in enumerate(carousel.cards):
        if card.card_index != position:
            return False
        for part in card.components:
            if not _fits(part) or (isinstance(part, _Button) and part.sub_type == "mpm"):
                return False
    return True


def _fits(part: _Header | _Body | _Button) -> bool:
    """Whether media can be found, and a button's parameters are of the one type it takes."""
    if isinstance(part, _Button):
        kind = _VALUES[part.sub_type]
        for parameter in part.parameters:
            if type(parameter) is not kind:
                return False
        return part.sub_type != "mpm" or _is_sound_mpm(part)
    if isinstance(part, _Header):
        for value in part.parameters:
            media = _media_of(value)
            if media is not None and media.id is UNSET and media.link is UNSET:
                return False
    return True


def _media_of(parameter: _Text | _Image | _Video | _Document) -> _Media | None:
    match parameter:
        case _Image(image=media) | _Video(video=media) | _Document(document=media):
            return media
        case _:
            return None


def _is_sound_mpm(button: _Button) -> bool:
    if len(button.parameters) != 1:
        return False
    action = button.parameters[0]
    return (
        isinstance(action, _Action)
        and sum(len(section.product_items) for section in action.action.sections) <= MOST_PRODUCTS
    )
