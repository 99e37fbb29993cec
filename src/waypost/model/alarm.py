"""An alarm: something that goes on until a person acts, told once and kept until it is over."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class AlarmKind(StrEnum):
    """What is wrong."""

    SENDER_HELD = "sender_held"
    """Meta refuses a number as a whole; its queue waits. The subject is the sender."""
    TEMPLATE_STOPPED = "template_stopped"
    """Meta stopped a template; the subject is its WABA, name and language."""
    CREDIT_LOW = "credit_low"
    """70 % of a postpaid account's credit is used; the subject is `70`, or `75` from there on."""
    DAILY_LIMIT = "daily_limit"
    """An account's messages of a day are used up; the subject is the day."""
    MESSAGING_LIMIT = "messaging_limit"
    """A portfolio has reached its users of 24 hours; the subject is the portfolio."""
    UNKNOWN_HELD = "unknown_held"
    """Messages of unknown outcome wait for a person; the subject is the sender."""
    WEBHOOKS_SILENT = "webhooks_silent"
    """Messages were given to Meta and no webhook came; the subject is the sender."""
    CALLBACKS_FAILING = "callbacks_failing"
    """No callback of a profile is taken; the subject is the profile."""
    CALLBACKS_SUSPENDED = "callbacks_suspended"
    """The same for so long that it is only tried from time to time; the subject is the profile."""
    CALLBACKS_GONE = "callbacks_gone"
    """An endpoint answered that it is gone for good; the subject is the profile."""
    ACCOUNT_RESTRICTED = "account_restricted"
    """Meta disables, restricts or disconnects a WABA; the subject is the WABA."""
    ACCOUNT_ALERT = "account_alert"
    """Meta's own alert; the subject is what it is about and its type."""
    ACCOUNT_REVIEW = "account_review"
    """Meta's review of a WABA refused it; the subject is the WABA."""
    NUMBER_QUALITY = "number_quality"
    """Meta rates a number's quality low; the subject is its digits."""


class Alarm(Struct, frozen=True):
    """One alarm.

    account_id  whom it concerns; 0: the deployment
    subject     what of it, in the kind's own words; together with the kind it is open once
    detail      what happened, in a sentence
    next_step   whose turn it is and what to do
    cleared_at  when it was over; None: it is not
    """

    account_id: int
    kind: AlarmKind
    subject: str
    detail: str
    next_step: str
    raised_at: datetime
    cleared_at: datetime | None = None
