"""The header: of the kind that the template defines, and with what that kind needs.

Source: reference/meta-cloud-api.md 1.4, 1.6, 1.7, 3.4.
"""

import re
from typing import Any

from waypost.model.finding import FindingCode
from waypost.model.template_check import examples
from waypost.model.template_check.form import HEADER_KINDS, PartsForm
from waypost.model.template_check.place import Place, Tokens, as_json, quoted
from waypost.model.template_check.products import check_product
from waypost.model.template_check.texts import check_text, tell_missing_text

_TEXTUAL = frozenset({"text", "currency", "date_time"})
_MEDIA = frozenset({"image", "video", "document", "gif"})
_OBJECTS = (*sorted(_MEDIA), "location", "product")
_ADDRESS = re.compile(r"https?://[^\s/?#]\S*\Z", re.IGNORECASE)
_REACH = {"latitude": 90.0, "longitude": 180.0}


def check_header(form: PartsForm, component: dict[str, Any], position: int, place: Place) -> None:
    """The header component, at `position` among its components."""
    kind = form.header_kind
    parameters = component.get("parameters")
    if type(parameters) is not list:
        parameters = []
    if kind in {"", "TEXT"}:
        if not _is_textual(parameters):
            _tell_no_place(form, position, place)
            return
        check_text(form.header, component, position, place)
    elif kind in HEADER_KINDS:
        if not parameters:
            _tell_missing(kind, (position, "parameters")[: 1 + ("parameters" in component)], place)
            return
        if len(parameters) > 1:
            place.add(
                (position, "parameters"),
                FindingCode.VARIABLE_COUNT,
                132000,
                f"the header has {len(parameters)} parameters, and a header of kind {kind} "
                "has exactly one",
                "Remove all but one.",
            )
        for number, parameter in enumerate(parameters):
            if type(parameter) is dict:
                _check_parameter(kind, parameter, (position, "parameters", number), place)


def tell_missing_header(form: PartsForm, place: Place) -> None:
    """The finding for a header that was not sent though the template needs one, if it does."""
    if form.header.names:
        tell_missing_text(form.header, place)
    elif form.header_kind in HEADER_KINDS and form.header_kind != "TEXT":
        _tell_missing(form.header_kind, (), place)


def _is_textual(parameters: list[Any]) -> bool:
    for parameter in parameters:
        if type(parameter) is dict:
            kind = parameter.get("type")
            if isinstance(kind, str) and kind not in _TEXTUAL:
                return False
    return True


def _tell_no_place(form: PartsForm, position: int, place: Place) -> None:
    kind = form.header_kind
    has = "a text as header" if kind else "no header there"
    if form.header.names:
        mend = f"Put {as_json(examples.text_component(form.header))} in its place."
    elif kind:
        mend = "Remove the header component; the header's text has no variable."
    elif form.has_cards:
        mend = "Move this component onto the card whose header it is."
    else:
        mend = "Remove the header component."
    place.add(
        (position,),
        FindingCode.HEADER_KIND if kind else FindingCode.COMPONENT_UNEXPECTED,
        132012,
        f"the header sent is no text, and the template defines {has}",
        mend,
    )


def _tell_missing(kind: str, where: Tokens, place: Place) -> None:
    if where:
        parameter = examples.header_parameter(kind)
        mend = f"Add {as_json(parameter)} to the header's parameters."
    else:
        component = examples.header_component(kind)
        mend = f"Add {as_json(component)} to {place.components}."
    place.add(
        where,
        FindingCode.HEADER_MISSING,
        132012,
        f"the header is missing; the template defines a header of kind {kind}",
        mend,
    )


def _check_parameter(kind: str, parameter: dict[str, Any], tokens: Tokens, place: Place) -> None:
    given = parameter.get("type")
    if not isinstance(given, str):
        return
    if given.upper() != kind and (kind, given) != ("GIF", "video"):
        place.add(
            tokens,
            FindingCode.HEADER_KIND,
            132012,
            f"the header is of type {quoted(given)}; the template defines a header of kind {kind}",
            f"Put {as_json(examples.header_parameter(kind))} in its place.",
        )
        return
    if len(parameter) > 2:  # noqa: PLR2004 (more than a type and its value)
        _check_alone(given, parameter, tokens, place)
    content = parameter.get(given)
    if type(content) is not dict:
        if given not in parameter:
            place.add(
                (*tokens, given),
                FindingCode.VALUE_MISSING,
                131008,
                f"the header's parameter has no {given} object",
                f"Put {as_json(examples.header_parameter(kind))} in its place.",
            )
    elif given in _MEDIA:
        _check_medium(given, content, (*tokens, given), place)
    elif given == "product":
        check_product(content, (*tokens, "product"), place)
    else:
        _check_location(content, (*tokens, "location"), place)


def _check_alone(kind: str, parameter: dict[str, Any], tokens: Tokens, place: Place) -> None:
    for other in _OBJECTS:
        if other != kind and other in parameter:
            place.add(
                (*tokens, other),
                FindingCode.HEADER_KIND,
                100,
                f"the header is of type {kind} and has an object {other} too",
                f"Remove {other}.",
            )


def _check_medium(kind: str, content: dict[str, Any], tokens: Tokens, place: Place) -> None:
    if ("id" in content) == ("link" in content):
        has = "both id and link" if "id" in content else "neither id nor link"
        place.add(
            tokens if "id" in content else (*tokens, "id"),
            FindingCode.VALUE_MISSING,
            131008,
            f"the header's {kind} has {has}, and needs exactly one of them",
            'Give the id of an uploaded file, {"id":"<media id>"}, '
            'or its address, {"link":"https://..."}.',
        )
        return
    link = content.get("link")
    if type(link) is str and _ADDRESS.match(link) is None:
        place.add(
            (*tokens, "link"),
            FindingCode.VALUE_INVALID,
            100,
            f"the link of the header's {kind} is {quoted(link)}; it must be an address that begins "
            "with https:// or http://, without spaces",
            "Give a whole address, like https://example.com/path.",
        )


def _check_location(content: dict[str, Any], tokens: Tokens, place: Place) -> None:
    for key, reach in _REACH.items():
        value = content.get(key)
        if value is None:
            place.add(
                tokens,
                FindingCode.VALUE_MISSING,
                131008,
                f"the header's location has no {key}",
                f'Add "{key}" in degrees, a number or a string of one.',
            )
        elif not _is_degrees(value, reach):
            place.add(
                (*tokens, key),
                FindingCode.VALUE_INVALID,
                131009,
                f"the {key} of the header's location is not a number from -{reach:g} to {reach:g}",
                f"Give {key} in degrees, like 37.44.",
            )


def _is_degrees(value: Any, reach: float) -> bool:
    if type(value) is str:
        try:
            return abs(float(value)) <= reach
        except ValueError:
            return False
    return type(value) in {int, float} and abs(value) <= reach
