"""What lines are drawn from, and what of it is shown to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec

from waypost.model.account import Account
from waypost.model.alarm import Alarm
from waypost.model.ledger import LedgerEntry
from waypost.model.messaging_limit import MessagingLimit, ReachedUser
from waypost.model.outbox import CallbackAttempt, CallbackSummary
from waypost.model.personal import MARK, NOTHING
from waypost.model.report import IncomingSummary, MessageReport, TimelineFact
from waypost.model.sender import Sender
from waypost.model.story import View
from waypost.model.template import Template
from waypost.model.work import DueItem
from waypost.runtime.redaction import mask_recipient, redact_words

Json: TypeAlias = Any

SHAPE = frozenset(
    {
        "messaging_product",
        "recipient_type",
        "type",
        "sub_type",
        "index",
        "card_index",
        "parameter_name",
        "code",
        "policy",
        "status",
        "message_id",
        "template/name",
        "biz_opaque_callback_data",
    }
)
"""What of a message's body is shape and no words, by its name, or its parent's and its own."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """All that may hold a message back, as it is now.

    item      its place in the queue; None if it has none
    sender    None if there is no such sender any more
    template  None if it has none, or none that is known here
    limit     of the portfolio that its sender belongs to; None: nothing is known
    place     its recipient's place under that limit; None: it has none
    alarms    those of its account that are open
    """

    item: DueItem | None = None
    sender: Sender | None = None
    template: Template | None = None
    limit: MessagingLimit | None = None
    place: ReachedUser | None = None
    alarms: Sequence[Alarm] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of one message, read at one moment.

    attempts  at callbacks, by event id
    version   Meta's API version, as it is set today
    """

    report: MessageReport
    view: View
    version: str
    account: Account | None = None
    facts: Sequence[TimelineFact] = ()
    entries: Sequence[LedgerEntry] = ()
    callbacks: Sequence[CallbackSummary] = ()
    attempts: Mapping[str, Sequence[CallbackAttempt]] = field(default_factory=dict)
    replies: Sequence[IncomingSummary] = ()
    waiting: Waiting = field(default_factory=Waiting)

    @property
    def sender(self) -> Sender | None:
        """The sender as it is now."""
        return self.waiting.sender

    @property
    def recipient(self) -> str:
        """Whom it is for, as it may be shown."""
        return show_recipient(self.report.recipient, self.view)

    def words(self, text: str) -> str:
        """Somebody's words, with the recipient in them as it may be shown."""
        return text if self.view is View.REVEALED else redact_words(text, self.report.recipient)


def show_recipient(address: str, view: View) -> str:
    """An address as it may be shown; nothing of none, and all of what was masked already."""
    if view is View.REVEALED or not address or address.startswith(MARK):
        return address
    return mask_recipient(address)


def content_of(report: MessageReport) -> dict[str, Any] | None:
    """What was asked, as Meta's object; None: it was erased."""
    if report.content.json == NOTHING:
        return None
    try:
        content = msgspec.json.decode(report.content.json)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return content if isinstance(content, dict) and content else None


def without_words(value: Json, name: str = "", parent: str = "") -> Json:
    """A message's body as shape: every word of its content is told by its length alone."""
    if isinstance(value, dict):
        return {key: without_words(each, key, name) for key, each in value.items()}
    if isinstance(value, list):
        return [without_words(each, name, parent) for each in value]
    if name in SHAPE or f"{parent}/{name}" in SHAPE or isinstance(value, bool) or value is None:
        return value
    return f"({len(str(value))} characters)"
