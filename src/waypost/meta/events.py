"""Meta's webhook body to typed events (`reference` 4.4 to 4.8). Pure, and never raises.

One bad entry costs only itself: whatever cannot be understood is counted and named, and its
neighbours go on. Unknown statuses and unknown fields exist and are no error.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from waypost.meta.account_events import (
    MESSAGES_FIELD,
    PAYMENT,
    AccountTold,
    read_account_event,
    read_errors,
    read_payment,
)
from waypost.meta.damaged_json import read_damaged
from waypost.meta.inbound import (
    LONGEST_ADDRESS,
    LONGEST_WAMID,
    Inbound,
    Preference,
    read_messages,
    read_preferences,
)
from waypost.meta.limit_events import FIELDS as LIMIT_FIELDS
from waypost.meta.limit_events import LimitEvent, read_limit_events
from waypost.meta.single_value import ManyValue, names_in, number_of
from waypost.meta.template_events import FIELDS as TEMPLATE_FIELDS
from waypost.meta.template_events import TemplateEvent, read_template_events
from waypost.meta.timestamps import instant_of
from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact
from waypost.model.message import Pricing
from waypost.model.meta_error_table import classify

Read = TypeVar("Read")

_decode = msgspec.json.Decoder().decode

FACTS = {
    "sent": Fact.SENT,
    "delivered": Fact.DELIVERED,
    "read": Fact.READ,
    "failed": Fact.FAILED,
    "played": Fact.READ,  # a voice message that was heard was certainly opened
}

FREE_KINDS = ("free_customer_service", "free_entry_point")
"""`pricing.type` of what Meta does not bill (`reference` 4.4)."""


class Source(NamedTuple):
    """Of which entry something is: its WABA, and its `time` as Meta gives it."""

    waba_id: str
    told_at: Any


class StatusReceived(Struct, frozen=True):
    """One status of one message.

    opaque      `biz_opaque_callback_data`: our message id, if the message is ours
    meta_value  the webhook value with this one status and its contact, as JSON, without `opaque`
    """

    phone_number_id: str
    wamid: str
    opaque: str | None
    fact: Fact
    occurred_at: datetime
    wa_id: str | None
    failure: Failure | None
    pricing: Pricing | None
    meta_value: bytes


@dataclass(slots=True)
class Understood:
    """What a webhook's body came to.

    inbound      how many messages from recipients it held
    messages     those of them that were understood
    preferences  what recipients told about marketing in WhatsApp's settings
    templates    what Meta told of templates
    limits       what Meta told of throughput and messaging limits
    accounts     whatever else Meta told: every change of another field, errors of no message,
                 statuses of payments
    others       fields other than `messages`, by how often
    dropped      what was not understood, in words
    """

    statuses: list[StatusReceived] = field(default_factory=list)
    inbound: int = 0
    messages: list[Inbound] = field(default_factory=list)
    preferences: list[Preference] = field(default_factory=list)
    templates: list[TemplateEvent] = field(default_factory=list)
    limits: list[LimitEvent] = field(default_factory=list)
    accounts: list[AccountTold] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)


def parse_webhook(body: bytes) -> Understood:
    """Everything in a webhook's body."""
    understood = Understood()
    try:
        document = _read(body)
    except (ValueError, RecursionError) as error:
        understood.dropped.append(f"the body is no JSON: {error}")
        return understood
    entries = document.get("entry") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        understood.dropped.append("the body has no list `entry`")
        return understood
    for position, entry in enumerate(entries):
        changes = entry.get("changes") if isinstance(entry, dict) else None
        if not isinstance(changes, list):
            understood.dropped.append(f"/entry/{position} has no list `changes`")
            continue
        source = Source(entry["id"] if isinstance(entry.get("id"), str) else "", entry.get("time"))
        for number, change in enumerate(changes):
            _read_change(change, f"/entry/{position}/changes/{number}", source, understood)
    return understood


def _read(body: bytes) -> Any:
    """The document, also of a body with a damaged character. Raises ValueError, RecursionError."""
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return read_damaged(body)


def _sort(read: Iterable[Read | str], kept: list[Read], path: str, understood: Understood) -> None:
    """Keeps what was understood; the rest is named by its place."""
    for one in read:
        if isinstance(one, str):
            understood.dropped.append(f"{path}/value/{one}")
        else:
            kept.append(one)


def _read_change(change: Any, path: str, source: Source, understood: Understood) -> None:
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(value, dict):
        understood.dropped.append(f"{path} has no object `value`")
        return
    name = change.get("field")
    if name != MESSAGES_FIELD:
        _read_other(str(name), value, path, source, understood)
        return
    if not any(isinstance(value.get(key), list) for key in ("messages", "statuses", "errors")):
        understood.dropped.append(f"{path}/value has no messages, statuses or errors")
    inbound = value.get("messages")
    if isinstance(inbound, list):
        understood.inbound += len(inbound)
        read = read_messages(value, source.waba_id, f"{path}/value")
        _sort(read, understood.messages, path, understood)
    if isinstance(value.get("errors"), list):
        understood.others["errors"] = understood.others.get("errors", 0) + 1
        told = read_errors(value, source.waba_id, source.told_at, f"{path}/value")
        _sort([] if told is None else [told], understood.accounts, path, understood)
    statuses, many = value.get("statuses"), ManyValue(value)
    for number, status in enumerate(statuses if isinstance(statuses, list) else ()):
        place = f"{path}/value/statuses/{number}"
        try:
            if isinstance(status, dict) and status.get("type") == PAYMENT:
                payment = read_payment(status, many, source.waba_id, place)
                understood.accounts.append(payment)
                continue
            one = _read_status(status, many, number_of(value))
        except RecursionError:
            one = "is nested too deeply"
        if isinstance(one, str):
            understood.dropped.append(f"{place}: {one}")
        else:
            understood.statuses.append(one)


def _read_other(
    name: str, value: dict[str, Any], path: str, source: Source, understood: Understood
) -> None:
    """A change that is of no message."""
    waba_id = source.waba_id
    understood.others[name] = understood.others.get(name, 0) + 1
    told = read_account_event(value, name, waba_id, source.told_at, path)
    _sort([told], understood.accounts, path, understood)
    if name == "user_preferences":
        _sort(read_preferences(value, waba_id), understood.preferences, path, understood)
    elif name in TEMPLATE_FIELDS:
        events = read_template_events(value, name, waba_id)
        _sort(events, understood.templates, path, understood)
    elif name in LIMIT_FIELDS:
        _sort(read_limit_events(value, waba_id), understood.limits, path, understood)


def _read_status(status: Any, many: ManyValue, phone_number_id: str) -> StatusReceived | str:
    """The status, or why it is none."""
    if not isinstance(status, dict):
        return "is no object"
    wamid, name = status.get("id"), status.get("status")
    if not isinstance(wamid, str) or not wamid:
        return "has no `id`"
    if len(wamid) > LONGEST_WAMID:
        return f"its `id` has {len(wamid)} characters, more than any of Meta's"
    fact = FACTS.get(name) if isinstance(name, str) else None
    if fact is None:
        return f"status {name!r} is not known"
    occurred_at = instant_of(status.get("timestamp"))
    if occurred_at is None:
        return f"timestamp {status.get('timestamp')!r} is none"
    opaque = status.get("biz_opaque_callback_data")
    pricing = status.get("pricing")
    wa_id = status.get("recipient_id")
    shown = {key: part for key, part in status.items() if key != "biz_opaque_callback_data"}
    return StatusReceived(
        phone_number_id=phone_number_id,
        wamid=wamid,
        opaque=opaque if isinstance(opaque, str) and opaque else None,
        fact=fact,
        occurred_at=occurred_at,
        wa_id=wa_id if isinstance(wa_id, str) and 0 < len(wa_id) <= LONGEST_ADDRESS else None,
        failure=_failure(status.get("errors")) if fact is Fact.FAILED else None,
        pricing=_read_pricing(pricing),
        meta_value=many.encode(
            "statuses", shown, names_in(status, "recipient_id", "recipient_user_id")
        ),
    )


def _read_pricing(pricing: Any) -> Pricing | None:
    """What Meta says of the price of this message (`reference` 4.4); None: nothing."""
    if not isinstance(pricing, dict):
        return None
    kind, category = pricing.get("type"), pricing.get("category")
    is_free = pricing.get("billable") is False or kind in FREE_KINDS
    return Pricing(
        is_billable=not is_free,
        kind=kind if isinstance(kind, str) else "",
        category=category if isinstance(category, str) else "",
    )


def _failure(errors: Any) -> Failure:
    """Why Meta failed the message: the first of its errors."""
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict) or not isinstance(first.get("code"), int):
        return Failure("0", "Meta gave no reason", "", "Operator: ask Meta's support.")
    return read_error(first, http_status=200)


def read_error(error: dict[str, Any], http_status: int) -> Failure:
    """Meta's error object, of a webhook or of an answer, as a failure in our words."""
    code = error.get("code")
    number = code if isinstance(code, int) else 0
    row = classify(number, http_status)
    data = error.get("error_data")
    detail = data.get("details") if isinstance(data, dict) else None
    said = detail or error.get("message") or error.get("title") or ""
    return Failure(str(number), row.title, str(said), row.next_step)
