"""Authentication templates: one code, the same in the body and on the button.

Source: reference/meta-cloud-api.md 1.5.
"""

from typing import Any

from waypost.model.finding import FindingCode
from waypost.model.template_check.place import Place, Tokens, quoted

LONGEST_CODE = 15


def check_codes(components: list[Any], place: Place) -> None:
    """The components of a send of an authentication template."""
    in_body: str | None = None
    buttons: list[tuple[int, str]] = []
    for position, component in enumerate(components):
        text = _first_text(component)
        if text is None:
            continue
        kind = component.get("type")
        if kind == "body" and in_body is None:
            in_body = text
            _check_length(text, (position, "parameters", 0, "text"), place)
        elif kind == "button" and component.get("sub_type") == "url":
            buttons.append((position, text))
    for position, text in buttons:
        tokens = (position, "parameters", 0)
        if in_body is None:
            _check_length(text, tokens, place)
        elif text != in_body:
            place.add(
                tokens,
                FindingCode.ONE_TIME_CODE,
                131009,
                "the code on the button is not the code in the body",
                "Give the same code in both.",
            )


def _check_length(code: str, tokens: Tokens, place: Place) -> None:
    if len(code) > LONGEST_CODE:
        place.add(
            tokens,
            FindingCode.ONE_TIME_CODE,
            131009,
            f"the code {quoted(code)} has {len(code)} characters; at most {LONGEST_CODE} are "
            "allowed",
            f"Give a code of 1 to {LONGEST_CODE} characters, in the body and on the button.",
        )


def _first_text(component: Any) -> str | None:
    parameters = component.get("parameters") if type(component) is dict else None
    if type(parameters) is not list or not parameters or type(parameters[0]) is not dict:
        return None
    text = parameters[0].get("text")
    return text if type(text) is str else None
