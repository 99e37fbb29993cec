"""What an approved template asks of a send, worked out once so that checking is fast.

Law: no definition makes this raise; what is not understood of one is not checked in its sends.
Source: reference/meta-cloud-api.md 1.5 to 1.9, 7.2 to 7.5.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from waypost.model.placeholders import PLACEHOLDER

LONGEST_HEADER = 60
LONGEST_BODY = 1024
LONGEST_OFFER_BODY = 600
LONGEST_CARD_BODY = 160
"""Characters of a text once its variables are filled in; the last is also an SPM template's."""
LONGEST_COUPON = 20
LONGEST_OFFER_COUPON = 15

MEDIA_KINDS = frozenset({"IMAGE", "VIDEO", "DOCUMENT", "GIF"})
HEADER_KINDS = MEDIA_KINDS | {"TEXT", "LOCATION", "PRODUCT"}

_SUB_TYPES: Mapping[str, str] = {
    "QUICK_REPLY": "quick_reply",
    "URL": "url",
    "OTP": "url",
    "PHONE_NUMBER": "phone_number",
    "COPY_CODE": "copy_code",
    "CATALOG": "catalog",
    "MPM": "mpm",
    "SPM": "spm",
    "FLOW": "flow",
    "ORDER_DETAILS": "order_details",
    "VOICE_CALL": "voice_call",
}
_ALWAYS_FILLED = frozenset({"OTP", "COPY_CODE", "MPM", "ORDER_DETAILS"})
_VARIABLE_NAME = re.compile(r"[A-Za-z0-9_]+")
_OTP_ADDRESS = "https://www.whatsapp.com/otp/"


class TextForm(Struct, frozen=True):
    """The variables of one text.

    part        `header` or `body`
    names       in the order in which a positional send fills them
    uses        how often each stands in the text
    fixed       characters of the text that are no variable; None if the text is Meta's own
    limit       characters of the whole once it is filled in
    is_defined  whether the template has this text at all
    """

    part: str
    names: tuple[str, ...] = ()
    uses: tuple[int, ...] = ()
    fixed: int | None = 0
    limit: int = LONGEST_BODY
    is_named: bool = False
    is_defined: bool = True


class ButtonForm(Struct, frozen=True):
    """One button.

    index      its place in the template, from 0
    kind       as defined, upper case; empty if it cannot be told
    sub_type   how a send calls it
    is_known   whether `kind` is one of those in reference 1.5
    is_needed  whether every send must fill it
    fixed      characters of its URL that are no variable
    longest    characters of its coupon code
    """

    index: int
    kind: str
    sub_type: str
    label: str
    is_known: bool
    is_needed: bool
    is_one_time_code: bool = False
    fixed: int = 0
    longest: int = LONGEST_COUPON


class PartsForm(Struct, frozen=True):
    """The parts of a template, or of one of its cards.

    header_kind       `TEXT`, `IMAGE` ...; empty if there is no header
    body              None if the body's variables cannot be told
    needed            a bit for each button that every send must fill, by its index
    has_offer         whether this is a limited-time offer
    needs_expiration  whether its sends must say when the offer ends
    has_cards         whether this is what stands around the cards of a carousel
    """

    header_kind: str
    header: TextForm
    body: TextForm | None
    buttons: tuple[ButtonForm, ...]
    needed: int
    has_offer: bool = False
    needs_expiration: bool = False
    is_authentication: bool = False
    has_cards: bool = False


class TemplateForm(Struct, frozen=True):
    """A definition, compiled.

    cards   each card as defined; empty if the definition does not say; None: not a carousel
    """

    parts: PartsForm
    cards: tuple[PartsForm, ...] | None
    has_product_cards: bool


class _Traits(Struct, frozen=True):
    """What the whole template says about each of its parts."""

    is_named: bool
    is_authentication: bool
    body_limit: int
    longest_coupon: int = LONGEST_COUPON


def compile_form(
    components: Sequence[Mapping[str, Any]],
    parameter_format: str = "POSITIONAL",
    category: str = "",
) -> TemplateForm:
    """The form of a template's `components`; types and formats in either case."""
    listed = _mappings(components)
    is_named = _upper(parameter_format) == "NAMED"
    is_authentication = _upper(category) == "AUTHENTICATION" or _has_one_time_code(listed)
    body_limit = _body_limit(listed)
    longest = LONGEST_OFFER_COUPON if body_limit == LONGEST_OFFER_BODY else LONGEST_COUPON
    parts = _parts(listed, _Traits(is_named, is_authentication, body_limit, longest))
    cards: tuple[PartsForm, ...] | None = None
    of_card = _Traits(is_named, is_authentication=False, body_limit=LONGEST_CARD_BODY)
    for component in listed:
        if _upper(component.get("type")) == "CAROUSEL":
            cards = tuple(
                _parts(_mappings(card.get("components")), of_card)
                for card in _mappings(component.get("cards"))
            )
    has_product_cards = bool(cards) and all(card.header_kind == "PRODUCT" for card in cards or ())
    return TemplateForm(parts, cards, has_product_cards)


def _parts(components: list[Mapping[str, Any]], traits: _Traits) -> PartsForm:
    header_kind = ""
    header = TextForm("header", is_defined=False)
    body: TextForm | None = TextForm("body", is_defined=False)
    buttons: list[Mapping[str, Any]] = []
    has_offer = needs_expiration = has_cards = False
    for component in components:
        kind = _upper(component.get("type"))
        if kind == "HEADER":
            header_kind = _upper(component.get("format", "TEXT")) or "UNKNOWN"
            if header_kind == "TEXT":
                text = component.get("text")
                header = _text("header", text, LONGEST_HEADER, is_named=traits.is_named)
        elif kind == "BODY":
            body = _body(component, traits)
        elif kind == "BUTTONS":
            buttons = _places(component.get("buttons"))
        elif kind == "CAROUSEL":
            has_cards = True
        elif kind == "LIMITED_TIME_OFFER":
            offer = component.get("limited_time_offer")
            has_offer = True
            needs_expiration = not isinstance(offer, Mapping) or bool(
                offer.get("has_expiration", True)
            )
    if has_offer:
        # In a limited-time offer the coupon is always button 0 (reference 1.9).
        buttons.sort(key=lambda button: _upper(button.get("type")) != "COPY_CODE")
    forms = tuple(_button(index, button, traits) for index, button in enumerate(buttons))
    return PartsForm(
        header_kind=header_kind,
        header=header,
        body=body,
        buttons=forms,
        needed=sum(1 << button.index for button in forms if button.is_needed),
        has_offer=has_offer,
        needs_expiration=needs_expiration,
        is_authentication=traits.is_authentication,
        has_cards=has_cards,
    )


def _body(component: Mapping[str, Any], traits: _Traits) -> TextForm | None:
    text = component.get("text")
    if isinstance(text, str):
        return _text("body", text, traits.body_limit, is_named=traits.is_named)
    if traits.is_authentication:
        # The text is Meta's own, with one variable: the code.
        return TextForm("body", ("1",), (1,), fixed=None)
    return None


def _text(part: str, text: Any, limit: int, *, is_named: bool) -> TextForm:
    if not isinstance(text, str):
        return TextForm(part, limit=limit)
    uses: dict[str, int] = {}
    fixed = len(text)
    for found in PLACEHOLDER.finditer(text):
        name = found[1].strip()
        if _VARIABLE_NAME.fullmatch(name):
            uses[name] = uses.get(name, 0) + 1
            fixed -= len(found[0])
    names = list(uses)
    if not is_named and all(name.isdecimal() for name in names):
        names.sort(key=_place)
    else:
        is_named = bool(names)
    return TextForm(
        part,
        names=tuple(names),
        uses=tuple(uses[name] for name in names),
        fixed=fixed,
        limit=limit,
        is_named=is_named,
    )


def _place(name: str) -> tuple[int, str]:
    """The order of numbers, without making one of thousands of digits."""
    digits = name.lstrip("0")
    return len(digits), digits


def _button(index: int, button: Mapping[str, Any], traits: _Traits) -> ButtonForm:
    kind = _upper(button.get("type"))
    url = button.get("url") if kind == "URL" else None
    address = url if isinstance(url, str) else ""
    is_one_time_code = kind == "OTP" or (kind == "URL" and traits.is_authentication)
    has_variable = PLACEHOLDER.search(address) is not None
    label = button.get("text")
    return ButtonForm(
        index,
        kind,
        _SUB_TYPES.get(kind, kind.lower()),
        label if isinstance(label, str) else "",
        is_known=kind in _SUB_TYPES,
        is_needed=has_variable or is_one_time_code or kind in _ALWAYS_FILLED,
        is_one_time_code=is_one_time_code,
        fixed=len(PLACEHOLDER.sub("", address)),
        longest=traits.longest_coupon,
    )


def _body_limit(components: list[Mapping[str, Any]]) -> int:
    for component in components:
        kind = _upper(component.get("type"))
        if kind == "LIMITED_TIME_OFFER":
            return LONGEST_OFFER_BODY
        for button in _mappings(component.get("buttons")):
            if _upper(button.get("type")) == "SPM":
                return LONGEST_CARD_BODY
    return LONGEST_BODY


def _has_one_time_code(components: list[Mapping[str, Any]]) -> bool:
    """Whether a button hands out a code: Meta gives such buttons back as URLs of its own."""
    for component in components:
        for button in _mappings(component.get("buttons")):
            url = button.get("url")
            if _upper(button.get("type")) == "OTP":
                return True
            if isinstance(url, str) and url.startswith(_OTP_ADDRESS):
                return True
    return False


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list | tuple):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def _places(value: Any) -> list[Mapping[str, Any]]:
    """As `_mappings`, but whatever is none keeps its place, for buttons are told by it."""
    if not isinstance(value, list | tuple):
        return []
    return [item if isinstance(item, Mapping) else {} for item in value]


def _upper(value: Any) -> str:
    return value.upper() if isinstance(value, str) else ""
