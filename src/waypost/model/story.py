"""What happened to a message, as it is told: the same for API, command line and console.

Times are aware and in UTC. Whom a message is for is masked in all of it, but in View.REVEALED.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from waypost.model.lifecycle import State
from waypost.model.message import Payment
from waypost.model.meta_error import Party


class View(StrEnum):
    """How much of contents and recipients is shown."""

    CUSTOMER = "customer"
    """Their own contents; recipients masked."""
    OPERATOR = "operator"
    """Shape without words: contents and recipients masked."""
    REVEALED = "revealed"
    """Everything, for an operator who asked for it."""


class Teller(StrEnum):
    """Whose word a line is."""

    GATEWAY = "gateway"
    META = "meta"
    CALLBACK = "callback"
    MONEY = "money"
    RECIPIENT = "recipient"


class Step(StrEnum):
    """What a line is about."""

    ACCEPTED = "accepted"
    CHECKED = "checked"
    QUEUED = "queued"
    ATTEMPT = "attempt"
    FACT = "fact"
    MONEY = "money"
    CALLBACK = "callback"
    REPLY = "reply"
    WAITS = "waits"
    """What holds it back now."""
    COMES = "comes"
    """What follows by itself."""
    ERASED = "erased"


class RequestToMeta(Struct, frozen=True):
    """What was asked of Meta; the token is not part of it.

    path  with the API's version as it is set today
    body  None: its content was erased
    """

    method: str
    path: str
    body: dict[str, Any] | None


class AnswerOfMeta(Struct, frozen=True):
    """What Meta answered to an attempt.

    http_status     None: no answer came
    duration_ms     until the answer, or until there was none
    wamid           Meta's id of the message; None: it was not taken
    message_status  `accepted`, or what Meta does before it sends it on
    code, message, details, fbtrace_id
                    of Meta's error object; None: it had none
    body            the answer itself, its first 2,048 characters; empty of a taken message
    """

    http_status: int | None
    duration_ms: int
    wamid: str | None = None
    message_status: str | None = None
    code: int | None = None
    message: str | None = None
    details: str | None = None
    fbtrace_id: str | None = None
    body: str = ""


class CallbackTry(Struct, frozen=True):
    """One attempt at a callback.

    status   the HTTP status; None: no answer came
    problem  why there is none, in words
    answer   the first characters of the endpoint's answer
    """

    at: datetime
    attempt: int
    url: str
    duration_ms: int
    status: int | None
    problem: str
    answer: str


class Line(Struct, frozen=True):
    """One thing that happened.

    at       when it was learned; None: it is so now, or still to come
    request, answer  of an attempt at Meta
    tries    of a callback, oldest first
    """

    at: datetime | None
    who: Teller
    step: Step
    text: str
    request: RequestToMeta | None = None
    answer: AnswerOfMeta | None = None
    tries: tuple[CallbackTry, ...] = ()


class Trouble(Struct, frozen=True):
    """Why a message has not arrived, or waits: what happened, and whose turn it is.

    code       Meta's, or ours; empty: none
    happened   in plain words
    detail     what Meta, or we, said of this one case; empty: nothing
    turn       who has to do something
    next_step  what
    link       a page of the documents that says more, from the folder of the repository; empty:
               none
    """

    code: str
    happened: str
    detail: str
    turn: Party
    next_step: str
    link: str = ""


class Timeline(Struct, frozen=True):
    """One message: where it stands, what is wrong if anything is, and its story."""

    message_id: str
    submission_id: str
    sid: str
    sender: str
    recipient: str
    state: State
    headline: str
    trouble: Trouble | None
    kind: str
    template: str | None
    references: tuple[str | None, str | None, str | None]
    source: str
    wamid: str | None
    wa_id: str | None
    price: str
    payment: Payment
    trace_id: str
    accepted_at: datetime
    changed_at: datetime
    send_at: datetime | None
    expires_at: datetime | None
    priority: str
    lines: tuple[Line, ...]


class Listed(Struct, frozen=True):
    """One message of a request with several recipients."""

    message_id: str
    recipient: str
    state: State
    headline: str


class Incoming(Struct, frozen=True):
    """A message from a recipient.

    reply_to     our id of the message that it answers; None: none that is known
    is_probable  that was found out by what was ordered, and not told by Meta
    """

    inbound_id: str
    sid: str
    sender: str
    recipient: str
    kind: str
    wamid: str
    received_at: datetime
    reply_to: str | None
    is_probable: bool
    lines: tuple[Line, ...]


class Story(Struct, frozen=True):
    """What an id stands for, and what happened to it.

    named     the id that was asked for: ours of a message, of a request, or of an incoming
              message; or Meta's of either
    timeline  of the one message that it names, or that the incoming message answers
    messages  of a request with several recipients; else empty
    incoming  the incoming message that it names
    """

    named: str
    timeline: Timeline | None = None
    messages: tuple[Listed, ...] = ()
    incoming: Incoming | None = None
