"""What a worker is told: what it works on, how much of it at once, and what to do with it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from waypost.model.work import QueueName
from waypost.queue.claimer import Loader
from waypost.queue.lease import Lease
from waypost.queue.looker import Survey
from waypost.queue.owner import Ownership, SoleOwner

Handler = Callable[[Lease], Awaitable[datetime | None]]
"""Does the work and settles it; gives when it is due again, if it is."""


class Duty(NamedTuple):
    """What a worker does with an item: how it is read, and how it is handled.

    survey  run each second, in the read that looks for due work
    """

    load: Loader
    handle: Handler
    survey: Survey | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a worker works on, and how much of it at once.

    concurrency  items handled at the same time
    lease_s      how long a lease lasts
    budget_s     how long handling one item may take: no item is begun on a lease that is shorter
    is_shared    lanes leave places to each other: one that hangs holds up no other
    ownership    which lanes are this process's
    """

    queue: QueueName
    concurrency: int
    lease_s: float
    budget_s: float
    is_shared: bool = False
    ownership: Ownership = field(default_factory=SoleOwner)
