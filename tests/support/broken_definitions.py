"""Definitions of templates, sound ones and ones that break a rule each, by what they are."""

from typing import Any

from support.definitions import (
    CALL,
    CATALOG,
    COUPON,
    FLOW,
    MPM,
    OFFER,
    OTP,
    PRODUCT,
    REPLY,
    SHOP,
    VIEW,
    authentication,
    body,
    buttons,
    card,
    carousel,
    defined,
    footer,
    header,
    media,
)
from support.sends import without

PABLO = {"param_name": "first_name", "example": "Pablo"}
APP = {"package_name": "com.example.shop", "signature_hash": "K8a/AINcGX7"}
ONE_TAP = {**OTP, "otp_type": "ONE_TAP", "supported_apps": [APP]}
WORDS = "Hello {{1}}, we have some news for you today."


def named(text: str, *entries: Any) -> dict[str, Any]:
    """A definition of one body with named variables."""
    example = {"body_text_named_params": list(entries)}
    words = {"type": "BODY", "text": text, "example": example}
    return defined(words, parameter_format="NAMED")


def product(*each: Any) -> dict[str, Any]:
    """A card of a product."""
    return card(PRODUCT, buttons(*(each or (VIEW,))))


def cards(*each: Any) -> dict[str, Any]:
    """A carousel of these cards."""
    return defined(body(), carousel(*each))


def pressed(*each: Any) -> dict[str, Any]:
    """A body with these buttons."""
    return defined(body(), buttons(*each))


def offered(offer: Any) -> dict[str, Any]:
    """A limited-time offer that says this."""
    given = {"type": "LIMITED_TIME_OFFER", "limited_time_offer": offer}
    return defined(given, body(), buttons(SHOP))


SOUND: dict[str, dict[str, Any]] = {
    "a body": defined(),
    "a body with a variable": defined(body(WORDS, "Pablo")),
    "a named body": named("Hello {{first_name}}, we have some news for you.", PABLO),
    "text header and footer": defined(header("Our sale is on!"), body(), footer(), buttons(REPLY)),
    "header with a variable": defined(header("Our {{1}} is on!", "sale"), body()),
    "document": defined(media("DOCUMENT"), body(), buttons(CALL, SHOP)),
    "location": defined({"type": "header", "format": "location"}, body()),
    "gif": defined(media("GIF"), body()),
    "single product": defined(PRODUCT, body(), footer(), buttons(VIEW)),
    "multi-product": defined(header("Forget something?"), body(), footer(), buttons(MPM)),
    "catalogue": defined(body(), footer(), buttons(CATALOG)),
    "flow": pressed(FLOW),
    "offer": defined(media(), OFFER, body(), buttons(COUPON, SHOP)),
    "offer without a code": defined(OFFER, body(), buttons(SHOP)),
    "call permission": defined(body(), {"type": "call_permission_request"}),
    "call": pressed({"type": "VOICE_CALL", "text": "Call us", "ttl_minutes": 100}),
    "ten replies": pressed(*[REPLY] * 10),
    "replies and others": pressed(REPLY, REPLY, SHOP, CALL),
    "two media cards": cards(),
    "ten media cards": cards(*[card()] * 10),
    "videos": cards(*[card(media("video"), buttons(CALL, SHOP))] * 3),
    "cards without buttons": cards(*[card(media())] * 2),
    "product cards": cards(product(), product()),
    "product cards with a link": cards(product(SHOP), product(SHOP)),
    "authentication": authentication(buttons(OTP)),
    "one tap": authentication(buttons(ONE_TAP)),
    "code that expires": authentication(
        {"type": "FOOTER", "code_expiration_minutes": 5}, buttons(OTP)
    ),
    "time to live": defined(category="UTILITY", message_send_ttl_seconds=30),
}

BROKEN: dict[str, dict[str, Any]] = {
    # what stands around the components
    "capital letters in the name": defined(name="Spring Sale"),
    "a name too long": defined(name="x" * 513),
    "no name": without(defined(), "name"),
    "no language": without(defined(), "language"),
    "a language with a hyphen": defined(language="en-US"),
    "a region in small letters": defined(language="en_us"),
    "a language as a send has it": defined(language={"code": "en_US"}),
    "no category": without(defined(), "category"),
    "an unknown category": defined(category="TRANSACTIONAL"),
    "an unknown format of parameters": defined(parameter_format="mixed"),
    "no components": without(defined(), "components"),
    "components that are no array": defined(components={}),
    "too short a life": defined(category="UTILITY", message_send_ttl_seconds=29),
    "thirty days for marketing": defined(message_send_ttl_seconds=-1),
    # texts
    "no body": defined(header("Hello")),
    "two bodies": defined(body(), body()),
    "an empty body": defined(body(" ")),
    "a long body": defined(body("x" * 1025)),
    "a gap in the numbers": defined(body("Hello {{1}} and {{3}}, we have news.", "a", "b")),
    "a variable at the start": defined(body("{{1}}, we have some news.", "a")),
    "a variable at the end": defined(body("We have some news, {{1}}", "a")),
    "variables side by side": defined(body("Hello dear {{1}}{{2}}, here is news.", "a", "b")),
    "more variables than words": defined(body("Hi {{1}}, {{2}}, {{3}}!", "a", "b", "c")),
    "a brace too few": defined(body("Hello {{1}, welcome to our shop.")),
    "a percent sign in a variable": defined(body("Hello {{1%}}, welcome to our shop.")),
    "no example": defined(body(WORDS)),
    "an example too many": defined(body(WORDS, "a", "b")),
    "a number in a named body": named("Hello {{1}}, welcome to our little shop.", PABLO),
    "a digit in a name": named(
        "Hello {{first_1}}, welcome to our little shop.", {**PABLO, "param_name": "first_1"}
    ),
    "a name twice": named("Hello {{first_name}}, yes, {{first_name}}, welcome here.", PABLO),
    "an example of another name": named("Hello {{name}}, welcome to our shop.", PABLO),
    "a long header": defined(header("x" * 61), body()),
    "two variables in the header": defined(header("{{1}} and {{2}}", "a", "b"), body()),
    "a header without an example": defined(header("Our {{1}} is on!"), body()),
    "an unknown header": defined({"type": "HEADER", "format": "IMGAE"}, body()),
    "an image without an example": defined({"type": "HEADER", "format": "IMAGE"}, body()),
    "a gif in a utility template": defined(media("GIF"), body(), category="UTILITY"),
    "a long footer": defined(body(), footer("x" * 61)),
    "a variable in the footer": defined(body(), footer("Until {{1}}.")),
    # buttons
    "no buttons": pressed(),
    "eleven buttons": pressed(*[REPLY] * 11),
    "three links": pressed(SHOP, SHOP, SHOP),
    "two numbers to call": pressed(CALL, CALL),
    "two codes": pressed(COUPON, COUPON),
    "replies apart": pressed(REPLY, SHOP, REPLY),
    "a button without a type": pressed({}),
    "a button without a label": pressed(without(REPLY, "text")),
    "a long label": pressed({**REPLY, "text": "x" * 26}),
    "a variable in a label": pressed({**REPLY, "text": "More, {{1}}"}),
    "a variable amid a link": pressed({**SHOP, "url": "https://shop.example.com/{{1}}/more"}),
    "a named variable in a link": pressed({**SHOP, "url": "https://shop.example.com/{{name}}"}),
    "a long link": pressed({**SHOP, "url": "https://shop.example.com/".ljust(2001, "x")}),
    "a link without an example": pressed(without(SHOP, "example")),
    "a link with two examples": pressed({**SHOP, "example": ["a", "b"]}),
    "no number to call": pressed(without(CALL, "phone_number")),
    "a long number": pressed({**CALL, "phone_number": "+91980000000100000000"}),
    "a code without an example": pressed(without(COUPON, "example")),
    "a long code": pressed({**COUPON, "example": "x" * 21}),
    "a flow without its id": pressed(without(FLOW, "flow_id")),
    "a flow by id and name": pressed({**FLOW, "flow_name": "survey"}),
    "a call of no minutes": pressed({"type": "VOICE_CALL", "ttl_minutes": 0}),
    "a code for one use in marketing": pressed(OTP),
    # kinds of templates
    "a carousel in a utility template": defined(body(), carousel(), category="UTILITY"),
    "a footer beside the cards": defined(body(), carousel(), footer()),
    "one card": cards(card()),
    "eleven cards": cards(*[card()] * 11),
    "one product card": cards(product()),
    "three product cards": cards(product(), product(), product()),
    "a card of another header": cards(
        card(), card(media("VIDEO"), body("An aloe."), buttons(REPLY, SHOP))
    ),
    "a card without a body": cards(card(), card(media(), buttons(REPLY, SHOP))),
    "a card of other buttons": cards(card(), card(media(), body("An aloe."), buttons(REPLY))),
    "cards without a header": cards(*[card(body("An aloe."), buttons(REPLY))] * 2),
    "cards without an example": cards(*[card({"type": "HEADER", "format": "IMAGE"})] * 2),
    "cards of a document": cards(*[card(media("DOCUMENT"))] * 2),
    "cards with a footer": cards(*[card(media(), footer())] * 2),
    "a long body of a card": cards(*[card(media(), body("x" * 161))] * 2),
    "three buttons on cards": cards(*[card(media(), buttons(REPLY, SHOP, CALL))] * 2),
    "a code on cards": cards(*[card(media(), buttons(COUPON))] * 2),
    "a view of media cards": cards(*[card(media(), buttons(VIEW))] * 2),
    "a reply on product cards": cards(*[product(REPLY)] * 2),
    "two buttons on product cards": cards(*[product(VIEW, SHOP)] * 2),
    "product cards without a button": cards(*[card(PRODUCT)] * 2),
    "multi-product in a utility template": defined(
        header("Forget something?"), body(), buttons(MPM), category="UTILITY"
    ),
    "multi-product and a link": defined(header("Forget something?"), body(), buttons(MPM, SHOP)),
    "multi-product with an image": defined(media(), body(), buttons(MPM)),
    "single product without a product": defined(media(), body(), buttons(VIEW)),
    "a product header without a view": defined(PRODUCT, body()),
    "a long body of a single product": defined(PRODUCT, body("x" * 161), buttons(VIEW)),
    "an offer in a utility template": defined(OFFER, body(), buttons(SHOP), category="UTILITY"),
    "a long body of an offer": defined(OFFER, body("x" * 601), buttons(SHOP)),
    "a footer of an offer": defined(OFFER, body(), footer(), buttons(SHOP)),
    "a long code of an offer": defined(
        OFFER, body(), buttons({**COUPON, "example": "x" * 16}, SHOP)
    ),
    "an offer with its link before its code": defined(OFFER, body(), buttons(SHOP, COUPON)),
    "a long offer": offered({"text": "x" * 17}),
    "an offer of nothing": offered({}),
    "a variable in an offer": offered({"text": "For {{1}}"}),
    "an offer that may end": offered({"text": "Now", "has_expiration": "yes"}),
    # authentication
    "no button for the code": authentication(),
    "a code and a reply": authentication(buttons(OTP, REPLY)),
    "a header above the code": authentication(header("Hello"), buttons(OTP)),
    "an unknown way to the code": authentication(buttons({**OTP, "otp_type": "TWO_TAP"})),
    "one tap for no app": authentication(buttons(without(ONE_TAP, "supported_apps"))),
    "an app without its signature": authentication(
        buttons({**ONE_TAP, "supported_apps": [without(APP, "signature_hash")]})
    ),
    "a code that never expires": authentication(
        {"type": "FOOTER", "code_expiration_minutes": 91}, buttons(OTP)
    ),
}

UNKNOWN: dict[str, dict[str, Any]] = {
    "a component of tomorrow": defined({"type": "HOLOGRAM"}, body()),
    "a button of tomorrow": pressed({"type": "TELEPORT", "text": "Go"}),
    "a tap target": defined(body(), {"type": "TAP_TARGET_CONFIGURATION"}, buttons(SHOP)),
    "the status of an order": defined(body(), {"type": "ORDER_STATUS"}),
    "a template of the library": {
        **without(defined(), "components"),
        "library_template_name": "delivery_update_1",
    },
    "a code as it is shown": {
        **authentication(buttons(OTP)),
        "components": [body("*{{1}}* is your verification code."), buttons(OTP)],
    },
    "multi-product without a header": defined(body(), buttons(MPM)),
    "a footer that says nothing": authentication({"type": "FOOTER"}, buttons(OTP)),
    "few words around a variable": defined(body("Look {{1}}!", "here")),
    "variables with a blank between them": defined(
        body("Hello dear {{1}} {{2}}, welcome to our shop.", "a", "b")
    ),
}
"""Definitions of which the documents say too little."""
