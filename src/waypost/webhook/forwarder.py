"""Keeps what recipients wrote, and has their accounts told of it, as a part of a step.

Each account that has the number keeps it once, whatever Meta repeats; what was there already is
not told again, also if it was erased: then a hash stands in the place of its wamid. A message with
a medium is told when its medium was fetched, or cannot be: until then it waits as work of the
media queue. What came to a number of nobody is kept for the deployment and told to nobody.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from waypost.callback.publisher import Publisher
from waypost.meta.inbound import Inbound
from waypost.model.callback import IncomingEvent
from waypost.model.inbound import InboundMedium, InboundMessage, MediaState
from waypost.model.recipient import Recipient
from waypost.model.work import LaneKey, QueueItem, QueueName
from waypost.store.ports import Transaction
from waypost.webhook.receiver import DEPLOYMENT
from waypost.webhook.source_finder import Draft, find_sources

NOBODYS = "The number belongs to no account here, so its media are not fetched."


class Numbered(Struct, frozen=True):
    """A message out of a webhook, with the ids that it gets if it is new."""

    told: Inbound
    webhook_id: str
    inbound_id: str
    trace_id: str


class Forwarded(Struct, frozen=True):
    """What a batch came to.

    lanes    callback lanes that have work now
    media    media lanes that have work now
    new      inbound ids of what was not there before, of any account
    parked   those of them that belong to no account
    """

    lanes: frozenset[LaneKey] = frozenset()
    media: frozenset[LaneKey] = frozenset()
    new: frozenset[str] = frozenset()
    parked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Forwarder:
    """Writes inbound messages and what follows from them.

    pseudonyms  what may stand in the place of a wamid, of a message that was erased
    """

    publisher: Publisher
    pseudonyms: Callable[[str], Sequence[str]]

    async def forward(
        self,
        transaction: Transaction,
        numbered: Sequence[Numbered],
        owners: Mapping[str, Sequence[tuple[int, str]]],
        now: datetime,
    ) -> Forwarded:
        """Keeps and tells them.

        owners  accounts and senders of each of Meta's numbers
        """
        if not numbered:
            return Forwarded()
        drafts: list[Draft] = [
            (one.told, make_row(one, account_id, sender_id, now))
            for one in numbered
            for account_id, sender_id in owners.get(one.told.phone_number_id)
            or [(DEPLOYMENT, one.told.phone_number_id)]
        ]
        erased = await self._erased(transaction, [row for _, row in drafts])
        rows = await find_sources(
            transaction, [draft for draft in drafts if _key_of(draft[1]) not in erased]
        )
        # In one order everywhere: two processes that keep the same rows do not block each other.
        kept = await transaction.inbound.insert(sorted(rows, key=_place_of))
        new = [row for row in rows if (row.account_id, row.inbound_id) in kept]
        ours = [row for row in new if row.account_id != DEPLOYMENT]
        fetched = [row for row in ours if row.medium is not None]
        await transaction.queue.put([media_item(row, now) for row in fetched])
        lanes = await self.publisher.publish(
            transaction, [event_of(row) for row in ours if row.medium is None], now
        )
        return Forwarded(
            frozenset(lanes),
            frozenset(LaneKey(row.account_id, row.sender_id) for row in fetched),
            frozenset(row.inbound_id for row in new),
            frozenset(row.inbound_id for row in new if row.account_id == DEPLOYMENT),
        )

    async def _erased(
        self, transaction: Transaction, rows: Sequence[InboundMessage]
    ) -> set[tuple[int, str, str]]:
        """Which of these were kept and erased: Meta repeats a webhook for seven days."""
        hidden = {
            (row.account_id, name, row.sender_id): _key_of(row)
            for row in rows
            for name in self.pseudonyms(row.wamid)
        }
        found = await transaction.inbound.of_wamids(list(hidden))
        return {hidden[key] for key in found}


def make_row(numbered: Numbered, account_id: int, sender_id: str, now: datetime) -> InboundMessage:
    """What one account keeps of a message."""
    told = numbered.told
    recipient = Recipient(phone=told.wa_id, user_id=told.user_id)
    return InboundMessage(
        account_id=account_id,
        inbound_id=numbered.inbound_id,
        sender_id=sender_id,
        waba_id=told.waba_id,
        wamid=told.wamid or f"untold.{numbered.webhook_id}{told.place}",
        kind=told.kind,
        recipient=recipient.address,
        value=told.value,
        occurred_at=told.occurred_at,
        received_at=now,
        trace_id=numbered.trace_id,
        user_id=told.user_id,
        profile_name=told.profile_name,
        medium=_medium(told.medium, account_id),
    )


def event_of(row: InboundMessage, media_url: str = "") -> IncomingEvent:
    """What its account is told of a message."""
    return IncomingEvent(
        account_id=row.account_id,
        inbound_id=row.inbound_id,
        sender_id=row.sender_id,
        waba_id=row.waba_id,
        value=row.value,
        occurred_at=row.occurred_at,
        trace_id=row.trace_id,
        references=row.references,
        reply_to=row.reply_to or "",
        is_probable=row.is_probable,
        card_index=row.card_index,
        button_index=row.button_index,
        media_url=media_url,
    )


def media_item(row: InboundMessage, now: datetime) -> QueueItem:
    """The work of fetching a message's medium."""
    return QueueItem(row.account_id, QueueName.MEDIA, row.sender_id, row.inbound_id, now, attempt=0)


def _key_of(row: InboundMessage) -> tuple[int, str, str]:
    return row.account_id, row.wamid, row.sender_id


def _place_of(row: InboundMessage) -> tuple[int, str, str, str]:
    return row.account_id, row.sender_id, row.wamid, row.inbound_id


def _medium(medium: InboundMedium | None, account_id: int) -> InboundMedium | None:
    if medium is None or account_id != DEPLOYMENT:
        return medium
    return replace(medium, state=MediaState.FAILED, failure=NOBODYS)
