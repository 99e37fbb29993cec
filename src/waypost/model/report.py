"""What happened to a message, as it is read back."""

from dataclasses import dataclass
from datetime import datetime

from waypost.model.account import UnknownPolicy
from waypost.model.failure import Failure
from waypost.model.inbound import MediaState
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Exchange, Payment
from waypost.model.money import Money
from waypost.model.refusal import Fault
from waypost.model.submission import Content, References
from waypost.model.work import Priority


@dataclass(frozen=True, slots=True)
class MessageReport:
    """One message with what was asked and where it stands.

    findings    what a check at the door found and did not refuse
    send_at     when it is, or was, to be given to Meta; None: at once
    expires_at  until when that may wait; None: for ever
    """

    account_id: int
    sid: str
    message_id: str
    submission_id: str
    sender_id: str
    recipient: str
    state: State
    payment: Payment
    price: Money
    wamid: str | None
    wa_id: str | None
    failure: Failure | None
    accepted_at: datetime
    changed_at: datetime
    content: Content
    references: References
    source: str
    trace_id: str
    findings: tuple[Fault, ...] = ()
    send_at: datetime | None = None
    expires_at: datetime | None = None
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True)
class TimelineFact:
    """One fact of a message's timeline; `exchange` of an attempt at Meta."""

    fact: Fact
    occurred_at: datetime
    recorded_at: datetime
    attempt: int | None
    wamid: str | None
    failure: Failure | None
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True)
class IncomingSummary:
    """One message from a recipient, without what it says.

    reply_to     our id of the message that it answers; None: none that is known
    is_probable  that was found out by what was ordered, and not told by Meta
    """

    account_id: int
    sid: str
    inbound_id: str
    sender_id: str
    wamid: str
    kind: str
    recipient: str
    occurred_at: datetime
    received_at: datetime
    reply_to: str | None
    is_probable: bool
    media_state: MediaState
    media_failure: str | None


@dataclass(frozen=True, slots=True)
class MessageSummary:
    """One message without what it says: where it stands, for whom, by when.

    send_at     when it is, or was, to be given to Meta; None: at once
    expires_at  until when that may wait; None: for ever
    attempts    how often it was given to Meta, as far as the outcomes are known
    """

    message_id: str
    submission_id: str
    sender_id: str
    recipient: str
    state: State
    payment: Payment
    price: Money
    wamid: str | None
    failure: Failure | None
    accepted_at: datetime
    changed_at: datetime
    send_at: datetime | None
    expires_at: datetime | None
    priority: Priority
    attempts: int
    references: References


@dataclass(frozen=True, slots=True)
class UnknownMessage:
    """A message that was given to Meta, and whose outcome nobody knows.

    since   when its outcome became unknown
    policy  what its account wants done with it
    due_at  when it is looked at again; None: never, unless somebody resolves it
    """

    account_id: int
    sid: str
    message_id: str
    sender_id: str
    recipient: str
    since: datetime
    policy: UnknownPolicy
    attempts: int
    expires_at: datetime | None
    due_at: datetime | None
