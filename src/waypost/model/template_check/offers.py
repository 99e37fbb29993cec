"""Components beside header, body and buttons: the end of an offer, the title of a tap target.

Source: reference/meta-cloud-api.md 1.4, 1.9.
"""

from typing import Any

from waypost.model.finding import FindingCode
from waypost.model.template_check import examples
from waypost.model.template_check.form import PartsForm
from waypost.model.template_check.place import Place, Tokens, as_json

_EARLIEST_MS = 10**11
"""Less than this is no time in milliseconds but, most likely, one in seconds."""
_TAP_HEADERS = frozenset({"", "TEXT", "IMAGE"})
_OFFER = "limited_time_offer"
_TAP = "tap_target_configuration"


def check_offer(form: PartsForm, component: dict[str, Any], position: int, place: Place) -> None:
    """A component of type `limited_time_offer`."""
    if not form.has_offer:
        place.add(
            (position,),
            FindingCode.COMPONENT_UNEXPECTED,
            132012,
            "a limited_time_offer is sent, and the template is no limited-time offer",
            "Remove the limited_time_offer component.",
        )
        return
    parameters = component.get("parameters")
    parameters = parameters if type(parameters) is list else []
    if not parameters and form.needs_expiration:
        _tell_missing((position,), place)
    for number, parameter in enumerate(parameters):
        if type(parameter) is dict:
            offer = parameter.get(_OFFER)
            tokens: Tokens = (position, "parameters", number)
            if parameter.get("type") != _OFFER or type(offer) is not dict:
                _tell_missing(tokens, place)
            else:
                _check_end(offer, (*tokens, _OFFER), place)


def tell_missing_offer(place: Place) -> None:
    """The finding for an offer whose end is not told at all."""
    _tell_missing((), place)


def check_tap_target(
    form: PartsForm, component: dict[str, Any], position: int, place: Place
) -> None:
    """A component of type `tap_target_configuration`."""
    if form.header_kind not in _TAP_HEADERS:
        place.add(
            (position,),
            FindingCode.COMPONENT_UNEXPECTED,
            132012,
            f"a tap target is sent, and the template has a header of kind {form.header_kind}; "
            "tap targets go with an image, a text or no header",
            "Remove the tap_target_configuration component.",
        )
        return
    parameters = component.get("parameters")
    for number, parameter in enumerate(parameters if type(parameters) is list else ()):
        targets = parameter.get(_TAP) if type(parameter) is dict else None
        for place_in, target in enumerate(targets if type(targets) is list else ()):
            if type(target) is not dict:
                continue
            for key in ("url", "title"):
                if not target.get(key):
                    place.add(
                        (position, "parameters", number, _TAP, place_in),
                        FindingCode.VALUE_MISSING,
                        131008,
                        f"the tap target has no {key}",
                        f'Add "{key}"; a tap target is {{"url":"https://...","title":"<title>"}}.',
                    )


def _check_end(offer: dict[str, Any], tokens: Tokens, place: Place) -> None:
    end = offer.get("expiration_time_ms")
    if end is None:
        place.add(
            tokens,
            FindingCode.OFFER_MISSING,
            131008,
            "the limited-time offer has no expiration_time_ms",
            'Add "expiration_time_ms": when the offer ends, as an integer of milliseconds '
            "since 1970 (UTC).",
        )
    elif type(end) is not int or end < _EARLIEST_MS:
        is_short = type(end) is int and end > 0
        place.add(
            (*tokens, "expiration_time_ms"),
            FindingCode.VALUE_INVALID,
            131009,
            "the expiration_time_ms is "
            + ("too small for a time in milliseconds" if is_short else "not a time"),
            "Give when the offer ends as an integer of milliseconds since 1970 (UTC), like "
            "1798761600000.",
        )


def _tell_missing(where: Tokens, place: Place) -> None:
    component = examples.offer_component()
    if len(where) > 1:
        mend = f"Put {as_json(component['parameters'][0])} in its place."
    elif where:
        mend = f"Give it parameters: {as_json(component['parameters'])}."
    else:
        mend = f"Add {as_json(component)} to template.components."
    place.add(
        where,
        FindingCode.OFFER_MISSING,
        131008,
        "the template is a limited-time offer, and the send does not say when it ends",
        mend,
    )
