"""Definitions of templates, as a customer writes them to have them created."""

from typing import Any

HANDLE = {"header_handle": ["4::aW1hZ2U="]}
REPLY = {"type": "QUICK_REPLY", "text": "More"}
SHOP = {"type": "URL", "text": "Shop", "url": "https://shop.example.com/{{1}}", "example": ["aloe"]}
CALL = {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "15550051310"}
COUPON = {"type": "COPY_CODE", "example": "25OFF"}
VIEW = {"type": "SPM", "text": "View"}
MPM = {"type": "MPM", "text": "View items"}
CATALOG = {"type": "CATALOG", "text": "View catalog"}
OTP = {"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}
FLOW = {"type": "FLOW", "text": "Answer", "flow_id": "1102204547"}
OFFER = {
    "type": "LIMITED_TIME_OFFER",
    "limited_time_offer": {"text": "Expiring offer!", "has_expiration": True},
}
PRODUCT = {"type": "HEADER", "format": "PRODUCT"}


def header(text: str, *values: str) -> dict[str, Any]:
    """A text header, with its example."""
    example = {"example": {"header_text": list(values)}} if values else {}
    return {"type": "HEADER", "format": "TEXT", "text": text} | example


def media(form: str = "IMAGE") -> dict[str, Any]:
    """A media header, with its example."""
    return {"type": "HEADER", "format": form, "example": HANDLE}


def body(text: str = "Hello, here is our news.", *values: str) -> dict[str, Any]:
    """A body, with its example."""
    example = {"example": {"body_text": [list(values)]}} if values else {}
    return {"type": "BODY", "text": text} | example


def footer(text: str = "Reply STOP to opt out") -> dict[str, Any]:
    """A footer."""
    return {"type": "FOOTER", "text": text}


def buttons(*each: Any) -> dict[str, Any]:
    """The buttons of a template or a card."""
    return {"type": "BUTTONS", "buttons": list(each)}


def card(*components: Any) -> dict[str, Any]:
    """A card; without components one of an image, a body and two buttons."""
    return {"components": list(components) or [media(), body("An aloe."), buttons(REPLY, SHOP)]}


def carousel(*cards: Any) -> dict[str, Any]:
    """A carousel; without cards one of two."""
    return {"type": "CAROUSEL", "cards": list(cards) or [card(), card()]}


def defined(*components: Any, **fields: Any) -> dict[str, Any]:
    """A definition; without components one of a body alone."""
    whole = {
        "name": "spring_sale",
        "language": "en_US",
        "category": "MARKETING",
        "components": list(components) or [body()],
    }
    return whole | fields


def authentication(*components: Any, **fields: Any) -> dict[str, Any]:
    """An authentication template: a body of Meta's words, and what is added."""
    words = {"type": "BODY", "add_security_recommendation": True}
    return defined(words, *components, category="AUTHENTICATION", **fields)
