"""Messages looked for: ids by whatever index leads to them, and what is told of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from waypost.model.lifecycle import Fact, State
from waypost.model.message import Payment
from waypost.model.search import (
    STATION_OF,
    FoundIds,
    FoundInbound,
    FoundMessage,
    Lead,
    MessageFilters,
    Stations,
    Stretch,
    lead_of,
)
from waypost.model.submission import Content, References
from waypost.model.work import Priority
from waypost.store.driver import Driver
from waypost.store.ports import Key
from waypost.store.repositories.failures import failure_of
from waypost.store.repositories.instants import from_ms, from_ms_or_none

QUERIES: Mapping[Lead, tuple[str, str]] = {
    Lead.ACCOUNT: ("search.end_of_account", "search.ids_of_account"),
    Lead.RECIPIENT: ("search.end_by_recipient", "search.ids_by_recipient"),
    Lead.REF: ("search.end_by_ref", "search.ids_by_ref"),
    Lead.REF1: ("search.end_by_ref1", "search.ids_by_ref1"),
    Lead.REF2: ("search.end_by_ref2", "search.ids_by_ref2"),
    Lead.FAILURE: ("search.end_by_failure", "search.ids_by_failure"),
}
"""How far a scan of an index reaches, and what is found in it."""


@dataclass(frozen=True, slots=True)
class SearchRepository:
    """`report_ports.Search` over named queries."""

    driver: Driver

    async def ids(
        self, account_id: int, filters: MessageFilters, stretch: Stretch, count: int
    ) -> FoundIds:
        """Ids of those that are as asked of the next so many rows of the index, the newest first.

        A row of an index by reference is a request, with all its messages.
        """
        lead = lead_of(filters)
        references = filters.references
        end, ids = QUERIES[lead]
        given: dict[str, object] = {
            "account_id": account_id,
            "recipient": filters.recipient,
            "sender_id": filters.sender_id,
            "state": f",{','.join(filters.states)}," if filters.states else None,
            "template_name": filters.template,
            "failure_code": filters.failure_code,
            "ref": references.ref,
            "ref1": references.ref1,
            "ref2": references.ref2,
            "before_id": stretch.before_id,
            "from_id": stretch.from_id,
            "limit": count,
            "offset": count - 1,
        }
        ends = await self.driver.fetch(end, given)
        found = await self.driver.fetch(ids, given)
        # Of the request that is looked at anew some messages were told before.
        told = tuple(message_id for (message_id,) in found if message_id < stretch.before_id)
        return FoundIds(told, ends[0][0] if ends else None)

    async def messages(self, keys: Sequence[Key]) -> dict[str, FoundMessage]:
        """What is told of each of an account's messages, by its id."""
        stations = await self._stations(keys)
        return {
            row[0]: FoundMessage(
                message_id=row[0],
                submission_id=row[1],
                sender_id=row[2],
                waba_id=row[3],
                recipient=row[4],
                state=State(row[5]),
                payment=Payment(row[6]),
                price_minor=int(row[7]),  # a sum is a decimal on PostgreSQL
                wamid=row[8],
                failure=failure_of(row[9:13]),
                accepted_at=from_ms(row[13]),
                changed_at=from_ms(row[14]),
                country=row[15],
                category=row[16],
                content=Content(
                    kind=row[17], template_name=row[18], template_language=row[19], json=row[20]
                ),
                references=References(row[21], row[22], row[23]),
                source=row[24],
                trace_id=row[25],
                send_at=from_ms_or_none(row[26]),
                expires_at=from_ms_or_none(row[27]),
                priority=Priority(row[28]),
                stations=stations.get(row[0], Stations()),
            )
            for row in await self.driver.fetch_rows("search.messages", keys)
        }

    async def inbound(
        self, account_id: int, recipient: str | None, stretch: Stretch, limit: int
    ) -> list[FoundInbound]:
        """What recipients, or one, wrote to an account, the newest first."""
        given: dict[str, object] = {
            "account_id": account_id,
            "before_id": stretch.before_id,
            "from_id": stretch.from_id,
            "limit": limit,
        }
        if recipient is None:
            rows = await self.driver.fetch("search.inbound", given)
        else:
            rows = await self.driver.fetch(
                "search.inbound_by_recipient", {**given, "recipient": recipient}
            )
        return [
            FoundInbound(
                inbound_id=row[0],
                sender_id=row[1],
                waba_id=row[2],
                wamid=row[3],
                kind=row[4],
                recipient=row[5],
                value=row[6],
                occurred_at=from_ms(row[7]),
                received_at=from_ms(row[8]),
                reply_to=row[9],
                references=References(row[10], row[11], row[12]),
                trace_id=row[13],
            )
            for row in rows
        ]

    async def replies(self, account_id: int, message_id: str, limit: int) -> list[str]:
        """Our ids of what was written in answer to a message, the oldest first."""
        rows = await self.driver.fetch(
            "search.replies", {"account_id": account_id, "message_id": message_id, "limit": limit}
        )
        return [inbound_id for (inbound_id,) in rows]

    async def _stations(self, keys: Sequence[Key]) -> dict[str, Stations]:
        """When messages came where they came, in their newest attempt."""
        reached: dict[str, dict[str, datetime]] = {}
        for message_id, fact, occurred_at in await self.driver.fetch_rows("search.stations", keys):
            times = reached.setdefault(message_id, {})
            if fact == Fact.RETURNED:
                times.clear()
            elif (station := STATION_OF.get(fact)) is not None and station not in times:
                times[station] = from_ms(occurred_at)
        return {message_id: Stations(**times) for message_id, times in reached.items()}
