"""Messages of an account found, as its customer finds them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import get
from litestar.di import NamedDependency, Provide
from msgspec import Struct

from waypost.api.customer.asked import Cursor, provide_filters
from waypost.api.management.door import Limit, Management
from waypost.api.management.message_shapes import TroubleShape, show_failure
from waypost.api.management.shapes import Amount
from waypost.model.account import Account
from waypost.model.lifecycle import State
from waypost.model.message import Payment
from waypost.model.money import Money
from waypost.model.search import FoundMessage, MessageFilters
from waypost.report.search import find_page


class FoundShape(Struct, frozen=True):
    """A message that was found; `failure` says why it has not arrived."""

    message_id: str
    sender: str
    recipient: str
    state: State
    failure: TroubleShape | None
    kind: str
    template: str | None
    language: str | None
    references: tuple[str | None, str | None, str | None]
    price: Amount
    payment: Payment
    wamid: str | None
    trace_id: str
    accepted_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None


class FoundPageShape(Struct, frozen=True):
    """Messages, the newest first.

    next        what to give as `cursor` for those that follow; null at the end
    scanned_to  the page ended before it was full: all since then was looked at
    """

    items: list[FoundShape]
    next: str | None
    scanned_to: datetime | None


@get("/{sid:str}/messages", dependencies={"filters": Provide(provide_filters)})
async def list_messages(
    management: NamedDependency[Management],
    account: NamedDependency[Account],
    filters: NamedDependency[MessageFilters],
    limit: Limit = 100,
    cursor: Cursor = "",
) -> FoundPageShape:
    """Find messages of an account, the newest first.

    A page looks at 20,000 messages at most: one that ends for it may hold few or none, says in
    `scanned_to` how far it came, and has a `next`.
    """
    found = await management.store.study(
        lambda transaction: find_page(transaction, account.account_id, filters, limit, cursor)
    )
    shown = [show_found(one, found.currency) for one in found.messages]
    return FoundPageShape(shown, found.next, found.scanned_to)


def show_found(message: FoundMessage, currency: str) -> FoundShape:
    """A message that was found."""
    amount, _, unit = str(Money(message.price_minor, currency)).partition(" ")
    references, stations = message.references, message.stations
    failure = message.reason
    return FoundShape(
        message_id=message.message_id,
        sender=f"+{message.sender_id}",
        recipient=message.recipient,
        state=message.state,
        failure=None if failure is None else show_failure(failure),
        kind=message.content.kind,
        template=message.content.template_name,
        language=message.content.template_language,
        references=(references.ref, references.ref1, references.ref2),
        price=Amount(amount, unit),
        payment=message.payment,
        wamid=message.wamid,
        trace_id=message.trace_id,
        accepted_at=message.accepted_at,
        sent_at=stations.sent_at,
        delivered_at=stations.delivered_at,
        read_at=stations.read_at,
        failed_at=stations.failed_at,
    )


HANDLERS: Sequence[Any] = (list_messages,)
