"""The callbacks as the documents print them: which keys, in which order, of which form.

Written from docs/api.md, docs/callbacks.md, docs/incoming.md and reference/kaleyra-v2.md 2 and 3
alone. Keys of our own are all that may be there; in Meta's own objects more may stand.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

ENVELOPE = ("meta_object", "extra_info")
STATUS_CALLBACK = (*ENVELOPE, "status", "message_id")
NOT_SENT = ("code", "status", "reason", "message_id", "extra_info")
META_OBJECT = ("value", "field")
METADATA = ("display_phone_number", "phone_number_id")
REFERENCES = ("ref", "ref1", "ref2")
TRACKING = ("enable_url_tracking_body", "enable_url_tracking_button")
STATUS_EXTRA = ("trace_id", "message_id", "waba_id", *REFERENCES, *TRACKING)
NOT_SENT_EXTRA = (*TRACKING, "message_id", "waba_id", *REFERENCES)
INCOMING_EXTRA = ("media_url", *REFERENCES, "reply_to", "trace_id", "waba_id")
INCOMING_MORE = {"card_index": int, "button_index": int, "reply_to_is_probable": bool}

STATUS_VALUE = ("messaging_product", "metadata", "statuses")
STATUS = ("id", "status", "timestamp", "recipient_id")
ERROR = ("code", "title", "message", "error_data", "href")
INCOMING_VALUE = ("messaging_product", "metadata", "contacts", "messages")
MEDIUM = ("mime_type", "sha256", "id")
KINDS: Mapping[str, Sequence[str]] = {
    "text": ("body",),
    "button": ("payload", "text"),
    "order": ("catalog_id", "text", "product_items"),
    "location": ("latitude", "longitude"),
    **dict.fromkeys(("image", "video", "audio", "document", "sticker"), MEDIUM),
}
ITEM = ("product_retailer_id", "quantity", "item_price", "currency")
ACCOUNT_EXTRA = ("trace_id", "waba_id")

WORDS = ("sent", "delivered", "read", "failed")
UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
SECONDS = re.compile(r"\d{10}")


class UndocumentedError(AssertionError):
    """A callback is not as the documents say; the text says where."""


def kind_of(body: Mapping[str, Any]) -> str:
    """`status`, `not sent`, `incoming` or `account`, once its form was held against the documents.

    Raises UndocumentedError.
    """
    if "meta_object" not in body:
        _check_not_sent(body)
        return "not sent"
    value = body["meta_object"].get("value", {})
    _exactly(body["meta_object"], META_OBJECT, "meta_object")
    if "status" in body:
        _check_status(body, value)
        return "status"
    _exactly(body, ENVELOPE, "the body")
    if body["meta_object"]["field"] == "messages":
        _check_incoming(body["extra_info"], value)
        return "incoming"
    _exactly(body["extra_info"], ACCOUNT_EXTRA, "extra_info")
    return "account"


def _check_not_sent(body: Mapping[str, Any]) -> None:
    _exactly(body, NOT_SENT, "the body")
    _exactly(body["extra_info"], NOT_SENT_EXTRA, "extra_info")
    _is(body["status"] == "not sent", "status is not `not sent`")
    _is(body["code"].startswith("WAV2") and body["reason"], "there is no reason of our own")
    _is(body["extra_info"]["message_id"] == body["message_id"], "two ids of one message")


def _check_status(body: Mapping[str, Any], value: Mapping[str, Any]) -> None:
    _exactly(body, STATUS_CALLBACK, "the body")
    _in_order(value, STATUS_VALUE, "value")
    _exactly(value["metadata"], METADATA, "metadata")
    _is(body["meta_object"]["field"] == "messages", "the field is not `messages`")
    (status,) = value["statuses"]
    _in_order(status, STATUS, "the status")
    _is(body["status"] in WORDS, f"{body['status']} is no status")
    _is(status["status"] == body["status"], "two statuses in one callback")
    _is(bool(SECONDS.fullmatch(status["timestamp"])), "the timestamp is no text of seconds")
    _is(status["recipient_id"].isdigit(), "the recipient is written with more than digits")
    _is("biz_opaque_callback_data" not in status, "our own mark is told")
    for error in status.get("errors", ()):
        _in_order(error, ERROR, "the error")
        _is(error["title"] == error["message"], "title and message differ")
    _is(bool(status.get("errors")) == (body["status"] == "failed"), "errors, or none, out of place")
    extra = body["extra_info"]
    _exactly(extra, STATUS_EXTRA, "extra_info")
    _is(extra["message_id"] == body["message_id"], "two ids of one message")
    _is(bool(UUID.fullmatch(extra["trace_id"])), "trace_id is no UUID")


def _check_incoming(extra: Mapping[str, Any], value: Mapping[str, Any]) -> None:
    _in_order(value, INCOMING_VALUE, "value")
    _exactly(value["metadata"], METADATA, "metadata")
    (message,) = value["messages"]
    kind = message["type"]
    _is("id" in message and SECONDS.fullmatch(message["timestamp"]), "no id or no timestamp")
    if kind in KINDS:
        _in_order(message[kind], KINDS[kind], kind)
    for item in message.get("order", {}).get("product_items", ()):
        _exactly(item, ITEM, "the product")
    ours = {name: one for name, one in extra.items() if name not in INCOMING_MORE}
    _exactly(ours, INCOMING_EXTRA, "extra_info")
    _is([*extra][: len(ours)] == [*ours], "a key of our own stands before documented ones")
    for name, form in INCOMING_MORE.items():
        _is(name not in extra or type(extra[name]) is form, f"{name} is no {form.__name__}")
    _is(bool(UUID.fullmatch(extra["trace_id"])), "trace_id is no UUID")
    _is(bool(extra["media_url"]) == (KINDS.get(kind) == MEDIUM), "media_url is out of place")


def _exactly(given: Mapping[str, Any], keys: Sequence[str], where: str) -> None:
    _is([*given] == [*keys], f"{where} has {', '.join(given)}, and not {', '.join(keys)}")


def _in_order(given: Mapping[str, Any], keys: Sequence[str], where: str) -> None:
    """All of these keys, one behind the other, whatever of Meta's stands between."""
    found = [key for key in given if key in keys]
    _is(found == [*keys], f"{where} has {', '.join(given)}, and not {', '.join(keys)}")


def _is(condition: object, otherwise: str) -> None:
    if not condition:
        raise UndocumentedError(otherwise)
