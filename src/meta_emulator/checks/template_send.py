"""Does this send fit this template? The first error in Meta's order, or None.

The order over the whole message, cards included: counts (132000), kinds (132012), what a button
needs (131008), filled length (132005), characters (132018), products and media (131009)
(reference 12.3). Details are those seen in the field where there are any (reference 3.4); the
others are worded here.
"""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from meta_emulator.checks.buttons import button_kind_fault, button_presence_fault
from meta_emulator.checks.forms import Blanks, Form
from meta_emulator.checks.parts import Parameter, Parts
from meta_emulator.checks.products import product_fault
from meta_emulator.checks.values import ADDRESS
from meta_emulator.protocol.errors import GraphError, invalid, refused

TEXTUAL = frozenset({"text", "currency", "date_time"})
MEDIA_HEADERS = frozenset({"IMAGE", "VIDEO", "DOCUMENT", "GIF"})
FORBIDDEN = re.compile(r"[\n\r\t]| {5,}")
FORBIDDEN_DETAILS = (
    "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
)
OFFER_ENDLESS = "limited_time_offer: expiration_time_ms is required"
DEGREES = re.compile(r"\s*[-+]?\d+(\.\d*)?\s*\Z", re.ASCII)
FALLBACK_KEYS = {
    "currency": ("fallback_value", "code", "amount_1000"),
    "date_time": ("fallback_value",),
}
TEXT_EMPTY = "Parameter of type text is missing text value"
CODE_LIMIT = 15
EMPTY_HEADER = "header component parameter should not be empty"
CHARACTERS_SINCE = (23, 0)
MOST_CARDS = 10
FEWEST_CARDS = 2

Pairs = list[tuple[Form, Parts]]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the WABA has that a send may name.

    media_kind  `image`, `video` ... of a media id that is known and has not expired; else None
    """

    catalogue_id: str | None
    products: Container[str]
    media_kind: Callable[[str], str | None]


def find_fault(
    form: Form, parts: Parts, version: tuple[int, int], holdings: Holdings
) -> GraphError | None:
    """The first error of a send with `parts` of a template with `form`; None if it fits."""
    pairs: Pairs = [(form, parts)]
    if form.cards is not None and parts.cards is not None:
        last = len(form.cards) - 1
        pairs += [(form.cards[min(n, last)], card) for n, card in enumerate(parts.cards)]
    # A card more than there are has nothing that its texts could be counted against.
    counted = pairs if form.has_product_cards else pairs[: 1 + len(form.cards or ())]
    return (
        _count_fault(counted)
        or _card_number_fault(form, parts)
        or _kind_fault(pairs)
        or _presence_fault(pairs)
        or _code_fault(form, parts)
        or _length_fault(pairs)
        or _character_fault(pairs, version)
        or _holdings_fault(pairs, holdings)
    )


def _count_fault(pairs: Pairs) -> GraphError | None:
    for form, parts in pairs:
        if form.header_kind in {None, "TEXT"}:
            given = len(parts.header) if parts.header else 0
            if given != len(form.header.names) and not _is_media(parts.header):
                return _wrong_count("header", given, len(form.header.names))
        given = len(parts.body) if parts.body else 0
        if given != len(form.body.names):
            return _wrong_count("body", given, len(form.body.names))
    return None


def _wrong_count(component: str, given: int, expected: int) -> GraphError:
    return refused(
        132000,
        f"{component}: number of localizable_params ({given}) does not match the expected"
        f" number of params ({expected})",
    )


def _is_media(header: list[Parameter] | None) -> bool:
    return header is not None and any(kind not in TEXTUAL for kind, _ in header)


def _card_number_fault(form: Form, parts: Parts) -> GraphError | None:
    """Meta's detail for a wrong number of cards misleads, and is kept."""
    if form.cards is None:
        if parts.cards is None:
            return None
        return refused(132012, "carousel: Format mismatch, expected NONE, received CAROUSEL")
    number = len(parts.cards) if parts.cards else 0
    if form.has_product_cards:
        fits = FEWEST_CARDS <= number <= MOST_CARDS
    else:
        fits = number == len(form.cards)
    return None if fits else refused(132012, EMPTY_HEADER)


def _kind_fault(pairs: Pairs) -> GraphError | None:
    for number, (form, parts) in enumerate(pairs):
        fault = (
            _header_kind_fault(form, parts, is_card=number > 0)
            or _text_kind_fault("body", parts.body, form.body)
            or button_kind_fault(form, parts)
        )
        if fault is not None:
            return fault
    return None


def _header_kind_fault(form: Form, parts: Parts, *, is_card: bool) -> GraphError | None:
    kind, header = form.header_kind, parts.header
    if kind == "TEXT":
        return _text_kind_fault("header", header, form.header)
    if not header:
        if kind is None:
            return None
        return refused(132012, EMPTY_HEADER) if is_card else _mismatch("header", kind, "UNKNOWN")
    received, parameter = header[0]
    if received.upper() != kind and (kind, received) != ("GIF", "video"):
        return _mismatch("header", kind or "NONE", received)
    if len(header) != 1:
        return _wrong_count("header", len(header), 1)
    return _header_object_fault(received, parameter)


def _header_object_fault(kind: str, parameter: dict[str, Any]) -> GraphError | None:
    content = parameter.get(kind)
    if type(content) is not dict:
        return refused(131008, f"header: parameter of type {kind} requires an {kind} object")
    if kind == "location":
        return _location_fault(content)
    if kind == "product":
        return None
    if ("id" in content) == ("link" in content):
        return refused(131008, f"header: {kind} requires exactly one of id and link")
    link = content.get("link")
    if "link" in content and (type(link) is not str or not ADDRESS.fullmatch(link)):
        return invalid(f"Param {kind}['link'] must be a valid URI.")
    return None


def _location_fault(content: dict[str, Any]) -> GraphError | None:
    for key in ("latitude", "longitude"):
        value = content.get(key)
        if value is None:
            return refused(131008, f"header: location requires {key}")
        if type(value) not in {int, float} and not (type(value) is str and DEGREES.match(value)):
            return refused(131009, f"header: {key} must be a number of degrees")
    return None


def _fallback_fault(component: str, kind: str, given: Any) -> GraphError | None:
    """What is wrong with the object of a currency or a date."""
    if type(given) is not dict:
        return invalid(f"Param {kind} must be an object.")
    for key in FALLBACK_KEYS[kind]:
        if given.get(key) is None:
            return refused(131008, f"{component}: {kind} requires {key}")
    if type(given["fallback_value"]) is not str:
        return invalid(f"Param {kind}['fallback_value'] must be a string.")
    if kind == "currency" and type(given["amount_1000"]) is not int:
        return invalid("Param currency['amount_1000'] must be an integer.")
    return None


def _text_kind_fault(
    component: str, parameters: list[Parameter] | None, blanks: Blanks
) -> GraphError | None:
    if not parameters:
        return None
    for kind, parameter in parameters:
        if kind not in TEXTUAL:
            return _mismatch(component, "TEXT", kind)
        if blanks.is_named and type(parameter.get("parameter_name")) is not str:
            return refused(100, "Parameter name is missing or empty")
        if kind == "text":
            fault = None if parameter["text"] else refused(131008, TEXT_EMPTY)
        else:
            fault = _fallback_fault(component, kind, parameter.get(kind))
        if fault is not None:
            return fault
    if blanks.is_named:
        given = sorted(parameter["parameter_name"] for _, parameter in parameters)
        if given != sorted(blanks.names):
            return refused(
                132012,
                f"{component}: expected the parameter names {', '.join(blanks.names)},"
                f" received {', '.join(given)}",
            )
    return None


def _mismatch(component: str, expected: str, received: str) -> GraphError:
    return refused(
        132012,
        f"{component}: Format mismatch, expected {expected}, received {received.upper()}",
    )


def _presence_fault(pairs: Pairs) -> GraphError | None:
    for form, parts in pairs:
        fault = _offer_fault(form, parts) or button_presence_fault(form, parts)
        if fault is not None:
            return fault
    return None


def _offer_fault(form: Form, parts: Parts) -> GraphError | None:
    """When the offer ends: needed if the template counts down to it (reference 1.9)."""
    if not parts.offer:
        return refused(131008, OFFER_ENDLESS) if form.has_offer else None
    if not form.is_offer:
        return _mismatch("limited_time_offer", "NONE", "limited_time_offer")
    kind, parameter = parts.offer[0]
    content = parameter.get(kind)
    if kind != "limited_time_offer" or type(content) is not dict:
        return refused(131008, "limited_time_offer: a limited_time_offer parameter is required")
    ends = content.get("expiration_time_ms")
    if ends is None:
        return refused(131008, OFFER_ENDLESS)
    if type(ends) is not int or ends <= 0:
        return refused(131009, "limited_time_offer: expiration_time_ms must be a time in ms")
    return None


def _code_fault(form: Form, parts: Parts) -> GraphError | None:
    """One code in the body and on the button, of at most 15 characters (reference 1.5)."""
    if not form.has_code or not parts.body:
        return None
    code = shown_text(parts.body[0])
    if len(code) > CODE_LIMIT:
        return refused(131009, f"body: the code must be at most {CODE_LIMIT} characters long")
    for button in parts.buttons:
        if button.parameters and button.parameters[0][1].get("text") != code:
            return refused(131009, "buttons: the code must be the one in the body")
    return None


def _length_fault(pairs: Pairs) -> GraphError | None:
    for form, parts in pairs:
        for component, blanks, parameters in (
            ("header", form.header, parts.header if form.header.names else None),
            ("body", form.body, parts.body),
        ):
            if not parameters:
                continue
            length = blanks.fixed + _filled(blanks, parameters)
            if length > blanks.limit:
                return refused(
                    132005,
                    f"{component}: the text has {length} characters after its variables are"
                    f" filled in; at most {blanks.limit} are allowed",
                )
    return None


def _filled(blanks: Blanks, parameters: list[Parameter]) -> int:
    if not blanks.is_named:
        return sum(
            len(shown_text(parameter)) * uses
            for parameter, uses in zip(parameters, blanks.uses, strict=True)
        )
    uses_of = dict(zip(blanks.names, blanks.uses, strict=True))
    return sum(
        len(shown_text(parameter)) * uses_of[parameter[1]["parameter_name"]]
        for parameter in parameters
    )


def shown_text(parameter: Parameter) -> str:
    """What the recipient reads in the variable's place."""
    kind, given = parameter
    if kind == "text":
        text: str = given["text"]
        return text
    return str(given[kind].get("fallback_value", ""))


def _character_fault(pairs: Pairs, version: tuple[int, int]) -> GraphError | None:
    for form, parts in pairs:
        for parameters in (parts.body, parts.header if form.header.names else None):
            for parameter in parameters or ():
                if FORBIDDEN.search(shown_text(parameter)):
                    return _forbidden(version)
        for button in parts.buttons:
            for kind, given in button.parameters:
                if kind == "text" and FORBIDDEN.search(str(given["text"])):
                    return _forbidden(version)
    return None


def _forbidden(version: tuple[int, int]) -> GraphError:
    """Before v23 the same detail came under the general code (judgement)."""
    return refused(132018 if version >= CHARACTERS_SINCE else 100, FORBIDDEN_DETAILS)


def _holdings_fault(pairs: Pairs, holdings: Holdings) -> GraphError | None:
    for form, parts in pairs:
        fault = product_fault(form, parts, holdings.catalogue_id, holdings.products)
        if fault is not None:
            return fault
        if form.header_kind in MEDIA_HEADERS and parts.header:
            kind, parameter = parts.header[0]
            media_id = parameter[kind].get("id")
            if media_id is not None and holdings.media_kind(str(media_id)) is None:
                return refused(131009, f"Media ID {media_id} does not exist or has expired")
    return None
