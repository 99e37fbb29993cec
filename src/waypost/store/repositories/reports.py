"""Reads of what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from waypost.model.account import UnknownPolicy
from waypost.model.inbound import MediaState
from waypost.model.lifecycle import Fact, State
from waypost.model.message import Payment
from waypost.model.money import Money
from waypost.model.refusal import Fault
from waypost.model.report import (
    IncomingSummary,
    MessageReport,
    MessageSummary,
    TimelineFact,
    UnknownMessage,
)
from waypost.model.submission import Content, References
from waypost.model.work import PARKED_AT, DueItem, Priority
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.exchanges import exchange_of
from waypost.store.repositories.failures import failure_of
from waypost.store.repositories.instants import from_ms, from_ms_or_none, to_ms

_decode_findings = msgspec.json.Decoder(tuple[Fault, ...]).decode


@dataclass(frozen=True, slots=True)
class ReportsRepository:
    """`ports.Reports` over named queries."""

    driver: Driver

    async def find_message(self, message_id: str) -> MessageReport | None:
        """One message, by our id."""
        rows = await self.driver.fetch("reports.find_message", {"message_id": message_id})
        if not rows:
            return None
        row = rows[0]
        return MessageReport(
            account_id=row[0],
            sid=row[1],
            message_id=row[2],
            submission_id=row[3],
            sender_id=row[4],
            recipient=row[5],
            state=State(row[6]),
            payment=Payment(row[7]),
            price=Money(int(row[8]), row[9]),  # a sum is a decimal on PostgreSQL
            wamid=row[10],
            wa_id=row[11],
            failure=failure_of(row[12:16]),
            accepted_at=from_ms(row[16]),
            changed_at=from_ms(row[17]),
            content=Content(
                kind=row[18], template_name=row[19], template_language=row[20], json=row[21]
            ),
            references=References(row[22], row[23], row[24]),
            source=row[25],
            trace_id=row[26],
            findings=() if row[27] is None else _decode_findings(row[27]),
            send_at=from_ms_or_none(row[28]),
            expires_at=from_ms_or_none(row[29]),
            priority=Priority(row[30]),
        )

    async def messages_of_submission(self, submission_id: str) -> list[tuple[str, str, str]]:
        """Message id, recipient and state of each message of one request, in order."""
        rows = await self.driver.fetch(
            "reports.messages_of_submission", {"submission_id": submission_id}
        )
        return [(message_id, recipient, state) for _, message_id, recipient, state in rows]

    async def of_request(self, account_id: int, named: str) -> list[MessageSummary]:
        """The account's message of this id, or all messages of its request, in order."""
        rows = await self.driver.fetch(
            "reports.of_request", {"account_id": account_id, "named": named}
        )
        return [
            MessageSummary(
                message_id=row[0],
                submission_id=row[1],
                sender_id=row[2],
                recipient=row[3],
                state=State(row[4]),
                payment=Payment(row[5]),
                price=Money(row[6], row[7]),
                wamid=row[8],
                failure=failure_of(row[9:13]),
                accepted_at=from_ms(row[13]),
                changed_at=from_ms(row[14]),
                send_at=from_ms_or_none(row[15]),
                expires_at=from_ms_or_none(row[16]),
                priority=Priority(row[17]),
                attempts=row[18],
                references=References(row[19], row[20], row[21]),
            )
            for row in rows
        ]

    async def unknown(self, account_id: int | None, after: str, limit: int) -> list[UnknownMessage]:
        """Messages of unknown outcome whose id is behind `after`, by their ids."""
        rows = await self.driver.fetch(
            "reports.unknown", {"account_id": account_id, "after": after, "limit": limit}
        )
        return [
            UnknownMessage(
                account_id=row[0],
                sid=row[1],
                message_id=row[2],
                sender_id=row[3],
                recipient=row[4],
                since=from_ms(row[5]),
                policy=UnknownPolicy(row[6]),
                attempts=row[7],
                expires_at=from_ms_or_none(row[8]),
                due_at=_unless_parked(row[9]),
            )
            for row in rows
        ]

    async def senders_with_unknown(self, account_id: int, soon: datetime) -> set[str]:
        """Senders with messages of unknown outcome that nobody looks at before `soon`."""
        rows = await self.driver.fetch(
            "reports.senders_with_unknown", {"account_id": account_id, "soon": to_ms(soon)}
        )
        return {sender_id for (sender_id,) in rows}

    async def facts(self, account_id: int, message_id: str) -> list[TimelineFact]:
        """The timeline, in the order in which it was learned."""
        rows = await self.driver.fetch(
            "reports.facts", {"account_id": account_id, "message_id": message_id}
        )
        return [
            TimelineFact(
                Fact(row[0]),
                from_ms(row[1]),
                from_ms(row[2]),
                row[3],
                row[4],
                failure_of(row[5:9]),
                exchange_of(row[9:12]),
            )
            for row in rows
        ]

    async def queue_item(self, account_id: int, message_id: str) -> DueItem | None:
        """Where a message waits for dispatch, if it does."""
        rows = await self.driver.fetch(
            "reports.queue_item", {"account_id": account_id, "message_id": message_id}
        )
        for _, due_at, attempt, lease_token in rows:
            return DueItem(account_id, message_id, attempt, from_ms(due_at), lease_token)
        return None

    async def replies(self, account_id: int, message_id: str) -> list[IncomingSummary]:
        """What recipients wrote in answer to a message, oldest first."""
        rows = await self.driver.fetch(
            "reports.replies", {"account_id": account_id, "message_id": message_id}
        )
        return [_incoming(row) for row in rows]

    async def incoming(self, keys: Sequence[Key]) -> list[IncomingSummary]:
        """Incoming messages of these ids, ours or Meta's, in these accounts."""
        rows = await self.driver.fetch_rows("reports.incoming_by_id", keys)
        if not rows:
            rows = await self.driver.fetch_rows("reports.incoming_by_wamid", keys)
        return [_incoming(row) for row in rows]

    async def states(self) -> dict[str, int]:
        """How many messages are in each state."""
        return dict(await self.driver.fetch("reports.states", {}))


def _incoming(row: Sequence[Any]) -> IncomingSummary:
    """What a recipient wrote, of its columns as `reports.replies` names them."""
    return IncomingSummary(
        account_id=row[0],
        sid=row[1],
        inbound_id=row[2],
        sender_id=row[3],
        wamid=row[4],
        kind=row[5],
        recipient=row[6],
        occurred_at=from_ms(row[7]),
        received_at=from_ms(row[8]),
        reply_to=row[9],
        is_probable=bool(row[10]),
        media_state=MediaState(row[11]),
        media_failure=row[12],
    )


def _unless_parked(due_at: int | None) -> datetime | None:
    """None for work that only a person brings forward."""
    return None if due_at is None or due_at >= to_ms(PARKED_AT) else from_ms(due_at)
