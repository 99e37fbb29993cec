"""What Meta's webhooks about WABAs and numbers mean for their health (`reference` 4.6). Pure.

Each tells of a trouble, that one is over, or nothing of the kind. Templates are not here: what
stops one is told by its status (`webhook.template_recorder`).
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from waypost.meta.single_value import text_at
from waypost.model.alarm import AlarmKind

DISABLING = frozenset({"DISABLE", "SCHEDULE_FOR_DISABLE"})
HARMLESS = frozenset({"", "INFORMATIONAL", "INFO"})
OVER = frozenset({"RESOLVED", "INACTIVE", "NONE"})

LONGEST_SUBJECT = 200
BUSINESS_SUPPORT = "Account: open Business Support Home of this WABA at Meta"


class Health(Struct, frozen=True):
    """What is wrong, or over.

    subject    what of it: the WABA, the number's digits, or the WABA and Meta's kind of alert
    detail     what happened, in a sentence
    next_step  whose turn it is and what to do; empty: it is over
    """

    kind: AlarmKind
    subject: str
    detail: str = ""
    next_step: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing is wrong any more."""
        return not self.next_step


def read_health(field: str, value: Mapping[str, Any], waba_id: str) -> Health | None:
    """What a change tells of health; None if nothing."""
    reader = READERS.get(field)
    health = None if reader is None else reader(value, waba_id)
    return None if health is None else replace(health, subject=health.subject[:LONGEST_SUBJECT])


def _of_update(value: Mapping[str, Any], waba_id: str) -> Health | None:
    event = text_at(value, "event") or ""
    restricted = AlarmKind.ACCOUNT_RESTRICTED
    if event == "DISABLED_UPDATE":
        ban = value.get("ban_info")
        state = text_at(ban, "waba_ban_state") or "DISABLE"
        if state not in DISABLING:
            return Health(restricted, waba_id)
        date = text_at(ban, "waba_ban_date")
        detail = f"Meta disables the WABA {waba_id}: {state}{f', {date}' if date else ''}."
        return Health(restricted, waba_id, detail, f"{BUSINESS_SUPPORT} and request a review.")
    if event == "ACCOUNT_VIOLATION":
        violation = text_at(value.get("violation_info"), "violation_type") or "no kind was told"
        detail = f"Meta found a violation of its policies by the WABA {waba_id}: {violation}."
        return Health(restricted, waba_id, detail, f"{BUSINESS_SUPPORT}, mend it or appeal.")
    if event == "ACCOUNT_RESTRICTION":
        info = value.get("restriction_info")
        kinds = [
            kind
            for one in (info if isinstance(info, list) else ())
            if (kind := text_at(one, "restriction_type")) is not None
        ]
        detail = f"Meta restricts the WABA {waba_id}: {', '.join(kinds) or 'no kind was told'}."
        return Health(restricted, waba_id, detail, f"{BUSINESS_SUPPORT} and read until when.")
    if event in ("ACCOUNT_DELETED", "PARTNER_REMOVED"):
        detail = f"Meta told {event} of the WABA {waba_id}: nothing can be sent from its numbers."
        step = "Operator: agree with the account whether to connect the WABA again or remove it."
        return Health(restricted, waba_id, detail, step)
    return None


def _of_alert(value: Mapping[str, Any], waba_id: str) -> Health | None:
    info = value.get("alert_info")
    shown = info if isinstance(info, dict) else value
    told = text_at(shown, "alert_type") or "ALERT"
    entity = text_at(value, "entity_id") or waba_id
    subject = f"{entity} {told}"
    severity = (text_at(shown, "alert_severity") or "").upper()
    if (text_at(shown, "alert_status") or "").upper() in OVER:
        return Health(AlarmKind.ACCOUNT_ALERT, subject)
    if severity in HARMLESS:
        return None
    words = text_at(shown, "alert_description") or "Meta told no more"
    detail = f"Meta's alert {told} ({severity.lower()}) about {entity}: {words}"
    return Health(AlarmKind.ACCOUNT_ALERT, subject, detail, f"{BUSINESS_SUPPORT} and act on it.")


def _of_review(value: Mapping[str, Any], waba_id: str) -> Health | None:
    decision = (text_at(value, "decision") or "").upper()
    if decision == "APPROVED":
        return Health(AlarmKind.ACCOUNT_REVIEW, waba_id)
    if decision != "REJECTED":
        return None
    detail = f"Meta's review of the WABA {waba_id} ended with {decision}."
    return Health(AlarmKind.ACCOUNT_REVIEW, waba_id, detail, f"{BUSINESS_SUPPORT} and appeal.")


def _of_quality(value: Mapping[str, Any], waba_id: str) -> Health | None:
    number = "".join(filter(str.isdigit, text_at(value, "display_phone_number") or "")) or waba_id
    event = text_at(value, "event") or ""
    quality = (
        text_at(value, "new_quality_score") or text_at(value, "quality_rating") or ""
    ).upper()
    if event == "FLAGGED" or quality == "RED":
        detail = f"Recipients block or report +{number}: Meta rates its quality low."
        step = (
            "Account: send less marketing from it, and only to those who asked for it; a low "
            "quality keeps Meta from raising the limit, and may lower it."
        )
        return Health(AlarmKind.NUMBER_QUALITY, number, detail, step)
    if event == "UNFLAGGED" or quality in ("YELLOW", "GREEN"):
        return Health(AlarmKind.NUMBER_QUALITY, number)
    return None


READERS: Mapping[str, Callable[[Mapping[str, Any], str], Health | None]] = {
    "account_update": _of_update,
    "account_alerts": _of_alert,
    "account_review_update": _of_review,
    "phone_number_quality_update": _of_quality,
}
