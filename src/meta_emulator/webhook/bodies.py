r"""Webhook bodies as Meta words them, and their signature.

Bodies are ASCII: what is not is `\\uXXXX` in lower-case hex, an emoji a surrogate pair; the
signature is over exactly those bytes (reference 4.2). One status has one change, with its own
contact, and a body has one entry for each WABA.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from meta_emulator.protocol.answers import Version
from meta_emulator.protocol.errors import webhook_error
from meta_emulator.world.message import REGULAR, Message, Status, Told
from meta_emulator.world.objects import Number
from meta_emulator.world.recipients import identity_of, user_id_of

USER_AGENT = "facebookexternalua"
CONVERSATION_UNTIL: Version = (23, 0)
"""Statuses of later webhook versions have no `conversation` (reference 4.4)."""
WINDOW = timedelta(hours=24)
TIME = '"time"'
UNNAMED = "WhatsApp User"
MOST_AROUND = 64
"""Bytes of an entry's keys and punctuation, at most."""


@dataclass(slots=True)
class Update:
    """One change of one WABA, worded. `status`: what it reports, told how its delivery goes.

    time    the entry's Unix second; None for messages and statuses, whose entries have none
    about   the id of the message whose `status` it is
    number  the deliverer's, once it was pushed
    lot     what its lots are drawn by, if a plan of disorder is in force
    is_repeat  it was told before: no webhook has it beside what it repeats
    person  digits of whom it is about, where `status` does not say so
    since   the clock's seconds when it was pushed
    """

    waba_id: str
    change: str
    status: Told | None = None
    time: int | None = None
    about: str | None = None
    number: int = 0
    lot: str = ""
    is_repeat: bool = False
    person: str = ""
    since: float = 0.0

    @property
    def size(self) -> int:
        """The bytes that it adds to a body, at most."""
        return len(self.change) + len(self.waba_id) + MOST_AROUND


def ascii_json(value: Any) -> str:
    """Compact JSON, ASCII only."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def change_head(number: Number) -> str:
    """The part of a change that is the same for everything of one number."""
    display, number_id = quoted(number.digits), quoted(number.id)
    return (
        '{"value":{"messaging_product":"whatsapp","metadata":'
        f'{{"display_phone_number":{display},"phone_number_id":{number_id}}}'
    )


def heard_of(message: Message, status: Status) -> Sequence[str | None]:
    """Who each of the changes that report a status is about: one, and in a group everybody."""
    if message.group_id is None or status.status in {"sent", "failed"}:
        return (None,)
    return message.participants


def render_status(
    message: Message,
    status: Status,
    version: Version,
    participant: str | None = None,
    *,
    is_priced: bool,
) -> str:
    """The change that reports `status` of `message`, as JSON.

    participant  digits of the member of a group whom it is about
    is_priced  pricing goes with `sent` and with one of `delivered` and `read`, never with
               `failed`

    A failed status has its contact too: Meta's text leaves it out, recorded ones have it and
    current receivers need it. It has no `recipient_user_id` if it was sent to a phone
    (reference 4.7).
    """
    contacts, reached = _recipient(message, status, participant)
    text = (
        f'{change_head(message.number)}{contacts},"statuses":[{{"id":"{message.id}",'
        f'"status":"{status.status}","timestamp":"{int(status.time.timestamp())}"{reached}'
    )
    if message.wa_id is not None and checks_identity(message.number):
        text += f',"recipient_identity_key_hash":"{identity_of(message.wa_id)}"'
    if message.callback_data is not None:
        text += f',"biz_opaque_callback_data":{quoted(message.callback_data)}'
    if status.code is not None:
        text += f',"errors":[{ascii_json(webhook_error(status.code))}]'
    if is_priced:
        if version <= CONVERSATION_UNTIL or message.entry_ends_at is not None:
            text += f',"conversation":{_conversation(message, status)}'
        billable = "true" if message.pricing_type == REGULAR else "false"
        text += (
            f',"pricing":{{"billable":{billable},"pricing_model":"PMP",'
            f'"type":"{message.pricing_type}","category":"{message.category}"}}'
        )
    return text + '}]},"field":"messages"}'


def _recipient(message: Message, status: Status, participant: str | None) -> tuple[str, str]:
    """The contacts of a status, and the keys that say whom it is about."""
    if message.group_id is not None:
        return _in_group(message.group_id, participant)
    user = quoted(message.user_id or user_id_of(message.wa_id or ""))
    reached = contact = ""
    if message.wa_id is not None:
        reached = f',"recipient_id":"{message.wa_id}"'
        contact = f'"wa_id":"{message.wa_id}",'
    if status.status != "failed" or message.wa_id is None:
        reached += f',"recipient_user_id":{user}'
    contacts = f',"contacts":[{{"profile":{{"name":"{UNNAMED}"}},{contact}"user_id":{user}}}]'
    return contacts, reached


def _in_group(group_id: str, participant: str | None) -> tuple[str, str]:
    reached = f',"recipient_id":{quoted(group_id)},"recipient_type":"group"'
    if participant is None:
        return "", reached
    user = quoted(user_id_of(participant))
    contacts = (
        f',"contacts":[{{"profile":{{"name":"{UNNAMED}"}},"wa_id":"{participant}",'
        f'"user_id":{user}}}]'
    )
    return contacts, (
        f'{reached},"recipient_participant_id":"{participant}"'
        f',"recipient_participant_user_id":{user}'
    )


def checks_identity(number: Number) -> bool:
    """Whether the number asked to be told when a user's identity changes."""
    asked = number.options.get("user_identity_change") if number.options else None
    return type(asked) is dict and asked.get("enable_identity_key_check") is True


def render_inbound(number: Number, message: dict[str, Any], name: str, user_id: str) -> str:
    """The change that brings a recipient's `message`, complete with `from` and `id`."""
    contact = {"profile": {"name": name}, "wa_id": message["from"], "user_id": user_id}
    if checks_identity(number):
        contact["identity_key_hash"] = identity_of(message["from"])
    return (
        f'{change_head(number)},"contacts":[{ascii_json(contact)}],'
        f'"messages":[{ascii_json(message)}]}},"field":"messages"}}'
    )


def render_account(field: str, value: dict[str, Any]) -> str:
    """The change that tells of a WABA: its templates, its quality (reference 4.6)."""
    return f'{{"value":{ascii_json(value)},"field":{quoted(field)}}}'


def render_preference(number: Number, wa_id: str, name: str, preference: dict[str, Any]) -> str:
    """The change that tells whether a recipient wants marketing."""
    contact = {"profile": {"name": name}, "wa_id": wa_id, "user_id": user_id_of(wa_id)}
    return (
        f'{change_head(number)},"contacts":[{ascii_json(contact)}],'
        f'"user_preferences":[{ascii_json(preference)}]}},"field":"user_preferences"}}'
    )


def render_body(updates: list[Update]) -> bytes:
    """One webhook body with all `updates`, in their order."""
    entries: dict[tuple[str, int | None], list[str]] = {}
    for update in updates:
        entries.setdefault((update.waba_id, update.time), []).append(update.change)
    text = ",".join(
        f'{{"id":"{waba_id}"{"" if time is None else f",{TIME}:{time}"},'
        f'"changes":[{",".join(changes)}]}}'
        for (waba_id, time), changes in entries.items()
    )
    return f'{{"object":"whatsapp_business_account","entry":[{text}]}}'.encode("ascii")


def signature(body: bytes, app_secret: bytes) -> str:
    """The value of `X-Hub-Signature-256` for `body`."""
    return "sha256=" + hmac.new(app_secret, body, hashlib.sha256).hexdigest()


def signed_headers(body: bytes, app_secret: bytes) -> dict[str, str]:
    """The headers a webhook is sent with."""
    return {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "x-hub-signature-256": signature(body, app_secret),
    }


def _conversation(message: Message, status: Status) -> str:
    """24 hours from `sent`; the end is told only there."""
    conversation: dict[str, Any] = {
        "id": hashlib.blake2b(message.id.encode(), digest_size=16).hexdigest(),
        "origin": {"type": message.category},
    }
    if status.status == "sent":
        ends_at: datetime = message.entry_ends_at or status.time + WINDOW
        conversation["expiration_timestamp"] = str(int(ends_at.timestamp()))
    return ascii_json(conversation)
