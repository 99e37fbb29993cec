"""The components of one message, or of one card, held against their form."""

from typing import Any, TypeAlias

from waypost.model.finding import FindingCode
from waypost.model.template_check.buttons import check_button, tell_misplaced, tell_unfilled
from waypost.model.template_check.form import PartsForm
from waypost.model.template_check.headers import check_header, tell_missing_header
from waypost.model.template_check.one_time_codes import check_codes
from waypost.model.template_check.place import Place, quoted
from waypost.model.template_check.texts import check_body, tell_missing_text

Positioned: TypeAlias = tuple[int, dict[str, Any]]
"""A component and its position among the components."""


def check_parts(form: PartsForm, components: Any, place: Place) -> list[Positioned]:
    """Header, body and buttons; gives back the components of other types.

    components   the array; whatever is none counts as empty
    """
    if type(components) is not list:
        components = []
    seen: list[str] = []
    filled = 0
    misplaced: list[Positioned] = []
    others: list[Positioned] = []
    for position, component in enumerate(components):
        kind = component.get("type") if type(component) is dict else None
        if kind == "button":
            bit = check_button(form, component, position, place, filled)
            filled |= bit
            if not bit:
                misplaced.append((position, component))
        elif kind == "body" or kind == "header":  # noqa: PLR1714 (it may be no word at all)
            if kind in seen:
                tell_repeated(kind, position, place)
            else:
                seen.append(kind)
                check = check_body if kind == "body" else check_header
                check(form, component, position, place)
        elif kind is not None:
            others.append((position, component))
    if misplaced:
        filled |= tell_misplaced(form, misplaced, filled, place)
    _tell_missing(form, seen, filled, place)
    if form.is_authentication:
        check_codes(components, place)
    return others


def _tell_missing(form: PartsForm, seen: list[str], filled: int, place: Place) -> None:
    if form.header_kind and "header" not in seen:
        tell_missing_header(form, place)
    if form.body is not None and form.body.names and "body" not in seen:
        tell_missing_text(form.body, place)
    if form.needed & ~filled:
        tell_unfilled(form, filled, place)


def tell_repeated(kind: str, position: int, place: Place) -> None:
    """The finding for a component that stands twice where one is allowed."""
    place.add(
        (position,),
        FindingCode.COMPONENT_REPEATED,
        100,
        f"there is more than one {kind} component",
        f"Remove all but one {kind} component.",
    )


NEVER_SENT = {
    "footer": "Remove it; the footer is shown as the template defines it.",
    "buttons": 'Send one component for each button that is to be filled: {"type":"button",'
    '"sub_type":"<kind>","index":<place>,"parameters":[...]}.',
    "call_permission_request": "Remove it; such a template is sent with its body alone.",
}
"""Types that stand in definitions alone, and how to mend a send that has one."""


def tell_foreign(kind: str, position: int, place: Place) -> None:
    """The finding for a component that no send has: of definitions, or unknown here."""
    if kind in NEVER_SENT:
        place.add(
            (position, "type"),
            FindingCode.COMPONENT_UNEXPECTED,
            100,
            f"{kind} is a component of definitions, and no component of a send",
            NEVER_SENT[kind],
        )
    else:
        place.add(
            (position, "type"),
            FindingCode.KIND_UNKNOWN,
            100,
            f"components of type {quoted(kind)} are not known here",
            "Look whether it is misspelt; if Meta has added it, have the account's check mode set "
            "to warn or off.",
        )
