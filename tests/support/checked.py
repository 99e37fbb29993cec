"""Definitions and sends for the template check, and what it says of them."""

from typing import Any

from waypost.model.refusal import Fault
from waypost.model.template_check.check import check_template
from waypost.model.template_check.form import compile_form

URL = {"type": "URL", "text": "Shop", "url": "https://shop.example.com/{{1}}"}
STATIC_URL = {"type": "URL", "text": "Help", "url": "https://shop.example.com/help"}
REPLY = {"type": "QUICK_REPLY", "text": "More"}
PHONE = {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+919800000001"}
COUPON = {"type": "COPY_CODE", "example": "25OFF"}


def check(
    defined: list[Any], *sent: Any, parameter_format: str = "POSITIONAL", category: str = ""
) -> tuple[Fault, ...]:
    """What is wrong with a send of these components."""
    form = compile_form(defined, parameter_format, category)
    return check_template(form, {"name": "x", "components": list(sent)}, "")


def found(*arguments: Any, **options: Any) -> list[tuple[str, str, int | None]]:
    """Pointer (below the components), code and Meta's code of every finding."""
    return [
        (fault.path.removeprefix("/components"), fault.code, fault.meta_code)
        for fault in check(*arguments, **options)
    ]


# What a template defines.


def header_of(kind: str = "TEXT", **more: Any) -> dict[str, Any]:
    return {"type": "HEADER", "format": kind, **more}


def body_of(text: str = "Hello {{1}}, take {{2}} off.") -> dict[str, Any]:
    return {"type": "BODY", "text": text}


def buttons_of(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(buttons)}


def carousel_of(*cards: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "CAROUSEL", "cards": [{"components": card} for card in cards]}


# What a send says.


def text(value: Any = "x", **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": value, **more}


def body(*values: Any) -> dict[str, Any]:
    return {"type": "body", "parameters": _parameters(values)}


def header(*values: Any) -> dict[str, Any]:
    return {"type": "header", "parameters": _parameters(values)}


def media(kind: str = "image") -> dict[str, Any]:
    return {"type": kind, kind: {"id": "1558081531584829"}}


def product(name: str | None = "plant01", catalogue: str | None = "1948") -> dict[str, Any]:
    named = {"product_retailer_id": name, "catalog_id": catalogue}
    return {"type": "product", "product": {key: named[key] for key in named if named[key]}}


def button(sub_type: str, index: Any, *values: Any, **value: Any) -> dict[str, Any]:
    """With parameters as given, or one of the keyword's type."""
    given = [*values, *({"type": key, key: value[key]} for key in value)]
    return {"type": "button", "sub_type": sub_type, "index": index, "parameters": given}


def carousel(*cards: list[dict[str, Any]]) -> dict[str, Any]:
    numbered = [{"card_index": index, "components": card} for index, card in enumerate(cards)]
    return {"type": "carousel", "cards": numbered}


def _parameters(values: tuple[Any, ...]) -> list[Any]:
    return [text(value) if isinstance(value, str) else value for value in values]
