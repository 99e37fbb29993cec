"""What messages are looked for by, and what is found of each: for lists and for exports."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Payment
from waypost.model.submission import Content, References
from waypost.model.turn import when_over
from waypost.model.work import Priority


class MessageFilters(Struct, frozen=True):
    """What messages must be like to be found; None, or no state, leaves it open.

    recipient     as messages have it: `+` and digits, a user id, or what is left of an erased one
    template      its name
    states        any of them
    failure_code  Meta's code, or ours
    sender_id     digits
    since, until  when they were accepted: from the first instant on, and before the second
    """

    recipient: str | None = None
    references: References = References()
    template: str | None = None
    states: tuple[State, ...] = ()
    failure_code: str | None = None
    sender_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_of_sent(self) -> bool:
        """Whether they ask for what no message from a recipient has."""
        return bool(self.template or self.states or self.failure_code)


class Lead(StrEnum):
    """Which index leads to the messages: of what is asked, what fewest messages have."""

    ACCOUNT = "of_account"
    RECIPIENT = "by_recipient"
    REF = "by_ref"
    REF1 = "by_ref1"
    REF2 = "by_ref2"
    FAILURE = "by_failure"


def lead_of(filters: MessageFilters) -> Lead:
    """The index for these filters."""
    return next((lead for lead, value in _leading(filters) if value is not None), Lead.ACCOUNT)


def _leading(filters: MessageFilters) -> tuple[tuple[Lead, str | None], ...]:
    references = filters.references
    return (
        (Lead.RECIPIENT, filters.recipient),
        (Lead.REF, references.ref),
        (Lead.REF1, references.ref1),
        (Lead.REF2, references.ref2),
        (Lead.FAILURE, filters.failure_code),
    )


class Stretch(Struct, frozen=True):
    """Ids from one on and before another: where is looked."""

    from_id: str
    before_id: str


class FoundIds(Struct, frozen=True):
    """Ids in a stretch, the newest first, and from which one on all was looked at.

    scanned_from  None: the whole stretch was
    """

    ids: tuple[str, ...]
    scanned_from: str | None


class Stations(Struct, frozen=True):
    """When a message came where it came; None: it did not, or nobody told."""

    submitted_at: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failed_at: datetime | None = None


STATION_OF: Mapping[Fact, str] = {
    Fact.TAKEN: "submitted_at",
    Fact.SENT: "sent_at",
    Fact.DELIVERED: "delivered_at",
    Fact.READ: "read_at",
    Fact.WITHHELD: "failed_at",
    Fact.REFUSED: "failed_at",
    Fact.FAILED: "failed_at",
}
"""Which fact tells of which station."""


class FoundMessage(Struct, frozen=True):
    """One message with all that a list or an export tells of it.

    waba_id            empty if its sender is no longer known
    price_minor        what was set aside for it, or what it cost by its ledger entries
    country, category  what it was priced by; empty if unknown
    send_at, expires_at  when it is to be given to Meta, and until when that may wait
    """

    message_id: str
    submission_id: str
    sender_id: str
    waba_id: str
    recipient: str
    state: State
    payment: Payment
    price_minor: int
    wamid: str | None
    failure: Failure | None
    accepted_at: datetime
    changed_at: datetime
    country: str
    category: str
    content: Content
    references: References
    source: str
    trace_id: str
    send_at: datetime | None = None
    expires_at: datetime | None = None
    priority: Priority = Priority.NORMAL
    stations: Stations = Stations()

    @property
    def reason(self) -> Failure | None:
        """Its failure as it is told: of a message that it ended nothing follows by itself."""
        if self.failure is None or self.state is not State.FAILED:
            return self.failure
        return when_over(self.failure)


class FoundInbound(Struct, frozen=True):
    """One message from a recipient, as an export tells of it; see `model.inbound`."""

    inbound_id: str
    sender_id: str
    waba_id: str
    wamid: str
    kind: str
    recipient: str
    value: bytes
    occurred_at: datetime
    received_at: datetime
    reply_to: str | None
    references: References
    trace_id: str
