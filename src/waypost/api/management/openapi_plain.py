"""What the document says of the addresses that no framework answers: sends, webhooks, health."""

from collections.abc import Mapping

from waypost.api.management.openapi_customer import (
    AMOUNT,
    DETAILS,
    META_OBJECT,
    TEXT,
    Json,
    an_object,
    answered,
    envelope,
    in_json,
    refusals,
)
from waypost.api.webhooks import LARGEST_BYTES


def header_parameter(name: str, description: str) -> Json:
    """A header that may be sent."""
    return {
        "name": name,
        "in": "header",
        "required": False,
        "schema": TEXT,
        "description": description,
    }


def query_parameter(name: str, description: str, schema: Json | None = None) -> Json:
    """A parameter of the query."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": schema or TEXT,
        "description": description,
    }


def path_parameter(name: str, description: str) -> Json:
    """A part of the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": TEXT,
        "description": description,
    }


SID = path_parameter("sid", "The account's SID.")
PHONE_NUMBER = path_parameter("phone_number", "The business number, with or without its plus.")
SEND: Json = {
    "operationId": "sendMessage",
    "tags": ["customer"],
    "summary": "Send a message.",
    "description": "Send a message of any kind to one or several recipients.\n\nThe 202 comes once "
    "the message, its money and its place in the queue are on the disk; what becomes of it is told "
    "to the sender's callback.",
    "security": [{"customer": []}],
    "parameters": [
        SID,
        PHONE_NUMBER,
        query_parameter(
            "dry_run",
            "`true` runs every check, prices the message, and changes nothing.",
            {"enum": ["true", "false"]},
        ),
        {
            **header_parameter(
                "Idempotency-Key",
                "The same key with the same body gives the same answer, and no second message.",
            ),
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        },
    ],
    "requestBody": {
        "required": True,
        "content": in_json({"$ref": "#/components/schemas/SendBody"}),
    },
    "responses": {
        "200": answered(
            "A dry run: nothing was kept.",
            envelope(
                an_object(
                    {
                        "dry_run": {"const": True},
                        "recipients": {"type": "array", "items": TEXT},
                        "withheld": {
                            "type": "integer",
                            "minimum": 0,
                            "description": "How many of the messages, the last ones, are beyond "
                            "the account's number for this day (UTC): they would be accepted, and "
                            "become `not sent` with WAV2101.",
                        },
                        "price": AMOUNT,
                        "total": AMOUNT,
                        "spendable": AMOUNT,
                        "findings": DETAILS,
                    },
                    "dry_run",
                    "recipients",
                    "withheld",
                    "findings",
                )
            ),
        ),
        "202": answered(
            "Accepted. With several recipients `messages` lists each one's id.",
            envelope(
                an_object(
                    {
                        "message_id": TEXT,
                        "messages": {
                            "type": "array",
                            "items": an_object(
                                {"to": TEXT, "message_id": TEXT}, "to", "message_id"
                            ),
                        },
                    },
                    "message_id",
                ),
                "WA202",
            ),
        ),
        **{status: {"$ref": f"#/components/responses/Refused{status}"} for status in refusals()},
    },
}
SENDERS: Json = {
    "operationId": "listOwnSenders",
    "tags": ["customer"],
    "summary": "List the account's senders.",
    "description": "List the account's senders. Clients use it to test their credentials.",
    "security": [{"customer": []}],
    "parameters": [SID],
    "responses": {
        "200": answered(
            "The senders.",
            envelope(
                an_object(
                    {
                        "senders": {
                            "type": "array",
                            "items": an_object(
                                {
                                    "phone_number": TEXT,
                                    "phone_number_id": TEXT,
                                    "waba_id": TEXT,
                                    "status": TEXT,
                                },
                                "phone_number",
                            ),
                        }
                    },
                    "senders",
                )
            ),
        ),
        **{
            status: {"$ref": f"#/components/responses/Refused{status}"}
            for status in ("401", "404", "429", "500")
        },
    },
}


def in_text(description: str) -> Json:
    """A response in plain text."""
    return {"description": description, "content": {"text/plain": {"schema": TEXT}}}


FAILED: Json = {"$ref": "#/components/responses/Refused500"}
VERIFY: Json = {
    "operationId": "verifyWebhook",
    "tags": ["meta"],
    "summary": "Let Meta verify the webhook's address.",
    "description": "Let Meta verify the webhook's address, by the setting meta_verify_token.",
    "security": [],
    "parameters": [
        query_parameter("hub.mode", "`subscribe`."),
        query_parameter("hub.verify_token", "The word that was given to Meta."),
        query_parameter("hub.challenge", "What is to be answered with."),
    ],
    "responses": {
        "200": in_text("The challenge."),
        "403": in_text("The word is another."),
        "500": FAILED,
    },
}
WEBHOOK: Json = {
    "operationId": "receiveWebhook",
    "tags": ["meta"],
    "summary": "Take what Meta tells.",
    "description": "Take what Meta tells. The body is kept as it came before it is understood.",
    "security": [{"meta": []}],
    "requestBody": {"required": True, "content": in_json(META_OBJECT)},
    "responses": {
        "200": in_text("It is kept."),
        "401": in_text("Not signed with the app's secret."),
        "408": in_text("The body did not come in time."),
        "413": in_text(f"Larger than {LARGEST_BYTES} bytes."),
        "500": FAILED,
    },
}


def watched(name: str, summary: str, responses: Json) -> Json:
    """An address for those who watch over the process."""
    return {
        "operationId": name,
        "tags": ["health"],
        "summary": summary,
        "description": summary,
        "security": [],
        "responses": {**responses, "500": FAILED},
    }


STATUS = an_object(
    {
        "status": TEXT,
        "reason": TEXT,
        "backlog": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "status",
)
PATHS: Mapping[str, Json] = {
    "/v2/{sid}/whatsapp/{phone_number}/messages": {"post": SEND},
    "/v2/{sid}/whatsapp": {"get": SENDERS},
    "/webhooks/meta": {"get": VERIFY, "post": WEBHOOK},
    "/health/live": {
        "get": watched("isLive", "Is the process alive?", {"200": answered("Yes.", STATUS)})
    },
    "/health/ready": {
        "get": watched(
            "isReady",
            "Does the database answer, and what waits?",
            {"200": answered("It does.", STATUS), "503": answered("It does not.", STATUS)},
        )
    },
    "/metrics": {
        "get": watched("showMetrics", "Show all series, for Prometheus.", {"200": in_text("All.")})
    },
}
"""The hot routes and the small ones beside them."""
