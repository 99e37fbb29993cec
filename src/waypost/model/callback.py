"""Callbacks: what a customer is told, of what, and where. Bodies are rendered in `wire`.

An event goes to every callback profile that is attached to its sender, its WABA or its account
and wants its kind; a request may name another profile for the statuses of its own messages.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from waypost.model.failure import Failure
from waypost.model.lifecycle import State
from waypost.model.submission import References


class EventKind(StrEnum):
    """What a profile can ask to be told (`reference` kaleyra-v2 4; the last two are ours)."""

    MESSAGE_STATUS = "message_status"
    INCOMING_MESSAGE = "incoming_message"
    TEMPLATE_STATUS = "template_status"
    PHONE_QUALITY = "phone_quality"
    PAYMENT_STATUS = "payment_status"
    RESUMABLE_MEDIA = "resumable_media"
    ACCOUNT = "account"
    """Whatever else Meta tells of a WABA or a number."""
    TEST = "test"
    """Told on request, to one profile, whatever it asks for."""


ASKABLE = tuple(kind for kind in EventKind if kind is not EventKind.TEST)


class ProfileState(StrEnum):
    """Whether a profile's endpoint is called now. Its events wait while it is not."""

    ACTIVE = "active"
    PAUSED = "paused"
    """By a person, until a person resumes it."""
    SUSPENDED = "suspended"
    """By its own failures; it is tried from time to time and goes on when it answers."""
    GONE = "gone"
    """It answered 410: nothing goes there until a person resumes it."""


class CallbackProfile(Struct, frozen=True):
    """Where and how an account wants its callbacks.

    events         the kinds it is told
    method         GET, POST, PUT or DELETE
    url            may hold `<name>` placeholders
    body           the customer's own template with `<name>` placeholders; None: the documented
                   envelope
    secrets        sealed (`runtime.vault`): `ProfileSecrets` as JSON; empty until they are made
    failing_since  since when every attempt has failed; None: the last one did not
    warned_at      when somebody was warned of that
    probe_at       when a suspended one is tried again
    probes         how often that was done since it was suspended
    """

    account_id: int
    profile_id: str
    title: str
    events: tuple[EventKind, ...]
    url: str
    created_at: datetime
    changed_at: datetime
    method: str = "POST"
    body: str | None = None
    content_type: str = "application/json"
    secrets: str = ""
    state: ProfileState = ProfileState.ACTIVE
    state_reason: str = ""
    failing_since: datetime | None = None
    warned_at: datetime | None = None
    probe_at: datetime | None = None
    probes: int = 0


class ClosedEndpoint(Struct, frozen=True):
    """A profile that is not active; probe_at: when a suspended one is tried again."""

    account_id: int
    profile_id: str
    state: ProfileState
    probe_at: datetime | None = None


class SigningSecret(Struct, frozen=True, omit_defaults=True):
    """One secret that signs callbacks: `whsec_` and base64 (Standard Webhooks).

    expires_at  when it signs no more, aware; None: it is the newest
    """

    secret: str
    expires_at: datetime | None = None


class NoAuth(Struct, frozen=True, tag="none", tag_field="kind"):
    """Nothing is shown."""


class BasicAuth(Struct, frozen=True, tag="basic", tag_field="kind"):
    """HTTP Basic."""

    user: str
    password: str


class BearerAuth(Struct, frozen=True, tag="bearer", tag_field="kind"):
    """A bearer token by client credentials (`reference` kaleyra-v2 4, "Advanced")."""

    url: str
    client_id: str
    client_secret: str
    scope: str = ""


ProfileAuth: TypeAlias = NoAuth | BasicAuth | BearerAuth


class ProfileSecrets(Struct, frozen=True):
    """What signs a profile's calls and opens its endpoint's door; kept sealed.

    signing  the newest first
    headers  the customer's own, by name; they may hold keys
    """

    signing: tuple[SigningSecret, ...]
    auth: ProfileAuth = NoAuth()
    headers: Mapping[str, str] = {}


class Attachment(Struct, frozen=True):
    """Whose events go to a profile; see `sender_target`, `waba_target` and WHOLE_ACCOUNT."""

    account_id: int
    target: str
    profile_id: str


WHOLE_ACCOUNT = "account"


def sender_target(sender_id: str) -> str:
    """The target that is a sender."""
    return f"sender/{sender_id}"


def waba_target(waba_id: str) -> str:
    """The target that is a WABA, with all of its senders."""
    return f"waba/{waba_id}"


class Route(Struct, frozen=True):
    """A profile that a target's events go to, and which of them."""

    profile_id: str
    events: frozenset[EventKind]


class StatusEvent(Struct, frozen=True):
    """A message's status, with all that a callback says of it.

    status       SENT, DELIVERED, READ, FAILED or NOT_SENT; no other state is told
    trace_id     of the request that brought the message
    recipient    its address: `+` and digits, or a business-scoped user id
    occurred_at  when it happened; aware
    sequence     of two events of one message, the later one never has the smaller
    profile_id   the one profile that its request named; None: those that are attached
    meta_value   Meta's webhook value (`messaging_product`, `metadata`, `contacts`, `statuses`) with
                 this one status, as JSON; None when no webhook told it
    failure      why, for FAILED and NOT_SENT
    price_minor  what it cost, in minor units of `currency`; None: not known, or nothing
    """

    account_id: int
    message_id: str
    submission_id: str
    trace_id: str
    waba_id: str
    sender_id: str
    phone_number_id: str
    recipient: str
    references: References
    track_body: bool
    track_button: bool
    status: State
    occurred_at: datetime
    sequence: int = 0
    profile_id: str | None = None
    wamid: str | None = None
    failure: Failure | None = None
    meta_value: bytes | None = None
    price_minor: int | None = None


class IncomingEvent(Struct, frozen=True):
    """What a recipient wrote (`reference` kaleyra-v2 3.1).

    value        Meta's webhook value with this one message, as JSON
    references   those of the message that it answers
    reply_to     our id of that message; empty: it answers none that is known
    is_probable  that was found out by what was ordered, and not told by Meta
    card_index, button_index  which button was tapped, of which card of a carousel
    media_url    where its medium is fetched; empty: it has none
    """

    account_id: int
    inbound_id: str
    sender_id: str
    waba_id: str
    value: bytes
    occurred_at: datetime
    trace_id: str
    references: References = References()
    reply_to: str = ""
    is_probable: bool = False
    card_index: int | None = None
    button_index: int | None = None
    media_url: str = ""


class AccountEvent(Struct, frozen=True):
    """What Meta told of a WABA, a number or a template (`reference` 4.6).

    account_event_id  grows with time, as message ids do
    kind              TEMPLATE_STATUS, PHONE_QUALITY, PAYMENT_STATUS or ACCOUNT
    sender_id         the number it is about; empty: it is about the WABA
    field             Meta's name of the webhook's field
    value             Meta's webhook value, as JSON
    """

    account_id: int
    account_event_id: str
    kind: EventKind
    waba_id: str
    field: str
    value: bytes
    occurred_at: datetime
    trace_id: str
    sender_id: str = ""


class SampleEvent(Struct, frozen=True):
    """What became of an uploaded sample (`reference` kaleyra-v2 3.5).

    event_id  grows with time, as message ids do
    status    `UPLOADED` or `FAILED`
    handle    Meta's, for templates' headers; empty if there is none
    """

    account_id: int
    event_id: str
    waba_id: str
    resumable_media_id: str
    status: str
    file_name: str
    handle: str
    occurred_at: datetime
    file_link: str = ""


class TestEvent(Struct, frozen=True):
    """What one profile is told to try it out. event_id grows with time, as message ids do."""

    __test__ = False  # for pytest, which takes the name for a test's

    account_id: int
    event_id: str
    profile_id: str
    occurred_at: datetime


CallbackEvent: TypeAlias = StatusEvent | IncomingEvent | AccountEvent | SampleEvent | TestEvent


def without_user(url: str) -> str:
    """A URL as it is shown and kept in the log: without the user and password that open it."""
    beginning, mark, rest = url.partition("://")
    host = re.match(r"[^/?#]*", rest)
    assert host is not None
    return f"{beginning}{mark}{host[0].rpartition('@')[2]}{rest[host.end() :]}"


def kind_of(event: CallbackEvent) -> EventKind:
    """What a profile asks for to be told of it."""
    match event:
        case StatusEvent():
            return EventKind.MESSAGE_STATUS
        case IncomingEvent():
            return EventKind.INCOMING_MESSAGE
        case AccountEvent():
            return event.kind
        case SampleEvent():
            return EventKind.RESUMABLE_MEDIA
        case TestEvent():
            return EventKind.TEST


def targets_of(event: CallbackEvent) -> list[str]:
    """Whose event it is; none if it names its profile itself."""
    if isinstance(event, TestEvent) or (isinstance(event, StatusEvent) and event.profile_id):
        return []
    sender_id = "" if isinstance(event, SampleEvent) else event.sender_id
    targets = [WHOLE_ACCOUNT, waba_target(event.waba_id)]
    return [*targets, sender_target(sender_id)] if sender_id else targets
