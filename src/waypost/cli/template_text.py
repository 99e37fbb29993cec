"""A template's definition for a person: one line for each component, button and card. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from waypost.model.template import Template

LABEL = 10
"""Columns of a component's name."""

BUTTON_FACTS = ("url", "phone_number", "example", "otp_type", "flow_id", "flow_action")


def tell_template(template: Template, waba_id: str) -> Iterator[str]:
    """What is known of it, then its components in their order."""
    quality = f", quality {template.quality}" if template.quality else ""
    yield f"{template.name} ({template.language}): {template.category}, {template.status}{quality}"
    yield f"WABA {waba_id}, id {template.template_id or 'unknown'}, {template.parameter_format}"
    if template.rejected_reason:
        yield f"Meta's review: {template.rejected_reason}"
    yield from tell_components(template.components)


def tell_components(components: Sequence[Mapping[str, Any]], indent: str = "  ") -> Iterator[str]:
    """Each component; the components of a card stand below it, further in."""
    for component in components:
        kind = str(component.get("type", "?")).upper()
        if kind == "BUTTONS":
            yield from _tell_buttons(component, indent)
        elif kind == "CAROUSEL":
            cards = _objects(component.get("cards"))
            yield f"{indent}{'CAROUSEL':<{LABEL}}{len(cards)} card{'s' if len(cards) != 1 else ''}"
            for index, card in enumerate(cards):
                yield f"{indent}  card {index}"
                yield from tell_components(_objects(card.get("components")), f"{indent}    ")
        else:
            yield f"{indent}{kind:<{LABEL}}{_words_of(component)}".rstrip()


def _words_of(component: Mapping[str, Any]) -> str:
    """Its format and its text, in one line; what else it has, by name."""
    words = []
    if component.get("format"):
        words.append(str(component["format"]).lower())
    if component.get("text"):
        words.append(" ⏎ ".join(str(component["text"]).splitlines()))
    words += [
        f"{key} {value}"
        for key, value in component.items()
        if key not in ("type", "format", "text", "example")
    ]
    return "  ".join(words)


def _tell_buttons(component: Mapping[str, Any], indent: str) -> Iterator[str]:
    yield f"{indent}BUTTONS"
    for index, button in enumerate(_objects(component.get("buttons"))):
        kind = str(button.get("type", "?")).lower()
        facts = [f"{key} {_plain(button[key])}" for key in BUTTON_FACTS if button.get(key)]
        text = f'"{button["text"]}"' if button.get("text") else ""
        yield "  ".join(word for word in (f"{indent}  {index} {kind}", text, *facts) if word)


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
