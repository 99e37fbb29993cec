"""The cards of a carousel: how many, and each against its own definition.

Media cards are as many as defined; product cards are 2 to 10, and the last card defined speaks
for those after it. Source: reference/meta-cloud-api.md 1.6, 1.7.
"""

from typing import Any

from waypost.model.finding import FindingCode
from waypost.model.template_check import examples
from waypost.model.template_check.form import PartsForm, TemplateForm
from waypost.model.template_check.parts import (
    check_parts,
    tell_foreign,
)
from waypost.model.template_check.place import Place, as_json, counted, listed, quoted

FEWEST_PRODUCT_CARDS = 2
MOST_CARDS = 10

_FAR = 1000
"""From here on an index is none."""
_NOT_ON_CARDS = frozenset(
    {"carousel", "limited_time_offer", "order_status", "tap_target_configuration"}
)


def check_carousel(
    form: TemplateForm, component: dict[str, Any], position: int, place: Place
) -> None:
    """The carousel component, at `position` among the message's."""
    if form.cards is None:
        place.add(
            (position,),
            FindingCode.COMPONENT_UNEXPECTED,
            132012,
            "a carousel is sent, and the template has none",
            "Remove the carousel component, or name a template that is a carousel.",
        )
        return
    cards = component.get("cards")
    if type(cards) is not list or not form.cards:
        return
    _check_count(form, cards, position, place)
    seen: set[int] = set()
    for number, card in enumerate(cards):
        if type(card) is not dict:
            continue
        index = card.get("card_index")
        if type(index) is not int or not 0 <= index < _FAR:
            continue
        if index in seen:
            _tell_index(f"the card_index {index} is used twice", (position, "cards", number), place)
        seen.add(index)
        defined = _defined(form, index)
        if defined is not None:
            _check_card(defined, card, (position, number, index), place)
        elif len(cards) == len(form.cards):
            _tell_index(
                f"the card_index is {index} in a carousel of {len(cards)}",
                (position, "cards", number),
                place,
            )
    if form.has_product_cards:
        _check_catalogues(cards, position, place)


def tell_missing_carousel(form: TemplateForm, place: Place) -> None:
    """The finding for a carousel template that is sent without one."""
    if form.cards:
        cards = [examples.card(card, index) for index, card in enumerate(form.cards)]
        place.add(
            (),
            FindingCode.CAROUSEL_MISSING,
            132012,
            f"the template is a carousel of {counted(len(cards), 'card')}, and no carousel "
            "component is sent",
            f"Add {as_json({'type': 'carousel', 'cards': cards})} to template.components.",
        )


def _check_card(
    form: PartsForm, card: dict[str, Any], at: tuple[int, int, int], place: Place
) -> None:
    """One card; `at` is the carousel's position, the card's, and its card_index."""
    components = card.get("components")
    spot = Place(place.findings, place.template_path, type(components) is list, *at)
    for position, other in check_parts(form, components, spot):
        kind = other.get("type")
        if not isinstance(kind, str):
            continue
        if kind in _NOT_ON_CARDS:
            spot.add(
                (position,),
                FindingCode.COMPONENT_UNEXPECTED,
                132012,
                f"there is a component of type {kind}; a card has header, body and buttons",
                "Remove it from the card.",
            )
        else:
            tell_foreign(kind, position, spot)


def _defined(form: TemplateForm, index: int) -> PartsForm | None:
    cards = form.cards or ()
    if index < len(cards):
        return cards[index]
    return cards[-1] if form.has_product_cards else None


def _check_count(form: TemplateForm, cards: list[Any], position: int, place: Place) -> None:
    defined = form.cards or ()
    given = len(cards)
    where = (position, "cards")
    if form.has_product_cards:
        if not FEWEST_PRODUCT_CARDS <= given <= MOST_CARDS:
            place.add(
                where,
                FindingCode.CARD_COUNT,
                132012,
                f"the carousel has {counted(given, 'card')}; a product-card carousel has "
                f"{FEWEST_PRODUCT_CARDS} to {MOST_CARDS}",
                f"Remove {counted(given - MOST_CARDS, 'card')}."
                if given > MOST_CARDS
                else f"Add {as_json(examples.card(defined[-1], given))} to cards.",
            )
        return
    if given == len(defined):
        return
    used = {card.get("card_index") for card in cards if type(card) is dict and _is_index(card)}
    if given < len(defined):
        lacking = [index for index in range(len(defined)) if index not in used]
        verb = "is" if len(lacking) == 1 else "are"
        which = f"; card_index {listed([str(index) for index in lacking])} {verb} missing"
        samples = ",".join(as_json(examples.card(defined[index], index)) for index in lacking)
        mend = f"Add {samples} to cards."
    else:
        which = ""
        mend = (
            f"Remove {counted(given - len(defined), 'card')}, so that card_index runs from 0 to "
            f"{len(defined) - 1}."
        )
    place.add(
        where,
        FindingCode.CARD_COUNT,
        132012,
        f"the template has {counted(len(defined), 'card')}, and {counted(given, 'card')} "
        f"{'is' if given == 1 else 'are'} sent; a media-card "
        f"carousel is sent with exactly as many as it defines{which}",
        mend,
    )


def _is_index(card: dict[str, Any]) -> bool:
    return type(card.get("card_index")) is int


def _tell_index(sentence: str, tokens: tuple[int, str, int], place: Place) -> None:
    place.add(
        (*tokens, "card_index"),
        FindingCode.CARD_INDEX,
        100,
        sentence,
        "Number the cards from 0 without gaps or repeats.",
    )


def _check_catalogues(cards: list[Any], position: int, place: Place) -> None:
    """All product cards show products of one catalogue."""
    first: str | None = None
    for number, card in enumerate(cards):
        for part, parameter, product in _products(card):
            catalogue = product.get("catalog_id")
            if not catalogue or type(catalogue) is not str:
                continue
            if first is None:
                first = catalogue
            elif catalogue != first:
                where: tuple[str | int, ...] = (position, "cards", number, "components", part)
                place.add(
                    (*where, "parameters", parameter, "product", "catalog_id"),
                    FindingCode.CATALOGUE_MISMATCH,
                    131009,
                    f"the card at index {number} names the catalogue {quoted(catalogue)}, and "
                    f"another card {quoted(first)}",
                    "Name one catalogue on all cards: the one connected to the account.",
                )


def _products(card: Any) -> list[tuple[int, int, dict[str, Any]]]:
    """The product objects of a card's header, with the places on their way."""
    found: list[tuple[int, int, dict[str, Any]]] = []
    components = card.get("components") if type(card) is dict else None
    for part, component in enumerate(components if type(components) is list else ()):
        if type(component) is not dict or component.get("type") != "header":
            continue
        parameters = component.get("parameters")
        for number, parameter in enumerate(parameters if type(parameters) is list else ()):
            product = parameter.get("product") if type(parameter) is dict else None
            if type(product) is dict:
                found.append((part, number, product))
    return found
