"""Meta's webhooks about templates to typed events (`reference` 4.6). Pure, and never raises.

Ids are numbers there, a language may be `en-US` or `en_US`, and one key means two things: in
`template_category_update` an announcement names the category to come `correct_category`, and what
was done names it `new_category`.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

STATUS_FIELD = "message_template_status_update"
QUALITY_FIELD = "message_template_quality_update"
COMPONENTS_FIELD = "message_template_components_update"
CATEGORY_FIELD = "template_category_update"
FIELDS = frozenset((STATUS_FIELD, QUALITY_FIELD, COMPONENTS_FIELD, CATEGORY_FIELD))

STATUSES: Mapping[str, str] = {
    **{
        word: word
        for word in (
            "APPROVED",
            "ARCHIVED",
            "DELETED",
            "DISABLED",
            "IN_APPEAL",
            "LIMIT_EXCEEDED",
            "LOCKED",
            "PAUSED",
            "PENDING",
            "PENDING_DELETION",
            "REJECTED",
        )
    },
    "REINSTATED": "APPROVED",
}
"""Which status an event leads to. FLAGGED and UNARCHIVED lead to none: Meta's list tells."""


NO_REASON = "NONE"


class TemplateEventKind(StrEnum):
    """What Meta told of a template."""

    STATUS = "status"
    CATEGORY = "category"
    CATEGORY_ANNOUNCED = "category_announced"
    QUALITY = "quality"
    COMPONENTS = "components"


class TemplateEvent(Struct, frozen=True):
    """One thing that Meta told of one template.

    language  with an underscore, as in Meta's list
    value     the new status, category or quality; empty if the event alone does not say it
    reason    why, in Meta's words; empty if it gave none
    """

    waba_id: str
    template_id: str
    name: str
    language: str
    kind: TemplateEventKind
    value: str
    reason: str = ""


Event = Callable[[TemplateEventKind, str, str], TemplateEvent]
Read = list[TemplateEvent | str]
"""Events, or in words why there is none."""


def read_template_events(value: Mapping[str, Any], field: str, waba_id: str) -> Read:
    """What one change of one of FIELDS tells."""
    if not waba_id:
        return ["message_template_id: its entry has no `id`"]
    for key in ("message_template_name", "message_template_language"):
        if not isinstance(value.get(key), str) or not value[key]:
            return [f"{key} is no text"]
    template_id = value.get("message_template_id")

    def event(kind: TemplateEventKind, word: str, reason: str) -> TemplateEvent:
        return TemplateEvent(
            waba_id,
            str(template_id) if isinstance(template_id, str | int) else "",
            value["message_template_name"],
            value["message_template_language"].replace("-", "_"),
            kind,
            word,
            reason,
        )

    if field == QUALITY_FIELD or "new_quality_score" in value:
        # Meta's page on quality shows it under the name of the status update.
        return _read_quality(value, event)
    return READERS[field](value, event)


def word_of(word: Any) -> str:
    """One of Meta's words, in capitals; empty if it is none."""
    return word.upper() if isinstance(word, str) else ""


def reason_of(reason: Any) -> str:
    """Why something was refused; empty for Meta's NONE and for null."""
    word = word_of(reason)
    return "" if word == NO_REASON else word


def _read_status(value: Mapping[str, Any], event: Event) -> Read:
    word = word_of(value.get("event"))
    if not word:
        return ["event is no text"]
    events: Read = [event(TemplateEventKind.STATUS, STATUSES.get(word, ""), _reason(word, value))]
    category = word_of(value.get("message_template_category"))
    if category:
        events.append(event(TemplateEventKind.CATEGORY, category, ""))
    return events


def _read_quality(value: Mapping[str, Any], event: Event) -> Read:
    quality = word_of(value.get("new_quality_score"))
    if not quality:
        return ["new_quality_score is no text"]
    return [event(TemplateEventKind.QUALITY, quality, "")]


def _read_components(_: Mapping[str, Any], event: Event) -> Read:
    """Not enough is told to make the definition of: it is read from Meta's list."""
    return [event(TemplateEventKind.COMPONENTS, "", "")]


def _read_category(value: Mapping[str, Any], event: Event) -> Read:
    announced, done = word_of(value.get("correct_category")), word_of(value.get("new_category"))
    if announced:
        return [event(TemplateEventKind.CATEGORY_ANNOUNCED, announced, _when(value))]
    if done:
        return [event(TemplateEventKind.CATEGORY, done, "")]
    return ["new_category is no text"]


def _when(value: Mapping[str, Any]) -> str:
    """When an announced change comes, as Meta tells it: Unix seconds."""
    timestamp = value.get("category_update_timestamp")
    return f"at {timestamp}" if isinstance(timestamp, int | str) else ""


def _reason(word: str, value: Mapping[str, Any]) -> str:
    """Everything that Meta says of the why, in one line."""
    parts = [reason_of(value.get("reason"))]
    if word not in STATUSES:
        parts.insert(0, word)
    for key, words in (
        ("other_info", ("title", "description")),
        ("rejection_info", ("reason", "recommendation")),
        ("disable_info", ("disable_date",)),
    ):
        info = value.get(key)
        if isinstance(info, dict):
            parts += [str(info[name]) for name in words if info.get(name)]
    return "; ".join(dict.fromkeys(part for part in parts if part))


READERS: Mapping[str, Callable[[Mapping[str, Any], Event], Read]] = {
    STATUS_FIELD: _read_status,
    CATEGORY_FIELD: _read_category,
    COMPONENTS_FIELD: _read_components,
}
