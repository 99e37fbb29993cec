"""What happened to a message, as it is read back."""

from dataclasses import dataclass
from datetime import datetime

from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Payment
from waypost.model.money import Money
from waypost.model.refusal import Fault
from waypost.model.submission import Content, References


@dataclass(frozen=True, slots=True)
class MessageReport:
    """One message with what was asked and where it stands.

    findings  what a check at the door found and did not refuse
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


@dataclass(frozen=True, slots=True)
class TimelineFact:
    """One fact of a message's timeline."""

    fact: Fact
    occurred_at: datetime
    recorded_at: datetime
    attempt: int | None
    wamid: str | None
    failure: Failure | None
