"""What the document says of the customers' addresses: envelopes, bodies and answers.

Hand-written where no type stands behind it: the bodies are Meta's, and the answers the documents'.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from waypost.model.account import AccountKind
from waypost.model.lifecycle import State
from waypost.model.message import Payment
from waypost.model.usage_query import Group
from waypost.wire.codes import PROCESSED, REFUSED
from waypost.wire.timing import LONGEST_VALIDITY_S, PRIORITIES, SHORTEST_VALIDITY_S

Json = dict[str, Any]

META_OBJECT: Json = {
    "type": "object",
    "description": "Meta's own object; fields that Meta adds go through as they are.",
    "additionalProperties": True,
}
TEXT: Json = {"type": "string"}
TEXT_OR_NULL: Json = {"type": ["string", "null"]}
AMOUNT: Json = {"$ref": "#/components/schemas/Amount"}
DETAILS: Json = {"type": "array", "items": {"$ref": "#/components/schemas/EnvelopeDetail"}}


def an_object(properties: Json, *required: str, **more: Any) -> Json:
    """The schema of an object."""
    return {"type": "object", "properties": properties, "required": list(required), **more}


def envelope(data: Json, code: str = PROCESSED.code) -> Json:
    """The schema of a success: the documented four keys."""
    properties = {
        "code": {"const": code},
        "message": TEXT,
        "data": data,
        "error": {"type": "object"},
    }
    return an_object(properties, "code", "message", "data", "error", additionalProperties=False)


def in_json(schema: Json) -> Json:
    """Content of JSON."""
    return {"application/json": {"schema": schema}}


def answered(description: str, schema: Json) -> Json:
    """A response in JSON."""
    return {"description": description, "content": in_json(schema)}


def refusals() -> dict[str, Json]:
    """A response for each HTTP status of the envelope's refusals, with the codes it may have."""
    by_status: dict[int, list[str]] = {}
    for wording in REFUSED.values():
        by_status.setdefault(wording.status, []).append(f"`{wording.code}`: {wording.message}")
    schema = {"$ref": "#/components/schemas/Refused"}
    responses: dict[str, Json] = {}
    for status, texts in sorted(by_status.items()):
        told = "\n\n".join(dict.fromkeys(texts))
        responses[str(status)] = answered(f"{HTTPStatus(status).phrase}.\n\n{told}", schema)
    responses["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}
    return responses


SCHEMAS: Mapping[str, Json] = {
    "EnvelopeDetail": an_object(
        {
            "path": {**TEXT, "description": "A JSON pointer into the body, or `query/<name>`."},
            "code": TEXT,
            "message": TEXT,
            "line": {"type": "integer", "minimum": 1},
            "column": {"type": "integer", "minimum": 1},
            "meta_code": {"type": "integer", "description": "Meta's code behind it."},
            "mend": {**TEXT, "description": "What to do about it."},
        },
        "path",
        "code",
        "message",
        additionalProperties=False,
        description="One thing that is wrong, and how to mend it.",
    ),
    "Refused": an_object(
        {
            "code": {"enum": sorted({one.code for one in REFUSED.values()})},
            "message": TEXT,
            "data": {
                "description": "Empty: a list with RBC001, an object with every other code.",
                "type": ["object", "array"],
            },
            "error": an_object({"details": DETAILS}, additionalProperties=True),
        },
        "code",
        "message",
        "data",
        "error",
        additionalProperties=False,
        description="The documented envelope of a request that was not accepted.",
    ),
    "SendBody": {
        "description": "A message of Meta's in `messaging_object`; or the message itself.",
        "anyOf": [
            an_object(
                {
                    "messaging_object": META_OBJECT,
                    "extra_info": {
                        "type": "object",
                        "description": "Comes back with every callback. Unknown keys are ignored.",
                        "properties": {
                            "ref": TEXT,
                            "ref1": TEXT,
                            "ref2": TEXT,
                            "wa_source": TEXT,
                            "callback_profile_id": {
                                **TEXT,
                                "description": "The callback profile that is told the statuses of "
                                "this request, and no other.",
                            },
                            "enable_url_tracking_body": {"type": "boolean"},
                            "enable_url_tracking_button": {"type": "boolean"},
                            "send_at": {
                                "type": ["string", "integer"],
                                "description": "When it is to be given to Meta: ISO 8601 with a "
                                "time zone, or Unix seconds. Left out: at once.",
                                "examples": ["2027-01-31T18:00:00+05:30", 1801398600],
                            },
                            "validity_period": {
                                "type": ["integer", "string"],
                                "minimum": SHORTEST_VALIDITY_S,
                                "maximum": LONGEST_VALIDITY_S,
                                "description": "For how many seconds it may wait to be given to "
                                "Meta, from send_at on.",
                            },
                            "priority": {
                                "type": "string",
                                "description": "Before whom it goes, of the same sender: `high`, "
                                "`normal` or `bulk`, in any case. Left out: by what it is.",
                            },
                        },
                    },
                },
                "messaging_object",
            ),
            an_object({"messaging_product": TEXT}, "messaging_product"),
        ],
        "examples": [
            {
                "messaging_object": {
                    "messaging_product": "whatsapp",
                    "recipient_type": "individual",
                    "to": "+919812345678",
                    "type": "text",
                    "text": {"body": "hello"},
                },
                "extra_info": {"ref": "order 17"},
            }
        ],
    },
    "Template": an_object(
        {
            "id": TEXT,
            "name": TEXT,
            "language": TEXT,
            "category": TEXT,
            "status": TEXT,
            "parameter_format": TEXT,
            "components": {"type": "array", "items": META_OBJECT},
            "company_id": {**TEXT, "description": "The account's SID."},
            "quality_score": an_object({"score": TEXT}, "score"),
            "rejected_reason": TEXT,
        },
        "id",
        "name",
        "language",
        "category",
        "status",
        "components",
        "company_id",
    ),
    "Sample": an_object(
        {
            "resumable_media_id": TEXT,
            "status": {"enum": ["PENDING", "UPLOADED", "FAILED"]},
            "uploaded_file_handle": {
                **TEXT_OR_NULL,
                "description": "What a template's `header_handle` takes, for 24 hours.",
            },
            "file_name": TEXT,
            "file_type": TEXT,
            "file_size": {"type": "integer"},
            "waba_id": TEXT,
            "reason": {**TEXT_OR_NULL, "description": "Why it has no handle."},
            "created_at": {"type": "string", "format": "date-time"},
            "expires_at": {"type": "string", "format": "date-time"},
        },
        "resumable_media_id",
        "status",
        "uploaded_file_handle",
    ),
    "BlockBody": an_object(
        {
            "messaging_product": TEXT,
            "block_users": {
                "type": "array",
                "minItems": 1,
                "items": an_object({"user": TEXT}, "user"),
            },
        },
        "block_users",
        examples=[{"messaging_product": "whatsapp", "block_users": [{"user": "+919812345678"}]}],
    ),
}

DONE = envelope(an_object({"success": {"type": "boolean"}}, description="As Meta answered."))
NAMED_USERS: Json = {
    "type": "array",
    "items": an_object({"input": TEXT, "wa_id": TEXT_OR_NULL}, "input"),
}
BLOCKED = envelope(
    an_object(
        {
            "messaging_product": TEXT,
            "block_users": an_object(
                {
                    "added_users": NAMED_USERS,
                    "removed_users": NAMED_USERS,
                    "failed_users": NAMED_USERS,
                },
                "failed_users",
            ),
        },
        "block_users",
    )
)
SAMPLE: Json = {"$ref": "#/components/schemas/Sample"}

MOMENT: Json = {"type": "string", "format": "date-time"}
MOMENT_OR_NULL: Json = {"type": ["string", "null"], "format": "date-time"}
NAMED_MESSAGE: Json = {"message_id": TEXT, "to": TEXT}
STATUS_WORD: Json = {"enum": [state.value.replace("_", " ") for state in State]}
OWN_MESSAGE = an_object(
    {
        **NAMED_MESSAGE,
        "from": TEXT,
        "status": STATUS_WORD,
        "accepted_at": MOMENT,
        "changed_at": MOMENT,
        "send_at": MOMENT_OR_NULL,
        "expires_at": {**MOMENT_OR_NULL, "description": "Until when it may wait."},
        "priority": {"enum": list(PRIORITIES)},
        "price": AMOUNT,
        "payment": {"enum": [payment.value for payment in Payment]},
        "meta_id": {**TEXT_OR_NULL, "description": "Meta's id of it."},
        "error": {
            "anyOf": [
                {"type": "null"},
                an_object(
                    {"code": TEXT, "title": TEXT, "detail": TEXT, "next_step": TEXT},
                    "code",
                    "title",
                ),
            ]
        },
        "extra_info": an_object({"ref": TEXT, "ref1": TEXT, "ref2": TEXT}),
        "sent_at": MOMENT_OR_NULL,
        "delivered_at": MOMENT_OR_NULL,
        "read_at": MOMENT_OR_NULL,
        "failed_at": MOMENT_OR_NULL,
        "type": {**TEXT, "description": "Meta's type of message."},
        "template": {
            "anyOf": [
                {"type": "null"},
                an_object({"name": TEXT, "language": TEXT_OR_NULL}, "name"),
            ]
        },
        "trace_id": TEXT,
        "replies": {
            "type": "array",
            "description": "Ids of what was answered to it; of a single message alone.",
            "items": TEXT,
        },
        "history": {
            "type": "array",
            "description": "What was learned of it; of a single message alone.",
            "items": an_object({"status": STATUS_WORD, "at": MOMENT}, "status", "at"),
        },
    },
    "message_id",
    "to",
    "from",
    "status",
    "accepted_at",
    "changed_at",
)
STANDING = envelope(
    an_object(
        {"message_id": TEXT, "messages": {"type": "array", "items": OWN_MESSAGE}},
        "message_id",
        "messages",
    )
)
FOUND = envelope(
    an_object(
        {
            "messages": {"type": "array", "items": OWN_MESSAGE},
            "next": {**TEXT_OR_NULL, "description": "`cursor` of the page that follows."},
            "scanned_to": {
                **MOMENT_OR_NULL,
                "description": "The page ended before it was full: all since then was looked at.",
            },
        },
        "messages",
        "next",
        "scanned_to",
    )
)
CANCELLED = envelope(
    an_object(
        {
            "message_id": TEXT,
            "cancelled": {"type": "array", "items": an_object(NAMED_MESSAGE, "message_id")},
            "too_late": {
                "type": "array",
                "items": an_object(
                    {**NAMED_MESSAGE, "status": STATUS_WORD, "reason": TEXT},
                    "message_id",
                    "status",
                    "reason",
                ),
            },
        },
        "message_id",
        "cancelled",
        "too_late",
    )
)

BILLING = envelope(
    an_object(
        {
            "account_type": {"enum": [kind.value for kind in AccountKind]},
            "currency": TEXT,
            "currency_symbol": TEXT,
            "balance": {**AMOUNT, "description": "What can be spent; not of postpaid accounts."},
            "held": {**AMOUNT, "description": "Set aside for messages under way."},
            "usage": {**AMOUNT, "description": "Of the credit limit; of postpaid accounts."},
            "credit_limit": AMOUNT,
            "is_75_percent_used": {"type": "boolean"},
        },
        "account_type",
        "currency",
        "currency_symbol",
    )
)

FIGURES: Json = {
    **{
        name: {"type": "integer"}
        for name in ("accepted", "submitted", "sent", "delivered", "read", "failed", "not_sent")
    },
    "delivery_rate": {"type": ["number", "null"], "description": "Delivered of accepted, 0 to 1."},
    "read_rate": {"type": ["number", "null"], "description": "Read of delivered, 0 to 1."},
    "spend": AMOUNT,
}
USAGE = envelope(
    an_object(
        {
            "from": MOMENT,
            "to": MOMENT,
            "timezone": TEXT,
            "by": {"type": "array", "items": TEXT},
            "lines": {
                "type": "array",
                "items": an_object(
                    {
                        **{
                            name: {**TEXT_OR_NULL, "description": "If it was asked for."}
                            for name in Group
                        },
                        **FIGURES,
                    },
                    *FIGURES,
                ),
            },
            "total": an_object(FIGURES, *FIGURES),
            "failures": {
                "type": "array",
                "items": an_object(
                    {
                        "code": TEXT_OR_NULL,
                        "title": TEXT,
                        "turn": {**TEXT, "description": "Whose turn it is."},
                        "next_step": TEXT,
                        "messages": {"type": "integer"},
                    },
                    "code",
                    "title",
                    "messages",
                ),
            },
            "source": {
                "enum": ["figures", "history"],
                "description": "Kept by the hour, or counted over the messages that are held.",
            },
            "history_from": {
                **MOMENT_OR_NULL,
                "description": "From when on history is whole, where it was counted over.",
            },
            "notes": {"type": "array", "items": TEXT},
        },
        "from",
        "to",
        "by",
        "lines",
        "total",
        "failures",
    )
)

PROFILE = envelope({"$ref": "#/components/schemas/ProfileShape"})
SECRETS = envelope({"$ref": "#/components/schemas/SecretsShape"})

RECEIVED = an_object(
    {
        "inbound_id": TEXT,
        "meta_id": TEXT,
        "from": TEXT,
        "to": TEXT,
        "type": {**TEXT, "description": "Meta's type of the message."},
        "user_id": TEXT_OR_NULL,
        "profile_name": TEXT,
        "occurred_at": MOMENT,
        "received_at": MOMENT,
        "media": {
            "anyOf": [
                {"type": "null"},
                an_object(
                    {
                        "type": TEXT,
                        "file_name": TEXT,
                        "file_size": {"type": ["integer", "null"]},
                        "status": {"enum": ["pending", "stored", "failed"]},
                        "reason": TEXT_OR_NULL,
                    },
                    "type",
                    "status",
                ),
            ]
        },
        "reply_to_is_probable": {"type": "boolean"},
        "card_index": {"type": ["integer", "null"]},
        "button_index": {"type": ["integer", "null"]},
        "meta_object": META_OBJECT,
        "extra_info": {"type": "object", "description": "As in the callback about it."},
    },
    "inbound_id",
    "from",
    "to",
    "type",
    "meta_object",
    "extra_info",
)
INCOMING = envelope(
    an_object(
        {
            "messages": {"type": "array", "items": RECEIVED},
            "next": {**TEXT_OR_NULL, "description": "`cursor` of the page that follows."},
        },
        "messages",
        "next",
    )
)

ANSWERS: Mapping[str, Json] = {
    "listIncomingMessages": INCOMING,
    "getIncomingMessage": INCOMING,
    "makeOwnProfile": envelope({"$ref": "#/components/schemas/NewProfileShape"}),
    "listOwnProfiles": envelope(
        {"type": "array", "items": {"$ref": "#/components/schemas/ProfileShape"}}
    ),
    "getOwnProfile": PROFILE,
    "changeOwnProfile": PROFILE,
    "removeOwnProfile": envelope({"$ref": "#/components/schemas/RemovedShape"}),
    "attachOwnProfile": PROFILE,
    "detachOwnProfile": PROFILE,
    "rotateOwnSecret": SECRETS,
    "readOwnSecrets": SECRETS,
    "pauseOwnProfile": PROFILE,
    "resumeOwnProfile": PROFILE,
    "testOwnProfile": envelope({"$ref": "#/components/schemas/TestShape"}),
    "listOwnCallbacks": envelope({"$ref": "#/components/schemas/EventShapePage"}),
    "getOwnCallback": envelope({"$ref": "#/components/schemas/ToldShape"}),
    "replayOwnCallbacks": envelope({"$ref": "#/components/schemas/ReplayedShape"}),
    "createMessageTemplate": envelope(
        an_object({"id": TEXT, "status": TEXT, "category": TEXT}, "id", "status", "category")
    ),
    "listMessageTemplates": envelope(
        {"type": "array", "items": {"$ref": "#/components/schemas/Template"}}
    ),
    "editMessageTemplate": DONE,
    "deleteMessageTemplates": DONE,
    "uploadMedia": envelope(an_object({"id": TEXT}, "id")),
    "uploadResumableMedia": envelope(SAMPLE),
    "listResumableMedia": envelope({"type": "array", "items": SAMPLE}),
    "blockUsers": BLOCKED,
    "unblockUsers": BLOCKED,
    "listOwnMessages": FOUND,
    "getOwnMessage": STANDING,
    "getOwnTimeline": envelope({"$ref": "#/components/schemas/Story"}),
    "cancelOwnMessage": CANCELLED,
    "eraseOwnRecipient": envelope({"$ref": "#/components/schemas/ErasureShape"}),
    "getBilling": BILLING,
    "getOwnUsage": USAGE,
}
"""What `data` is in the 200 of each operation."""

A_FILE: Json = {
    "multipart/form-data": {
        "schema": an_object(
            {
                "file": {"type": "string", "format": "binary"},
                "type": {**TEXT, "description": "Its MIME type, like image/jpeg."},
            },
            "file",
        )
    }
}
BODIES: Mapping[str, Json] = {
    "makeOwnProfile": in_json({"$ref": "#/components/schemas/ProfileBody"}),
    "changeOwnProfile": in_json({"$ref": "#/components/schemas/ProfilePatch"}),
    "attachOwnProfile": in_json({"$ref": "#/components/schemas/TargetBody"}),
    "detachOwnProfile": in_json({"$ref": "#/components/schemas/TargetBody"}),
    "rotateOwnSecret": in_json({"$ref": "#/components/schemas/SecretRotation"}),
    "replayOwnCallbacks": in_json({"$ref": "#/components/schemas/ReplayBody"}),
    "createMessageTemplate": in_json(META_OBJECT),
    "editMessageTemplate": in_json(META_OBJECT),
    "uploadMedia": A_FILE,
    "uploadResumableMedia": A_FILE,
    "blockUsers": in_json({"$ref": "#/components/schemas/BlockBody"}),
    "unblockUsers": in_json({"$ref": "#/components/schemas/BlockBody"}),
    "eraseOwnRecipient": in_json({"$ref": "#/components/schemas/ErasureBody"}),
}
"""What each operation takes in."""
