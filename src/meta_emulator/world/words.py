"""The words of a message that was sent, as its recipient reads them: templates are filled in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from meta_emulator.checks.forms import VARIABLE
from meta_emulator.world.message import Message
from meta_emulator.world.objects import Template

TEMPLATE = "template"
WORDY = frozenset({"text", "body", "caption", "title", "description", "display_text", "emoji"})
"""Keys whose texts the recipient of a message that is no template sees."""


def template_named(request: Mapping[str, Any]) -> str | None:
    """The name of the template that a request sends; None if it sends none."""
    template = request.get(TEMPLATE)
    return template.get("name") if isinstance(template, dict) else None


def words_of(message: Message, request: Mapping[str, Any]) -> str:
    """One line for each text. Of a template that is gone, the texts that the send gave.

    request  the message's, decoded
    """
    if message.kind != TEMPLATE:
        return "\n".join(_texts(request.get(message.kind)))
    given = request[TEMPLATE]
    held = _template_of(message, given)
    components = given.get("components") or []
    if held is None:
        return "\n".join(_texts(components))
    return "\n".join(_filled(held.components, components))


def _template_of(message: Message, given: Mapping[str, Any]) -> Template | None:
    language = given.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    return message.number.waba.templates.get((str(given.get("name")), str(code)))


def _filled(defined: Iterable[Any], given: list[Any]) -> Iterator[str]:
    """The texts of a template's components, or of a card's, with what the send puts into them."""
    for component in defined:
        kind = str(component["type"]).upper()
        if kind == "CAROUSEL":
            cards = {
                card.get("card_index", place): card.get("components") or []
                for part in _of_kind(given, "carousel")
                for place, card in enumerate(part.get("cards") or ())
            }
            for place, shown in enumerate(cards.values()):
                known = component["cards"][min(place, len(component["cards"]) - 1)]
                yield from _filled(known["components"], shown)
        elif kind == "BUTTONS":
            yield from (str(button["text"]) for button in component["buttons"] if "text" in button)
        elif isinstance(component.get("text"), str):
            yield _with_values(component["text"], _values(_of_kind(given, kind.lower())))


def _of_kind(given: Iterable[Any], kind: str) -> list[Any]:
    return [part for part in given if str(part.get("type", "")).lower() == kind]


def _values(parts: Iterable[Any]) -> dict[str, str]:
    """What stands for each variable, by its name, or its number from 1."""
    values: dict[str, str] = {}
    for part in parts:
        for place, parameter in enumerate(part.get("parameters") or (), 1):
            name = str(parameter.get("parameter_name") or place)
            values[name] = next(_texts(parameter), "")
    return values


def _with_values(text: str, values: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)


def _texts(value: Any) -> Iterator[str]:
    """The readable texts anywhere in a value, in their order."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in WORDY or key == "fallback_value":
                    yield inner
            else:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
