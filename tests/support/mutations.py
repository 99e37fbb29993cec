"""Documents with one value replaced by what nobody expects there."""

import json
from collections.abc import Iterator
from typing import Any

RAW = {"1e999": "\ue000huge", "lone": "\ue000lone"}
REPLACEMENTS: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    RAW["1e999"],
    RAW["lone"],
    "",
    " ",
    "\0",
    "x" * 5000,
    [],
    {},
    [None],
    [[[]]],
    {"": None},
    [{"type": {"type": []}}],
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value of a document, the whole included."""
    yield path
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, item in items:
        yield from places(item, (*path, key))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with another value at this place."""
    if not path:
        return value
    changed = document.copy()
    changed[path[0]] = replaced(document[path[0]], path[1:], value)
    return changed


def encoded(document: Any) -> bytes:
    text = json.dumps(document)
    text = text.replace('"\\ue000huge"', "1e999").replace('"\\ue000lone"', '"\\ud800"')
    return text.encode()
