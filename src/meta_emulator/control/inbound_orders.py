"""What a person can be told to do: the order of `POST inbound`, in all its kinds."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

Index = Annotated[int, Meta(ge=0)]
Quantity = Annotated[int, Meta(ge=1)]


class GivenMedium(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A file, good for seven days.

    content  base64
    kind     if it is not to be guessed from the type
    voice    whether audio was spoken into the phone
    """

    mime_type: str
    content: str = ""
    kind: Literal["image", "video", "audio", "document", "sticker"] | None = None
    caption: str | None = None
    filename: str | None = None
    voice: bool | None = None


class Tap(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A quick reply that is tapped.

    id      the message's
    button  its index, from 0, at the top of the message or on the card
    card    the index of a carousel's card, from 0
    """

    id: str
    button: Index = 0
    card: Index | None = None


class Ordered(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A cart that is sent. `items`: how many of each retailer id. `id`: the message's."""

    id: str
    items: dict[str, Quantity]
    text: str = ""


class Choice(Struct, forbid_unknown_fields=True):
    """A row of a list that is chosen, by its id. `id`: the message's."""

    id: str
    row: str


class FilledForm(Struct, forbid_unknown_fields=True):
    """A flow, or an address form, that is sent back. `id`: the message's."""

    id: str
    response: dict[str, Any]


class CallAnswer(Struct, forbid_unknown_fields=True):
    """The answer to "may we call you". `id`: the message's."""

    id: str
    response: Literal["accept", "reject"]


class Enquiry(Struct, forbid_unknown_fields=True):
    """A question about a product, by its retailer id. `id`: the message's."""

    id: str
    product: str
    text: str


class InboundOrder(
    Struct, forbid_unknown_fields=True, omit_defaults=True, rename={"sender": "from"}
):
    """A person writes to a number, by default the first; one of these says what.

    text             words
    message          one of Meta's message objects as webhooks bring it, with its `type`
    medium           a file
    tap              a quick reply of a message is tapped
    order            products of a message are ordered
    choice           a row of a list is chosen
    form             a flow or an address form is sent back
    call_permission  calls are allowed, or not
    enquiry          something is asked about a product

    from      the person's phone number
    name      the name of the person's profile
    reply_to  the id of the message that is quoted
    referral  Meta's object about the advertisement that the person came from
    """

    sender: str
    text: str | None = None
    message: dict[str, Any] | None = None
    medium: GivenMedium | None = None
    tap: Tap | None = None
    order: Ordered | None = None
    choice: Choice | None = None
    form: FilledForm | None = None
    call_permission: CallAnswer | None = None
    enquiry: Enquiry | None = None
    phone_number_id: str | None = None
    name: str | None = None
    reply_to: str | None = None
    referral: dict[str, Any] | None = None


class Said(Struct):
    """The id of what a person wrote."""

    id: str


def in_builtins(order: InboundOrder) -> dict[str, Any]:
    """The order without what was left out."""
    given: dict[str, Any] = msgspec.to_builtins(order)
    return given
