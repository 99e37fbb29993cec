"""A grammar of templates: definitions of every kind, and sends that are valid for them.

It is written from Meta's rules and shares nothing with any program that checks them, so that each
of them can be held to it. Ids of media and products are those of the emulator's demo account.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

IMAGE = "1558081531584829"
VIDEO = "1116034925734553"
DOCUMENT = "2621233374848975"
CATALOGUE = "194836987003835"
PRODUCTS = [f"plant{number:02d}" for number in range(1, 36)]
MEDIA = {"IMAGE": IMAGE, "VIDEO": VIDEO, "DOCUMENT": DOCUMENT}

words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
values = st.text("abcXYZ0189.,-%€äñनमस्तेहू😀", min_size=1, max_size=8)
variable_names = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
suffixes = st.text("abcxyz0189-_/?=", min_size=1, max_size=20)
coupons = st.text("ABCXYZ0189", min_size=1, max_size=15)


@dataclass(frozen=True)
class Definition:
    """A template as Meta would have approved it."""

    kind: str
    components: list[dict[str, Any]]
    category: str = "MARKETING"
    parameter_format: str = "POSITIONAL"

    @property
    def is_named(self) -> bool:
        return self.parameter_format == "NAMED"


@dataclass(frozen=True)
class Sample:
    """A definition, and the `template` object of a send that fits it."""

    definition: Definition
    template: dict[str, Any]


# --- definitions


@st.composite
def texts(draw: DrawFn, most: int, *, is_named: bool) -> str:
    """A text with up to `most` variables, of which some stand in it more than once."""
    if is_named:
        names = draw(st.lists(variable_names, max_size=most, unique=True))
    else:
        names = [str(number) for number in range(1, draw(st.integers(0, most)) + 1)]
    pieces = [draw(words)]
    for name in names:
        blank = draw(st.sampled_from(["", "", " "]))
        pieces += [f"{{{{{blank}{name}{blank}}}}}", draw(words)]
    if names and draw(st.booleans()):
        pieces += [f"{{{{{names[0]}}}}}", draw(words)]
    return " ".join(pieces) + "."


def body(text: str) -> dict[str, Any]:
    return {"type": "BODY", "text": text}


def header(kind: str) -> dict[str, Any]:
    return {"type": "HEADER", "format": kind}


def buttons(*given: dict[str, Any]) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(given)}


def url_button(*, has_variable: bool) -> dict[str, Any]:
    url = "https://shop.example.com/" + ("{{1}}" if has_variable else "")
    return {"type": "URL", "text": "Shop", "url": url}


REPLY = {"type": "QUICK_REPLY", "text": "More"}
PHONE = {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+919800000001"}


@st.composite
def plain(draw: DrawFn) -> Definition:
    is_named = draw(st.booleans())
    components = []
    kind = draw(st.sampled_from(["", "TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"]))
    if kind == "TEXT":
        components.append({**header("TEXT"), "text": draw(texts(1, is_named=is_named))})
    elif kind:
        components.append(header(kind))
    components.append(body(draw(texts(4, is_named=is_named))))
    if draw(st.booleans()):
        components.append({"type": "FOOTER", "text": "Reply STOP to opt out"})
    given = [REPLY] * draw(st.integers(0, 3))
    given += [url_button(has_variable=draw(st.booleans())) for _ in range(draw(st.integers(0, 2)))]
    given += [PHONE] * draw(st.integers(0, 1))
    if given:
        components.append(buttons(*given))
    return Definition(
        "plain", components, "UTILITY", parameter_format="NAMED" if is_named else "POSITIONAL"
    )


@st.composite
def media_carousels(draw: DrawFn) -> Definition:
    kind = draw(st.sampled_from(["IMAGE", "VIDEO"]))
    has_body = draw(st.booleans())
    has_variable = draw(st.booleans())
    mixture = draw(
        st.sampled_from(
            [
                [REPLY],
                [PHONE, REPLY],
                [url_button(has_variable=has_variable)],
                [REPLY, url_button(has_variable=has_variable)],
                [url_button(has_variable=True), REPLY],
            ]
        )
    )
    cards = []
    for _ in range(draw(st.integers(1, 10))):
        parts = [header(kind)]
        if has_body:
            parts.append(body(draw(texts(2, is_named=False))))
        cards.append({"components": [*parts, buttons(*mixture)]})
    return Definition(
        "media carousel",
        [body(draw(texts(3, is_named=False))), {"type": "CAROUSEL", "cards": cards}],
    )


@st.composite
def product_carousels(draw: DrawFn) -> Definition:
    button = draw(st.sampled_from([{"type": "SPM", "text": "View"}, url_button(has_variable=True)]))
    card = {"components": [header("PRODUCT"), buttons(button)]}
    return Definition(
        "product carousel",
        [body(draw(texts(2, is_named=False))), {"type": "CAROUSEL", "cards": [card, card]}],
    )


@st.composite
def special(draw: DrawFn, kind: str) -> Definition:
    """A template with one button of its own kind."""
    components = [body(draw(texts(2, is_named=False)))]
    if kind == "MPM":
        text = draw(texts(1, is_named=False))
        components.insert(0, {**header("TEXT"), "text": text})
    elif kind == "SPM":
        components.insert(0, header("PRODUCT"))
    before = [REPLY] if kind == "COPY_CODE" and draw(st.booleans()) else []
    components.append(buttons(*before, {"type": kind, "text": "View"}))
    return Definition(kind.lower(), components)


@st.composite
def offers(draw: DrawFn) -> Definition:
    offer = {"text": "Expiring offer!", "has_expiration": True}
    given = [{"type": "COPY_CODE", "example": "CARIBE25"}] if draw(st.booleans()) else []
    return Definition(
        "limited-time offer",
        [
            header("IMAGE"),
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": offer},
            body(draw(texts(2, is_named=False))),
            buttons(*given, url_button(has_variable=True)),
        ],
    )


@st.composite
def authentications(draw: DrawFn) -> Definition:
    """As they are created, and as Meta gives them back."""
    if draw(st.booleans()):
        parts: list[dict[str, Any]] = [{"type": "BODY", "add_security_recommendation": True}]
        button = {"type": "OTP", "otp_type": draw(st.sampled_from(["COPY_CODE", "ONE_TAP"]))}
    else:
        parts = [body("*{{1}}* is your verification code.")]
        url = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"
        button = {"type": "URL", "text": "Copy code", "url": url}
    return Definition("authentication", [*parts, buttons(button)], "AUTHENTICATION")


@st.composite
def call_permissions(draw: DrawFn) -> Definition:
    given = [body(draw(texts(2, is_named=False)))]
    return Definition("call permission", [*given, {"type": "CALL_PERMISSION_REQUEST"}])


KINDS: dict[str, SearchStrategy[Definition]] = {
    "plain": plain(),
    "media carousel": media_carousels(),
    "product carousel": product_carousels(),
    "mpm": special("MPM"),
    "spm": special("SPM"),
    "catalog": special("CATALOG"),
    "copy_code": special("COPY_CODE"),
    "flow": special("FLOW"),
    "order_details": special("ORDER_DETAILS"),
    "voice_call": special("VOICE_CALL"),
    "limited-time offer": offers(),
    "authentication": authentications(),
    "call permission": call_permissions(),
}


def definitions() -> SearchStrategy[Definition]:
    return st.one_of(*KINDS.values())


# --- sends


def names_in(text: str) -> list[str]:
    """The variables of a text, each once, in the order in which they stand."""
    found = [piece.split("}}")[0].strip() for piece in text.split("{{")[1:]]
    return list(dict.fromkeys(found))


@st.composite
def parameters(draw: DrawFn, text: str, *, is_named: bool, is_body: bool) -> list[dict[str, Any]]:
    filled = []
    for name in names_in(text):
        value = draw(values)
        shapes: list[dict[str, Any]] = [{"type": "text", "text": value}]
        if is_body:
            amount = {"fallback_value": value, "code": "USD", "amount_1000": 1000}
            shapes.append({"type": "currency", "currency": amount})
            shapes.append({"type": "date_time", "date_time": {"fallback_value": value}})
        parameter = draw(st.sampled_from(shapes)) if is_body else shapes[0]
        filled.append({**parameter, "parameter_name": name} if is_named else parameter)
    return draw(st.permutations(filled)) if is_named else filled


@st.composite
def filled_header(draw: DrawFn, component: dict[str, Any], *, is_named: bool) -> Any:
    kind = component["format"]
    if kind == "TEXT":
        given = draw(parameters(component["text"], is_named=is_named, is_body=False))
        return {"type": "header", "parameters": given} if given else None
    if kind == "LOCATION":
        value = {"latitude": "37.44", "longitude": "-122.16", "name": "Shop", "address": "1 Way"}
    elif kind == "PRODUCT":
        product = draw(st.sampled_from(PRODUCTS))
        value = {"product_retailer_id": product, "catalog_id": CATALOGUE}
    else:
        link = {"link": "https://files.example.com/file"}
        value = draw(st.sampled_from([{"id": MEDIA[kind]}, link]))
    word = kind.lower()
    return {"type": "header", "parameters": [{"type": word, word: value}]}


@st.composite
def sections(draw: DrawFn) -> list[dict[str, Any]]:
    left = 30
    made = []
    for _ in range(draw(st.integers(1, 10))):
        size = draw(st.integers(1, max(1, min(left - 9, 5))))
        left -= size
        items = draw(st.lists(st.sampled_from(PRODUCTS), min_size=size, max_size=size))
        title = draw(st.text("abcXYZ ", min_size=1, max_size=20)) + "x"
        made.append(
            {"title": title, "product_items": [{"product_retailer_id": item} for item in items]}
        )
    return made


def _amount(value: int) -> dict[str, Any]:
    return {"offset": 100, "value": value}


ORDER = {
    "reference_id": "r1",
    "type": "digital-goods",
    "payment_type": "upi",
    "payment_configuration": "shop",
    "currency": "INR",
    "total_amount": _amount(400),
    "order": {
        "status": "pending",
        "items": [{"retailer_id": "p", "name": "Aloe", "quantity": 1, "amount": _amount(400)}],
        "subtotal": _amount(400),
        "tax": _amount(0),
    },
}


@st.composite
def mpm_actions(draw: DrawFn) -> dict[str, Any]:
    thumbnail = draw(st.sampled_from(PRODUCTS))
    return {"thumbnail_product_retailer_id": thumbnail, "sections": draw(sections())}


OPTIONAL = {"QUICK_REPLY", "CATALOG", "FLOW", "VOICE_CALL"}
"""Buttons that need not be sent."""
FILLINGS: dict[str, dict[str, SearchStrategy[Any]]] = {
    "QUICK_REPLY": {"payload": values},
    "URL": {"text": suffixes},
    "COPY_CODE": {"coupon_code": coupons},
    "MPM": {"action": mpm_actions()},
    "CATALOG": {
        "action": st.sampled_from(PRODUCTS).map(lambda it: {"thumbnail_product_retailer_id": it})
    },
    "FLOW": {"action": words.map(lambda token: {"flow_token": token, "flow_action_data": {}})},
    "ORDER_DETAILS": {"action": st.just({"order_details": ORDER})},
    "VOICE_CALL": {"ttl_minutes": st.integers(1, 43200), "payload": values},
}


@st.composite
def filled_button(draw: DrawFn, button: dict[str, Any], index: int, code: str) -> Any:
    """The component for one button; None where none is sent."""
    kind, url = button["type"], button.get("url", "")
    given: list[dict[str, Any]]
    if kind == "OTP" or "/otp/" in url:
        given = [{"type": "text", "text": code}]
        kind = "URL"
    elif (
        kind not in FILLINGS
        or (kind == "URL" and "{{1}}" not in url)
        or (kind in OPTIONAL and draw(st.integers(0, 3)) == 0)
    ):
        return None
    else:
        given = [{"type": key, key: draw(value)} for key, value in FILLINGS[kind].items()]
    return {"type": "button", "sub_type": kind.lower(), "index": index, "parameters": given}


@st.composite
def filled_parts(
    draw: DrawFn, components: list[dict[str, Any]], *, is_named: bool
) -> list[dict[str, Any]]:
    """What is sent for these components, their carousel apart."""
    sent: list[Any] = []
    code = draw(st.text("0123456789", min_size=4, max_size=15))
    for component in components:
        kind = component["type"]
        if kind == "HEADER":
            sent.append(draw(filled_header(component, is_named=is_named)))
        elif kind == "BODY" and "{{1}}* is your" in component.get("text", "{{1}}* is your"):
            sent.append({"type": "body", "parameters": [{"type": "text", "text": code}]})
        elif kind == "BODY":
            given = draw(parameters(component["text"], is_named=is_named, is_body=True))
            sent.append({"type": "body", "parameters": given} if given else None)
        elif kind == "LIMITED_TIME_OFFER":
            end = {"expiration_time_ms": draw(st.integers(1_700_000_000_000, 2_000_000_000_000))}
            offer = {"type": "limited_time_offer", "limited_time_offer": end}
            sent.append({"type": "limited_time_offer", "parameters": [offer]})
        elif kind == "BUTTONS":
            sent += [
                draw(filled_button(button, index, code))
                for index, button in enumerate(component["buttons"])
            ]
    return [part for part in sent if part is not None]


@st.composite
def sends(draw: DrawFn, definition: Definition) -> dict[str, Any]:
    """The `template` object of a valid send of this template."""
    sent = draw(filled_parts(definition.components, is_named=definition.is_named))
    for component in definition.components:
        if component["type"] == "CAROUSEL":
            defined = component["cards"]
            if definition.kind == "product carousel":
                defined = [defined[0]] * draw(st.integers(2, 10))
            cards = [
                {
                    "card_index": index,
                    "components": draw(filled_parts(card["components"], is_named=False)),
                }
                for index, card in enumerate(defined)
            ]
            sent.append({"type": "carousel", "cards": cards})
    return {"name": "a_template", "language": {"code": "en_US"}, "components": sent}


@st.composite
def samples(draw: DrawFn, kinds: SearchStrategy[Definition] | None = None) -> Sample:
    """A definition and a valid send of it."""
    definition = draw(definitions() if kinds is None else kinds)
    return Sample(definition, draw(sends(definition)))
