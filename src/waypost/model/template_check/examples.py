"""What a send could have said: components to copy into a body, with `<words>` to fill in."""

from typing import Any

from waypost.model.template_check.form import MEDIA_KINDS, ButtonForm, PartsForm, TextForm

_AMOUNT = {"value": 40000, "offset": 100}
_BUTTONS: dict[str, dict[str, Any]] = {
    "quick_reply": {"type": "payload", "payload": "<payload>"},
    "url": {"type": "text", "text": "<end of the URL>"},
    "copy_code": {"type": "coupon_code", "coupon_code": "<code>"},
    "catalog": {"type": "action", "action": {"thumbnail_product_retailer_id": "<product>"}},
    "mpm": {
        "type": "action",
        "action": {
            "thumbnail_product_retailer_id": "<product>",
            "sections": [
                {"title": "<title>", "product_items": [{"product_retailer_id": "<product>"}]}
            ],
        },
    },
    "flow": {"type": "action", "action": {"flow_token": "<token>"}},
    "order_details": {
        "type": "action",
        "action": {
            "order_details": {
                "reference_id": "<order>",
                "type": "digital-goods",
                "currency": "INR",
                "total_amount": _AMOUNT,
                "order": {
                    "status": "pending",
                    "items": [{"name": "<name>", "quantity": 1, "amount": _AMOUNT}],
                    "subtotal": _AMOUNT,
                },
            }
        },
    },
    "voice_call": {"type": "payload", "payload": "<payload>"},
}


def text_parameter(form: TextForm, name: str) -> dict[str, Any]:
    """The parameter that fills one variable."""
    value = f"<value of {{{{{name}}}}}>"
    if form.is_named:
        return {"type": "text", "parameter_name": name, "text": value}
    return {"type": "text", "text": value}


def text_component(form: TextForm) -> dict[str, Any]:
    """A header or body with all its variables."""
    return {"type": form.part, "parameters": [text_parameter(form, name) for name in form.names]}


def header_parameter(kind: str) -> dict[str, Any]:
    """The one parameter of a header that is no text; `kind` is upper case."""
    word = kind.lower()
    value: dict[str, Any]
    if kind == "PRODUCT":
        value = {"product_retailer_id": "<product>", "catalog_id": "<catalogue id>"}
    elif kind == "LOCATION":
        value = {
            "latitude": "<latitude>",
            "longitude": "<longitude>",
            "name": "<name>",
            "address": "<address>",
        }
    else:
        value = {"id": "<media id>"}
    return {"type": word, word: value}


def header_component(kind: str) -> dict[str, Any]:
    """A header that is no text."""
    return {"type": "header", "parameters": [header_parameter(kind)]}


def button_component(button: ButtonForm) -> dict[str, Any]:
    """A button with what fills it."""
    parameter = (
        {"type": "text", "text": "<the code in the body>"}
        if button.is_one_time_code
        else _BUTTONS.get(button.sub_type)
    )
    return {
        "type": "button",
        "sub_type": button.sub_type,
        "index": button.index,
        "parameters": [] if parameter is None else [parameter],
    }


def offer_component() -> dict[str, Any]:
    """The end of a limited-time offer."""
    end = {"expiration_time_ms": 1798761600000}
    return {
        "type": "limited_time_offer",
        "parameters": [{"type": "limited_time_offer", "limited_time_offer": end}],
    }


def card(form: PartsForm, index: int) -> dict[str, Any]:
    """A card with all that it must have."""
    components: list[dict[str, Any]] = []
    if form.header.names:
        components.append(text_component(form.header))
    elif form.header_kind in MEDIA_KINDS or form.header_kind in {"LOCATION", "PRODUCT"}:
        components.append(header_component(form.header_kind))
    if form.body is not None and form.body.names:
        components.append(text_component(form.body))
    components += [button_component(button) for button in form.buttons if button.is_needed]
    return {"card_index": index, "components": components}
