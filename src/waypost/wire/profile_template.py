"""A customer's own callback: a URL or a body with `<name>` placeholders. Pure.

A placeholder names a documented variable (`wire.variables`), or a path into the documented
envelope: `<extra_info.ref>`, `<meta_object.value.statuses.0.id>`. What is not there is empty.
Values are written as their place asks: percent-encoded in a URL and a form, escaped in JSON and
XML. In JSON a placeholder that stands outside of quotes is a whole value, so `<timestamp>` becomes
a string and `<meta_object>` an object.

In XML and HTML `<id>` may be an element too: it is one if `</id>` closes it. Of
`<id><id></id>` the first is the element and the second the placeholder.
Source: reference/kaleyra-v2.md 2.5 and 4.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit
from xml.sax.saxutils import escape

import msgspec
from msgspec import Struct

from waypost.wire.variables import KNOWN, ROOTS

_NAME = re.compile(r"<([A-Za-z_]\w*(?:\.\w+)*)>", re.ASCII)
_TAG = re.compile(r"<(/?)([A-Za-z_]\w*(?:\.\w+)*)>", re.ASCII)
_QUOTES = {'"': "&quot;", "'": "&apos;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
"""Line ends and tabs too: whoever reads XML makes spaces or other line ends of plain ones."""

NEVER = "\ufffe\uffff"
"""Characters that no XML may hold, beside controls."""

_CDATA = ("<![CDATA[", "]]>")
_encode = msgspec.json.Encoder().encode


class Place(StrEnum):
    """Where a value is written, and so how."""

    URL = "url"
    JSON = "json"
    JSON_TEXT = "json_text"
    """Within quotes."""
    XML = "xml"
    CDATA = "cdata"
    """In a section of XML that holds text as it is."""
    FORM = "form"
    PLAIN = "plain"


class Placeholder(Struct, frozen=True):
    """One placeholder of a template."""

    name: str
    place: Place


class Template(Struct, frozen=True):
    """A template, read: literal text and placeholders in their order."""

    parts: tuple[str | Placeholder, ...]

    @property
    def names(self) -> list[str]:
        """The placeholders' names, each once."""
        found = (part.name for part in self.parts if isinstance(part, Placeholder))
        return list(dict.fromkeys(found))


class Values:
    """What placeholders stand for: the variables of an event, and its envelope behind them."""

    def __init__(self, variables: Mapping[str, str], envelope: bytes) -> None:
        self._variables = variables
        self._raw = envelope
        self._envelope: Any = msgspec.UNSET

    def find(self, name: str) -> Any:
        """A text, or what JSON has at the path; an empty text if there is nothing."""
        if name in self._variables:
            return self._variables[name]
        if self._envelope is msgspec.UNSET:
            self._envelope = msgspec.json.decode(self._raw)
        found = self._envelope
        for step in name.split("."):
            if isinstance(found, dict) and step in found:
                found = found[step]
            elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
                found = found[int(step)]
            else:
                return ""
        return "" if found is None else found


def place_of(content_type: str) -> Place:
    """How values are written into a body of this type."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.endswith(("/json", "+json")):
        return Place.JSON
    if kind.endswith(("/xml", "+xml")) or kind in {"text/html", "application/xhtml"}:
        return Place.XML
    if kind == "application/x-www-form-urlencoded":
        return Place.FORM
    return Place.PLAIN


def fill_url(url: str, values: Values) -> str:
    """The URL of one event."""
    return _fill(_parse(url, Place.URL), values)


def fill_body(body: str, content_type: str, values: Values) -> bytes:
    """The body of one event."""
    return _fill(_parse(body, place_of(content_type)), values).encode()


def check_template(url: str, body: str | None, content_type: str) -> list[str]:
    """What is wrong with a profile's own template, in words; nothing if it may be used."""
    faults = _check_url(url)
    faults += _unknown(_parse(url, Place.URL), "the URL")
    if body is not None:
        place = place_of(content_type)
        template = _parse(body, place)
        faults += _unknown(template, "the body")
        if place is Place.JSON:
            faults += _check_json(template)
    return faults


def _check_url(url: str) -> list[str]:
    found = _NAME.search(url)
    if found is None:
        return []
    before = url[: found.start()]
    try:
        is_behind = "://" in before and bool(re.search(r"[/?#]", before.partition("://")[2]))
        urlsplit(before)
    except ValueError as error:
        return [f"the URL is none: {error}"]
    if is_behind:
        return []
    return [f"<{found[1]}> stands in the host of the URL; placeholders go into path and query"]


def _unknown(template: Template, where: str) -> list[str]:
    return [
        f"<{name}> in {where} is no variable of any callback and no path into its envelope"
        for name in template.names
        if name not in KNOWN and name.partition(".")[0] not in ROOTS
    ]


def _check_json(template: Template) -> list[str]:
    tried = "".join(
        part if isinstance(part, str) else ('""' if part.place is Place.JSON else "x")
        for part in template.parts
    )
    try:
        msgspec.json.decode(tried)
    except msgspec.DecodeError as error:
        return [f"the body is no JSON once its placeholders are filled: {error}"]
    return []


def _fill(template: Template, values: Values) -> str:
    return "".join(
        part if isinstance(part, str) else _write(values.find(part.name), part.place)
        for part in template.parts
    )


def _write(value: Any, place: Place) -> str:
    if place is Place.JSON:
        return _encode(value).decode()
    text = value if isinstance(value, str) else _encode(value).decode()
    match place:
        case Place.JSON_TEXT:
            return _encode(text)[1:-1].decode()
        case Place.URL:
            return quote(text, safe="")
        case Place.FORM:
            return quote_plus(text)
        case Place.XML | Place.CDATA:
            plain = _printable(text)
            return _cdata(plain) if place is Place.CDATA else escape(plain, _QUOTES)
        case _:
            return text


def _printable(text: str) -> str:
    """Without the characters that no XML may hold, escaped or not."""
    return "".join(one for one in text if (one >= " " and one not in NEVER) or one in "\t\n\r")


def _cdata(text: str) -> str:
    """Text that ends no section: where it would, or holds what no section can, it begins anew."""
    begin, end = _CDATA
    return text.replace(end, f"]]{end}{begin}>").replace("\r", f"{end}&#13;{begin}")


@lru_cache(maxsize=1024)
def _parse(text: str, place: Place) -> Template:
    """The template; read once, for each of its events has the same one."""
    starts = _find(text, place)
    parts: list[str | Placeholder] = []
    done, is_quoted = 0, False
    for start, end, name in starts:
        literal, at = text[done:start], place
        if place is Place.JSON:
            is_quoted = _is_quoted_behind(literal, is_quoted=is_quoted)
            at = Place.JSON_TEXT if is_quoted else place
        elif place is Place.XML and _is_in_cdata(text[:start]):
            at = Place.CDATA
        parts += [literal, Placeholder(name, at)]
        done = end
    parts.append(text[done:])
    return Template(tuple(part for part in parts if part != ""))


def _is_quoted_behind(literal: str, *, is_quoted: bool) -> bool:
    """Whether the end of this piece of JSON stands within quotes."""
    is_escaped = False
    for character in literal:
        if is_escaped:
            is_escaped = False
        elif is_quoted and character == "\\":
            is_escaped = True
        elif character == '"':
            is_quoted = not is_quoted
    return is_quoted


def _is_in_cdata(before: str) -> bool:
    begin, end = _CDATA
    opened = before.rfind(begin)
    return opened >= 0 and before.find(end, opened) < 0


def _find(text: str, place: Place) -> Sequence[tuple[int, int, str]]:
    """Where the placeholders stand: from, to, name."""
    if place is not Place.XML:
        return [(found.start(), found.end(), found[1]) for found in _NAME.finditer(text)]
    placeholders: list[tuple[int, int, str]] = []
    opened: list[tuple[int, int, str]] = []
    for found in _TAG.finditer(text):
        if not found[1]:
            opened.append((found.start(), found.end(), found[2]))
            continue
        first = next((n for n, (*_, name) in enumerate(opened) if name == found[2]), None)
        if first is not None:
            placeholders += opened[first + 1 :]
            del opened[first:]
    return sorted(placeholders + opened)
