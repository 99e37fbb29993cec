"""Interactive messages with products or cards: single product, list, catalogue, carousels.

Of a list's products some may be unknown, as long as one is known (reference 1.8); a product that
stands alone or on a card must be in the catalogue (131009).
"""

from meta_emulator.checks.media import check_medium
from meta_emulator.checks.products import MOST_PRODUCTS, MOST_SECTIONS, NOT_FOUND, TITLE_LIMIT
from meta_emulator.checks.template_send import Holdings
from meta_emulator.checks.values import (
    Object,
    needed,
    object_at,
    objects_at,
    optional_text,
    place,
    text_at,
    url_at,
    word_at,
)
from meta_emulator.protocol.errors import RefusedError, invalid, refused
from meta_emulator.protocol.parameters import whole_number

ACTION = "interactive['action']"
FEWEST_CARDS = 2
MOST_CARDS = 10
CARD_BODY_LIMIT = 160
MOST_BREAKS = 2
LABEL_LIMIT = 20
NAME_LIMIT = 1000


def check_product(action: Object, holdings: Holdings) -> None:
    """One product of the catalogue; raises RefusedError."""
    _in_catalogue(action, ACTION, holdings)


def check_catalogue_message(action: Object, holdings: Holdings) -> None:
    """The catalogue, with or without a product for its picture; raises RefusedError."""
    word_at(action, "name", ACTION, ("catalog_message",))
    if holdings.catalogue_id is None:
        raise RefusedError(refused(131009, "the account has no catalogue"))
    if action.get("parameters") is None:
        return
    parameters = object_at(action, "parameters", ACTION)
    name = parameters.get("thumbnail_product_retailer_id")
    if name is not None and str(name) not in holdings.products:
        raise RefusedError(refused(131009, NOT_FOUND))


def check_product_list(action: Object, holdings: Holdings) -> None:
    """Up to 30 products in up to 10 sections; raises RefusedError."""
    catalogue_id = str(needed(action, "catalog_id", ACTION))
    sections = objects_at(action, "sections", ACTION, 1, MOST_SECTIONS)
    named: list[str] = []
    for number, section in enumerate(sections):
        where = f"{ACTION}['sections'][{number}]"
        if len(sections) > 1:
            text_at(section, "title", where, TITLE_LIMIT)
        else:
            optional_text(section, "title", where, TITLE_LIMIT)
        named += [
            str(needed(item, "product_retailer_id", f"{where}['product_items']"))
            for item in objects_at(section, "product_items", where, 1, NAME_LIMIT)
        ]
    if len(named) > MOST_PRODUCTS:
        raise RefusedError(refused(131009, f"at most {MOST_PRODUCTS} products are allowed"))
    known = any(name in holdings.products for name in named)
    if catalogue_id != holdings.catalogue_id or not known:
        raise RefusedError(refused(131009, NOT_FOUND))


def check_cards(action: Object, holdings: Holdings) -> None:
    """2 to 10 cards, all with links or all with products; raises RefusedError."""
    cards = objects_at(action, "cards", ACTION, FEWEST_CARDS, MOST_CARDS)
    kinds = set()
    headers = set()
    catalogues = set()
    indexes = set()
    for number, card in enumerate(cards):
        where = f"{ACTION}['cards'][{number}]"
        index = whole_number(str(needed(card, "card_index", where)))
        if index is None or index >= MOST_CARDS:
            raise RefusedError(invalid(f"Param {where}['card_index'] must be an integer."))
        indexes.add(index)
        kind = word_at(card, "type", where, ("cta_url", "product"))
        kinds.add(kind)
        if kind == "product":
            content = object_at(card, "action", where)
            catalogues.add(_in_catalogue(content, f"{where}['action']", holdings))
        else:
            headers.add(_link_card(card, where, holdings))
    if len(indexes) != len(cards):
        raise RefusedError(refused(131009, f"{ACTION}['cards']: card_index must not repeat"))
    if len(kinds) > 1 or len(headers) > 1:
        raise RefusedError(
            refused(131009, f"{ACTION}['cards']: all cards must have the same type and header type")
        )


def _link_card(card: Object, where: str, holdings: Holdings) -> str:
    """The kind of the card's header."""
    header = object_at(card, "header", where)
    at = place(where, "header")
    kind = word_at(header, "type", at, ("image", "video"))
    check_medium(object_at(header, kind, at), place(at, kind), holdings)
    if card.get("body") is not None:
        at = place(where, "body")
        text = text_at(object_at(card, "body", where), "text", at, CARD_BODY_LIMIT)
        if text.count("\n") > MOST_BREAKS:
            raise RefusedError(refused(131009, f"{at} must have at most {MOST_BREAKS} line breaks"))
    action = object_at(card, "action", where)
    at = place(where, "action")
    word_at(action, "name", at, ("cta_url",))
    parameters = object_at(action, "parameters", at)
    text_at(parameters, "display_text", place(at, "parameters"), LABEL_LIMIT)
    url_at(parameters, "url", place(at, "parameters"))
    return kind


def _in_catalogue(content: Object, where: str, holdings: Holdings) -> str:
    """The catalogue's id, if the product is in it; raises RefusedError."""
    catalogue_id = str(needed(content, "catalog_id", where))
    name = str(needed(content, "product_retailer_id", where))
    if catalogue_id != holdings.catalogue_id or name not in holdings.products:
        raise RefusedError(refused(131009, NOT_FOUND))
    return catalogue_id
