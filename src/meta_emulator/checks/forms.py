"""What an approved template asks of a send, worked out once when the template is loaded.

A form is to a template what a printed form is to a letter: which blanks there are, of what kind,
and how long the whole may become (reference 1.5 to 1.9, 7.2).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")

BODY_LIMIT = 1024
CARD_BODY_LIMIT = 160
OFFER_BODY_LIMIT = 600
HEADER_LIMIT = 60
COUPON_LIMIT = 20
OFFER_COUPON_LIMIT = 15

CODE_URL = "https://www.whatsapp.com/otp/"
"""How the URL of a button with a one-time code begins, as Meta shows it."""

# What a send must bring for a button of this kind (reference 1.5).
ALWAYS_FILLED = frozenset({"COPY_CODE", "MPM", "OTP", "ORDER_DETAILS"})
SUB_TYPES: Mapping[str, str] = {
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


@dataclass(frozen=True, slots=True)
class Blanks:
    """The variables of one text.

    names   in order of first use; digits if the template is positional
    uses    how often each stands in the text
    fixed   characters of the text that are no variable
    limit   characters the filled text may have
    """

    names: tuple[str, ...]
    uses: tuple[int, ...]
    fixed: int
    limit: int
    is_named: bool


NO_BLANKS = Blanks((), (), 0, BODY_LIMIT, is_named=False)


@dataclass(frozen=True, slots=True)
class ButtonForm:
    """One button. `kind` as the template defines it, upper case."""

    kind: str
    sub_type: str
    is_needed: bool
    url_length: int = 0
    has_code: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One template, or one card of it.

    header_kind  `TEXT`, `IMAGE`, `VIDEO`, `DOCUMENT`, `LOCATION`, `PRODUCT`, `GIF`, or None
    cards        the cards as defined; None if the template is no carousel
    has_offer    whether a send must say when the offer ends
    is_offer     whether it is a limited-time offer at all
    has_code     whether it carries a one-time code
    """

    header_kind: str | None
    header: Blanks
    body: Blanks
    buttons: tuple[ButtonForm, ...]
    cards: tuple["Form", ...] | None = None
    has_offer: bool = False
    is_offer: bool = False
    has_code: bool = False

    @property
    def has_product_cards(self) -> bool:
        """Whether the carousel's cards show products: then two define up to ten."""
        return self.cards is not None and {card.header_kind for card in self.cards} == {"PRODUCT"}


def compile_form(components: Sequence[Mapping[str, Any]], parameter_format: str) -> Form:
    """The form of a template's `components`; keys and types in either case."""
    is_named = parameter_format.upper() == "NAMED"
    kinds = {str(component.get("type", "")).upper() for component in components}
    return _form(components, is_named=is_named, body_limit=_body_limit(components, kinds))


def _body_limit(components: Sequence[Mapping[str, Any]], kinds: set[str]) -> int:
    if "LIMITED_TIME_OFFER" in kinds:
        return OFFER_BODY_LIMIT
    for component in components:
        for button in component.get("buttons") or ():
            if str(button.get("type", "")).upper() == "SPM":
                return CARD_BODY_LIMIT
    return BODY_LIMIT


def _form(components: Sequence[Mapping[str, Any]], *, is_named: bool, body_limit: int) -> Form:
    header_kind: str | None = None
    header = body = NO_BLANKS
    buttons: tuple[ButtonForm, ...] = ()
    cards: tuple[Form, ...] | None = None
    has_offer = is_offer = False
    for component in components:
        match str(component.get("type", "")).upper():
            case "HEADER":
                header_kind = str(component.get("format", "TEXT")).upper()
                if header_kind == "TEXT":
                    header = _blanks(component.get("text", ""), HEADER_LIMIT, is_named=is_named)
            case "BODY":
                body = _body(component, body_limit, is_named=is_named)
            case "BUTTONS":
                buttons = tuple(_button(button) for button in component.get("buttons", ()))
            case "CAROUSEL":
                cards = tuple(
                    _form(
                        card.get("components", ()),
                        is_named=is_named,
                        body_limit=CARD_BODY_LIMIT,
                    )
                    for card in component.get("cards", ())
                )
            case "LIMITED_TIME_OFFER":
                is_offer = True
                offer = component.get("limited_time_offer") or {}
                has_offer = bool(offer.get("has_expiration", True))
    has_code = any(button.has_code for button in buttons)
    return Form(header_kind, header, body, buttons, cards, has_offer, is_offer, has_code)


def _body(component: Mapping[str, Any], limit: int, *, is_named: bool) -> Blanks:
    if "text" not in component:
        # An authentication template's body is Meta's own text with one blank, the code.
        return Blanks(("1",), (1,), 0, limit, is_named=False)
    return _blanks(component["text"], limit, is_named=is_named)


def _blanks(text: str, limit: int, *, is_named: bool) -> Blanks:
    found = VARIABLE.findall(text)
    names = list(dict.fromkeys(found))
    if not is_named and all(name.isdigit() for name in names):
        names.sort(key=int)
    fixed = len(VARIABLE.sub("", text))
    uses = tuple(found.count(name) for name in names)
    return Blanks(tuple(names), uses, fixed, limit, is_named=is_named)


def _button(button: Mapping[str, Any]) -> ButtonForm:
    kind = str(button.get("type", "")).upper()
    url = str(button.get("url", ""))
    has_variable = kind == "URL" and VARIABLE.search(url) is not None
    return ButtonForm(
        kind,
        SUB_TYPES.get(kind, kind.lower()),
        is_needed=has_variable or kind in ALWAYS_FILLED,
        url_length=len(VARIABLE.sub("", url)),
        has_code=kind == "OTP" or url.startswith(CODE_URL),
    )
