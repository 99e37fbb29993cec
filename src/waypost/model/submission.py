"""A submission: one request of a customer, understood; one or many recipients."""

from msgspec import Struct

from waypost.model.recipient import Recipient


class Content(Struct, frozen=True):
    """What a message says: Meta's message object, kept verbatim.

    kind      Meta's message type: `template`, `text`, ...
    template  name and language, if it is one
    json      the object as it goes to Meta, as JSON, without the recipient and without
              `biz_opaque_callback_data`: those are put in at dispatch. Never empty: it has at
              least `messaging_product` and `type`
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
    """One request, understood. Recipients are in order, each once, at least one."""

    recipients: tuple[Recipient, ...]
    content: Content
    references: References
    source: str = "api"
    track_body: bool = False
    track_button: bool = False
