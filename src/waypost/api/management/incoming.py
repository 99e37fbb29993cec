"""What recipients wrote to accounts, and what Meta told of them; also what belongs to nobody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from waypost.api.customer.asked import Cursor
from waypost.api.customer.incoming import provide_words
from waypost.api.management.door import Limit, Management
from waypost.api.management.shapes import Page
from waypost.model.account import Account
from waypost.model.errors import NotFoundError
from waypost.model.inbound import InboundMessage, KeptAccountEvent
from waypost.report.incoming import find_events, find_incoming, read_question

NOBODY = 0
"""The account of what belongs to none."""

INBOUND = "/{sid:str}/inbound"
EVENTS = "/{sid:str}/account_events"

Field = Annotated[
    str,
    QueryParameter(name="field", max_length=100, description="Only Meta's webhooks of this name."),
]


class InboundMediumShape(Struct, frozen=True):
    """The medium of a message, and where it is; `failure` says why it is not here."""

    media_type: str
    name: str
    state: str
    size: int | None
    failure: str | None


class InboundShape(Struct, frozen=True):
    """A message of a recipient.

    sender       the number it came to; of nobody's messages Meta's id of the number
    value        Meta's webhook value with this one message
    is_probable  `reply_to` was found out by what was ordered, and not told by Meta
    """

    inbound_id: str
    sender: str
    waba_id: str
    wamid: str
    kind: str
    recipient: str
    user_id: str | None
    profile_name: str
    occurred_at: datetime
    received_at: datetime
    reply_to: str | None
    is_probable: bool
    card_index: int | None
    button_index: int | None
    references: tuple[str | None, str | None, str | None]
    trace_id: str
    medium: InboundMediumShape | None
    value: dict[str, Any]


class AccountEventShape(Struct, frozen=True):
    """What Meta told of a WABA, a number or a template; `value` is Meta's webhook value."""

    account_event_id: str
    field: str
    waba_id: str
    sender: str
    occurred_at: datetime
    received_at: datetime
    value: dict[str, Any]


Words = NamedDependency[dict[str, str | None]]
READ_WORDS = {"words": Provide(provide_words)}


@get(INBOUND, dependencies=READ_WORDS)
async def list_inbound(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    words: Words,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Page[InboundShape]:
    """List what recipients wrote to an account, the newest first; `next` is a `cursor`."""
    return await _messages(management, account.account_id, words, limit, cursor)


@get(f"{INBOUND}/{{inbound_id:str}}")
async def get_inbound(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    inbound_id: FromPath[str],
) -> InboundShape:
    """Show one message that a recipient wrote to an account."""
    key = account.account_id, inbound_id
    found = await management.store.read(lambda transaction: transaction.inbound.load([key]))
    if key not in found:
        raise NotFoundError(f"{account.sid} has no incoming message {inbound_id}.")
    return show_inbound(found[key])


@get(EVENTS)
async def list_account_events(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    field: Field = "",
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Page[AccountEventShape]:
    """List what Meta told of an account, the newest first; `next` is a `cursor`."""
    return await _events(management, account.account_id, field, limit, cursor)


@get("/unowned/inbound", dependencies=READ_WORDS)
async def list_unowned_inbound(
    management: NamedDependency[Management],
    words: Words,
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Page[InboundShape]:
    """List messages to numbers that belong to no account here."""
    return await _messages(management, NOBODY, words, limit, cursor)


@get("/unowned/account_events")
async def list_unowned_account_events(
    management: NamedDependency[Management],
    field: Field = "",
    limit: Limit = 100,
    cursor: Cursor = "",
) -> Page[AccountEventShape]:
    """List what Meta told of WABAs and numbers that belong to no account here."""
    return await _events(management, NOBODY, field, limit, cursor)


HANDLERS: Sequence[Any] = (list_inbound, get_inbound, list_account_events)
OF_DEPLOYMENT: Sequence[Any] = (list_unowned_inbound, list_unowned_account_events)


async def _messages(
    management: Management, account_id: int, words: dict[str, str | None], limit: int, cursor: str
) -> Page[InboundShape]:
    asked = read_question(account_id, words, cursor, limit)
    page = await management.store.study(lambda transaction: find_incoming(transaction, asked))
    return Page([show_inbound(one) for one in page.messages], page.next)


async def _events(
    management: Management, account_id: int, field: str, limit: int, cursor: str
) -> Page[AccountEventShape]:
    page = await management.store.study(
        lambda transaction: find_events(transaction, account_id, field, cursor, limit)
    )
    return Page([show_event(one) for one in page.events], page.next)


def show_inbound(message: InboundMessage) -> InboundShape:
    """A message of a recipient."""
    medium, given = message.medium, message.references
    return InboundShape(
        inbound_id=message.inbound_id,
        sender=message.sender_id,
        waba_id=message.waba_id,
        wamid=message.wamid,
        kind=message.kind,
        recipient=message.recipient,
        user_id=message.user_id,
        profile_name=message.profile_name,
        occurred_at=message.occurred_at,
        received_at=message.received_at,
        reply_to=message.reply_to,
        is_probable=message.is_probable,
        card_index=message.card_index,
        button_index=message.button_index,
        references=(given.ref, given.ref1, given.ref2),
        trace_id=message.trace_id,
        medium=None
        if medium is None
        else InboundMediumShape(
            medium.media_type, medium.name, medium.state.value, medium.size, medium.failure
        ),
        value=msgspec.json.decode(message.value),
    )


def show_event(event: KeptAccountEvent) -> AccountEventShape:
    """What Meta told of an account."""
    return AccountEventShape(
        account_event_id=event.account_event_id,
        field=event.field,
        waba_id=event.waba_id,
        sender=event.sender_id,
        occurred_at=event.occurred_at,
        received_at=event.received_at,
        value=msgspec.json.decode(event.value),
    )
