"""A template's definition: what Meta takes, and the code, subcode and words of each rule broken."""

import asyncio
from typing import Any

import pytest

from support.emulated import WABA, Answered, emulated

TEMPLATES = f"/v25.0/{WABA}/message_templates"
WORDS = "Thank you for your order, {{1}}! Your order number is {{2}}. Come again soon."


def body(text: str = WORDS, *examples: str) -> dict[str, Any]:
    given = list(examples or ("Pablo", "860198"))
    made: dict[str, Any] = {"type": "BODY", "text": text}
    return {**made, "example": {"body_text": [given]}} if "{{" in text else made


def plain(text: str = "Hello there") -> dict[str, Any]:
    return {"type": "BODY", "text": text}


def header(text: str, *examples: str) -> dict[str, Any]:
    made = {"type": "HEADER", "format": "TEXT", "text": text}
    return {**made, "example": {"header_text": list(examples)}} if examples else made


def media(kind: str = "IMAGE") -> dict[str, Any]:
    return {"type": "HEADER", "format": kind, "example": {"header_handle": ["4::x"]}}


def buttons(*given: Any) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(given)}


def reply(text: str = "More") -> dict[str, Any]:
    return {"type": "QUICK_REPLY", "text": text}


def link(url: str = "https://shop.example/{{1}}", **more: Any) -> dict[str, Any]:
    return {"type": "URL", "text": "Shop", "url": url, "example": ["aloe"], **more}


def card(*parts: Any) -> dict[str, Any]:
    return {"components": list(parts)}


def carousel(*cards: Any) -> dict[str, Any]:
    return {"type": "CAROUSEL", "cards": list(cards)}


MEDIA_CARD = card(media(), plain(), buttons(reply(), link()))
PRODUCT = {"type": "HEADER", "format": "PRODUCT"}
PRODUCT_CARD = card(PRODUCT, buttons({"type": "SPM", "text": "View"}))
OFFER = {
    "type": "LIMITED_TIME_OFFER",
    "limited_time_offer": {"text": "Expiring!", "has_expiration": True},
}
OTP = {"type": "OTP", "otp_type": "COPY_CODE"}
APP = {"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"}
NAMED = {
    "type": "BODY",
    "text": "Hello {{first_name}}, your order is on its way.",
    "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Pablo"}]},
}


def definition(*components: Any, **more: Any) -> dict[str, Any]:
    return {
        "name": "an_offer",
        "language": "en_US",
        "category": "MARKETING",
        "components": list(components),
        **more,
    }


TAKEN = {
    "text, footer and buttons": definition(
        header("Our {{1}} is on!", "sale"),
        body(),
        {"type": "FOOTER", "text": "Bye"},
        buttons(reply(), reply("Stop"), link(), link("https://shop.example")),
    ),
    "named": definition(NAMED, parameter_format="named"),
    "place": definition({"type": "header", "format": "location"}, plain()),
    "document": definition(media("DOCUMENT"), plain()),
    "moving picture": definition(media("GIF"), plain()),
    "cards": definition(body(), carousel(MEDIA_CARD, MEDIA_CARD)),
    "product cards": definition(body(), carousel(PRODUCT_CARD, PRODUCT_CARD)),
    "products": definition(header("Forget something?"), body(), buttons({"type": "MPM"})),
    "catalogue": definition(plain(), buttons({"type": "CATALOG", "text": "View catalog"})),
    "one product": definition(PRODUCT, plain(), buttons({"type": "SPM"})),
    "offer": definition(
        media(), OFFER, plain(), buttons({"type": "COPY_CODE", "example": "CARIBE25"}, link())
    ),
    "flow": definition(plain(), buttons({"type": "FLOW", "text": "Go", "flow_id": "1"})),
    "call": definition(plain(), buttons({"type": "VOICE_CALL", "text": "Call"})),
    "order": definition(plain(), buttons({"type": "ORDER_DETAILS"}), category="UTILITY"),
    "contact details": definition(plain(), buttons({"type": "REQUEST_CONTACT_INFO"})),
    "permission to call": definition(plain(), {"type": "call_permission_request"}),
    "code": definition({"type": "BODY"}, buttons(OTP), category="AUTHENTICATION"),
    "code for one app": definition(
        {"type": "BODY"},
        buttons({**OTP, "otp_type": "one_tap", "autofill_text": "Fill in", **APP}),
        category="AUTHENTICATION",
    ),
    "code for five apps without a tap": definition(
        {"type": "BODY"},
        buttons(
            {
                **OTP,
                "otp_type": "ZERO_TAP",
                "zero_tap_terms_accepted": True,
                "supported_apps": [APP] * 5,
            }
        ),
        category="AUTHENTICATION",
    ),
    "waiting time": definition(plain(), category="UTILITY", message_send_ttl_seconds=60),
}


def ask(given: Any) -> Answered:
    return asyncio.run(emulated().ask("POST", TEMPLATES, given))


@pytest.mark.parametrize("given", TAKEN.values(), ids=TAKEN.keys())
def test_a_definition_within_the_rules_is_taken(given):
    answer = ask(given)
    assert answer.status == 200, answer.json
    assert answer.json["status"] == "PENDING"


LENGTH = 2388040
FIELD = 2388043
REFUSED: dict[str, tuple[dict[str, Any], int | None, str]] = {
    "name in capitals": (
        definition(plain(), name="Offer"),
        None,
        "The name may have lower case letters, digits and underscores only.",
    ),
    "name too long": (
        definition(plain(), name="x" * 513),
        LENGTH,
        "The name has 513 characters; at most 512 are allowed.",
    ),
    "unknown category": (
        definition(plain(), category="FUN"),
        None,
        ('(#100) Param category must be one of {AUTHENTICATION, MARKETING, UTILITY} - got "FUN".'),
    ),
    "no language": (
        definition(plain(), language=None),
        None,
        "(#100) The parameter language is required.",
    ),
    "waits too long": (
        definition(plain(), message_send_ttl_seconds=1),
        None,
        "(#100) Param message_send_ttl_seconds must be from 43200 to 2592000.",
    ),
    "no components": (
        definition(),
        None,
        "(#100) Param components must be an array of components.",
    ),
    "no body": (definition(media()), 2388072, "A body is needed."),
    "two bodies": (definition(plain(), plain()), None, "(#100) Param components has BODY twice."),
    "body too long": (
        definition(plain("x" * 1025)),
        LENGTH,
        "The body has 1025 characters; at most 1024 are allowed.",
    ),
    "header too long": (
        definition(header("x" * 61), plain()),
        LENGTH,
        "The header has 61 characters; at most 60 are allowed.",
    ),
    "two variables in a header": (
        definition(header("{{1}} and {{2}}", "a", "b"), plain()),
        2388047,
        "A header has one variable at most.",
    ),
    "header without sample": (
        definition({"type": "HEADER", "format": "IMAGE"}, plain()),
        FIELD,
        "component of type HEADER is missing expected field(s) (example.header_handle)",
    ),
    "variable at the end": (
        definition(body("Thank you for your order, {{1}}", "x")),
        2388299,
        "Variables can't be at the start or end of the template.",
    ),
    "variables side by side": (
        definition(body("Thank you for the order, {{1}}{{2}}, bye.", "x", "y")),
        2388072,
        "Two variables stand next to each other.",
    ),
    "gap in the numbers": (
        definition(body("Thank you, {{1}}, for the {{3}} things you bought.", "x", "y")),
        2388072,
        "The variables must be numbered from {{1}} without gaps.",
    ),
    "sign in a variable": (
        definition(body("Take {{1%}} off everything today.", "x")),
        2388072,
        "{{1%}} is no variable: write it like {{1}}.",
    ),
    "too many variables": (
        definition(body("Hi {{1}} or {{2}}.", "x", "y")),
        2388293,
        "This template contains too many variable parameters relative to the message length.",
    ),
    "example missing": (
        definition(plain("Thank you, {{1}}, and come again.")),
        FIELD,
        "component of type BODY is missing expected field(s) (example.body_text)",
    ),
    "too few examples": (
        definition(body(WORDS, "only one")),
        2388072,
        "body_text must have one example for each of the 2 variables.",
    ),
    "named without names": (
        definition(body(), parameter_format="NAMED"),
        2388072,
        "{{1}} is no variable: write it like {{first_name}}.",
    ),
    "variable in a footer": (
        definition(plain(), {"type": "FOOTER", "text": "Hi {{1}}"}),
        2388073,
        "A footer has no variables.",
    ),
    "eleven buttons": (
        definition(plain(), buttons(*[reply()] * 11)),
        FIELD,
        "There are 11 buttons; at most 10 are allowed.",
    ),
    "three links": (
        definition(plain(), buttons(link(), link(), link())),
        FIELD,
        "There are 3 URL buttons; at most 2 are allowed.",
    ),
    "mixed buttons": (
        definition(plain(), buttons(reply(), link(), reply())),
        FIELD,
        "Quick replies and other buttons must each stand together.",
    ),
    "label too long": (
        definition(plain(), buttons(reply("x" * 26))),
        LENGTH,
        "The text of a button has 26 characters; at most 25 are allowed.",
    ),
    "variable inside a link": (
        definition(plain(), buttons(link("https://x.example/{{1}}/a"))),
        FIELD,
        "The url of a button may have one variable, {{1}}, at its end.",
    ),
    "link without example": (
        definition(plain(), buttons(link(example=None))),
        FIELD,
        "component of type BUTTONS is missing expected field(s) (example)",
    ),
    "unknown button": (
        definition(plain(), buttons({"type": "LEVER", "text": "x"})),
        FIELD,
        (
            "There is no button of type LEVER; there are CATALOG, COPY_CODE, FLOW, MPM,"
            " ORDER_DETAILS, OTP, PHONE_NUMBER, QUICK_REPLY, REQUEST_CONTACT_INFO, SPM, URL,"
            " VOICE_CALL."
        ),
    ),
    "one card": (
        definition(body(), carousel(MEDIA_CARD)),
        FIELD,
        "A carousel has 2 to 10 cards.",
    ),
    "cards unlike each other": (
        definition(body(), carousel(MEDIA_CARD, card(media(), buttons(reply(), link())))),
        FIELD,
        "Card 1 has other components than card 0.",
    ),
    "carousel with a footer": (
        definition(body(), {"type": "FOOTER", "text": "x"}, carousel(MEDIA_CARD, MEDIA_CARD)),
        FIELD,
        "A carousel is a marketing template of a body and cards alone.",
    ),
    "body of a card too long": (
        definition(body(), carousel(card(media(), plain("x" * 161), buttons(reply())), MEDIA_CARD)),
        LENGTH,
        "The body has 161 characters; at most 160 are allowed.",
    ),
    "products under a picture": (
        definition(media(), plain(), buttons({"type": "MPM"})),
        2388047,
        "A multi-product template has a text header.",
    ),
    "offer too long": (
        definition(
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "x" * 17}}, plain()
        ),
        LENGTH,
        "The text of the offer has 17 characters; at most 16 are allowed.",
    ),
    "code without button": (
        definition({"type": "BODY"}, category="AUTHENTICATION"),
        FIELD,
        "An authentication template has one OTP button, and no header.",
    ),
    "code for six apps": (
        definition(
            {"type": "BODY"},
            buttons({**OTP, "otp_type": "ONE_TAP", "supported_apps": [APP] * 6}),
            category="AUTHENTICATION",
        ),
        FIELD,
        "There are 6 supported_apps; at most 5 are allowed.",
    ),
    "one tap for no app": (
        definition(
            {"type": "BODY"}, buttons({**OTP, "otp_type": "ONE_TAP"}), category="AUTHENTICATION"
        ),
        FIELD,
        "component of type BUTTONS is missing expected field(s) (supported_apps)",
    ),
    "app without its signature": (
        definition(
            {"type": "BODY"},
            buttons({**OTP, "otp_type": "ONE_TAP", "package_name": "com.example.shop"}),
            category="AUTHENTICATION",
        ),
        FIELD,
        "component of type BUTTONS is missing expected field(s) (supported_apps.signature_hash)",
    ),
    "no tap without terms": (
        definition(
            {"type": "BODY"},
            buttons({**OTP, "otp_type": "ZERO_TAP", **APP}),
            category="AUTHENTICATION",
        ),
        FIELD,
        "zero_tap_terms_accepted must be true.",
    ),
    "code in one's own words": (
        definition(plain(), buttons(OTP), category="AUTHENTICATION"),
        2388072,
        "The body of an authentication template has Meta's text.",
    ),
}


@pytest.mark.parametrize(("given", "subcode", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_broken_rule_is_code_100_with_its_subcode_and_words(given, subcode, reason):
    answer = ask(given)
    error = answer.json["error"]
    assert (answer.status, error["code"], error.get("error_subcode")) == (400, 100, subcode)
    assert error.get("error_user_msg", error["message"]) == reason
