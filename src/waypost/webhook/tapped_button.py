"""Which button of a message was tapped: of which card, and the how-manieth. Pure.

Meta tells a quick reply's payload and text and not its place (`reference` 4.5). The message that
was sent tells whose payload it is; where two buttons carry the same, or none was given, the
template's own texts decide. Where they do not, nothing is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from waypost.meta.inbound_parts import Tapped
from waypost.model.submission import Content

MOST_DIGITS = 3
"""Of a place: Meta knows ten cards and ten buttons."""

_decode = msgspec.json.Decoder().decode


class ButtonPlace(NamedTuple):
    """card_index: None outside a carousel. button_index: from 0, as in the send."""

    card_index: int | None
    button_index: int


class Button(NamedTuple):
    """A button of a message that was sent; payload: None if the send gave none."""

    place: ButtonPlace
    payload: str | None


def sent_buttons(content: Content) -> list[Button]:
    """The buttons whose taps come back, of a message as it was sent."""
    message = _decode(content.json)
    if content.kind == "template":
        return list(_of_template(message.get("template")))
    return list(_of_interactive(message.get("interactive"), None))


def find_place(
    tapped: Tapped, sent: Sequence[Button], defined: Mapping[ButtonPlace, str]
) -> ButtonPlace | None:
    """The one button that this can have been; None if there are several, or none.

    defined  the texts of the template's quick replies, by their places; empty if it is not known
    """
    found = [one.place for one in sent if tapped.payload and one.payload == tapped.payload]
    if len(found) == 1:
        return found[0]
    if not found:
        given = {one.place for one in sent if one.payload is not None}
        found = [place for place in defined if place not in given]
    named = [place for place in found if defined.get(place) == tapped.text]
    return named[0] if len(named) == 1 else None


def is_clear(tapped: Tapped, sent: Sequence[Button]) -> bool:
    """Whether the payload alone says which button it is, so that no template need be asked."""
    return len([one for one in sent if tapped.payload and one.payload == tapped.payload]) == 1


def defined_buttons(
    components: Sequence[Mapping[str, Any]], cards_sent: int
) -> dict[ButtonPlace, str]:
    """The texts of a definition's quick replies.

    cards_sent  how many cards the message had: a product carousel defines fewer, and its last one
                speaks for those behind it
    """
    found: dict[ButtonPlace, str] = {}
    for component in components:
        kind = str(component.get("type", "")).upper()
        if kind == "BUTTONS":
            found.update(_defined(component, None))
        cards = component.get("cards")
        if kind == "CAROUSEL" and isinstance(cards, list) and cards:
            for card_index in range(max(len(cards), cards_sent)):
                card = cards[min(card_index, len(cards) - 1)]
                for part in _objects(card.get("components") if isinstance(card, dict) else None):
                    if str(part.get("type", "")).upper() == "BUTTONS":
                        found.update(_defined(part, card_index))
    return found


def count_cards(sent: Sequence[Button]) -> int:
    """How many cards a message had, as far as its buttons tell."""
    return 1 + max((one.place.card_index or 0 for one in sent), default=0)


def _defined(part: Mapping[str, Any], card: int | None) -> Iterator[tuple[ButtonPlace, str]]:
    for index, button in enumerate(_objects(part.get("buttons"))):
        text = button.get("text")
        if str(button.get("type", "")).upper() == "QUICK_REPLY" and isinstance(text, str):
            yield ButtonPlace(card, index), text


def _of_template(template: Any) -> Iterator[Button]:
    components = template.get("components") if isinstance(template, dict) else None
    for component in _objects(components):
        yield from _quick_reply(component, None, 0)
        for position, card in enumerate(_objects(component.get("cards"))):
            index = _index(card.get("card_index"), position)
            for number, part in enumerate(_objects(card.get("components"))):
                yield from _quick_reply(part, index, number)


def _quick_reply(part: Mapping[str, Any], card: int | None, position: int) -> Iterator[Button]:
    is_button = str(part.get("type", "")).lower() == "button"
    if not is_button or str(part.get("sub_type", "")).lower() != "quick_reply":
        return
    payloads = [
        payload
        for one in _objects(part.get("parameters"))
        if isinstance(payload := one.get("payload"), str)
    ]
    place = ButtonPlace(card, _index(part.get("index"), position))
    yield Button(place, payloads[0] if payloads else None)


def _of_interactive(interactive: Any, card: int | None) -> Iterator[Button]:
    """Reply buttons, at the top or of the cards of an interactive carousel."""
    action = interactive.get("action") if isinstance(interactive, dict) else None
    if not isinstance(action, dict):
        return
    for index, button in enumerate(_objects(action.get("buttons"))):
        shown = button.get("reply") or button.get("quick_reply")
        id_ = shown.get("id") if isinstance(shown, dict) else None
        yield Button(ButtonPlace(card, index), id_ if isinstance(id_, str) else None)
    for position, inner in enumerate(_objects(action.get("cards"))):
        yield from _of_interactive(inner, _index(inner.get("card_index"), position))


def _objects(given: Any) -> list[dict[str, Any]]:
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def _index(given: Any, otherwise: int) -> int:
    """A place as a send writes it: a number, or a text of one."""
    if isinstance(given, bool) or not isinstance(given, int | str):
        return otherwise
    text = str(given)
    is_place = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_place else otherwise
