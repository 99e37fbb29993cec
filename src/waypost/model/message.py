"""A message: one content from one sender to one recipient, with our id and, later, Meta's."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact, State
from waypost.model.recipient import Recipient
from waypost.model.sender import Sender
from waypost.model.submission import Content, References


class Payment(StrEnum):
    """Where the money of a message is."""

    FREE = "free"
    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Dispatchable:
    """A message with all that is needed to give it to Meta."""

    account_id: int
    message_id: str
    sender: Sender
    recipient: Recipient
    content: Content
    state: State


@dataclass(frozen=True, slots=True)
class Observation:
    """A fact with its evidence: what was learned of which message, when, and how.

    message_id   ours; None when Meta's webhook did not carry it: then `wamid` finds it
    attempt      which try to give it to Meta this came from; None for a status
    meta_value   Meta's webhook value with this one status, as JSON, for the callback
    is_billable  what Meta said of the price: False for a free message
    lease_token  the lease whose work this ends; None when a webhook told it
    retry_at     when to try again, if the queue item is to stay
    """

    account_id: int
    message_id: str | None
    fact: Fact
    occurred_at: datetime
    wamid: str | None = None
    wa_id: str | None = None
    attempt: int | None = None
    failure: Failure | None = None
    meta_value: bytes | None = None
    is_billable: bool = True
    lease_token: str | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """What the store knows of a message when a fact about it arrives.

    facts_seen  the facts that arrived so far, as bits (see `status/consequences.py`)
    """

    account_id: int
    message_id: str
    submission_id: str
    sender_id: str
    phone_number_id: str
    waba_id: str
    callback_url: str | None
    recipient: Recipient
    references: References
    track_body: bool
    track_button: bool
    trace_id: str
    state: State
    facts_seen: int
    wamid: str | None
    payment: Payment
    price_minor: int
