"""What a message says as one text, for exports: a template's body filled in, a caption, a title."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from waypost.model.placeholders import fill_in
from waypost.model.submission import Content

ERASED = "erased:content"
"""What stands where the content was erased."""

CAPTIONED = ("image", "video", "document")
_decode = msgspec.json.Decoder().decode


def text_of_content(content: Content, body: str | None) -> str:
    """The text of a message as its recipient reads it; empty for one without words.

    body  its template's body as it is defined; None: not known, or it is no template
    """
    message = _read(content.json)
    if message is None:
        return ERASED
    if content.template_name is not None:
        return "" if body is None else fill_in(body, _values(_part(message, "template")))
    return _text_of(content.kind, message)


def text_of_inbound(kind: str, value: bytes) -> str:
    """The text of what a recipient wrote; `value` is Meta's webhook value with the one message."""
    told = _read(value)
    if told is None:
        return ERASED
    messages = told.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else {}
    return _text_of(kind, first) if isinstance(first, dict) else ""


def body_of(components: Sequence[Mapping[str, Any]]) -> str | None:
    """The text of a template's body, with its placeholders; None if it has none."""
    for component in components:
        if str(component.get("type", "")).upper() == "BODY":
            text = component.get("text")
            return text if isinstance(text, str) else None
    return None


def _read(json: bytes) -> dict[str, Any] | None:
    """The object; None if it was erased. What is no object says nothing."""
    try:
        read = _decode(json)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    if not isinstance(read, dict):
        return {}
    return None if read.get("erased") is True else read


def _text_of(kind: str, message: Mapping[str, Any]) -> str:
    part = _part(message, kind)
    if kind in CAPTIONED:
        return _word(part, "caption")
    reader = _READERS.get(kind)
    return "" if reader is None else reader(part, message)


def _interactive(part: Mapping[str, Any]) -> str:
    for reply in ("button_reply", "list_reply"):
        if title := _word(_part(part, reply), "title"):
            return title
    return _word(_part(part, "body"), "text") or _word(_part(part, "nfm_reply"), "body")


def _contacts(message: Mapping[str, Any]) -> str:
    contacts = message.get("contacts")
    named = contacts if isinstance(contacts, list) else []
    names = (_word(_part(one, "name"), "formatted_name") for one in named if isinstance(one, dict))
    return ", ".join(name for name in names if name)


def _location(part: Mapping[str, Any]) -> str:
    words = [_word(part, "name"), _word(part, "address")]
    return ", ".join(word for word in words if word) or (
        f"{part.get('latitude', '')}, {part.get('longitude', '')}" if part else ""
    )


_READERS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], str]] = {
    "text": lambda part, _: _word(part, "body"),
    "button": lambda part, _: _word(part, "text"),
    "reaction": lambda part, _: _word(part, "emoji"),
    "interactive": lambda part, _: _interactive(part),
    "location": lambda part, _: _location(part),
    "contacts": lambda _, message: _contacts(message),
    "order": lambda part, _: _word(part, "text"),
    "system": lambda part, _: _word(part, "body"),
}
"""How the words of each kind are found; a kind that is none of these has none."""


def _values(template: Mapping[str, Any]) -> dict[str, str]:
    """What its body's placeholders stand for, by place or by name."""
    components = template.get("components")
    for component in components if isinstance(components, list) else []:
        if isinstance(component, dict) and str(component.get("type", "")).lower() == "body":
            parameters = component.get("parameters")
            given = parameters if isinstance(parameters, list) else []
            return {
                _word(one, "parameter_name") or str(place): _value(one)
                for place, one in enumerate(given, 1)
                if isinstance(one, dict)
            }
    return {}


def _value(parameter: Mapping[str, Any]) -> str:
    """A parameter as it is read: money and dates have a text for where nothing better is known."""
    kind = _word(parameter, "type")
    return _word(parameter, "text") or _word(_part(parameter, kind), "fallback_value")


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _word(part: Mapping[str, Any], name: str) -> str:
    word = part.get(name)
    return word if isinstance(word, str) else ""
