"""A submission: one request of a customer, understood; one or many recipients."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from waypost.model.recipient import Recipient
from waypost.model.work import Priority

READ_RECEIPT = "read_receipt"
"""The kind of what is no message but a mark that one was read; no message type of Meta's."""


class Content(Struct, frozen=True):
    """What a message says: Meta's message object, kept verbatim.

    kind      Meta's message type: `template`, `text`, ...; or READ_RECEIPT
    template  name and language, if it is one
    json      the object as it goes to Meta, as JSON, without the recipient and without
              `biz_opaque_callback_data`: those are put in at dispatch, but for a read receipt,
              which goes out as it is. Never empty: it has at least `messaging_product`
    """

    kind: str
    json: bytes
    template_name: str | None = None
    template_language: str | None = None


class References(Struct, frozen=True):
    """What the customer wants back in reports and callbacks; each at most 255 characters."""

    ref: str | None = None
    ref1: str | None = None
    ref2: str | None = None


class Submission(Struct, frozen=True):
    """One request, understood. Recipients are in order, each once, at least one.

    A read receipt has one recipient without an address: Meta knows whose message was read.

    message          the message object as it goes to Meta, decoded: what `content.json` says
    pointer          where that object stands in the body as it was sent: a JSON pointer, empty
                     for a body that is itself Meta's message
    send_at          when it is to be given to Meta, aware; None: at once
    validity_s       how long it may wait from then on; None: the account's, or the deployment's
    priority         as the customer asked; None: by what it is
    callback_profile_id  the one profile that is told of its messages; None: those attached
    lone_parameters  pointers of `parameters` that were sent as one lone object, and became an
                     array of it
    """

    recipients: tuple[Recipient, ...]
    content: Content
    references: References
    source: str = "api"
    track_body: bool = False
    track_button: bool = False
    message: Mapping[str, Any] = {}
    pointer: str = "/messaging_object"
    lone_parameters: tuple[str, ...] = ()
    send_at: datetime | None = None
    validity_s: int | None = None
    priority: Priority | None = None
    callback_profile_id: str | None = None


def pointer_as_sent(submission: Submission, pointer: str) -> str:
    """A pointer into the message as it goes to Meta, as a pointer into the body as it was sent."""
    for lone in submission.lone_parameters:
        first = f"{lone}/0"
        if pointer == first or pointer.startswith(f"{first}/"):
            return lone + pointer[len(first) :]
    return pointer
