"""Parameters: the values put into a component. Each is checked by the kind its `type` names.

Law: a type nobody here knows is passed on as it is; every text is a string; a `type` left out is
taken from the one value that is present. Source: reference/meta-cloud-api.md 1.4; the documents'
tables of parameters.
"""

from collections.abc import Callable, Mapping
from typing import Any

from waypost.wire.faults import ABSENT, Faults
from waypost.wire.fields import array_field, object_field, text_field, word_field

_Check = Callable[[dict[str, Any], str, str, Faults], object]
"""Takes the parameter, the key of its value (its type), its path."""


def check_parameters(value: Any, path: str, faults: Faults) -> None:
    """The `parameters` of a header or body: an array, at `path`."""
    if not isinstance(value, list):
        faults.absent_or_wrong(path, value, "an array of parameters")
        return
    for position, parameter in enumerate(value):
        if faults.is_full:
            return
        check_parameter(parameter, f"{path}/{position}", faults)


def check_parameter(parameter: Any, path: str, faults: Faults) -> str | None:
    """One parameter; its type in lower case, or None if it has none that can be told."""
    if not isinstance(parameter, dict):
        faults.wrong_kind(path, parameter, "an object with a type and its value")
        return None
    kind = parameter_type(parameter, path, faults)
    if kind is not None:
        check = _CHECKS.get(kind)
        if check is not None:
            check(parameter, kind, path, faults)
    return kind


def parameter_type(parameter: dict[str, Any], path: str, faults: Faults) -> str | None:
    """The type of a parameter; left out, it is taken from the value and put in."""
    if "type" in parameter:
        return word_field(parameter, "type", path, faults)
    present = [kind for kind in _CHECKS if kind in parameter]
    if len(present) == 1:
        parameter["type"] = present[0]
        return present[0]
    faults.missing(f"{path}/type", "the kind of the parameter, like text or payload")
    return None


def _string(parameter: dict[str, Any], kind: str, path: str, faults: Faults) -> None:
    value = parameter.get(kind, ABSENT)
    if not isinstance(value, str):
        faults.absent_or_wrong(f"{path}/{kind}", value, "a string")


def _media(parameter: dict[str, Any], kind: str, path: str, faults: Faults) -> None:
    """A media object: an uploaded medium's `id`, or a `link`."""
    media = object_field(parameter, kind, path, faults)
    if media is None:
        return
    inner = f"{path}/{kind}"
    if "id" not in media and "link" not in media:
        faults.missing(f"{inner}/id", "the id of uploaded media, or give a link in its place")
    for key in ("id", "link"):
        if key in media:
            text_field(media, key, inner, faults)


def _minutes(parameter: dict[str, Any], kind: str, path: str, faults: Faults) -> None:
    value = parameter.get(kind, ABSENT)
    if not isinstance(value, int) or isinstance(value, bool):
        faults.absent_or_wrong(f"{path}/{kind}", value, "an integer")


_CHECKS: Mapping[str, _Check] = {
    "text": _string,
    "payload": _string,
    "coupon_code": _string,
    "image": _media,
    "video": _media,
    "document": _media,
    "gif": _media,
    "location": object_field,
    "product": object_field,
    "currency": object_field,
    "date_time": object_field,
    "limited_time_offer": object_field,
    "action": object_field,
    "tap_target_configuration": array_field,
    "ttl_minutes": _minutes,
}
