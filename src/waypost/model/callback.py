"""A callback: what we tell a customer about a message. The body is rendered in `wire`."""

from datetime import datetime

from msgspec import Struct

from waypost.model.failure import Failure
from waypost.model.lifecycle import State
from waypost.model.submission import References


class StatusEvent(Struct, frozen=True):
    """A message's status, with all that a callback says of it.

    status       SENT, DELIVERED, READ, FAILED or NOT_SENT; no other state is told
    trace_id     of the request that brought the message
    recipient    its address: `+` and digits, or a business-scoped user id
    occurred_at  when it happened; aware
    meta_value   Meta's webhook value (`messaging_product`, `metadata`, `contacts`, `statuses`) with
                 this one status, as JSON; None when no webhook told it
    failure      why, for FAILED and NOT_SENT
    """

    message_id: str
    submission_id: str
    trace_id: str
    waba_id: str
    phone_number_id: str
    display_phone_number: str
    recipient: str
    references: References
    track_body: bool
    track_button: bool
    status: State
    occurred_at: datetime
    wamid: str | None = None
    failure: Failure | None = None
    meta_value: bytes | None = None
