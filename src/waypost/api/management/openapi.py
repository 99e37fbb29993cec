"""The one OpenAPI document: what the framework knows of its routes, finished, and the hot routes.

The framework knows paths, parameters and types. Sentences, security and errors are added here,
for they are the same for all operations of one kind.
"""

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import get
from litestar.connection import Request
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from waypost.api.callback_shapes import CallbackBody
from waypost.api.customer.asked import describe_direction, describe_words
from waypost.api.customer.download import media_type_of
from waypost.api.customer.exports import FILES
from waypost.api.customer.incoming import describe_incoming_words
from waypost.api.customer.reported import describe_usage_words
from waypost.api.management import bodies
from waypost.api.management.openapi_customer import (
    ANSWERS,
    BODIES,
    SCHEMAS,
    answered,
    refusals,
)
from waypost.api.management.openapi_plain import PATHS
from waypost.api.problem import CONTENT_TYPE, KINDS, Problem
from waypost.version import __version__

Json = dict[str, Any]

PARAMETERS = {
    "sid": "The account's SID.",
    "prefix": "The key's first six characters, or the whole key.",
    "waba_id": "The WABA's id at Meta.",
    "profile_id": "The callback profile's id, or its last twelve characters.",
    "event_id": "The event's id: the `webhook-id` of its callback.",
    "profile": "Only events for the profile of this id.",
    "message": "Only events about this message.",
    "kind": "Only events of this kind.",
    "state": "Only events in this state.",
    "from": "Only from this moment on: ISO 8601 with a time zone.",
    "to": "Only before this moment, in the same form.",
    "template_id": "The template's id at Meta.",
    "catalogue_id": "The catalogue's id at Meta.",
    "media_id": "The id that uploading gave.",
    "message_id": "The `message_id` of the 202 answer.",
    "recipient": "A phone number with its country code, or a user id.",
    "phone_number": "The business number, with or without its plus.",
    "name": "A template's name.",
    "names": "Names of templates, with commas between; at most 100.",
    "ids": "Ids of templates, with commas between; at most 100.",
    "id": "Only the one of this id.",
    "language": "Only of this language.",
    "status": "Only of this status, in either case.",
    "category": "Only of this category, in either case.",
    "inbound_id": "The id of a message that a recipient wrote.",
    "limit": "How many are listed at most.",
    "offset": "How many are passed over.",
}
TAGS = {
    "customer": "Customers, with their api-key: the documented v2 addresses.",
    "accounts": "The operator: accounts.",
    "wallets": "The operator: money, prices and statements.",
    "keys": "The operator: API keys.",
    "wabas": "The operator: WABAs, their tokens and how they are read from Meta.",
    "senders": "The operator: business phone numbers.",
    "templates": "The operator: templates at Meta, and what became of them.",
    "catalogues": "The operator: products.",
    "reports": "The operator: what messages came to, counted and summed.",
    "recipients": "The operator: what is kept of one recipient, erased.",
    "records": "The operator: media, opt-outs, messages and the audit log.",
    "inbound": "The operator: what recipients wrote, and what Meta told of accounts.",
    "messages": "The operator: messages and alarms that wait for a person.",
    "callbacks": "The operator: callback profiles, and what became of callback events.",
    "meta": "Meta itself.",
    "health": "Those who watch over the process.",
    "document": "This document.",
}
SUCCESSES = {"200": "Done.", "201": "Made.", "204": "Done; there is nothing to tell."}
SECURITY = {
    "operator": {
        "type": "http",
        "scheme": "bearer",
        "description": "The setting operator_token.",
    },
    "customer": {
        "type": "apiKey",
        "in": "header",
        "name": "api-key",
        "description": "A key of the account whose SID the path names.",
    },
    "meta": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Hub-Signature-256",
        "description": "`sha256=` and the body's HMAC-SHA256 with the app's secret, in hex.",
    },
}
FEED = {
    kind: {"schema": {"type": "string", "description": "Meta's product feed."}}
    for kind in ("text/csv", "text/tab-separated-values")
}
DOCUMENT = "showDocument"
INTERNAL = 500
PROBLEMS = sorted({one.status for one in KINDS.values()})
SEARCHES = {"listOwnMessages", "listMessages"}
RECEIVING = {"listIncomingMessages", "listInbound", "listUnownedInbound"}
COUNTING = {"getOwnUsage", "getUsage", "getUsageOfAll"}
"""Operations that take the words of a search."""

A_DOWNLOAD: Json = {"schema": {"type": "string", "format": "binary"}}
EXPORTS: Mapping[str, Json] = {
    "".join(
        word.capitalize() if place else word
        for place, word in enumerate(f"export_{whose}_{file.replace('.', '_')}".split("_"))
    ): {media_type_of(file): A_DOWNLOAD}
    for file in FILES
    for whose in ("own", "account")
}
"""What each export is, by its operation."""

METHODS = ("get", "put", "post", "patch", "delete")


def document_handler() -> HTTPRouteHandler:
    """`GET /openapi.json`: the document, made at the first request."""
    made: list[bytes] = []

    async def show_document(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Show this document."""
        if not made:
            made.append(msgspec.json.encode(finish(request.app.openapi_schema.to_schema())))
        return Response(made[0], media_type="application/json")

    return get("/openapi.json", tags=["document"], media_type="application/json")(show_document)


def name_operation(handler: HTTPRouteHandler, *_: Any) -> str:
    """An operation is named as the function behind it, in camel case."""
    first, *rest = handler.handler_name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def finish(document: Json) -> Json:
    """The framework's document made whole."""
    for path, _, operation in list_operations(document):
        _finish_operation(path, operation)
    document["info"] = {
        "title": "Waypost",
        "version": __version__,
        "summary": "A self-hosted WhatsApp Business messaging gateway.",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    document["tags"] = [{"name": name, "description": told} for name, told in TAGS.items()]
    document["paths"] = dict(sorted({**document["paths"], **PATHS}.items()))
    components = document["components"]
    components["schemas"] |= SCHEMAS
    components["schemas"] |= msgspec.json.schema_components(
        [Problem], ref_template="#/components/schemas/{name}"
    )[1]
    components["securitySchemes"] = SECURITY
    components["responses"] = dict(_shared_responses())
    _close_bodies(components["schemas"])
    return _named_plainly(document)


def list_operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Every operation with its path and method."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _finish_operation(path: str, operation: Json) -> None:
    description = operation.get("description", "")
    operation["summary"] = description.partition("\n")[0]
    operation.pop("deprecated", None)
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("description", PARAMETERS.get(parameter["name"], ""))
        for useless in ("deprecated", "allowEmptyValue", "allowReserved"):
            parameter.pop(useless, None)
    name = operation["operationId"]
    if words := list(_words_of(name)):
        operation["parameters"] = [*operation.get("parameters", ()), *words]
    responses: Json = {
        status: {**response, "description": SUCCESSES[status]}
        for status, response in operation["responses"].items()
        if status in SUCCESSES
    }
    if name in ANSWERS:
        responses["200"] = answered(SUCCESSES["200"], ANSWERS[name])
    if name in BODIES:
        operation["requestBody"] = {"required": True, "content": BODIES[name]}
    if name == "loadFeed":
        operation["requestBody"] = {"required": True, "content": FEED}
    if name in EXPORTS:
        operation["parameters"].append(describe_direction())
        responses = {"200": {"description": "The file.", "content": EXPORTS[name]}}
    if name == DOCUMENT:
        responses["200"] = answered("The document.", {"type": "object"})
    kind = _kind_of(path)
    operation["security"] = [{kind: []}] if kind in SECURITY else []
    operation["responses"] = responses | _refusals_of(kind)


def _words_of(name: str) -> Iterator[Json]:
    """The words that an operation reads of its query by itself, as parameters."""
    if name in SEARCHES or name in EXPORTS:
        yield from describe_words()
    if name in RECEIVING:
        yield from describe_incoming_words()
    if name in COUNTING:
        yield from describe_usage_words()


def _kind_of(path: str) -> str:
    if path.startswith("/v1/admin"):
        return "operator"
    return "customer" if path.startswith("/v2") else "open"


def _refusals_of(kind: str) -> Json:
    if kind == "customer":
        return {
            status: {"$ref": f"#/components/responses/Refused{status}"} for status in refusals()
        }
    statuses = PROBLEMS if kind == "operator" else [INTERNAL]
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def _shared_responses() -> Iterator[tuple[str, Json]]:
    for status, response in refusals().items():
        yield f"Refused{status}", response
    for number in PROBLEMS:
        told = "\n\n".join(
            f"`{code}`: {one.title}. {one.next_step}"
            for code, one in KINDS.items()
            if one.status == number
        )
        schema = {"$ref": "#/components/schemas/Problem"}
        yield (
            f"Problem{number}",
            {
                "description": f"{HTTPStatus(number).phrase}.\n\n{told}",
                "content": {CONTENT_TYPE: {"schema": schema}},
            },
        )


def _close_bodies(schemas: Json) -> None:
    """Bodies take no field that nobody knows."""
    for kind in (*bodies.Body.__subclasses__(), *CallbackBody.__subclasses__()):
        if kind.__name__ in schemas:
            schemas[kind.__name__]["additionalProperties"] = False


def _named_plainly(document: Json) -> Json:
    """`Page_waypost.api.management.shapes.KeyShape_` is `KeyShapePage`."""
    text = msgspec.json.encode(document).decode()
    text = re.sub(r"\bPage_[\w.]*?(\w+)_(?=\")", r"\1Page", text)
    plain: Json = msgspec.json.decode(text)
    return plain
