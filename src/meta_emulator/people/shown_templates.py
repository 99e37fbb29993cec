"""A template send as the person sees it: the definition, filled with what the send carries."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from meta_emulator.people.shown import (
    UNDRAWN,
    UNSHAPED,
    Button,
    Card,
    Medium,
    Offer,
    Place,
    Product,
    Section,
    Shown,
    product_of,
    products_in,
)
from meta_emulator.world.catalogue import Catalogue

Object = dict[str, Any]

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
MEDIA = frozenset({"image", "video", "document", "gif"})
KINDS = {
    "QUICK_REPLY": "quick_reply",
    "URL": "url",
    "PHONE_NUMBER": "phone",
    "COPY_CODE": "copy_code",
    "OTP": "copy_code",
    "FLOW": "flow",
    "MPM": "mpm",
    "SPM": "spm",
    "CATALOG": "catalog",
    "VOICE_CALL": "call",
    "ORDER_DETAILS": "pay",
    "REQUEST_CONTACT_INFO": "contact",
}
"""The buttons of definitions, and what a person sees of each."""

LABELS = {
    "mpm": "View items",
    "spm": "View",
    "catalog": "View catalog",
    "copy_code": "Copy offer code",
    "call": "Call on WhatsApp",
    "pay": "Review and pay",
    "contact": "Share contact info",
}
CODE_PATH = "/otp/code/"


def shown_template(
    components: list[Object], send: Mapping[str, Any], catalogue: Catalogue
) -> Shown:
    """What a person sees of a send of a template with `components`.

    send  the `template` of the request
    """
    given = Given(send.get("components") or [])
    parts = filled(components, given, catalogue)
    carousel = next((one for one in components if _kind(one) == "carousel"), None)
    cards = () if carousel is None else _cards(carousel.get("cards") or [], given, catalogue)
    return Shown("template", template=str(send.get("name", "")), cards=cards, **parts)


def shown_example(template: Mapping[str, Any], catalogue: Catalogue) -> Shown:
    """What a person would see of a template that is filled with its own examples."""
    components: list[Object] = template["components"]
    try:
        send = {"name": template["name"], "components": examples(components)}
        return shown_template(components, send, catalogue)
    except UNSHAPED:
        return Shown("template", template=template["name"], trouble=UNDRAWN)


class Given:
    """The components of a send, or of one card of it, found by what they fill."""

    def __init__(self, components: Iterable[Object]) -> None:
        self._components = list(components)

    def parameters(self, kind: str) -> list[Object]:
        """The parameters of the header, the body or the offer."""
        for component in self._components:
            if _kind(component) == kind:
                return component.get("parameters") or []
        return []

    def button(self, index: int) -> list[Object]:
        """The parameters of the button at `index`."""
        for component in self._components:
            if _kind(component) == "button" and str(component.get("index", 0)) == str(index):
                return component.get("parameters") or []
        return []

    def cards(self) -> list[Object]:
        """The cards, in the order of their indexes."""
        for component in self._components:
            if _kind(component) == "carousel":
                cards: list[Object] = component.get("cards") or []
                return sorted(cards, key=lambda card: int(card.get("card_index", 0)))
        return []


def filled(components: list[Object], given: Given, catalogue: Catalogue) -> dict[str, Any]:
    """The parts of `Shown` that a message and a card of it have alike."""
    parts: dict[str, Any] = {}
    for component in components:
        match _kind(component):
            case "header":
                parts |= _header(component, given.parameters("header"), catalogue)
            case "body":
                parts["body"] = fill(str(component.get("text", "")), given.parameters("body"))
            case "footer":
                parts["footer"] = str(component.get("text", ""))
            case "limited_time_offer":
                parts["offer"] = _offer(component, given.parameters("limited_time_offer"))
            case "buttons":
                parts |= _buttons(component.get("buttons") or [], given, catalogue)
            case "call_permission_request":
                ask = Button("call_permission", "Choose an option")
                parts["buttons"] = (*parts.get("buttons", ()), ask)
            case _:
                pass
    return parts


def fill(text: str, parameters: list[Object]) -> str:
    """`text` with its variables, by place or by name; one without a value stays as it is."""
    by_name = {str(one["parameter_name"]): one for one in parameters if one.get("parameter_name")}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name in by_name:
            return text_of(by_name[name])
        place = int(name) - 1 if name.isdigit() else -1
        return text_of(parameters[place]) if 0 <= place < len(parameters) else match[0]

    return VARIABLE.sub(value, text)


def text_of(parameter: Object) -> str:
    """The text of a parameter; of money and dates the fallback, which Meta shows as well."""
    if "text" in parameter:
        return str(parameter["text"])
    for kind in ("currency", "date_time"):
        if isinstance(parameter.get(kind), dict):
            return str(parameter[kind].get("fallback_value", ""))
    return str(parameter.get("payload") or parameter.get("coupon_code") or "")


def medium_of(kind: str, given: Mapping[str, Any]) -> Medium:
    """The medium of a parameter or of a message."""
    return Medium(
        kind,
        str(given.get("id") or ""),
        str(given.get("link") or ""),
        str(given.get("filename") or ""),
        is_voice=bool(given.get("voice")),
    )


def place_of(given: Mapping[str, Any]) -> Place:
    """The place of a parameter or of a message."""
    return Place(
        str(given.get("latitude", "")),
        str(given.get("longitude", "")),
        str(given.get("name") or ""),
        str(given.get("address") or ""),
    )


def examples(components: list[Object]) -> list[Object]:
    """Components of a send that carry the definition's own examples."""
    made: list[Object] = []
    for component in components:
        example = component.get("example") or {}
        kind = _kind(component)
        if kind == "carousel":
            cards = [
                {"card_index": place, "components": examples(card.get("components") or [])}
                for place, card in enumerate(component.get("cards") or [])
            ]
            made.append({"type": "carousel", "cards": cards})
        elif kind == "buttons":
            made += _button_examples(component.get("buttons") or [])
        elif kind in {"header", "body"}:
            made.append({"type": kind, "parameters": _example_texts(example, kind)})
    return made


def _example_texts(example: Object, kind: str) -> list[Object]:
    named = example.get(f"{kind}_text_named_params")
    if named:
        return [
            {"type": "text", "parameter_name": one["param_name"], "text": one["example"]}
            for one in named
        ]
    texts = example.get(f"{kind}_text") or []
    if texts and isinstance(texts[0], list):
        texts = texts[0]
    return [{"type": "text", "text": str(text)} for text in texts]


def _button_examples(buttons: list[Object]) -> list[Object]:
    made = []
    for index, button in enumerate(buttons):
        example = button.get("example")
        value = example[0] if isinstance(example, list) and example else example
        if value:
            suffix = str(value).removeprefix(VARIABLE.split(str(button.get("url", "")))[0])
            parameters = [{"type": "text", "text": suffix}]
            made.append({"type": "button", "index": index, "parameters": parameters})
    return made


def _kind(component: Mapping[str, Any]) -> str:
    return str(component.get("type", "")).lower()


def _header(component: Object, parameters: list[Object], catalogue: Catalogue) -> dict[str, Any]:
    kind = str(component.get("format") or "text").lower()
    first: Object = parameters[0] if parameters else {}
    if kind == "text":
        return {"title": fill(str(component.get("text", "")), parameters)}
    given: Object = first.get(kind) or {}
    if kind == "location":
        return {"place": place_of(given)}
    if kind == "product":
        name = given.get("product_retailer_id")
        return {} if name is None else {"product": product_of(catalogue, str(name))}
    return {"medium": medium_of(kind, given)} if kind in MEDIA else {}


def _offer(component: Object, parameters: list[Object]) -> Offer:
    offer = component.get("limited_time_offer") or {}
    given = parameters[0].get("limited_time_offer") or {} if parameters else {}
    ends = str(given.get("expiration_time_ms") or "")
    ends_at_ms = int(ends) if ends.isdigit() else None
    return Offer(str(offer.get("text", "")), ends_at_ms)


def _buttons(buttons: list[Object], given: Given, catalogue: Catalogue) -> dict[str, Any]:
    shown = tuple(_button(button, index, given) for index, button in enumerate(buttons))
    return {"buttons": shown, **_products(shown, given, catalogue)}


def _button(button: Object, index: int, given: Given) -> Button:
    kind = KINDS.get(str(button.get("type", "")).upper(), "other")
    parameters = given.button(index)
    first = parameters[0] if parameters else {}
    text = str(button.get("text") or LABELS.get(kind, ""))
    match kind:
        case "url":
            url = str(button.get("url", ""))
            if CODE_PATH in url:
                return Button("copy_code", text, index, text_of(first))
            return Button("url", text, index, fill(url, parameters))
        case "phone":
            return Button(kind, text, index, str(button.get("phone_number", "")))
        case "copy_code":
            return Button(kind, text, index, text_of(first))
        case "flow":
            action = first.get("action") or {}
            return Button(kind, text, index, str(action.get("flow_token") or "unused"))
        case _:
            return Button(kind, text, index)


def _products(buttons: tuple[Button, ...], given: Given, catalogue: Catalogue) -> dict[str, Any]:
    """What an MPM, and the catalogue, open; and the product whose picture heads the message."""
    for button in buttons:
        if button.kind not in {"mpm", "catalog"}:
            continue
        parameters = given.button(button.index)
        action = (parameters[0].get("action") or {}) if parameters else {}
        sections = products_in(catalogue, action.get("sections") or [])
        if button.kind == "catalog":
            sections = whole(catalogue)
        thumbnail = action.get("thumbnail_product_retailer_id")
        if thumbnail is None:
            product = sections[0].products[0] if sections else None
        else:
            product = product_of(catalogue, str(thumbnail))
        return {"sections": sections, "product": product}
    return {}


MOST_SHOWN = 100
"""Products of a whole catalogue that are shown."""


def whole(catalogue: Catalogue) -> tuple[Section, ...]:
    """The catalogue as one section: its first products."""
    products: list[Product] = []
    for product in catalogue:
        if product.retailer_id in catalogue:
            products.append(product_of(catalogue, product.retailer_id))
        if len(products) == MOST_SHOWN:
            break
    return (Section("All items", products=tuple(products)),) if products else ()


def _cards(cards: list[Object], given: Given, catalogue: Catalogue) -> tuple[Card, ...]:
    """As many cards as were sent: of product cards the definition has fewer (reference 1.7)."""
    shown = []
    for place, sent in enumerate(given.cards()):
        if not cards:
            break
        defined = cards[min(place, len(cards) - 1)].get("components") or []
        parts = filled(defined, Given(sent.get("components") or []), catalogue)
        medium, product = parts.get("medium"), parts.get("product")
        body, buttons = parts.get("body", ""), parts.get("buttons", ())
        shown.append(Card(place, medium, product, body, buttons))
    return tuple(shown)
