"""The reference page of the emulator's control API, out of its OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

from meta_emulator.control.describe import ANY_METHODS
from meta_emulator.local.description import describe_control

Json = dict[str, Any]
ANYTHING = "anything"


def render_control() -> str:
    """Every call, and every shape that calls take and give, as Markdown."""
    document = describe_control("/")
    lines: list[str] = []
    for path, item in document["paths"].items():
        for method, operation in _calls(item):
            lines += _call(f"{method} {path}", operation)
    lines += ["## Shapes", ""]
    for name, schema in document["components"]["schemas"].items():
        lines += _shape(name, schema)
    return "\n".join(lines)


def _calls(item: Json) -> list[tuple[str, Json]]:
    """The methods of a path; one line for what takes every method."""
    calls = [(method.upper(), operation) for method, operation in item.items()]
    return [("ANY", calls[0][1])] if len(calls) == len(ANY_METHODS) else calls


def _call(title: str, operation: Json) -> Iterator[str]:
    yield from (f"## `{title}`", "", operation["summary"], "")
    parameters = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    if parameters:
        yield from ("| query | | |", "|---|---|---|")
        for one in parameters:
            yield f"| `{one['name']}` | {_type(one['schema'])} | {one['description']} |"
        yield ""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        yield f"Takes {_type(body['schema'])}{':' if 'example' in body else '.'}"
        yield ""
        if "example" in body:
            yield from ("```json", json.dumps(body["example"], ensure_ascii=False), "```", "")
    content = operation["responses"]["200"]["content"]
    for kind, given in content.items():
        data = given["schema"].get("properties", {}).get("data")
        if data is None:
            yield f"Gives `{kind}` as it is, without `data`."
        elif data["items"]:
            yield f"Gives {_type(data['items'])}."
        else:
            yield "Gives nothing in `data`."
    yield ""


def _shape(name: str, schema: Json) -> Iterator[str]:
    yield from (f"### `{name}`", "")
    if "description" in schema:
        yield from ("```text", schema["description"], "```", "")
    fields = schema.get("properties", {})
    if not fields:
        return
    yield from ("| field | | if left out |", "|---|---|---|")
    needed = schema.get("required", ())
    for field, one in fields.items():
        default = "" if field in needed else f"`{json.dumps(one.get('default'))}`"
        yield f"| `{field}` | {_type(one)} | {default} |"
    yield ""


def _type(schema: Json) -> str:
    """A type in words, with a link to its shape."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[`{name}`](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(one)}`" for one in schema["enum"])
    kind = schema.get("type", ANYTHING)
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    return str(schema.get("format", kind))
