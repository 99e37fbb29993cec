"""`?fields=`: which keys of an object are answered."""

from typing import Any


def pick(item: dict[str, Any], fields: str | None, default: tuple[str, ...]) -> dict[str, Any]:
    """The keys of `item` that `fields` names, or `default`; `id` always, unknown ones never.

    `quality_score{score}` picks from within the object there, or from each object of a list.
    """
    wanted = named_fields(fields) if fields else dict.fromkeys(default, "")
    wanted.setdefault("id", "")
    return {
        name: _within(item[name], nested) if nested else item[name]
        for name, nested in wanted.items()
        if name in item
    }


def _within(value: Any, fields: str) -> Any:
    if type(value) is list:
        return [_within(one, fields) for one in value]
    if type(value) is not dict:
        return value
    if "data" in value and type(value["data"]) is list:
        return {**value, "data": _within(value["data"], fields)}
    return pick(value, fields, ())


def named_fields(fields: str) -> dict[str, str]:
    """The names in a list such as `name,quality_score{score}`, each with what is nested.

    What is nested is a list such as `score`, or an empty text. A modifier such as `.limit(5)` is
    dropped.
    """
    named: dict[str, str] = {}
    depth = 0
    name = nested = ""
    for character in fields + ",":
        if depth == 0 and character == ",":
            if name.strip():
                named[name.partition(".")[0].strip()] = nested
            name = nested = ""
            continue
        depth -= character == "}"
        if depth:
            nested += character
        elif character not in "{}":
            name += character
        depth += character == "{"
    return named
