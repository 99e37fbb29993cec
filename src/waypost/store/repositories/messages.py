"""Submissions, messages, facts, parked statuses and remembered answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from waypost.model.account import CappedPolicy, TemplatePolicy, UnknownPolicy
from waypost.model.errors import ConflictError
from waypost.model.lifecycle import Fact, State
from waypost.model.message import (
    Dispatchable,
    FactRow,
    MessageChange,
    MessageRecord,
    NewMessage,
    NewSubmission,
    ParkedStatus,
    Payment,
    Policies,
    Pricing,
    RememberedAnswer,
)
from waypost.model.recipient import parse_address
from waypost.model.submission import Content, References
from waypost.model.work import Priority
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.directory import sender_of
from waypost.store.repositories.exchanges import exchange_columns
from waypost.store.repositories.failures import failure_columns, failure_of
from waypost.store.repositories.instants import from_ms, from_ms_or_none, to_ms, to_ms_or_none

_encode_findings = msgspec.json.Encoder().encode


def policies_of(columns: Sequence[str]) -> Policies:
    """An account's policies from their three columns."""
    unknown, template, capped = columns
    return Policies(UnknownPolicy(unknown), TemplatePolicy(template), CappedPolicy(capped))


@dataclass(frozen=True, slots=True)
class MessagesRepository:
    """`ports.Messages` over named queries."""

    driver: Driver

    async def insert_submissions(self, submissions: Iterable[NewSubmission]) -> None:
        """Keeps what was asked."""
        await self.driver.execute_rows(
            "messages.insert_submissions",
            [
                (
                    new.account_id,
                    new.submission_id,
                    new.sender_id,
                    new.content.kind,
                    new.content.template_name,
                    new.content.template_language,
                    new.content.json,
                    new.references.ref,
                    new.references.ref1,
                    new.references.ref2,
                    new.source,
                    new.track_body,
                    new.track_button,
                    new.trace_id,
                    to_ms(new.accepted_at),
                    _encode_findings(new.findings).decode() if new.findings else None,
                    new.callback_profile_id,
                )
                for new in submissions
            ],
        )

    async def insert(self, messages: Iterable[NewMessage]) -> None:
        """Keeps accepted messages."""
        await self.driver.execute_rows(
            "messages.insert",
            [
                (
                    new.account_id,
                    new.message_id,
                    new.submission_id,
                    new.sender_id,
                    new.recipient,
                    "accepted",
                    new.payment.value,
                    new.price_minor,
                    (accepted_at := to_ms(new.accepted_at)),
                    accepted_at,
                    new.country,
                    new.category,
                    new.priority.value,
                    to_ms_or_none(new.expires_at),
                    to_ms_or_none(new.send_at),
                )
                for new in messages
            ],
        )

    async def records(self, keys: Sequence[Key]) -> dict[Key, MessageRecord]:
        """The messages of these keys that exist."""
        return {
            (row[0], row[1]): MessageRecord(
                account_id=row[0],
                message_id=row[1],
                submission_id=row[2],
                sender_id=row[3],
                phone_number_id=row[4],
                waba_id=row[5],
                callback_profile_id=row[6],
                recipient=parse_address(row[7]),
                references=References(row[8], row[9], row[10]),
                track_body=bool(row[11]),
                track_button=bool(row[12]),
                trace_id=row[13],
                state=State(row[14]),
                facts_seen=row[15],
                wamid=row[16],
                payment=Payment(row[17]),
                price_minor=row[18],
                failure=failure_of(row[19:23]),
                attempts=row[23],
                priority=Priority(row[24]),
                country=row[25],
                category=row[26],
                accepted_at=from_ms(row[27]),
                expires_at=from_ms_or_none(row[28]),
                policies=policies_of(row[29:32]),
                has_own_price=bool(row[32]),
                template=row[33],
            )
            for row in await self.driver.fetch_rows("messages.records", keys)
        }

    async def ids_by_wamid(self, keys: Sequence[Key]) -> dict[Key, str]:
        """Our ids by account and wamid."""
        rows = await self.driver.fetch_rows("messages.ids_by_wamid", keys)
        return {(account_id, wamid): message_id for account_id, wamid, message_id in rows}

    async def update_states(self, changes: Sequence[MessageChange]) -> None:
        """Where messages stand now; each message at most once.

        Raises ConflictError if one has changed since its change was drawn: another process
        records facts too. What is kept, and what is told, is then drawn anew.
        """
        if not changes:
            return
        kept = await self.driver.fetch_rows(
            "messages.update_states",
            [
                (
                    change.account_id,
                    change.message_id,
                    change.state.value,
                    change.facts_seen,
                    change.payment.value,
                    change.wamid,
                    change.wa_id,
                    *failure_columns(change.failure),
                    to_ms(change.changed_at),
                    change.attempts,
                    change.before.state.value,
                    change.before.facts_seen,
                    change.before.payment.value,
                    change.before.wamid,
                )
                for change in changes
            ],
        )
        if len(kept) != len(changes):
            raise ConflictError("a message changed while facts about it were recorded")

    async def insert_facts(self, facts: Sequence[FactRow]) -> None:
        """Keeps facts."""
        await self.driver.execute_rows(
            "messages.insert_facts",
            [
                (
                    fact.account_id,
                    fact.message_id,
                    fact.fact_id,
                    fact.fact.value,
                    to_ms(fact.occurred_at),
                    to_ms(fact.recorded_at),
                    fact.attempt,
                    fact.wamid,
                    *failure_columns(fact.failure),
                    *exchange_columns(fact.exchange),
                )
                for fact in facts
            ],
        )

    async def dispatchables(self, keys: Sequence[Key]) -> dict[Key, Dispatchable]:
        """Messages with all that is needed to give them to Meta."""
        return {
            (row[0], row[1]): Dispatchable(
                account_id=row[0],
                message_id=row[1],
                recipient=parse_address(row[2]),
                state=State(row[3]),
                content=Content(
                    kind=row[4], template_name=row[5], template_language=row[6], json=row[7]
                ),
                sender=sender_of(row[8:23]),
                priority=Priority(row[23]),
                expires_at=from_ms_or_none(row[24]),
                policies=policies_of(row[25:28]),
                template_status=row[28],
                facts_seen=row[29],
            )
            for row in await self.driver.fetch_rows("messages.dispatchables", keys)
        }

    async def park_statuses(self, statuses: Sequence[ParkedStatus]) -> None:
        """Keeps statuses of unknown messages."""
        await self.driver.execute_rows(
            "messages.park_statuses",
            [
                (
                    status.account_id,
                    status.wamid,
                    status.parked_id,
                    status.phone_number_id,
                    status.fact.value,
                    to_ms(status.occurred_at),
                    to_ms(status.recorded_at),
                    status.pricing is None or status.pricing.is_billable,
                    "" if status.pricing is None else status.pricing.kind,
                    "" if status.pricing is None else status.pricing.category,
                    status.meta_value,
                    *failure_columns(status.failure),
                )
                for status in statuses
            ],
        )

    async def has_parked(self) -> bool:
        """Whether any status is parked: asked once per batch, before asking for each message."""
        return bool(await self.driver.fetch("messages.any_parked", {}))

    async def unpark_statuses(self, keys: Sequence[Key]) -> list[ParkedStatus]:
        """Takes back the parked statuses of these wamids, oldest first."""
        rows = await self.driver.fetch_rows("messages.unpark_statuses", keys)
        statuses = [
            ParkedStatus(
                account_id=row[0],
                wamid=row[1],
                parked_id=0,
                phone_number_id="",
                fact=Fact(row[2]),
                occurred_at=from_ms(row[3]),
                recorded_at=from_ms(row[3]),
                pricing=Pricing(bool(row[4]), row[5], row[6]),
                meta_value=row[7],
                failure=failure_of(row[8:12]),
            )
            for row in rows
        ]
        return sorted(statuses, key=lambda status: status.occurred_at)

    async def answered(self, keys: Sequence[Key]) -> dict[Key, RememberedAnswer]:
        """Answers given under these Idempotency-Keys."""
        return {
            (row[0], row[1]): RememberedAnswer(
                account_id=row[0],
                key=row[1],
                body_hash=row[2],
                answer=row[3],
                created_at=from_ms(row[4]),
            )
            for row in await self.driver.fetch_rows("messages.answered", keys)
        }

    async def remember_answers(self, answers: Sequence[RememberedAnswer]) -> None:
        """Remembers answers under their keys; one that has outlived its time was dropped before.

        Raises ConflictError if an answer stands under one of them: another process gave it, and
        it is given again.
        """
        if not answers:
            return
        kept = await self.driver.fetch_rows(
            "messages.remember_answers",
            [
                (
                    answer.account_id,
                    answer.key,
                    answer.body_hash,
                    answer.answer,
                    to_ms(answer.created_at),
                )
                for answer in answers
            ],
        )
        if len(kept) != len(answers):
            raise ConflictError("another request was answered under the same Idempotency-Key")

    async def drop_answers(self, answers: Sequence[RememberedAnswer]) -> None:
        """Forgets answers that have outlived their time, unless one was put in their place."""
        await self.driver.execute_rows(
            "messages.drop_answers",
            [(answer.account_id, answer.key, to_ms(answer.created_at)) for answer in answers],
        )
