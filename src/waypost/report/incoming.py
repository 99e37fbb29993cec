"""What recipients wrote, and what Meta told of accounts, looked for and shown a page at a time."""

from collections.abc import Mapping

from msgspec import Struct

from waypost.model.inbound import InboundMessage, InboundQuestion, KeptAccountEvent
from waypost.report.filters import FilterError, read_filters
from waypost.runtime.ids import first_message_id
from waypost.store.ports import Transaction

NAMES = ("sender", "recipient", "kind", "from", "to")
"""The words there are, as they are spelled in a query."""

LONGEST_KIND = 100
FROM_THE_FIRST = ""
TO_THE_LAST = ""


class IncomingPage(Struct, frozen=True):
    """Messages, the newest first. next: what the page behind it begins with; None: it is last."""

    messages: list[InboundMessage]
    next: str | None


class EventPage(Struct, frozen=True):
    """Account events, in the same way."""

    events: list[KeptAccountEvent]
    next: str | None


def read_question(
    account_id: int, given: Mapping[str, str | None], before: str, limit: int
) -> InboundQuestion:
    """Which messages these words ask for; a word that is None or empty leaves it open.

    Raises FilterError with all that is wrong.
    """
    kind = (given.get("kind") or "").strip().lower() or None
    if kind is not None and len(kind) > LONGEST_KIND:
        raise FilterError({"kind": f"kind is longer than {LONGEST_KIND} characters."})
    filters = read_filters({name: given.get(name) for name in NAMES if name != "kind"})
    return InboundQuestion(
        account_id=account_id,
        sender_id=filters.sender_id,
        recipient=filters.recipient,
        kind=kind,
        since=filters.since,
        until=filters.until,
        before=before,
        limit=limit,
    )


async def find_incoming(transaction: Transaction, asked: InboundQuestion) -> IncomingPage:
    """A page of what recipients wrote."""
    since = FROM_THE_FIRST if asked.since is None else first_message_id(asked.since)
    until = TO_THE_LAST if asked.until is None else first_message_id(asked.until)
    if asked.before:
        until = min(until, asked.before) if until else asked.before
    one_more = InboundQuestion(
        asked.account_id, asked.sender_id, asked.recipient, asked.kind, limit=asked.limit + 1
    )
    found = await transaction.inbound.page(one_more, since, until)
    shown = found[: asked.limit]
    return IncomingPage(shown, shown[-1].inbound_id if len(found) > asked.limit else None)


async def find_events(
    transaction: Transaction, account_id: int, field: str | None, before: str, limit: int
) -> EventPage:
    """A page of what Meta told of an account."""
    found = await transaction.inbound.events(account_id, field or None, before, limit + 1)
    shown = found[:limit]
    return EventPage(shown, shown[-1].account_event_id if len(found) > limit else None)
