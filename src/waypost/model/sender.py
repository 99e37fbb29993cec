"""A sender: a business phone number of a WABA."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from waypost.model.failure import Failure


class ApiVersion(StrEnum):
    """Which of the customer-facing APIs a sender belongs to; ours is v2."""

    V1 = "v1"
    V2 = "v2"


class SenderState(StrEnum):
    """Whether messages leave from this number now."""

    ACTIVE = "active"
    PAUSED = "paused"


class Sender(Struct, frozen=True):
    """One business number.

    sender_id        its phone number, digits only: what the customer's path names
    phone_number_id  Meta's id of it
    throughput       messages per second Meta allows it
    access_token     of its WABA, sealed (`runtime.vault`); opened for each call to Meta
    held_until       Meta refused this number as a whole: nothing is given to Meta before then
    held_for         why
    heard_at         when Meta's last webhook about this number came; None: never yet
    is_throughput_pinned  the operator's word on throughput stands against what Meta tells
    """

    sender_id: str
    phone_number_id: str
    waba_id: str
    access_token: str
    throughput: int
    api_version: ApiVersion = ApiVersion.V2
    state: SenderState = SenderState.ACTIVE
    display_name: str = ""
    held_until: datetime | None = None
    held_for: Failure | None = None
    heard_at: datetime | None = None
    is_throughput_pinned: bool = True


class ClosedSender(Struct, frozen=True):
    """A sender that nothing leaves from now, or that is tried again after a hold."""

    account_id: int
    sender_id: str
    state: SenderState
    held_until: datetime | None

    def is_closed(self, now: datetime) -> bool:
        """Whether nothing may leave from it; else it is being tried again."""
        is_held = self.held_until is not None and self.held_until > now
        return self.state is SenderState.PAUSED or is_held


class SenderHold(Struct, frozen=True):
    """Meta refused a sender as a whole: nothing is given to Meta before `until`.

    length_s  how long that is, in seconds
    """

    until: datetime
    length_s: int
    failure: Failure


HOLDS_S = (60, 300, 900, 1800)
"""How long a sender is held: longer each time, for as long as Meta goes on refusing it."""

HOLD_MEMORY = timedelta(hours=1)
"""After so long without a hold the next one is a first one."""


def next_hold_s(last_s: int, ended_at: datetime, now: datetime) -> int:
    """How long a sender is held, in seconds, after a hold of `last_s` that ended then."""
    if now - ended_at > HOLD_MEMORY:
        return HOLDS_S[0]
    return next((length for length in HOLDS_S if length > last_s), HOLDS_S[-1])
