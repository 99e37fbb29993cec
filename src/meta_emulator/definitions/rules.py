"""A template's definition as `POST /<WABA id>/message_templates` takes it (reference 7.2 to 7.5).

Each rule that is broken is code 100 with Meta's subcode where it is known, and words for people.
"""

import re
from collections.abc import Callable
from typing import Any

from meta_emulator.definitions.buttons import read_buttons, wrong
from meta_emulator.definitions.texts import (
    BODY_FORMAT,
    FOOTER_FORMAT,
    HEADER_FORMAT,
    Object,
    Style,
    check_length,
    fail,
    missing,
    read_text,
)
from meta_emulator.protocol.errors import RefusedError, invalid

NAME = re.compile(r"[a-z0-9_]+", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2,3}(_([A-Z]{2,3}|[0-9]{3}))?", re.ASCII)
NAME_LIMIT = 512
HEADER_LIMIT = 60
BODY_LIMIT = 1024
OFFER_BODY_LIMIT = 600
CARD_BODY_LIMIT = 160
FOOTER_LIMIT = 60
OFFER_LIMIT = 16
MOST_CARDS = 10
FEWEST_CARDS = 2
MOST_CARD_BUTTONS = 2
LONGEST_CODE_MINUTES = 90

CATEGORIES = ("AUTHENTICATION", "MARKETING", "UTILITY")
FORMATS = ("POSITIONAL", "NAMED")
TEXT = "TEXT"
PRODUCT = "PRODUCT"
MEDIA = frozenset({"IMAGE", "VIDEO", "DOCUMENT", "GIF"})
HEADERS = frozenset({TEXT, *MEDIA, "LOCATION", "PRODUCT"})
CARD_HEADERS = frozenset({"IMAGE", "VIDEO", "PRODUCT"})
CARD_BUTTONS = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER"})
PRODUCT_BUTTONS = frozenset({"SPM", "URL"})
PRODUCT_CARDS = 2
"""A carousel of products is defined with two cards and sent with up to ten (reference 1.7)."""

LIVES = {
    "AUTHENTICATION": (30, 900),
    "UTILITY": (30, 43_200),
    "MARKETING": (43_200, 2_592_000),
}
"""Seconds a message of a category may wait for its recipient, from and to."""

HandleKind = Callable[[str], str | None]
"""`IMAGE`, `VIDEO` ... of a handle of an upload; raises RefusedError for one that is not taken."""


def check_heading(body: Object) -> None:
    """Name, language, category and format of a new template; raises RefusedError."""
    name = _text(body, "name")
    if not NAME.fullmatch(name):
        raise fail(
            None,
            "Invalid Template Name",
            "The name may have lower case letters, digits and underscores only.",
        )
    check_length(name, NAME_LIMIT, "name")
    language = _text(body, "language")
    if not LANGUAGE.fullmatch(language):
        raise RefusedError(invalid(f"Param language is no language that is supported: {language}"))
    check_category(_text(body, "category"))
    check_format(str(body.get("parameter_format") or "POSITIONAL"))


def check_format(given: str) -> None:
    """Raise RefusedError unless it is one of the two."""
    if given.upper() not in FORMATS:
        raise RefusedError(
            invalid(f'Param parameter_format must be one of {{NAMED, POSITIONAL}} - got "{given}".')
        )


def check_category(category: str) -> None:
    """Raise RefusedError unless it is one of the three."""
    if category.upper() not in CATEGORIES:
        listed = ", ".join(CATEGORIES)
        raise RefusedError(
            invalid(f'Param category must be one of {{{listed}}} - got "{category}".')
        )


def check_life(seconds: Any, category: str) -> None:
    """`message_send_ttl_seconds`, None or -1 for Meta's own; raises RefusedError."""
    is_whole = type(seconds) is int
    if seconds is None or (is_whole and seconds == -1 and category != "MARKETING"):
        return
    least, most = LIVES[category]
    if not is_whole or not least <= seconds <= most:
        raise RefusedError(
            invalid(f"Param message_send_ttl_seconds must be from {least} to {most}.")
        )


def _text(body: Object, key: str) -> str:
    value = body.get(key)
    if value is None:
        raise RefusedError(invalid(f"The parameter {key} is required."))
    if type(value) is not str:
        raise RefusedError(invalid(f"Param {key} must be a string."))
    return value


class Definition:
    """Holds the components of one template against the rules.

    handle_kind  what a handle of an upload stands for; None if it is not known
    """

    def __init__(self, category: str, *, is_named: bool, handle_kind: HandleKind) -> None:
        self._category = category
        self._is_named = is_named
        self._handle_kind = handle_kind

    def check(self, components: Any) -> None:
        """Raise RefusedError for the first rule that `components` break."""
        found = self._by_kind(components)
        if "BODY" not in found:
            raise fail(BODY_FORMAT, "Message Body Format Is Incorrect", "A body is needed.")
        buttons: list[str] = []
        if "BUTTONS" in found:
            has_offer = "LIMITED_TIME_OFFER" in found
            buttons = read_buttons(found["BUTTONS"].get("buttons"), has_offer=has_offer)
        if "HEADER" in found:
            self._header(found["HEADER"], HEADERS)
        self._body(found["BODY"], found, buttons)
        if "FOOTER" in found:
            self._footer(found["FOOTER"])
        if "CAROUSEL" in found:
            self._carousel(found)
        if "LIMITED_TIME_OFFER" in found:
            self._offer(found)
        self._check_kinds(found, buttons)

    def _by_kind(self, components: Any, known: frozenset[str] | None = None) -> dict[str, Object]:
        if type(components) is not list or not components:
            raise RefusedError(invalid("Param components must be an array of components."))
        found: dict[str, Object] = {}
        for place, component in enumerate(components):
            kind = component.get("type") if type(component) is dict else None
            kind = kind.upper() if type(kind) is str else None
            if kind not in (known or COMPONENTS):
                listed = ", ".join(sorted(known or COMPONENTS))
                raise RefusedError(
                    invalid(f"Param components[{place}]['type'] must be one of {{{listed}}}.")
                )
            if kind in found:
                raise RefusedError(invalid(f"Param components has {kind} twice."))
            if type(component.get("example") or {}) is not dict:
                at = f"components[{place}]['example']"
                raise RefusedError(invalid(f"Param {at} must be an object."))
            found[kind] = component
        return found

    def _header(self, header: Object, formats: frozenset[str]) -> str:
        kind = str(header.get("format") or "").upper()
        if kind not in formats:
            raise fail(
                HEADER_FORMAT,
                "Message Header Format Is Incorrect",
                f"The format of a header here is one of {', '.join(sorted(formats))}.",
            )
        if kind == TEXT:
            style = Style("HEADER", HEADER_FORMAT, HEADER_LIMIT, self._is_named)
            if len(read_text(header, style)) > 1:
                raise fail(
                    HEADER_FORMAT,
                    "Message Header Format Is Incorrect",
                    "A header has one variable at most.",
                )
        if kind == "GIF" and self._category != "MARKETING":
            raise fail(
                HEADER_FORMAT,
                "Message Header Format Is Incorrect",
                "A GIF is for marketing templates alone.",
            )
        if kind in MEDIA:
            self._sample(header, kind)
        return kind

    def _sample(self, header: Object, kind: str) -> None:
        example = header.get("example")
        handles = example.get("header_handle") if type(example) is dict else None
        if type(handles) is not list or not handles or type(handles[0]) is not str:
            raise missing("HEADER", "example.header_handle")
        held = self._handle_kind(handles[0])
        if held is not None and held != ("VIDEO" if kind == "GIF" else kind):
            raise fail(
                HEADER_FORMAT,
                "Message Header Format Is Incorrect",
                f"The sample of the header is {held}, its format {kind}.",
            )

    def _body(self, body: Object, found: dict[str, Object], buttons: list[str]) -> None:
        if self._category == "AUTHENTICATION":
            if type(body.get("add_security_recommendation", False)) is not bool:
                raise RefusedError(invalid("Param add_security_recommendation must be a boolean."))
            if "text" in body:
                raise fail(
                    BODY_FORMAT,
                    "Message Body Format Is Incorrect",
                    "The body of an authentication template has Meta's text.",
                )
            return
        limit = BODY_LIMIT
        if "LIMITED_TIME_OFFER" in found:
            limit = OFFER_BODY_LIMIT
        elif "SPM" in buttons:
            limit = CARD_BODY_LIMIT
        read_text(body, Style("BODY", BODY_FORMAT, limit, self._is_named, is_whole=True))

    def _footer(self, footer: Object) -> None:
        minutes = footer.get("code_expiration_minutes")
        if self._category == "AUTHENTICATION":
            if type(minutes) is not int or not 1 <= minutes <= LONGEST_CODE_MINUTES:
                raise missing("FOOTER", "code_expiration_minutes")
            return
        text = footer.get("text")
        if type(text) is not str or not text:
            raise missing("FOOTER", "text")
        check_length(text, FOOTER_LIMIT, "footer")
        if "{{" in text:
            raise fail(
                FOOTER_FORMAT, "Message Footer Format Is Incorrect", "A footer has no variables."
            )

    def _carousel(self, found: dict[str, Object]) -> None:
        if self._category != "MARKETING" or set(found) != {"BODY", "CAROUSEL"}:
            raise wrong("A carousel is a marketing template of a body and cards alone.")
        cards = found["CAROUSEL"].get("cards")
        if type(cards) is not list or not FEWEST_CARDS <= len(cards) <= MOST_CARDS:
            raise wrong(f"A carousel has {FEWEST_CARDS} to {MOST_CARDS} cards.")
        shapes = [self._card(card) for card in cards]
        if shapes[0][0] == PRODUCT and len(cards) != PRODUCT_CARDS:
            raise wrong(f"A carousel of products is defined with {PRODUCT_CARDS} cards.")
        for place, shape in enumerate(shapes):
            if shape != shapes[0]:
                raise wrong(f"Card {place} has other components than card 0.")

    def _card(self, card: Any) -> tuple[str, bool, tuple[str, ...]]:
        """What must be the same on every card: header, whether there is a body, buttons."""
        components = card.get("components") if type(card) is dict else None
        found = self._by_kind(components, CARD_COMPONENTS)
        if "HEADER" not in found:
            raise missing("CAROUSEL", "header")
        header = self._header(found["HEADER"], CARD_HEADERS)
        if "BODY" in found:
            read_text(found["BODY"], Style("BODY", BODY_FORMAT, CARD_BODY_LIMIT, self._is_named))
        is_product = header == PRODUCT
        if "BUTTONS" not in found:
            if is_product:
                raise missing("CAROUSEL", "buttons")
            return header, "BODY" in found, ()
        buttons = read_buttons(found["BUTTONS"].get("buttons"))
        most = 1 if is_product else MOST_CARD_BUTTONS
        allowed = PRODUCT_BUTTONS if is_product else CARD_BUTTONS
        if len(buttons) > most or not allowed.issuperset(buttons):
            raise wrong(f"Such a card has up to {most} buttons of {', '.join(sorted(allowed))}.")
        return header, "BODY" in found, tuple(buttons)

    def _offer(self, found: dict[str, Object]) -> None:
        offer = found["LIMITED_TIME_OFFER"].get("limited_time_offer")
        if type(offer) is not dict:
            raise missing("LIMITED_TIME_OFFER", "limited_time_offer")
        text = offer.get("text")
        if type(text) is not str or not text:
            raise missing("LIMITED_TIME_OFFER", "limited_time_offer.text")
        check_length(text, OFFER_LIMIT, "text of the offer")
        if type(offer.get("has_expiration", True)) is not bool:
            raise RefusedError(invalid("Param has_expiration must be a boolean."))
        if self._category != "MARKETING" or "FOOTER" in found:
            raise wrong("A limited-time offer is a marketing template without a footer.")

    def _check_kinds(self, found: dict[str, Object], buttons: list[str]) -> None:
        """What a button asks of the rest of the template."""
        if self._category == "AUTHENTICATION" and (buttons != ["OTP"] or "HEADER" in found):
            raise wrong("An authentication template has one OTP button, and no header.")
        if self._category != "AUTHENTICATION" and "OTP" in buttons:
            raise wrong("An OTP button is for authentication templates alone.")
        for kind in ("MPM", "SPM", "CATALOG"):
            if kind in buttons and self._category != "MARKETING":
                raise wrong(f"A template with a {kind} button is a marketing template.")
        if "MPM" in buttons and len(buttons) > 1:
            raise wrong("A multi-product template has one button.")
        header = str(found.get("HEADER", {}).get("format", "")).upper()
        if "MPM" in buttons and header != TEXT:
            raise fail(
                HEADER_FORMAT,
                "Message Header Format Is Incorrect",
                "A multi-product template has a text header.",
            )
        if ("SPM" in buttons) != (header == "PRODUCT") and "CAROUSEL" not in found:
            raise wrong("An SPM button goes with a product header.")


COMPONENTS = frozenset(
    {
        "HEADER",
        "BODY",
        "FOOTER",
        "BUTTONS",
        "CAROUSEL",
        "LIMITED_TIME_OFFER",
        "CALL_PERMISSION_REQUEST",
    }
)
CARD_COMPONENTS = frozenset({"HEADER", "BODY", "BUTTONS"})
