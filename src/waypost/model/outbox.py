"""The outbox of callbacks: one row per event and profile, until it was taken or given up."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from waypost.model.callback import CallbackProfile, EventKind


class CallbackState(StrEnum):
    """What became of one event."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class CallbackRow(Struct, frozen=True):
    """One event for one profile.

    event_id    stable over all attempts; begins with an id that grows with time
    message_id  the message or inbound message it is about; empty for any other
    status      what happened, as the customer reads it: `sent`, `not sent`, `incoming`, ...
    body        the documented envelope, rendered once
    variables   what the customer's own template may name beside it, as a JSON object of texts
    sequence    of two events of one message, the later one never has the smaller
    """

    account_id: int
    event_id: str
    profile_id: str
    kind: EventKind
    message_id: str
    status: str
    body: bytes
    created_at: datetime
    variables: str = "{}"
    sequence: int = 0
    state: CallbackState = CallbackState.PENDING
    attempts: int = 0


class DueCallback(Struct, frozen=True):
    """An event to deliver, and where.

    profile  None: it was removed
    earlier  events of the same message for the same profile that are still to be delivered, and
             how often each was attempted
    """

    row: CallbackRow
    profile: CallbackProfile | None
    earlier: tuple[tuple[str, int], ...] = ()


class CallbackSettlement(Struct, frozen=True):
    """What the attempts at one event came to so far.

    attempts     of all times, replays included
    last_answer  in words: `HTTP 503`, `connection refused`
    """

    account_id: int
    event_id: str
    state: CallbackState
    attempts: int
    last_answer: str | None
    settled_at: datetime | None


class CallbackAttempt(Struct, frozen=True):
    """One attempt at one event, for the log.

    attempt_id   grows with time: microseconds since 1970, or a little more
    url          as it was called, without user and password
    duration_ms  until the answer, or until there was none
    status       the HTTP status; None: no answer came
    problem      why there is none, in words
    answer       the first bytes of the answer's body
    """

    account_id: int
    event_id: str
    attempt_id: int
    profile_id: str
    attempt: int
    url: str
    duration_ms: int
    status: int | None
    problem: str = ""
    answer: bytes = b""


class CallbackSummary(Struct, frozen=True):
    """One event as it is listed.

    url  of its profile today, without user and password; empty: that was removed
    """

    event_id: str
    profile_id: str
    kind: EventKind
    message_id: str
    status: str
    state: CallbackState
    attempts: int
    last_answer: str | None
    created_at: datetime
    settled_at: datetime | None
    sequence: int
    url: str
