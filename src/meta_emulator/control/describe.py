"""The description of the control API, OpenAPI 3.1: made of the routes, so that it cannot differ."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from meta_emulator.control.routes import BAD_REQUEST, JSON, JSON_TYPE, Call, Parameter, Route
from meta_emulator.protocol.answers import Answer

Json = dict[str, Any]

VERSION = "1"
BASE = "/_emulator/"
ANY = "*"
ANY_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""What stands for a route of any method."""

OPEN_PART = re.compile(r"\{([a-z_]+)(\.\.\.)?\}")
REFERENCE = "#/components/schemas/{name}"
KINDS: dict[type, Json] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0},
    float: {"type": "number", "minimum": 0},
    bool: {"type": "boolean"},
}
ABOUT = """\
Shows and orders what no client of Meta's can see or do: what was sent, what recipients do, faults,
limits, time, the whole state. It is no part of Meta's API. No token is asked.

Every answer is `{"data": [...]}`, oldest first. An order that cannot be carried out is an error
whose sentence says why, and how to mend it."""


class Failure(msgspec.Struct):
    """An order that cannot be carried out. `error`: a sentence that says why."""

    error: str


class NoSuchCall(msgspec.Struct):
    """There is no such call, or nothing of that name.

    paths  the calls that there are, where there is no such call
    """

    error: str
    paths: list[str] = []


class Description:
    """Shows the description of all routes, its own among them."""

    def __init__(self) -> None:
        self._routes: Sequence[Route] = ()
        self._made: bytes | None = None

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        summary = "This description."
        return (Route("GET", "openapi.json", summary, self._shown, content=JSON_TYPE),)

    def describe(self, routes: Sequence[Route]) -> None:
        """Show these from now on."""
        self._routes = routes
        self._made = None

    def _shown(self, _call: Call) -> Answer:
        if self._made is None:
            self._made = msgspec.json.encode(describe(self._routes, "/"))
        return Answer(200, self._made, JSON)


def describe(routes: Sequence[Route], url: str) -> Json:
    """The OpenAPI document of `routes`, which are found at `url`."""
    types = [one for route in routes for one in (route.takes, route.gives) if one is not None]
    schemas, components = msgspec.json.schema_components(
        [*types, Failure, NoSuchCall], ref_template=REFERENCE
    )
    known = dict(zip(map(id, types), schemas, strict=False))
    paths: dict[str, Json] = {}
    for route in routes:
        item = paths.setdefault(BASE + OPEN_PART.sub(r"{\1}", route.path), {})
        for method in ANY_METHODS if route.method == ANY else (route.method,):
            item[method.lower()] = _operation(route, method, known)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "meta-emulator's control API",
            "version": VERSION,
            "description": ABOUT,
        },
        "servers": [{"url": url}],
        "paths": paths,
        "components": {"schemas": components},
    }
    # Defaults and examples become what JSON has.
    written: Json = msgspec.json.decode(msgspec.json.encode(document))
    return written


def _operation(route: Route, method: str, known: dict[int, Json]) -> Json:
    operation: Json = {
        "operationId": _name(method, route.path),
        "summary": route.summary,
        "tags": [route.path.partition("/")[0]],
        "responses": dict(_responses(route, known)),
    }
    parameters = [*_open_parts(route), *map(_parameter, route.query)]
    if parameters:
        operation["parameters"] = parameters
    if route.takes is not None:
        body: Json = {"schema": known[id(route.takes)]}
        if route.example is not None:
            body["example"] = route.example
        operation["requestBody"] = {"content": {JSON_TYPE: body}}
    return operation


def _responses(route: Route, known: dict[int, Json]) -> Iterator[tuple[str, Json]]:
    yield "200", {"description": "Done.", "content": _content(route, known)}
    if route.takes is not None or route.query:
        yield str(BAD_REQUEST), _refusal("The order cannot be carried out.", "Failure")
    if "{" in route.path and route.method != ANY:
        yield "404", _refusal("There is nothing of that name.", "NoSuchCall")
    yield "default", _refusal("Something else is in the way.", "Failure")


def _content(route: Route, known: dict[int, Json]) -> Json:
    if route.content:
        is_json = route.content == JSON_TYPE
        schema: Json = {"type": "object"} if is_json else {"type": "string", "format": "binary"}
        return {route.content: {"schema": schema}}
    item = {} if route.gives is None else known[id(route.gives)]
    data = {"type": "array", "items": item}
    schema = {"type": "object", "properties": {"data": data}, "required": ["data"]}
    return {JSON_TYPE: {"schema": schema}}


def _refusal(description: str, name: str) -> Json:
    schema = {"$ref": REFERENCE.format(name=name)}
    return {"description": description, "content": {JSON_TYPE: {"schema": schema}}}


def _open_parts(route: Route) -> Iterator[Json]:
    for name, rest in OPEN_PART.findall(route.path):
        more = " It may have slashes." if rest else ""
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": f"Which {name.replace('_', ' ')} is meant.{more}",
            "schema": {"type": "string", "minLength": 1},
        }


def _parameter(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.summary,
        "schema": KINDS[parameter.kind],
    }


def _name(method: str, path: str) -> str:
    """`getMessages`, `postTemplatesNew`."""
    words = re.split(r"[^A-Za-z0-9]+", path)
    return method.lower() + "".join(word.capitalize() for word in words if word)
