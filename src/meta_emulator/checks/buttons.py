"""Do the buttons of a send fit the template's? Kinds (132012) and what each needs (131008).

A button's `index` is its place in the template and cannot reorder (reference 1.6).
"""

from typing import Any

from meta_emulator.checks.forms import COUPON_LIMIT, OFFER_COUPON_LIMIT, ButtonForm, Form
from meta_emulator.checks.orders import check_details
from meta_emulator.checks.parts import Button, Parts
from meta_emulator.checks.values import object_at
from meta_emulator.protocol.errors import GraphError, RefusedError, invalid, refused

PARAMETER_KINDS: dict[str, frozenset[str]] = {
    "quick_reply": frozenset({"payload", "text"}),
    "url": frozenset({"text"}),
    "copy_code": frozenset({"coupon_code"}),
    "catalog": frozenset({"action"}),
    "mpm": frozenset({"action"}),
    "flow": frozenset({"action"}),
    "order_details": frozenset({"action"}),
    "voice_call": frozenset({"ttl_minutes", "payload"}),
}
NEVER_SENT = frozenset({"phone_number", "spm"})
"""Buttons that are shown as they are defined (reference 1.5)."""
SPOKEN = {"url": "Url", "quick_reply": "QuickReply", "copy_code": "CopyCode", "mpm": "Mpm"}
URL_LIMIT = 2000
PAYLOAD_LIMIT = 512
"""Of a quick reply the limit is not documented; that of a call's payload is taken."""
LONGEST_CALL_MINUTES = 43200
MISPLACED_URL = "Parameter value for URL was expected but was not found"


def button_kind_fault(form: Form, parts: Parts) -> GraphError | None:
    """A button where the template has another or none, or a parameter of the wrong kind."""
    for button in parts.buttons:
        defined = defined_button(form, button)
        if defined is None or defined.sub_type != button.sub_type:
            return _misplaced(form, parts, button, defined)
        if button.sub_type in NEVER_SENT:
            return refused(
                132012,
                f"buttons: Format mismatch at index {button.index or 0}, expected NONE,"
                f" received {button.sub_type.upper()}",
            )
        allowed = PARAMETER_KINDS.get(button.sub_type)
        for kind, parameter in button.parameters:
            if allowed is None or kind not in allowed:
                expected = ", ".join(sorted(allowed)) if allowed else "none"
                return refused(
                    132012,
                    f"buttons: Format mismatch at index {button.index or 0}, expected"
                    f" {expected.upper()}, received {kind.upper()}",
                )
            fault = parameter_fault(kind, parameter)
            if fault is not None:
                return fault
        fault = _unasked(defined, button) or action_fault(button)
        if fault is not None:
            return fault
    return None


def button_presence_fault(form: Form, parts: Parts) -> GraphError | None:
    """A button that must be filled and is not, or whose value cannot be."""
    for index, defined in enumerate(form.buttons):
        if not defined.is_needed:
            continue
        button = sent_button(form, parts, index)
        if button is None or not button.parameters:
            spoken = SPOKEN.get(defined.sub_type, defined.kind.title())
            return refused(
                131008,
                f"buttons: Button at index {index} of type {spoken} requires a parameter",
            )
        fault = _value_fault(form, defined, button)
        if fault is not None:
            return fault
    return None


def defined_button(form: Form, button: Button) -> ButtonForm | None:
    """The template's button that `button` fills; without an index, the first of its kind."""
    if button.index is None:
        for defined in form.buttons:
            if defined.sub_type == button.sub_type:
                return defined
        return None
    return form.buttons[button.index] if button.index < len(form.buttons) else None


def sent_button(form: Form, parts: Parts, index: int) -> Button | None:
    """The button of the send that fills the template's button at `index`."""
    for button in parts.buttons:
        if button.index == index:
            return button
        if button.index is None and defined_button(form, button) is form.buttons[index]:
            return button
    return None


def _misplaced(form: Form, parts: Parts, button: Button, defined: ButtonForm | None) -> GraphError:
    if button.sub_type == "url":
        for index, other in enumerate(form.buttons):
            if other.sub_type == "url" and other.is_needed:
                filled = sent_button(form, parts, index)
                if filled is None or filled.sub_type != "url":
                    return refused(131008, MISPLACED_URL)
    expected = defined.kind if defined is not None else "NONE"
    return refused(
        132012,
        f"buttons: Format mismatch at index {button.index or 0}, expected {expected},"
        f" received {button.sub_type.upper()}",
    )


def parameter_fault(kind: str, parameter: dict[str, Any]) -> GraphError | None:
    """What is wrong with the value of a button's parameter, whatever the button."""
    value = parameter.get(kind)
    if value is None:
        return refused(131008, f"buttons: parameter of type {kind} requires {kind}")
    if kind == "payload" and (type(value) is not str or len(value) > PAYLOAD_LIMIT):
        return refused(131009, f"buttons: payload must be at most {PAYLOAD_LIMIT} characters long")
    if kind == "ttl_minutes" and not (type(value) is int and 1 <= value <= LONGEST_CALL_MINUTES):
        return refused(131009, f"buttons: ttl_minutes must be 1 to {LONGEST_CALL_MINUTES}")
    if kind == "action" and type(value) is not dict:
        return invalid("Param action must be an object.")
    return None


def action_fault(button: Button) -> GraphError | None:
    """What is wrong with the action of a flow or an order."""
    for kind, parameter in button.parameters:
        if kind != "action":
            continue
        action = parameter["action"]
        if button.sub_type == "flow":
            if type(action.get("flow_token", "")) is not str:
                return invalid("Param action['flow_token'] must be a string.")
            if type(action.get("flow_action_data", {})) is not dict:
                return invalid("Param action['flow_action_data'] must be an object.")
        if button.sub_type == "order_details":
            if "order_details" not in action:
                return refused(131008, "buttons: order_details requires action.order_details")
            try:
                where = "action['order_details']"
                check_details(object_at(action, "order_details", "action"), where)
            except RefusedError as refusal:
                return refusal.error
    return None


def _unasked(defined: ButtonForm, button: Button) -> GraphError | None:
    """A URL without a variable takes no parameter; Meta's code for it is not documented."""
    if defined.kind == "URL" and not defined.is_needed and button.parameters:
        return refused(
            132000,
            f"buttons: Button at index {button.index or 0} of type Url does not require parameters",
        )
    return None


def _value_fault(form: Form, defined: ButtonForm, button: Button) -> GraphError | None:
    kind, parameter = button.parameters[0]
    value = parameter[kind]
    if kind == "text" and defined.url_length + len(value) > URL_LIMIT:
        return refused(132005, f"buttons: the URL is longer than {URL_LIMIT} characters")
    if kind == "coupon_code":
        limit = OFFER_COUPON_LIMIT if form.has_offer else COUPON_LIMIT
        is_code = type(value) is str and value.isascii() and value.isalnum()
        if not is_code or len(value) > limit:
            return refused(
                131009,
                f"buttons: coupon_code must be 1 to {limit} letters and digits",
            )
    return None
