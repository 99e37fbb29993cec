"""Webhooks as Meta sends them, built and signed by a test."""

import hashlib
import hmac
import json
from typing import Any

from support.processes import SECRET, Answered, Customer

WEBHOOK = "/webhooks/meta"


def status(message: dict[str, Any], word: str, at: int = 1_795_000_000, **more: Any) -> Any:
    """A status of a message, as the emulator shows the message."""
    return {
        "id": message["id"],
        "status": word,
        "timestamp": str(at),
        "recipient_id": message["to"].lstrip("+"),
        "biz_opaque_callback_data": message["biz_opaque_callback_data"],
        **more,
    }


def change(statuses: list[Any], phone_number_id: str) -> dict[str, Any]:
    """A change of the field `messages`."""
    metadata = {"display_phone_number": "919800000001", "phone_number_id": phone_number_id}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "statuses": statuses}
    return {"value": value, "field": "messages"}


def body(*changes: Any) -> bytes:
    """A whole webhook with one entry."""
    entry = {"id": "102290129340398", "changes": list(changes)}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def deliver(meta: Customer, raw: bytes, secret: str = SECRET) -> Answered:
    """Posts these bytes with their signature."""
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    return meta.ask("POST", WEBHOOK, raw, headers)
