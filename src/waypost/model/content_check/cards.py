"""Carousels inside the service window: cards with a picture or film, or with a product.

Source: `reference` 1.10.
"""

from waypost.model.content_check.actions import check_link
from waypost.model.content_check.media import OBJECT, check_source
from waypost.model.content_check.part import NOT_VALID, TEXT_OBJECT, Count, Part, quoted
from waypost.model.content_check.products import check_product
from waypost.model.finding import FindingCode

_CARDS = Count(2, 10, "cards")
_LAST_INDEX = 9
_LONGEST_BODY = 160
_MOST_LINE_BREAKS = 2


def check_cards(_interactive: Part, action: Part) -> None:
    """The action of an interactive message of type `carousel`."""
    cards = action.parts("cards", _CARDS)
    indexes: set[int] = set()
    for card in cards:
        _check_index(card, indexes)
        kind = card.word("type", ("cta_url", "product"))
        if kind == "cta_url":
            _check_media_card(card)
        elif kind == "product":
            part = card.part("action", "an object with catalog_id and product_retailer_id")
            if part is not None:
                check_product(card, part)
    _check_same(cards, ("type",), "are of the same type")
    _check_same(cards, ("header", "type"), "have the same kind of header")
    _check_same(cards, ("action", "catalog_id"), "name products of the same catalogue")


def _check_index(card: Part, indexes: set[int]) -> None:
    if "card_index" not in card.value:
        card.missing("card_index", "the place of the card, from 0")
        return
    index = card.value["card_index"]
    if isinstance(index, bool) or not isinstance(index, int):
        card.wrong_kind("card_index", f"an integer from 0 to {_LAST_INDEX}")
        return
    if not 0 <= index <= _LAST_INDEX:
        card.add(
            "card_index",
            FindingCode.OUT_OF_RANGE,
            NOT_VALID,
            f"the card_index must be from 0 to {_LAST_INDEX}",
            "Number the cards from 0, in their order.",
        )
        return
    card.repeated("card_index", index, indexes, "cards")


def _check_media_card(card: Part) -> None:
    header = card.part("header", "an object with an image or a video")
    if header is not None:
        kind = header.word("type", ("image", "video"))
        media = None if kind is None else header.part(kind, OBJECT)
        if media is not None:
            check_source(media)
    body = card.part("body", TEXT_OBJECT, is_required=False)
    text = None if body is None else body.text("text", _LONGEST_BODY)
    if body is not None and text is not None and text.count("\n") > _MOST_LINE_BREAKS:
        body.add(
            "text",
            FindingCode.TOO_MANY,
            NOT_VALID,
            f"the text has {text.count(chr(10))} line breaks; at most "
            f"{_MOST_LINE_BREAKS} are allowed on a card",
            "Take out the others.",
        )
    action = card.part("action", "an object with name and parameters")
    if action is not None:
        check_link(card, action)


def _check_same(cards: list[Part], keys: tuple[str, ...], what: str) -> None:
    """The strings under `keys` are the same on all cards, as far as they are there."""
    first: str | None = None
    for card in cards:
        value: object = card.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if not isinstance(value, str):
            continue
        if first is None:
            first = value
        elif value != first:
            card.add(
                "/".join(keys),
                FindingCode.WRONG_VALUE,
                NOT_VALID,
                f"the {keys[-1]} is {quoted(value)}, and {quoted(first)} on a card before; "
                f"all cards {what}",
                "Make it the same on every card, or send two messages.",
            )
