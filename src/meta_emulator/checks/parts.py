"""What a template send carries, read from its `components`: shape only, no template in sight.

Case of `type` and `sub_type` does not matter; `index` and `card_index` are numbers or digits.
Whatever is not understood is code 100, with the place in Meta's own notation
(reference 3.4; realworld: mixed case is usual).
"""

from collections.abc import Callable
from typing import Any

from meta_emulator.checks.orders import check_status
from meta_emulator.checks.values import object_at, objects_at, text_at, url_at
from meta_emulator.protocol.errors import RefusedError, invalid, refused
from meta_emulator.protocol.parameters import whole_number

Parameter = tuple[str, dict[str, Any]]
"""The parameter's type in lower case, and the parameter."""

COMPONENTS = (
    "BODY, BUTTON, CAROUSEL, HEADER, LIMITED_TIME_OFFER, ORDER_STATUS, TAP_TARGET_CONFIGURATION"
)
MEDIA_KINDS = ("image", "video", "document", "gif", "location", "product")
LAST_INDEX = 9
TITLE_LIMIT = 1024


class Button:
    """One button component. `index` is None where it was left out."""

    __slots__ = ("index", "parameters", "sub_type")

    def __init__(self, sub_type: str, index: int | None, parameters: list[Parameter]) -> None:
        self.sub_type = sub_type
        self.index = index
        self.parameters = parameters


class Parts:
    """The components of a message, or of one card. None: the component was not sent."""

    __slots__ = ("body", "buttons", "cards", "header", "offer")

    def __init__(self) -> None:
        self.header: list[Parameter] | None = None
        self.body: list[Parameter] | None = None
        self.offer: list[Parameter] | None = None
        self.buttons: list[Button] = []
        self.cards: list[Parts] | None = None


def read_parts(components: Any, where: str = "template['components']") -> Parts:
    """The parts of `components`; raises RefusedError with code 100."""
    parts = Parts()
    if components is None:
        return parts
    if type(components) is not list:
        raise RefusedError(invalid(f"Param {where} must be an array."))
    for place, component in enumerate(components):
        kind = component.get("type") if type(component) is dict else None
        if type(kind) is not str:
            raise RefusedError(invalid(f"The parameter {where}[{place}]['type'] is required."))
        reader = READERS.get(kind) or READERS.get(kind.lower())
        if reader is None:
            raise RefusedError(
                invalid(
                    f"Param {where}[{place}]['type'] must be one of {{{COMPONENTS}}} - got"
                    f' "{kind}".'
                )
            )
        reader(parts, component, where, place)
    return parts


def _header(parts: Parts, component: dict[str, Any], where: str, place: int) -> None:
    parts.header = _parameters(component, where, place)
    for number, (kind, parameter) in enumerate(parts.header):
        if kind in MEDIA_KINDS:
            for other in MEDIA_KINDS:
                if other != kind and other in parameter:
                    at = f"{where}[{place}]['parameters'][{number}]"
                    raise RefusedError(invalid(f'Unexpected key "{other}" on param "{at}".'))


def _body(parts: Parts, component: dict[str, Any], where: str, place: int) -> None:
    parts.body = _parameters(component, where, place)


def _offer(parts: Parts, component: dict[str, Any], where: str, place: int) -> None:
    parts.offer = _parameters(component, where, place)


def _button(parts: Parts, component: dict[str, Any], where: str, place: int) -> None:
    sub_type = component.get("sub_type")
    if type(sub_type) is not str:
        raise RefusedError(invalid(f"The parameter {where}[{place}]['sub_type'] is required."))
    index = _number(component.get("index"), f"{where}[{place}]['index']")
    if index is not None and index > LAST_INDEX:
        raise RefusedError(invalid(f"Param {where}[{place}]['index'] must be from 0 to 9."))
    for earlier in parts.buttons:
        if index is not None and earlier.index == index:
            raise RefusedError(invalid(f"Param {where}[{place}]['index'] must not repeat {index}."))
    sub_type = sub_type.lower()
    takes_any = sub_type == "quick_reply"
    parameters = _parameters(component, where, place, takes_any=takes_any)
    parts.buttons.append(Button(sub_type, index, parameters))


def _carousel(parts: Parts, component: dict[str, Any], where: str, place: int) -> None:
    cards = component.get("cards")
    if type(cards) is not list:
        raise RefusedError(invalid(f"Param {where}[{place}]['cards'] must be an array."))
    found: list[tuple[int, Parts]] = []
    for number, card in enumerate(cards):
        at = f"{where}[{place}]['cards'][{number}]"
        if type(card) is not dict:
            raise RefusedError(invalid(f"Param {at} must be an object."))
        index = _number(card.get("card_index"), f"{at}['card_index']")
        if index is None:
            raise RefusedError(invalid(f"The parameter {at}['card_index'] is required."))
        found.append((index, read_parts(card.get("components"), f"{at}['components']")))
    indexes = sorted(index for index, _ in found)
    if indexes != list(range(len(found))):
        raise RefusedError(
            invalid(
                f"Param {where}[{place}]['cards'] must have each card_index from 0 to"
                f" {len(found) - 1} once."
            )
        )
    found.sort(key=_first)
    parts.cards = [card for _, card in found]


def _order_status(_parts: Parts, component: dict[str, Any], where: str, place: int) -> None:
    at = f"{where}[{place}]['parameters']"
    parameters = _parameters(component, where, place)
    if len(parameters) != 1 or parameters[0][0] != "order_status":
        raise RefusedError(refused(131008, f"The parameter {at} needs one order_status."))
    given = object_at(parameters[0][1], "order_status", f"{at}[0]")
    check_status(given, f"{at}[0]['order_status']")


def _tap_target(_parts: Parts, component: dict[str, Any], where: str, place: int) -> None:
    at = f"{where}[{place}]['parameters']"
    parameters = _parameters(component, where, place)
    if len(parameters) != 1 or parameters[0][0] != "tap_target_configuration":
        raise RefusedError(refused(131008, f"The parameter {at} needs one configuration."))
    key = "tap_target_configuration"
    for number, target in enumerate(objects_at(parameters[0][1], key, f"{at}[0]", 1, 1)):
        url_at(target, "url", f"{at}[0]['{key}'][{number}]")
        text_at(target, "title", f"{at}[0]['{key}'][{number}]", TITLE_LIMIT)


def _first(found: tuple[int, Parts]) -> int:
    return found[0]


def _number(value: Any, where: str) -> int | None:
    if value is None:
        return None
    if type(value) is int and value >= 0:
        return value
    read = whole_number(value) if type(value) is str else None
    if read is not None:
        return read
    raise RefusedError(invalid(f"Param {where} must be an integer."))


def _parameters(
    component: dict[str, Any], where: str, place: int, *, takes_any: bool = False
) -> list[Parameter]:
    """The parameters; takes_any: a text may be a boolean, as in one of Meta's own examples."""
    given = component.get("parameters")
    if given is None:
        return []
    if type(given) is not list:
        raise RefusedError(invalid(f"Param {where}[{place}]['parameters'] must be an array."))
    found: list[Parameter] = []
    for number, parameter in enumerate(given):
        if type(parameter) is not dict:
            at = f"{where}[{place}]['parameters'][{number}]"
            raise RefusedError(invalid(f"Param {at} must be an object."))
        kind = parameter.get("type")
        if type(kind) is not str:
            at = f"{where}[{place}]['parameters'][{number}]['type']"
            raise RefusedError(invalid(f"The parameter {at} is required."))
        kind = kind.lower()
        if kind == "text" and not takes_any and type(parameter.get("text")) is not str:
            at = f"{where}[{place}]['parameters'][{number}]['text']"
            raise RefusedError(invalid(f"Param {at} must be a string."))
        found.append((kind, parameter))
    return found


READERS: dict[str, Callable[[Parts, dict[str, Any], str, int], None]] = {
    "header": _header,
    "body": _body,
    "button": _button,
    "carousel": _carousel,
    "limited_time_offer": _offer,
    "tap_target_configuration": _tap_target,
    "order_status": _order_status,
}
