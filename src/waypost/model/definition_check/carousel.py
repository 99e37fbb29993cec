"""A carousel: its cards, and that they are all of one kind.

Source: reference/meta-cloud-api.md 7.3, 7.4, 1.6, 1.7.
"""

from msgspec import Struct

from waypost.model.definition_check.button_kinds import BUTTON_KINDS
from waypost.model.definition_check.buttons import check_buttons, kinds_of, misplaced
from waypost.model.definition_check.components import (
    check_body,
    check_header,
    collect,
    header_format,
)
from waypost.model.definition_check.part import META_HEADER, Part, part_of, quoted
from waypost.model.definition_check.scope import LONGEST_CARD_BODY, Scope
from waypost.model.finding import FindingCode

LEAST_CARDS, MOST_CARDS = 2, 10
PRODUCT_CARDS = 2
"""Product cards are alike: two are defined, and a send may carry up to ten."""
MOST_CARD_BUTTONS = 2
MEDIA_CARD_BUTTONS = ("quick_reply", "phone_number", "url")
PRODUCT_CARD_BUTTONS = ("spm", "url")
CARD_COMPONENTS = ("header", "body", "buttons")


class _Make(Struct, frozen=True):
    """What a card is made of; all cards of a carousel are made of the same."""

    header: str
    has_body: bool
    buttons: tuple[str, ...]


def check_carousel(carousel: Part, scope: Scope) -> None:
    """The cards: how many, each one, and that each is made like the first."""
    values = carousel.array("cards", "Give it 2 to 10 cards.")
    if values is None:
        return
    cards = [
        part_of(carousel, value, f"cards/{position}", f"Card {position}")
        for position, value in enumerate(values)
    ]
    makes = [(card, _check_card(card, scope)) for card in cards if card is not None]
    has_products = any(make.header == "product" for _, make in makes)
    _check_count(carousel, len(values), has_products=has_products)
    for card, make in makes[1:]:
        _compare(card, make, makes[0][1])


def _check_count(carousel: Part, count: int, *, has_products: bool) -> None:
    least, most = (PRODUCT_CARDS, PRODUCT_CARDS) if has_products else (LEAST_CARDS, MOST_CARDS)
    if least <= count <= most:
        return
    if has_products:
        wanted = f"one of product cards is defined with {PRODUCT_CARDS}"
        mend = "Define two cards; a send of the template may carry up to ten."
    else:
        wanted = f"{least} to {most} are allowed"
        mend = f"Give it {least} cards or more." if count < least else f"Take out {count - most}."
    carousel.add(
        "cards",
        FindingCode.DEFINITION_CARD_COUNT,
        f"The carousel has {count} {'card' if count == 1 else 'cards'}; {wanted}.",
        mend,
    )


def _check_card(card: Part, scope: Scope) -> _Make:
    values = card.array("components", "Give it a header, a body and buttons.")
    parts = collect(card, values or [], f"{card.name}: its ")
    for kind, part in parts.items():
        if kind not in CARD_COMPONENTS:
            part.add(
                "type",
                FindingCode.DEFINITION_COMPONENT_MISPLACED,
                f"{card.name} has a {kind}; a card has a header, a body and buttons only.",
                "Take it out.",
            )
    header, body, buttons = parts.get("header"), parts.get("body"), parts.get("buttons")
    form = header_format(header)
    if header is not None:
        check_header(header, scope)
        _check_card_format(header, form)
    elif values:
        card.add(
            "components",
            FindingCode.DEFINITION_COMPONENT_MISSING,
            f"{card.name} has no header.",
            "Give it a header of the format IMAGE or VIDEO, or PRODUCT for product cards.",
            META_HEADER,
        )
    if body is not None:
        check_body(body, LONGEST_CARD_BODY, scope)
    _check_card_buttons(card, buttons, form, scope)
    return _Make(form, body is not None, kinds_of(buttons))


def _check_card_format(header: Part, form: str) -> None:
    if form in ("text", "document", "location", "gif"):
        header.add(
            "format",
            FindingCode.DEFINITION_HEADER_FORMAT,
            f"{header.name} has the format {form.upper()}; a card shows media or a product.",
            "Use IMAGE or VIDEO, or PRODUCT for product cards.",
        )


def _check_card_buttons(card: Part, buttons: Part | None, form: str, scope: Scope) -> None:
    """Up to two for media; for a product exactly one, that shows it or opens an address."""
    allowed: tuple[str, ...] = MEDIA_CARD_BUTTONS
    where, most = "a card that shows media", MOST_CARD_BUTTONS
    if form == "product":
        allowed, where, most = PRODUCT_CARD_BUTTONS, "a product card", 1
    if buttons is None:
        if form == "product":
            card.add(
                "components",
                FindingCode.DEFINITION_BUTTON_MISSING,
                f"{card.name} shows a product and has no button.",
                'Add {"type": "buttons", "buttons": [{"type": "spm", "text": "View"}]}.',
            )
        return
    for button in check_buttons(buttons, most, scope):
        if button.kind in BUTTON_KINDS and button.kind not in allowed:
            misplaced(button, where, f"Use {' or '.join(kind.upper() for kind in allowed)}.")


def _compare(card: Part, make: _Make, first: _Make) -> None:
    """The card against the first one; a body on one card asks for a body on each."""
    buttons, wanted = _shown(make.buttons), _shown(first.buttons)
    if make.header != first.header:
        _differs(
            card,
            f"a header of the format {_format(make)}, and the first card {_format(first)}",
            "Show media of one format on all cards, or products on all.",
        )
    if make.has_body != first.has_body:
        _differs(
            card,
            "a body, and the first card none"
            if make.has_body
            else "no body, and the first card one",
            "Give every card a body, or none.",
        )
    if buttons != wanted:
        _differs(
            card,
            f"the buttons {quoted(buttons)}, and the first card {quoted(wanted)}",
            "Give every card buttons of the same kinds, in the same order.",
        )


def _differs(card: Part, what: str, mend: str) -> None:
    code = FindingCode.DEFINITION_CARDS_DIFFER
    card.add("components", code, f"{card.name} has {what}.", mend)


def _format(make: _Make) -> str:
    return quoted(make.header.upper() or "none")


def _shown(kinds: tuple[str, ...]) -> str:
    return ", ".join(kind.upper() or "?" for kind in kinds) or "none"
