"""Work that waits in a queue, and the lease on it."""

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple

from msgspec import Struct

PARKED_AT = datetime(9000, 1, 1, tzinfo=UTC)
"""When work is due that only a person can bring forward."""


class QueueName(StrEnum):
    """The hand-overs between stages."""

    DISPATCH = "dispatch"
    WEBHOOK = "webhook"
    CALLBACK = "callback"
    MEDIA = "media"
    """Media of inbound messages, to be fetched from Meta; each is an inbound id."""


class LaneKey(NamedTuple):
    """The owner of work within a queue: a sender, an endpoint. Each belongs to an account."""

    account_id: int
    name: str


FIRST_LANE = LaneKey(-1, "")
"""Before every lane."""


class Priority(IntEnum):
    """Whose turn comes first within a lane."""

    HIGH = 0
    """Asked for, or a one-time code: somebody waits for it."""
    NORMAL = 1
    """A message to one recipient."""
    BULK = 2
    """One of many: a request to several recipients."""


class QueueItem(Struct, frozen=True):
    """One piece of work.

    lane         its owner within the queue: a sender, an endpoint
    due_at       when it may be taken; on lease: when the lease ends
    attempt      how many attempts were begun so far
    lease_token  whose it is; None: nobody's
    was_lost     an earlier owner was lost while it had it, and nobody has looked into that yet
    priority     before whom it goes within its lane
    expires_at   when nobody needs it any more; None: never
    """

    account_id: int
    queue: QueueName
    lane: str
    item_id: str
    due_at: datetime
    attempt: int
    lease_token: str | None = None
    was_lost: bool = False
    priority: Priority = Priority.NORMAL
    expires_at: datetime | None = None


class DueItem(Struct, frozen=True):
    """Work that is due; with a lease token its owner was lost while it had it."""

    account_id: int
    item_id: str
    attempt: int
    due_at: datetime
    lease_token: str | None
    priority: Priority = Priority.NORMAL
    expires_at: datetime | None = None


class SeenLane(Struct, frozen=True):
    """A lane that has work.

    due       of which priorities some is due
    next_due  when the next falls due of what is not; None: all is
    """

    lane: LaneKey
    due: tuple[Priority, ...]
    next_due: datetime | None


class ProcessBeat(Struct, frozen=True):
    """A process as the others see it: it lives while `beats` grows."""

    process_id: str
    roles: str
    beats: int


class LaneOwner(Struct, frozen=True):
    """Whose a lane is.

    process_id  empty: it was given up
    fence       grows with every change of the owner
    """

    process_id: str
    fence: int
