"""The carousel component: its cards, and what stands on each.

Law: 1 to 10 cards at the door, numbered from 0 without gaps or repeats; the template decides the
exact number. A card's header that carries both an image and a video (the documented sample does)
is read as the kind its template defines, else as its `type` says; the other is dropped.
Source: the carousel document; design contract, "Body": repeated keys, index, cards.
"""

from typing import Any

from waypost.model.template import Template
from waypost.wire.buttons import Noted, check_button
from waypost.wire.faults import ABSENT, FaultCode, Faults
from waypost.wire.fields import array_field, index_field, word_field
from waypost.wire.parameters import check_parameters

MOST_CARDS = 10
_MEDIA = ("image", "video")


class CarouselReader:
    """Checks the carousel of one send, in place.

    template  the send's template, if it is known
    noted     gathers what is noted of the buttons
    """

    def __init__(self, template: Template | None, noted: Noted, faults: Faults) -> None:
        self._template = template
        self._noted = noted
        self._faults = faults

    def check(self, carousel: dict[str, Any], path: str) -> None:
        """A component of type `carousel`."""
        cards = array_field(carousel, "cards", path, self._faults)
        if cards is None:
            return
        where = f"{path}/cards"
        if not cards:
            self._faults.add(where, FaultCode.EMPTY, f"cards is empty; give 1 to {MOST_CARDS}")
        if len(cards) > MOST_CARDS:
            self._faults.add(
                where,
                FaultCode.TOO_MANY,
                f"there are {len(cards)} cards; a carousel has at most {MOST_CARDS}",
            )
        seen: set[int] = set()
        for position, card in enumerate(cards):
            if self._faults.is_full:
                return
            self._check_card(card, f"{where}/{position}", len(cards), seen)

    def _check_card(self, card: Any, path: str, count: int, seen: set[int]) -> None:
        if not isinstance(card, dict):
            self._faults.wrong_kind(path, card, "an object with card_index and components")
            return
        index = index_field(card, "card_index", path, self._faults)
        if index is not None:
            self._check_sequence(index, f"{path}/card_index", count, seen)
        components = array_field(card, "components", path, self._faults)
        for position, component in enumerate(components or ()):
            if self._faults.is_full:
                return
            self._check_part(component, f"{path}/components/{position}", index)

    def _check_sequence(self, index: int, path: str, count: int, seen: set[int]) -> None:
        if index in seen:
            self._faults.add(
                path, FaultCode.OUT_OF_SEQUENCE, f"card_index {index} is used by another card"
            )
        elif index >= count:
            self._faults.add(
                path,
                FaultCode.OUT_OF_SEQUENCE,
                f"card_index is {index} in a carousel of {count}; cards are numbered from 0 "
                "without gaps",
            )
        seen.add(index)

    def _check_part(self, component: Any, path: str, card_index: int | None) -> None:
        if not isinstance(component, dict):
            self._faults.wrong_kind(path, component, "an object with a type")
            return
        kind = word_field(component, "type", path, self._faults)
        if kind == "header":
            self._settle_media(component.get("parameters"), card_index)
        if kind in {"header", "body"}:
            check_parameters(
                component.get("parameters", ABSENT), f"{path}/parameters", self._faults
            )
        elif kind == "button":
            check_button(component, path, self._noted, self._faults)
        elif kind == "carousel":
            self._faults.add(
                f"{path}/type",
                FaultCode.MISPLACED,
                "a card has no carousel in it; it has header, body and button components",
            )

    def _settle_media(self, parameters: Any, card_index: int | None) -> None:
        """Of an image and a video in one header parameter, keeps the one that is meant."""
        if not isinstance(parameters, list):
            return
        for parameter in parameters:
            if isinstance(parameter, dict) and "image" in parameter and "video" in parameter:
                said = parameter.get("type")
                kind = said.lower() if isinstance(said, str) else None
                if self._template is not None and card_index is not None:
                    defined = self._template.card_header_kind(card_index)
                    kind = defined if defined in _MEDIA else kind
                if kind in _MEDIA:
                    del parameter["video" if kind == "image" else "image"]
                    parameter["type"] = kind
