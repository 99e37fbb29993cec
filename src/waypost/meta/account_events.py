"""Meta's webhooks about WABAs, numbers and whatever else is no message (`reference` 4.6).

Pure, and never raises. Every field becomes one AccountTold, known here or not: what it means is
for its reader. What the gateway itself must know of it is read elsewhere, or in
`meta.account_health`.
"""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from waypost.meta.account_health import Health, read_health
from waypost.meta.single_value import ManyValue, names_in, number_of, text_at
from waypost.meta.template_events import FIELDS as TEMPLATE_FIELDS
from waypost.meta.timestamps import instant_of
from waypost.model.callback import EventKind

MESSAGES_FIELD = "messages"
PAYMENT = "payment"
"""The `type` of a status that tells of a payment, and nothing of the message's own way."""

KINDS = {
    **dict.fromkeys(TEMPLATE_FIELDS, EventKind.TEMPLATE_STATUS),
    "phone_number_quality_update": EventKind.PHONE_QUALITY,
    "phone_number_name_update": EventKind.PHONE_QUALITY,
    "business_capability_update": EventKind.PHONE_QUALITY,
    "payment_configuration_update": EventKind.PAYMENT_STATUS,
}
"""What a profile asks for to be told of a field; of any other it is ACCOUNT."""

LONGEST_FIELD = 100

_encode = msgspec.json.Encoder().encode


class AccountTold(Struct, frozen=True):
    """One thing that Meta told of a WABA, a number or a template.

    waba_id          empty if its entry names none
    phone_number_id  Meta's id of the number it is about; empty: see `number`
    number           the same by its digits; empty: it is about the WABA, or `phone_number_id`
                     tells it
    value            Meta's webhook value, as JSON
    occurred_at      as Meta tells it, of its entry or of what it holds; None if it does not
    place            where it stands in its webhook: a JSON pointer
    health           what it tells of the health of WABA or number; None if nothing
    """

    waba_id: str
    phone_number_id: str
    number: str
    kind: EventKind
    field: str
    value: bytes
    occurred_at: datetime | None
    place: str
    health: Health | None = None


def read_account_event(
    value: dict[str, Any], field: str, waba_id: str, told_at: Any, path: str
) -> AccountTold | str:
    """A change of a field other than `messages`, or why it is none.

    told_at  its entry's `time`
    """
    try:
        encoded = _encode(value)
    except RecursionError:
        return "is nested too deeply"
    number = text_at(value, "display_phone_number") or ""
    return AccountTold(
        waba_id,
        number_of(value),
        "".join(filter(str.isdigit, number)),
        KINDS.get(field, EventKind.ACCOUNT),
        field[:LONGEST_FIELD],
        encoded,
        instant_of(told_at) or _time_within(value),
        path,
        read_health(field, value, waba_id),
    )


def read_errors(
    value: dict[str, Any], waba_id: str, told_at: Any, path: str
) -> AccountTold | str | None:
    """The errors of a value that are of no message; None if there are none."""
    errors = value.get("errors")
    if not isinstance(errors, list) or not errors:
        return None
    try:
        only = {key: part for key, part in value.items() if key not in ("messages", "statuses")}
        encoded = _encode(only)
    except RecursionError:
        return "errors: is nested too deeply"
    return AccountTold(
        waba_id,
        number_of(value),
        "",
        EventKind.ACCOUNT,
        MESSAGES_FIELD,
        encoded,
        instant_of(told_at),
        f"{path}/errors",
    )


def read_payment(status: dict[str, Any], many: ManyValue, waba_id: str, path: str) -> AccountTold:
    """A status of a payment. Raises RecursionError for what is nested too deeply."""
    whose = names_in(status, "recipient_id", "recipient_user_id")
    return AccountTold(
        waba_id,
        number_of(many.value),
        "",
        EventKind.PAYMENT_STATUS,
        MESSAGES_FIELD,
        many.encode("statuses", status, whose),
        instant_of(status.get("timestamp")),
        path,
    )


def _time_within(value: dict[str, Any]) -> datetime | None:
    """The `timestamp` of the first thing that a value lists: calls, echoes, groups have one."""
    for part in value.values():
        first = part[0] if isinstance(part, list) and part else None
        found = instant_of(first.get("timestamp")) if isinstance(first, dict) else None
        if found is not None:
            return found
    return None
