"""What a button is filled with, by its sub_type.

Source: reference/meta-cloud-api.md 1.5, 1.8, 1.9, 3.4.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from waypost.model.finding import FindingCode
from waypost.model.template_check import examples
from waypost.model.template_check.form import LONGEST_OFFER_COUPON, ButtonForm
from waypost.model.template_check.place import Place, Tokens, as_json, counted, listed, quoted
from waypost.model.template_check.products import check_action
from waypost.model.template_check.texts import FORBIDDEN, check_characters

LONGEST_URL = 2000
LONGEST_CALL_PAYLOAD = 512
MOST_MINUTES = 43200
_OF_ORDER = ("reference_id", "type", "currency", "total_amount", "order")

_Check: TypeAlias = Callable[[ButtonForm, list[Any], int, Place], None]
"""Takes the template's button, the parameters sent for it, the position of its component."""


def tell_missing_value(button: ButtonForm, where: Tokens, place: Place) -> None:
    """The finding for a button that every send must fill, and this one does not.

    where   the button component without a parameter, or nothing if there is no such component
    """
    component = examples.button_component(button)
    if where:
        mend = f"Give it parameters: {as_json(component['parameters'])}."
    else:
        mend = f"Add {as_json(component)} to {place.components}."
    label = f" {quoted(button.label)}" if button.label else ""
    place.add(
        where,
        FindingCode.BUTTON_MISSING,
        131008,
        f"the {button.kind} button{label} at index {button.index} is not filled, and needs a "
        "parameter",
        mend,
    )


def _url(button: ButtonForm, parameters: list[Any], position: int, place: Place) -> None:
    if len(parameters) == 1 and type(parameters[0]) is dict:
        text = parameters[0].get("text")
        if (
            parameters[0].get("type") == "text"
            and type(text) is str
            and text
            and not FORBIDDEN(text)
            and button.fixed + len(text) <= LONGEST_URL
        ):
            return
    parameter = _the_one(button, ("text",), parameters, position, place)
    if parameter is None or type(parameter.get("text")) is not str:
        return
    # A customer may have written `payload` for it: the parameter is there in either case.
    tokens = (position, "parameters", 0)
    what = "the code" if button.is_one_time_code else "the end of the URL"
    text = parameter["text"]
    check_characters(text, f"{what} of the button at index {button.index}", tokens, place)
    if not button.is_one_time_code and button.fixed + len(text) > LONGEST_URL:
        place.add(
            tokens,
            FindingCode.URL_TOO_LONG,
            132005,
            f"the URL of the button at index {button.index} has {button.fixed + len(text)} "
            f"characters with its end filled in; at most {LONGEST_URL} are allowed",
            f"Give an end of at most {max(LONGEST_URL - button.fixed, 0)} characters.",
        )


def _quick_reply(button: ButtonForm, parameters: list[Any], position: int, place: Place) -> None:
    if parameters:
        # A text is not documented, but stands in Meta's own sample_issue_resolution.
        _the_one(button, ("payload", "text"), parameters, position, place)


def _copy_code(button: ButtonForm, parameters: list[Any], position: int, place: Place) -> None:
    parameter = _the_one(button, ("coupon_code",), parameters, position, place)
    code = None if parameter is None else parameter.get("coupon_code")
    if type(code) is not str:
        return
    longest = button.longest
    if not (code.isascii() and code.isalnum()) or len(code) > longest:
        offer = " in a limited-time offer" if longest == LONGEST_OFFER_COUPON else ""
        place.add(
            (position, "parameters", 0, "coupon_code"),
            FindingCode.COUPON_CODE,
            131009,
            f"the coupon_code {quoted(code)} has {counted(len(code), 'character')}; it has 1 to "
            f"{longest}{offer}, and only letters A to Z and digits",
            f"Give a code of 1 to {longest} letters and digits, without spaces or marks.",
        )


def _mpm(button: ButtonForm, parameters: list[Any], position: int, place: Place) -> None:
    action = _action(button, parameters, position, place)
    if action is not None:
        check_action(action, (position, "parameters", 0, "action"), place)


def _catalog(button: ButtonForm, parameters: list[Any], position: int, place: Place) -> None:
    action = _action(button, parameters, position, place) if parameters else None
    if action is not None and "thumbnail_product_retailer_id" in action:
        thumbnail = action["thumbnail_product_retailer_id"]
        if type(thumbnail) is not str or not thumbnail:
            place.add(
                (position, "parameters", 0, "action", "thumbnail_product_retailer_id"),
                FindingCode.VALUE_INVALID,
                131009,
                "the thumbnail_product_retailer_id is not the id of a product",
                "Give the product's content id as a string, or leave the parameter out: then "
                "the first product's picture is shown.",
            )


def _flow(button: ButtonForm, parameters: list[Any], position: int, place: Place) -> None:
    action = _action(button, parameters, position, place) if parameters else None
    kinds: tuple[tuple[str, type, str], ...] = (
        ("flow_token", str, "a string"),
        ("flow_action_data", dict, "an object"),
    )
    for key, right, words in kinds if action is not None else ():
        if action is not None and key in action and type(action[key]) is not right:
            place.add(
                (position, "parameters", 0, "action", key),
                FindingCode.VALUE_INVALID,
                131009,
                f"the {key} of the flow is not {words}",
                f"Make {key} {words}, or leave it out.",
            )


def _order_details(button: ButtonForm, parameters: list[Any], position: int, place: Place) -> None:
    action = _action(button, parameters, position, place)
    if action is None:
        return
    details = action.get("order_details")
    if type(details) is dict:
        lacking = [key for key in _OF_ORDER if details.get(key) is None]
        if lacking:
            place.add(
                (position, "parameters", 0, "action", "order_details"),
                FindingCode.VALUE_MISSING,
                131008,
                f"the order_details have no {listed(lacking)}",
                f"Add {listed(lacking)} to order_details.",
            )
    else:
        place.add(
            (position, "parameters", 0, "action"),
            FindingCode.VALUE_MISSING,
            131008,
            "the action of the order_details button has no order_details object",
            f'Add "order_details": {{...}} with {listed(list(_OF_ORDER))}.',
        )


def _voice_call(button: ButtonForm, parameters: list[Any], position: int, place: Place) -> None:
    for number, parameter in enumerate(parameters):
        if type(parameter) is not dict:
            continue
        tokens = (position, "parameters", number)
        if not _is_of(button, ("ttl_minutes", "payload"), parameter, tokens, place):
            continue
        minutes, payload = parameter.get("ttl_minutes"), parameter.get("payload")
        if type(minutes) is int and not 1 <= minutes <= MOST_MINUTES:
            place.add(
                (*tokens, "ttl_minutes"),
                FindingCode.VALUE_INVALID,
                131009,
                f"the call button's ttl_minutes is not an integer from 1 to {MOST_MINUTES}",
                "Give the minutes for which the button works, or leave it out for 7 days.",
            )
        if type(payload) is str and len(payload) > LONGEST_CALL_PAYLOAD:
            place.add(
                (*tokens, "payload"),
                FindingCode.VALUE_INVALID,
                131009,
                f"the payload of the call button has {len(payload)} characters; at most "
                f"{LONGEST_CALL_PAYLOAD} are allowed",
                f"Shorten it by {counted(len(payload) - LONGEST_CALL_PAYLOAD, 'character')}.",
            )


def _nothing(button: ButtonForm, _parameters: list[Any], position: int, place: Place) -> None:
    place.add(
        (position,),
        FindingCode.COMPONENT_UNEXPECTED,
        132012,
        f"a button of sub_type {button.sub_type} takes nothing from a send",
        "Remove this button component; the button is shown as the template defines it.",
    )


def _action(
    button: ButtonForm, parameters: list[Any], position: int, place: Place
) -> dict[str, Any] | None:
    parameter = _the_one(button, ("action",), parameters, position, place)
    action = None if parameter is None else parameter.get("action")
    return action if type(action) is dict else None


def _the_one(
    button: ButtonForm, kinds: tuple[str, ...], parameters: list[Any], position: int, place: Place
) -> dict[str, Any] | None:
    """The one parameter, if it is of a right type."""
    if not parameters:
        tell_missing_value(button, (position,), place)
        return None
    if len(parameters) > 1:
        place.add(
            (position, "parameters"),
            FindingCode.BUTTON_PARAMETER,
            132000,
            f"the button at index {button.index} has {len(parameters)} parameters, and a button "
            f"of sub_type {button.sub_type} takes one",
            "Remove all but one.",
        )
    parameter = parameters[0]
    if type(parameter) is not dict:
        return None
    is_right = _is_of(button, kinds, parameter, (position, "parameters", 0), place)
    return parameter if is_right else None


def _is_of(
    button: ButtonForm,
    kinds: tuple[str, ...],
    parameter: dict[str, Any],
    tokens: Tokens,
    place: Place,
) -> bool:
    """Whether the parameter is of a type that the button takes, and has its value."""
    kind = parameter.get("type")
    if kind not in kinds:
        if isinstance(kind, str):
            right = examples.button_component(button)["parameters"]
            place.add(
                (*tokens, "type"),
                FindingCode.BUTTON_PARAMETER,
                132012,
                f"the parameter of the button at index {button.index} is of type {quoted(kind)}; "
                f"a button of sub_type {button.sub_type} takes {listed(list(kinds))}",
                f"Make its parameters {as_json(right)}.",
            )
        return False
    if kind not in parameter:
        right = examples.button_component(button)["parameters"]
        place.add(
            (*tokens, kind),
            FindingCode.VALUE_MISSING,
            131008,
            f"the parameter of the button at index {button.index} has no {kind}",
            f"Make its parameters {as_json(right)}.",
        )
        return False
    return True


CHECKS: Mapping[str, _Check] = {
    "url": _url,
    "quick_reply": _quick_reply,
    "copy_code": _copy_code,
    "mpm": _mpm,
    "catalog": _catalog,
    "flow": _flow,
    "order_details": _order_details,
    "voice_call": _voice_call,
    "phone_number": _nothing,
    "spm": _nothing,
}
"""Of every sub_type in reference 1.5."""
