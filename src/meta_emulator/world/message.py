"""An accepted send, and what becomes of it: a course of statuses, each at its time."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from meta_emulator.protocol.answers import Header
from meta_emulator.world.objects import Number

FAILED = "failed"
ACCEPTED = "accepted"
STATUSES = ("sent", "delivered", "read", FAILED)
REGULAR = "regular"


@dataclass(frozen=True, slots=True)
class Step:
    """One status of a course.

    status   `sent`, `delivered`, `read`, `failed`
    after_s  seconds from acceptance
    code     Meta's code of a `failed` one
    """

    status: str
    after_s: float
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What becomes of one accepted message, where it is not what becomes of all.

    steps          its statuses, in order of time; none: nobody ever hears of it
    answer_status  `message_status` of the answer to a template send (reference 2)
    loses_answer   the connection is cut instead of an answer
    answers_after_s  seconds from acceptance to the answer
    """

    steps: tuple[Step, ...]
    answer_status: str = ACCEPTED
    loses_answer: bool = False
    answers_after_s: float = 0.0


@dataclass(slots=True)
class Status:
    """A delivery status that fell due. `delivered_at`: a receiver answered 200 to it.

    code      Meta's code of a `failed` one
    failures  webhooks that told of it and got no 200
    """

    status: str
    time: datetime
    delivered_at: datetime | None = None
    code: int | None = None
    failures: int = 0


class Told(Protocol):
    """What a webhook tells of, and that remembers how the telling went."""

    delivered_at: datetime | None
    failures: int


@dataclass(slots=True)
class Message:
    """An accepted send. `request` and `headers` are as received.

    wa_id         the recipient's digits; None if it was sent to a user id or a group
    user_id       the business-scoped user id that it was sent to; None if it was sent to a phone
    category      what it is priced as: `marketing`, `utility`, `service` ...
    entry_ends_at  when the free entry point window ends that it falls in; None: in none
    pricing_type  `regular`, `free_customer_service`, `free_entry_point` (reference 4.4)
    group_id      the group that it was sent to
    participants  digits of the group's other participants at that time
    failure       Meta's code if it is to fail instead of being sent
    course        what becomes of it; None: what becomes of all by the settings' delays
    lot           what its lots are drawn by, if it was accepted under a plan of disorder
    """

    id: str
    time: datetime
    number: Number
    to: str
    wa_id: str | None
    user_id: str | None
    kind: str
    category: str
    request: bytes
    headers: list[Header]
    version: tuple[int, int]
    callback_data: str | None
    failure: int | None = None
    course: Course | None = None
    pricing_type: str = REGULAR
    entry_ends_at: datetime | None = None
    group_id: str | None = None
    participants: tuple[str, ...] = ()
    statuses: list[Status] = field(default_factory=list)
    lot: str = ""


@dataclass(slots=True)
class Inbound:
    """A message from a recipient.

    sender   the recipient's digits
    name     of the recipient's profile
    message  as it stands in the webhook, with its `id`
    """

    time: datetime
    phone_number_id: str
    sender: str
    name: str
    message: dict[str, Any]
    delivered_at: datetime | None = None
    failures: int = 0
