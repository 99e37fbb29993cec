"""The outbox of callbacks: one row per event, until the customer took it or we gave up."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class CallbackState(StrEnum):
    """What became of one event."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class CallbackRow(Struct, frozen=True):
    """One event for a customer, rendered once: every attempt sends the same bytes.

    event_id  stable over all attempts
    status    as the customer reads it: `sent`, `not sent`, ...
    """

    account_id: int
    event_id: str
    message_id: str
    status: str
    url: str
    body: bytes
    created_at: datetime
    state: CallbackState = CallbackState.PENDING


class CallbackSettlement(Struct, frozen=True):
    """What the attempts at one event came to so far.

    last_answer  in words: `HTTP 503`, `connection refused`
    """

    account_id: int
    event_id: str
    state: CallbackState
    attempts: int
    last_answer: str | None
    settled_at: datetime | None
    status: str = ""
    url: str = ""
    created_at: datetime | None = None
