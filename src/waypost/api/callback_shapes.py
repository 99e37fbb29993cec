"""Callback profiles and events as both doors take and show them: customers' and operators'.

A secret is in `NewProfileShape` and `SecretsShape` alone.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from waypost.directory.event_desk import EventPage, Told
from waypost.directory.profile_changes import (
    LONGEST_BODY,
    LONGEST_TITLE,
    LONGEST_TYPE,
    LONGEST_URL,
    LONGEST_VALUE,
    MOST_HEADERS,
    ProfileChange,
)
from waypost.directory.profile_desk import LONGEST_OVERLAP, KnownProfile
from waypost.model.callback import (
    BasicAuth,
    BearerAuth,
    EventKind,
    NoAuth,
    ProfileAuth,
    ProfileState,
    SigningSecret,
)
from waypost.model.outbox import CallbackAttempt, CallbackState, CallbackSummary

MOST_OVERLAP_H = LONGEST_OVERLAP.total_seconds() / 3600


class Askable(StrEnum):
    """What a profile can be told."""

    MESSAGE_STATUS = "message_status"
    INCOMING_MESSAGE = "incoming_message"
    TEMPLATE_STATUS = "template_status"
    PHONE_QUALITY = "phone_quality"
    PAYMENT_STATUS = "payment_status"
    RESUMABLE_MEDIA = "resumable_media"
    ACCOUNT = "account"


class Method(StrEnum):
    """How an endpoint is called."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"


class AuthKind(StrEnum):
    """How a callback shows whose it is, beside its signature."""

    NONE = "none"
    BASIC = "basic"
    BEARER = "bearer"


Title = Annotated[
    str,
    Meta(
        max_length=LONGEST_TITLE,
        description="Letters, digits, spaces, hyphens and underscores.",
        examples=["Shop statuses"],
    ),
]
Events = Annotated[tuple[Askable, ...], Meta(max_length=20)]
EndpointUrl = Annotated[
    str,
    Meta(
        max_length=LONGEST_URL + 1,
        description="http:// or https://; path and query may hold `<name>` placeholders.",
        examples=["https://shop.example.com/whatsapp?ref=<ref>"],
    ),
]
OwnBody = Annotated[
    str,
    Meta(
        max_length=LONGEST_BODY + 1,
        description="A body of one's own with `<name>` placeholders; null: the documented one.",
    ),
]
Text = Annotated[str, Meta(max_length=LONGEST_VALUE)]
Headers = Annotated[
    dict[str, Text],
    Meta(max_length=MOST_HEADERS + 1, description="All of one's own headers, by name."),
]
ContentType = Annotated[str, Meta(max_length=LONGEST_TYPE)]


class CallbackBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body; fields that nobody knows are refused."""


class AuthBody(CallbackBody, frozen=True):
    """Authentication: `basic` takes user and password, `bearer` the client credentials."""

    kind: AuthKind
    user: Text = ""
    password: Text = ""
    url: Text = ""
    client_id: Text = ""
    client_secret: Text = ""
    scope: Text = ""


class ProfileBody(CallbackBody, frozen=True):
    """A callback profile, as it is to be."""

    title: Title
    events: Events
    url: EndpointUrl
    method: Method = Method.POST
    body: OwnBody | None = None
    content_type: ContentType = "application/json"
    auth: AuthBody | None = None
    headers: Headers = {}


class ProfilePatch(CallbackBody, frozen=True):
    """What is to change of a profile; what is left out stays."""

    title: Title | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    url: EndpointUrl | UnsetType = UNSET
    method: Method | UnsetType = UNSET
    body: OwnBody | UnsetType | None = UNSET
    content_type: ContentType | UnsetType = UNSET
    auth: AuthBody | UnsetType | None = UNSET
    headers: Headers | UnsetType = UNSET


class TargetBody(CallbackBody, frozen=True):
    """Whose events: `sender/<its number>`, `waba/<its id>` or `account`."""

    target: Annotated[str, Meta(min_length=1, max_length=100, examples=["sender/919800000001"])]


class SecretRotation(CallbackBody, frozen=True):
    """For how long the secrets of now go on to sign beside the new one."""

    overlap_hours: Annotated[float, Meta(ge=0, le=MOST_OVERLAP_H)] = 24.0


Moment = Annotated[datetime, Meta(tz=True)]


class ReplayBody(CallbackBody, frozen=True):
    """What is told once more: one event, what was given up, or what was attempted in a time."""

    event_id: Annotated[str, Meta(max_length=200)] = ""
    profile_id: Annotated[str, Meta(max_length=100)] = ""
    given_up_since: Moment | None = None
    attempted_from: Moment | None = None
    attempted_until: Moment | None = None


class ProfileShape(Struct, frozen=True):
    """A callback profile without its secrets.

    attached_to    whose events go there
    state_reason   why it is not active
    failing_since  since when every attempt has failed
    probe_at       when a suspended one is tried again
    headers        the names of its own headers
    secrets        how many secrets sign
    """

    profile_id: str
    title: str
    events: list[str]
    attached_to: list[str]
    method: str
    url: str
    body: str | None
    content_type: str
    auth: str
    headers: list[str]
    secrets: int
    state: ProfileState
    state_reason: str
    failing_since: datetime | None
    probe_at: datetime | None
    created_at: datetime
    changed_at: datetime


class SecretShape(Struct, frozen=True):
    """A secret that signs; expires_at: until when, null for the newest."""

    secret: str
    expires_at: datetime | None


class SecretsShape(Struct, frozen=True):
    """The secrets that sign a profile's callbacks, the newest first."""

    profile_id: str
    secrets: list[SecretShape]


class NewProfileShape(Struct, frozen=True):
    """A profile that was just made, and the secret that signs its callbacks."""

    profile: ProfileShape
    secret: str


class RemovedShape(Struct, frozen=True):
    """given_up: how many events waited for the profile that was removed."""

    profile_id: str
    given_up: int


class TestShape(Struct, frozen=True):
    """The event that a test is; look at it to see what came of it."""

    __test__ = False  # for pytest, which takes the name for a test's

    event_id: str


class ReplayedShape(Struct, frozen=True):
    """How many events are told once more; those that wait already are not counted."""

    events: int


class EventShape(Struct, frozen=True):
    """One event for one profile.

    message_id   the message or inbound message it is about; empty for any other
    sequence     of two events of one message the later one never has the smaller
    attempts     of all times, replays included
    url          of its profile today, empty if that was removed
    """

    event_id: str
    profile_id: str
    kind: str
    message_id: str
    status: str
    state: CallbackState
    attempts: int
    last_answer: str | None
    created_at: datetime
    settled_at: datetime | None
    sequence: int
    url: str


class EventAttemptShape(Struct, frozen=True):
    """One attempt.

    status   the HTTP status; null: no answer came, and `problem` says why
    answer   the first bytes of the answer; those that are no UTF-8 are replaced
    """

    attempt: int
    at: datetime
    url: str
    duration_ms: int
    status: int | None
    problem: str
    answer: str


class ToldShape(Struct, frozen=True):
    """One event with its body and every attempt; a body that is no UTF-8 stands in base64."""

    event: EventShape
    body: str
    attempts: list[EventAttemptShape]


class EventsShape(Struct, frozen=True):
    """Some events, the newest first; next: what to give as `after`, null at the end."""

    items: list[EventShape]
    next: str | None


def read_change(body: ProfileBody | ProfilePatch) -> ProfileChange:
    """What a body asks for."""
    given: dict[str, Any] = {
        name: getattr(body, name)
        for name in body.__struct_fields__
        if getattr(body, name) is not UNSET
    }
    if "events" in given:
        given["events"] = tuple(EventKind(kind) for kind in given["events"])
    if "method" in given:
        given["method"] = given["method"].value
    if "auth" in given:
        given["auth"] = _auth_of(given["auth"])
    return ProfileChange(**given)


def _auth_of(body: AuthBody | None) -> ProfileAuth:
    if body is None or body.kind is AuthKind.NONE:
        return NoAuth()
    if body.kind is AuthKind.BASIC:
        return BasicAuth(body.user, body.password)
    return BearerAuth(body.url, body.client_id, body.client_secret, body.scope)


def show_profile(known: KnownProfile) -> ProfileShape:
    """A profile without its secrets."""
    profile = known.profile
    return ProfileShape(
        profile_id=profile.profile_id,
        title=profile.title,
        events=[kind.value for kind in profile.events],
        attached_to=list(known.targets),
        method=profile.method,
        url=profile.url,
        body=profile.body,
        content_type=profile.content_type,
        auth=known.auth,
        headers=list(known.header_names),
        secrets=len(known.expiries),
        state=profile.state,
        state_reason=profile.state_reason,
        failing_since=profile.failing_since,
        probe_at=profile.probe_at,
        created_at=profile.created_at,
        changed_at=profile.changed_at,
    )


def show_secrets(profile_id: str, signing: Sequence[SigningSecret]) -> SecretsShape:
    """Secrets, to be written down by whoever verifies with them."""
    return SecretsShape(profile_id, [SecretShape(one.secret, one.expires_at) for one in signing])


def show_event(one: CallbackSummary) -> EventShape:
    """An event in a list."""
    return EventShape(
        event_id=one.event_id,
        profile_id=one.profile_id,
        kind=one.kind.value,
        message_id=one.message_id,
        status=one.status,
        state=one.state,
        attempts=one.attempts,
        last_answer=one.last_answer,
        created_at=one.created_at,
        settled_at=one.settled_at,
        sequence=one.sequence,
        url=one.url,
    )


def show_events(page: EventPage) -> EventsShape:
    """A page of events."""
    return EventsShape([show_event(one) for one in page.events], page.after)


def show_told(told: Told) -> ToldShape:
    """An event whole."""
    return ToldShape(
        show_event(told.summary),
        _text_of(told.row.body),
        [show_attempt(one, told.summary.created_at) for one in told.attempts],
    )


def show_attempt(one: CallbackAttempt, created_at: datetime) -> EventAttemptShape:
    """An attempt, whose time is its number; `created_at` lends its time zone."""
    return EventAttemptShape(
        attempt=one.attempt,
        at=datetime.fromtimestamp(one.attempt_id / 1_000_000, created_at.tzinfo),
        url=one.url,
        duration_ms=one.duration_ms,
        status=one.status,
        problem=one.problem,
        answer=bytes(one.answer).decode("utf-8", "replace"),
    )


def _text_of(body: bytes) -> str:
    try:
        return bytes(body).decode()
    except UnicodeDecodeError:
        return base64.b64encode(body).decode()
