"""Button components: which kind, at which place, with which values.

Law: Meta gets `parameters` as an array, a URL's suffix as `text`, and `index` as an integer,
however the customer wrote them. A kind of button nobody here knows is passed on.
Source: the documents' tables of buttons; reference/meta-cloud-api.md 1.5; design contract, "Body".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from waypost.wire.faults import ABSENT, FaultCode, Faults, quoted
from waypost.wire.fields import index_field, word_field
from waypost.wire.mpm import check_mpm_action
from waypost.wire.parameters import check_parameter, parameter_type

# What a button's parameters may be. Kinds that are not here are Meta's to judge.
_VALUES: Mapping[str, tuple[str, ...]] = {
    "quick_reply": ("payload",),
    "url": ("text", "payload"),
    "mpm": ("action",),
    "copy_code": ("coupon_code",),
}
_INDEXED = frozenset({*_VALUES, "catalog", "flow", "order_details"})


@dataclass(frozen=True, slots=True)
class Noted:
    """What is noted on the way through the buttons of one send: paths.

    mpm_buttons      of the MPM buttons
    lone_parameters  of `parameters` that were one object and are now an array
    """

    mpm_buttons: list[str] = field(default_factory=list)
    lone_parameters: list[str] = field(default_factory=list)


def check_button(button: dict[str, Any], path: str, noted: Noted, faults: Faults) -> None:
    """A button component, in place."""
    kind = word_field(button, "sub_type", path, faults)
    if "index" in button or kind in _INDEXED:
        index_field(button, "index", path, faults)
    if kind == "mpm":
        noted.mpm_buttons.append(path)
    if isinstance(button.get("parameters"), dict):
        noted.lone_parameters.append(f"{path}/parameters")
    parameters = _parameters(button, kind, path, faults)
    for position, (parameter, where) in enumerate(parameters):
        if faults.is_full:
            return
        _check_value(parameter, kind, where, faults)
        if kind == "mpm" and position == 1:
            faults.add(where, FaultCode.TOO_MANY, "an MPM button has exactly one parameter")


def _parameters(
    button: dict[str, Any], kind: str | None, path: str, faults: Faults
) -> list[tuple[Any, str]]:
    """The parameters with their paths; a lone object becomes an array of one."""
    value = button.get("parameters", ABSENT)
    path = f"{path}/parameters"
    if isinstance(value, dict):
        button["parameters"] = [value]
        return [(value, path)]
    if isinstance(value, list):
        if not value and kind == "mpm":
            faults.add(path, FaultCode.EMPTY, "parameters is empty; an MPM button has exactly one")
        return [(parameter, f"{path}/{position}") for position, parameter in enumerate(value)]
    if value is not ABSENT or kind in _VALUES:
        faults.absent_or_wrong(path, value, "an array of parameters, or one parameter")
    return []


def _is_text(parameter: Any) -> bool:
    if not isinstance(parameter, dict) or "text" not in parameter:
        return False
    kind = parameter.get("type")
    return isinstance(kind, str) and kind.lower() == "text"


def _check_value(parameter: Any, kind: str | None, path: str, faults: Faults) -> None:
    if kind == "quick_reply" and _is_text(parameter):
        # Meta's own sample (sample_issue_resolution) has texts here, booleans even: passed on.
        parameter_type(parameter, path, faults)
        return
    value = check_parameter(parameter, path, faults)
    if value is None or kind is None:
        return
    allowed = _VALUES.get(kind)
    if allowed is not None and value not in allowed:
        faults.add(
            f"{path}/type",
            FaultCode.WRONG_VALUE,
            f"type is {quoted(value)}; a parameter of a {kind} button is {' or '.join(allowed)}",
        )
    elif kind == "url" and value == "payload":
        parameter["type"] = "text"
        parameter["text"] = parameter.pop("payload", None)
    elif kind == "mpm" and isinstance(parameter.get("action"), dict):
        check_mpm_action(parameter["action"], f"{path}/action", faults)
