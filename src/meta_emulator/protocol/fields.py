"""`?fields=`: which keys of an object are answered."""

from typing import Any


def pick(item: dict[str, Any], fields: str | None, default: tuple[str, ...]) -> dict[str, Any]:
    """The keys of `item` that `fields` names, or `default`; `id` always, unknown ones never."""
    names = tuple(field_names(fields)) if fields else default
    return {name: item[name] for name in dict.fromkeys((*names, "id")) if name in item}


def field_names(fields: str) -> list[str]:
    """The names in a list such as `name,status,quality_score{score}`; what is nested is dropped."""
    names: list[str] = []
    depth = 0
    name = ""
    for character in fields + ",":
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
        elif depth == 0:
            if character == ",":
                if name.strip():
                    names.append(name.strip())
                name = ""
            else:
                name += character
    return names
