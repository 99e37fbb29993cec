"""Any event as a callback: its documented body, and what the customer's own template may name.

The documented variables are those of reference/kaleyra-v2.md 2.5 and 3.2 to 3.5.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from waypost.model.callback import (
    AccountEvent,
    CallbackEvent,
    IncomingEvent,
    SampleEvent,
    StatusEvent,
    TestEvent,
)
from waypost.wire.account_callbacks import render_account, render_sample, render_test
from waypost.wire.callbacks import render_status, status_word
from waypost.wire.incoming_callbacks import render_incoming
from waypost.wire.variables import variables_of

_encode = msgspec.json.Encoder().encode


class Rendered(Struct, frozen=True):
    """An event as it is kept for delivery.

    subject     what the event is about: an id that grows with time
    name        what happened, as the event's id says it
    status      the same as the customer reads it
    message_id  the message or inbound message; empty for any other
    variables   a JSON object of texts
    """

    subject: str
    name: str
    status: str
    message_id: str
    body: bytes
    variables: str
    sequence: int = 0


def render(event: CallbackEvent) -> Rendered:
    """The event's body and variables. Raises what the bodies' own functions raise."""
    variables = _text(variables_of(event))
    match event:
        case StatusEvent():
            return Rendered(
                event.message_id,
                event.status,
                status_word(event.status),
                event.message_id,
                render_status(event),
                variables,
                event.sequence,
            )
        case IncomingEvent():
            return Rendered(
                event.inbound_id,
                "incoming",
                "incoming",
                event.inbound_id,
                render_incoming(event),
                variables,
            )
        case AccountEvent():
            body = render_account(event)
            return Rendered(event.account_event_id, "told", event.field, "", body, variables)
        case SampleEvent():
            body = render_sample(event)
            return Rendered(event.event_id, "sample", event.status, "", body, variables)
        case TestEvent():
            return Rendered(event.event_id, "test", "test", "", render_test(event), variables)


def _text(variables: Mapping[str, str]) -> str:
    return _encode(variables).decode()
