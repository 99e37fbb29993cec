"""What recipients wrote, and what Meta told of accounts, as it is kept."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from waypost.model.submission import Content, References


class MediaState(StrEnum):
    """Where the medium of an inbound message is."""

    NONE = ""
    PENDING = "pending"
    STORED = "stored"
    FAILED = "failed"


class InboundMedium(Struct, frozen=True):
    """The medium of an inbound message.

    media_id    Meta's; good for seven days (`reference` 4.5)
    media_type  its MIME type as Meta tells it, later as it is
    name        its file name; empty without one
    object_key  where its bytes are kept; None: not here
    failure     why they are not, in words
    """

    media_id: str
    media_type: str
    name: str = ""
    state: MediaState = MediaState.PENDING
    size: int | None = None
    object_key: str | None = None
    failure: str | None = None


class MediaOwner(Struct, frozen=True):
    """Whose an inbound medium is, and how Meta is asked for it.

    phone_number_id  empty: the number is gone
    access_token     of the WABA, sealed (`runtime.vault`)
    """

    sid: str
    phone_number_id: str
    access_token: str


class MediaMark(Struct, frozen=True):
    """What became of an inbound medium."""

    account_id: int
    inbound_id: str
    medium: InboundMedium


class InboundMessage(Struct, frozen=True):
    """One message from a recipient to a sender.

    inbound_id   ours; made as message ids are
    wamid        Meta's id; one that Meta does not tell is made of the webhook's
    kind         Meta's `type`
    recipient    who wrote: `+` and digits, or a business-scoped user id
    value        Meta's webhook value with this one message, as JSON
    reply_to     our id of the message that it answers; None: none that is known
    is_probable  that was found out by what was ordered, and not told by Meta
    card_index, button_index  which button was tapped, of which card of a carousel
    """

    account_id: int
    inbound_id: str
    sender_id: str
    waba_id: str
    wamid: str
    kind: str
    recipient: str
    value: bytes
    occurred_at: datetime
    received_at: datetime
    trace_id: str
    user_id: str | None = None
    profile_name: str = ""
    reply_to: str | None = None
    is_probable: bool = False
    references: References = References()
    card_index: int | None = None
    button_index: int | None = None
    medium: InboundMedium | None = None


class SentMessage(Struct, frozen=True):
    """A message of ours that a recipient may have answered. message_id grows with time."""

    account_id: int
    message_id: str
    sender_id: str
    waba_id: str
    recipient: str
    references: References
    content: Content


class InboundQuestion(Struct, frozen=True):
    """Which inbound messages are asked for; None asks for all.

    recipient    `+` and digits, or a business-scoped user id
    since, until when they came: from, and before
    before       of a page: only those older than this inbound id; empty: the first page
    """

    account_id: int
    sender_id: str | None = None
    recipient: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: str = ""
    limit: int = 100


class KeptAccountEvent(Struct, frozen=True):
    """What Meta told of a WABA or a number, as it is kept; see `model.callback.AccountEvent`.

    digest  the same for what is told again
    """

    account_id: int
    account_event_id: str
    waba_id: str
    sender_id: str
    field: str
    value: bytes
    occurred_at: datetime
    received_at: datetime
    digest: str
