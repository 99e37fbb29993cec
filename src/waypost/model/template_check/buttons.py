"""Buttons: each at its place in the template, and none left empty that must be filled.

Law: `index` is a button's place in the template and cannot reorder it.
Source: reference/meta-cloud-api.md 1.5, 1.6, 1.9, 3.4.
"""

from typing import Any

from waypost.model.finding import FindingCode
from waypost.model.template_check import examples
from waypost.model.template_check.button_values import CHECKS, tell_missing_value
from waypost.model.template_check.form import ButtonForm, PartsForm
from waypost.model.template_check.place import Place, Tokens, as_json, counted, quoted

_FAR = 1000
"""Indexes from here on are not written out."""


def check_button(
    form: PartsForm, component: dict[str, Any], position: int, place: Place, filled: int
) -> int:
    """The bit of the template's button that this one fills; 0 if it stands at no such place.

    filled   the bits of those that were filled before it
    """
    index = component.get("index")
    sub_type = component.get("sub_type")
    if type(index) is int and 0 <= index < len(form.buttons):
        button = form.buttons[index]
    else:
        found = _first_of(form, sub_type, filled) if index is None else None
        if found is None:
            return 0
        button = found
    is_repeated = filled >> button.index & 1
    parameters = component.get("parameters")
    if type(parameters) is not list:
        parameters = []
    if button.is_known:
        if button.sub_type != sub_type:
            return 0
        if sub_type == "url" and not button.is_needed:
            if parameters:
                return 0
        elif not is_repeated:
            CHECKS[button.sub_type](button, parameters, position, place)
    if is_repeated:
        place.add(
            (position, "index"),
            FindingCode.BUTTON_REPEATED,
            100,
            f"the button at index {button.index} is filled twice",
            "Give each button its own index, or remove one of the two.",
        )
    return 1 << button.index


def tell_misplaced(
    form: PartsForm, misplaced: list[tuple[int, dict[str, Any]]], filled: int, place: Place
) -> int:
    """The findings for buttons at no place of theirs; the bits of those that they were meant for.

    misplaced   their positions among the components, and they themselves
    """
    meant = 0
    for position, component in misplaced:
        sub_type = component.get("sub_type")
        if not isinstance(sub_type, str):
            continue
        right = _meant_for(form, sub_type, component, filled | meant)
        if right is None:
            meant |= _tell_unexpected(form, component, position, place)
            continue
        meant |= 1 << right.index
        _tell_other_index(form, component, right, position, place)
        parameters = component.get("parameters")
        if type(parameters) is list:
            CHECKS[right.sub_type](right, parameters, position, place)
    return meant


def tell_unfilled(form: PartsForm, filled: int, place: Place) -> None:
    """The findings for buttons that every send must fill, and for which no component was sent."""
    for button in form.buttons:
        if button.is_needed and not filled >> button.index & 1:
            tell_missing_value(button, (), place)


def _first_of(form: PartsForm, sub_type: Any, filled: int) -> ButtonForm | None:
    """Without an index: the first button of its kind that is not filled."""
    for button in form.buttons:
        if button.sub_type == sub_type and not filled >> button.index & 1:
            return button
    return None


def _meant_for(
    form: PartsForm, sub_type: str, component: dict[str, Any], taken: int
) -> ButtonForm | None:
    """The button that a misplaced one was meant for: of its kind, and open."""
    optional: ButtonForm | None = None
    for button in form.buttons:
        if button.sub_type == sub_type and button.is_known and not taken >> button.index & 1:
            if button.is_needed:
                return button
            if sub_type != "url" and button.index != component.get("index") and optional is None:
                optional = button
    return optional


def _tell_other_index(
    form: PartsForm, component: dict[str, Any], right: ButtonForm, position: int, place: Place
) -> None:
    where: Tokens = (position, "index") if "index" in component else (position,)
    # Of a URL Meta says "Parameter value for URL was expected but was not found".
    meta_code = 131008 if right.sub_type == "url" else 132012
    label = f" {quoted(right.label)}" if right.label else ""
    place.add(
        where,
        FindingCode.BUTTON_MISPLACED,
        meta_code,
        f"a button of sub_type {right.sub_type} is sent{_at(component)}, where "
        f"{_stands(form, component)}",
        f'Set "index" to {right.index}, the place of the {right.kind} button{label} in the '
        "template.",
    )


def _tell_unexpected(
    form: PartsForm, component: dict[str, Any], position: int, place: Place
) -> int:
    """A button for which there is no place; the bit of the one that stands at its index."""
    sub_type, index = component.get("sub_type"), component.get("index")
    stands = _button_at(form, index)
    if stands is not None and stands.sub_type == sub_type:
        place.add(
            (position, "parameters"),
            FindingCode.URL_SUFFIX_UNEXPECTED,
            132000,
            f"the URL of the button at index {stands.index} has no variable, and a parameter is "
            "sent for it",
            "Remove this button component.",
        )
        return 0
    if form.has_cards:
        mend = "Move this component onto the card whose button it fills."
    elif stands is None or not stands.is_known:
        mend = "Remove this button component."
    elif stands.is_needed:
        mend = f"Put {as_json(examples.button_component(stands))} in its place."
    else:
        mend = f"Remove this button component, or make it of sub_type {stands.sub_type}."
    place.add(
        (position,),
        FindingCode.BUTTON_MISPLACED,
        132012,
        f"a button of sub_type {quoted(str(sub_type))} is sent{_at(component)}, where "
        f"{_stands(form, component)}",
        mend,
    )
    return 0 if stands is None else 1 << stands.index


def _at(component: dict[str, Any]) -> str:
    """The words for the index as it was sent, in so far as it is one."""
    index = component.get("index")
    return f" at index {index}" if type(index) is int and abs(index) < _FAR else ""


def _stands(form: PartsForm, component: dict[str, Any]) -> str:
    """What the template has at the index of the component."""
    if not form.buttons:
        return "the template defines no buttons" + (" but those of its cards" * form.has_cards)
    stands = _button_at(form, component.get("index"))
    if stands is None:
        return f"the template defines none; it has {counted(len(form.buttons), 'button')}"
    label = f" {quoted(stands.label)}" if stands.label else ""
    return f"the template defines the {stands.kind} button{label}"


def _button_at(form: PartsForm, index: Any) -> ButtonForm | None:
    is_there = type(index) is int and 0 <= index < len(form.buttons)
    return form.buttons[index] if is_there else None
