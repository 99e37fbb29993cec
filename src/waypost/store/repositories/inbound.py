"""What recipients wrote, and what Meta told of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from waypost.model.inbound import (
    InboundMedium,
    InboundMessage,
    InboundQuestion,
    KeptAccountEvent,
    MediaMark,
    MediaOwner,
    MediaState,
    SentMessage,
)
from waypost.model.submission import Content, References
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.instants import from_ms, to_ms

BEHIND_ALL = "~"
"""Behind every id."""

_encode = msgspec.json.Encoder().encode
_decode_place = msgspec.json.Decoder(tuple[int | None, int | None]).decode


@dataclass(frozen=True, slots=True)
class InboundRepository:
    """`ports.Inbounds` over named queries."""

    driver: Driver

    async def insert(self, messages: Sequence[InboundMessage]) -> set[Key]:
        """Keeps messages; account and inbound id of those that were not there."""
        if not messages:
            return set()
        rows = await self.driver.fetch_rows("inbound.insert", [_columns(one) for one in messages])
        return {(account_id, inbound_id) for account_id, inbound_id in rows}

    async def of_wamids(self, named: Sequence[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
        """Those of these messages that are kept, by account, wamid and sender."""
        rows = await self.driver.fetch_rows("inbound.of_wamids", named)
        return {(row[0], row[1], row[2]) for row in rows}

    async def load(self, keys: Sequence[Key]) -> dict[Key, InboundMessage]:
        """Messages by account and inbound id; what is not there is left out."""
        rows = await self.driver.fetch_rows("inbound.load", keys)
        return {(columns[0], columns[1]): inbound_of(columns) for columns in rows}

    async def media_owners(self, keys: Sequence[Key]) -> dict[Key, MediaOwner]:
        """Whose messages are, by account and inbound id."""
        rows = await self.driver.fetch_rows("inbound.media_owners", keys)
        return {(columns[0], columns[1]): MediaOwner(*columns[2:]) for columns in rows}

    async def mark_media(self, marks: Sequence[MediaMark]) -> None:
        """What became of media that were on their way."""
        await self.driver.execute_rows(
            "inbound.mark_media",
            [
                (
                    mark.account_id,
                    mark.inbound_id,
                    mark.medium.state.value,
                    mark.medium.media_type,
                    mark.medium.size,
                    mark.medium.object_key,
                    mark.medium.failure,
                )
                for mark in marks
            ],
        )

    async def page(
        self, asked: InboundQuestion, since_id: str, until_id: str
    ) -> list[InboundMessage]:
        """Messages with ids from `since_id` on and before `until_id`, the newest first.

        until_id  empty: to the end
        """
        named = {
            "account_id": asked.account_id,
            "since_id": since_id,
            "until_id": until_id or BEHIND_ALL,
            "sender_id": asked.sender_id,
            "kind": asked.kind,
            "limit": asked.limit,
        }
        if asked.recipient is None:
            rows = await self.driver.fetch("inbound.page", named)
        else:
            named["recipient"] = asked.recipient
            rows = await self.driver.fetch("inbound.page_of_recipient", named)
        return [inbound_of(columns) for columns in rows]

    async def answered(self, keys: Sequence[Key]) -> dict[Key, SentMessage]:
        """Messages of ours by account and Meta's id; what is not there is left out."""
        if not keys:
            return {}
        rows = await self.driver.fetch_rows("inbound.answered", keys)
        return {(row[0], row[1]): _sent((row[0], *row[2:])) for row in rows}

    async def offers(self, wanted: Sequence[tuple[int, str, str, str]]) -> list[SentMessage]:
        """Messages that may offer products, the newest first; of each of these at most a hundred.

        wanted  account, recipient, sender, and the message id from which on
        """
        if not wanted:
            return []
        rows = await self.driver.fetch_rows("inbound.offers", wanted)
        return [_sent(row) for row in rows]

    async def insert_events(self, events: Sequence[KeptAccountEvent]) -> set[Key]:
        """Keeps account events; account and id of those that were not there."""
        if not events:
            return set()
        rows = await self.driver.fetch_rows(
            "inbound.insert_events",
            [
                (
                    one.account_id,
                    one.account_event_id,
                    one.waba_id,
                    one.sender_id,
                    one.field,
                    one.value,
                    to_ms(one.occurred_at),
                    to_ms(one.received_at),
                    one.digest,
                )
                for one in events
            ],
        )
        return {(account_id, account_event_id) for account_id, account_event_id in rows}

    async def events(
        self, account_id: int, field: str | None, before: str, limit: int
    ) -> list[KeptAccountEvent]:
        """Account events, the newest first; of one field, or older than an id if it is given."""
        rows = await self.driver.fetch(
            "inbound.events",
            {
                "account_id": account_id,
                "field": field,
                "until_id": before or BEHIND_ALL,
                "limit": limit,
            },
        )
        return [_event(row) for row in rows]


def inbound_of(columns: Sequence[Any]) -> InboundMessage:
    """A message of its columns, as `inbound.load` names them."""
    card_index, button_index = (None, None) if columns[18] is None else _decode_place(columns[18])
    return InboundMessage(
        account_id=columns[0],
        inbound_id=columns[1],
        sender_id=columns[2],
        waba_id=columns[3],
        wamid=columns[4],
        kind=columns[5],
        recipient=columns[6],
        user_id=columns[7],
        profile_name=columns[8],
        value=columns[9],
        occurred_at=from_ms(columns[10]),
        received_at=from_ms(columns[11]),
        reply_to=columns[12],
        is_probable=bool(columns[13]),
        references=References(columns[14], columns[15], columns[16]),
        trace_id=columns[17],
        card_index=card_index,
        button_index=button_index,
        medium=_medium(columns[19:26]),
    )


def _columns(message: InboundMessage) -> tuple[object, ...]:
    place = message.card_index, message.button_index
    medium, given = message.medium, message.references
    return (
        message.account_id,
        message.inbound_id,
        message.sender_id,
        message.waba_id,
        message.wamid,
        message.kind,
        message.recipient,
        message.user_id,
        message.profile_name,
        message.value,
        to_ms(message.occurred_at),
        to_ms(message.received_at),
        message.reply_to,
        int(message.is_probable),
        given.ref,
        given.ref1,
        given.ref2,
        message.trace_id,
        None if place == (None, None) else _encode(place).decode(),
        *(
            (None, MediaState.NONE.value, "", "", None, None, None)
            if medium is None
            else (
                medium.media_id,
                medium.state.value,
                medium.media_type,
                medium.name,
                medium.size,
                medium.object_key,
                medium.failure,
            )
        ),
    )


def _event(columns: Sequence[Any]) -> KeptAccountEvent:
    return KeptAccountEvent(
        account_id=columns[0],
        account_event_id=columns[1],
        waba_id=columns[2],
        sender_id=columns[3],
        field=columns[4],
        value=columns[5],
        occurred_at=from_ms(columns[6]),
        received_at=from_ms(columns[7]),
        digest=columns[8],
    )


def _medium(columns: Sequence[Any]) -> InboundMedium | None:
    media_id, state, media_type, name, size, object_key, failure = columns
    if media_id is None:
        return None
    return InboundMedium(media_id, media_type, name, MediaState(state), size, object_key, failure)


def _sent(columns: Sequence[Any]) -> SentMessage:
    """A message of account, its id, sender, WABA, recipient, references and content."""
    kind, template_name, template_language, content = columns[8:12]
    return SentMessage(
        account_id=columns[0],
        message_id=columns[1],
        sender_id=columns[2],
        waba_id=columns[3],
        recipient=columns[4],
        references=References(*columns[5:8]),
        content=Content(kind, content, template_name, template_language),
    )
