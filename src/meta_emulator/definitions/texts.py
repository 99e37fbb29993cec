"""Texts of a template's definition: variables, their examples, and lengths (reference 7.2).

The subcodes are those of Meta's error page where it lists one; 2388043 is what clients see for a
component that lacks something.
"""

import re
from dataclasses import dataclass
from typing import Any

from meta_emulator.protocol.errors import RefusedError, definition_refused

TOO_LONG = 2388040
HEADER_FORMAT = 2388047
BODY_FORMAT = 2388072
FOOTER_FORMAT = 2388073
TOO_MANY_VARIABLES = 2388293
VARIABLE_AT_AN_END = 2388299
FIELD_MISSING = 2388043

BRACED = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
ADJACENT = re.compile(r"\}\}\s*\{\{")
POSITION = re.compile(r"[1-9][0-9]*", re.ASCII)
NAME = re.compile(r"[a-z_]+", re.ASCII)
WORD = re.compile(r"\w+")

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Style:
    """How one component's text is held against the rules.

    component  `HEADER`, `BODY` or `FOOTER`
    subcode    Meta's for a text of that component that is not well formed
    is_whole   whether the text is a message's body: then a variable may not stand at its ends,
               and there must be words enough around them. Of a card's body neither is documented
    """

    component: str
    subcode: int
    limit: int
    is_named: bool
    is_whole: bool = False


def fail(subcode: int | None, title: str, text: str) -> RefusedError:
    """The refusal of a definition, to be raised."""
    return RefusedError(definition_refused(subcode, title, text))


def missing(component: str, field: str) -> RefusedError:
    """The refusal of a component that lacks `field`."""
    return fail(
        FIELD_MISSING,
        'Message template "components" param is missing expected field(s)',
        f"component of type {component} is missing expected field(s) ({field})",
    )


def check_length(text: str, limit: int, what: str) -> None:
    """Raise RefusedError if `text` has more than `limit` characters."""
    if len(text) > limit:
        raise fail(
            TOO_LONG,
            "Character Limit Exceeded",
            f"The {what} has {len(text)} characters; at most {limit} are allowed.",
        )


def read_text(component: Object, style: Style) -> list[str]:
    """The variables of the component's text, in order; raises RefusedError."""
    text = component.get("text")
    if type(text) is not str or not text.strip():
        raise missing(style.component, "text")
    check_length(text, style.limit, style.component.lower())
    names = read_variables(text, style)
    if names:
        check_examples(component, names, style)
    return names


def read_variables(text: str, style: Style) -> list[str]:
    """The variables of `text`, each once; raises RefusedError."""
    title = f"Message {style.component.title()} Format Is Incorrect"
    found = [name.strip() for name in BRACED.findall(text)]
    left = BRACED.sub("", text)
    if "{{" in left or "}}" in left:
        raise fail(style.subcode, title, "A variable is not closed: write it like {{1}}.")
    pattern = NAME if style.is_named else POSITION
    for name in found:
        if not pattern.fullmatch(name):
            example = "{{first_name}}" if style.is_named else "{{1}}"
            raise fail(
                style.subcode, title, f"{{{{{name}}}}} is no variable: write it like {example}."
            )
    if ADJACENT.search(text):
        raise fail(style.subcode, title, "Two variables stand next to each other.")
    names = list(dict.fromkeys(found))
    if style.is_named and len(names) != len(found):
        raise fail(style.subcode, title, "A named variable stands in a text once.")
    if not style.is_named and sorted(map(int, names)) != list(range(1, len(names) + 1)):
        raise fail(style.subcode, title, "The variables must be numbered from {{1}} without gaps.")
    if style.is_whole and names:
        _check_surroundings(text, left, len(names))
    return names


def _check_surroundings(text: str, left: str, variables: int) -> None:
    stripped = text.strip()
    if stripped.startswith("{{") or stripped.endswith("}}"):
        raise fail(
            VARIABLE_AT_AN_END,
            "Leading or Trailing Params Are Not Allowed",
            "Variables can't be at the start or end of the template.",
        )
    # Meta does not publish its ratio; two words for each variable and one more is a judgement.
    if len(WORD.findall(left)) < 2 * variables + 1:
        raise fail(
            TOO_MANY_VARIABLES,
            "Too Many Variables for the Length",
            "This template contains too many variable parameters relative to the message length.",
        )


def check_examples(component: Object, names: list[str], style: Style) -> None:
    """Raise RefusedError unless each of `names` has its example."""
    example = component.get("example")
    key = f"{style.component.lower()}_text" + ("_named_params" if style.is_named else "")
    given = example.get(key) if type(example) is dict else None
    if given is None:
        raise missing(style.component, f"example.{key}")
    if style.is_named:
        fits = type(given) is list and set(names) <= set(_named_examples(given))
    else:
        if style.component == "BODY" and type(given) is list and given and type(given[0]) is list:
            given = given[0]
        values = [given] if type(given) is str else given
        fits = (
            type(values) is list
            and len(values) == len(names)
            and all(type(value) is str and value for value in values)
        )
    if not fits:
        raise fail(
            style.subcode,
            f"Message {style.component.title()} Format Is Incorrect",
            f"{key} must have one example for each of the {len(names)} variables.",
        )


def _named_examples(given: list[Any]) -> list[str]:
    return [
        item["param_name"]
        for item in given
        if type(item) is dict
        and type(item.get("param_name")) is str
        and type(item.get("example")) is str
    ]
