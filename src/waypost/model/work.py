"""Work that waits in a queue, and the lease on it."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class QueueName(StrEnum):
    """The three hand-overs between stages."""

    DISPATCH = "dispatch"
    WEBHOOK = "webhook"
    CALLBACK = "callback"


class QueueItem(Struct, frozen=True):
    """One piece of work.

    lane         its owner within the queue: a sender, an endpoint
    due_at       when it may be taken; on lease: when the lease ends
    attempt      how many attempts were begun so far
    lease_token  whose it is; None: nobody's
    was_lost     an earlier owner was lost while it had it, and nobody has looked into that yet
    """

    account_id: int
    queue: QueueName
    lane: str
    item_id: str
    due_at: datetime
    attempt: int
    lease_token: str | None = None
    was_lost: bool = False


class DueItem(Struct, frozen=True):
    """Work that is due; with a lease token its owner was lost while it had it."""

    account_id: int
    item_id: str
    attempt: int
    due_at: datetime
    lease_token: str | None
