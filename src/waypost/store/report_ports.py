"""The store as those see it who ask what happened: reads only, for `report` and the doors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from waypost.model.report import (
    IncomingSummary,
    MessageReport,
    MessageSummary,
    TimelineFact,
    UnknownMessage,
)
from waypost.model.search import (
    FoundIds,
    FoundInbound,
    FoundMessage,
    MessageFilters,
    Stretch,
)
from waypost.model.usage import UsageDeltas
from waypost.model.usage_query import Group, Recounted, UsageFailures, UsageFilter, UsageTotals
from waypost.model.work import DueItem


class Reports(Protocol):
    """Reads of what happened."""

    async def find_message(self, message_id: str) -> MessageReport | None: ...
    async def messages_of_submission(self, submission_id: str) -> list[tuple[str, str, str]]: ...
    async def of_request(self, account_id: int, named: str) -> list[MessageSummary]: ...
    async def unknown(
        self, account_id: int | None, after: str, limit: int
    ) -> list[UnknownMessage]: ...
    async def senders_with_unknown(self, account_id: int, soon: datetime) -> set[str]: ...
    async def facts(self, account_id: int, message_id: str) -> list[TimelineFact]: ...
    async def queue_item(self, account_id: int, message_id: str) -> DueItem | None: ...
    async def replies(self, account_id: int, message_id: str) -> list[IncomingSummary]: ...
    async def incoming(self, keys: Sequence[tuple[int, str]]) -> list[IncomingSummary]: ...
    async def states(self) -> dict[str, int]: ...


class Search(Protocol):
    """Messages looked for, and what recipients wrote, for lists and exports."""

    async def ids(
        self, account_id: int, filters: MessageFilters, stretch: Stretch, count: int
    ) -> FoundIds: ...
    async def messages(self, keys: Sequence[tuple[int, str]]) -> dict[str, FoundMessage]: ...
    async def inbound(
        self, account_id: int, recipient: str | None, stretch: Stretch, limit: int
    ) -> list[FoundInbound]: ...
    async def replies(self, account_id: int, message_id: str, limit: int) -> list[str]: ...


class Usage(Protocol):
    """Figures by the hour in which messages were accepted, and counting them anew."""

    async def add(self, deltas: UsageDeltas, shard: int) -> None: ...
    async def totals(
        self, account_id: int, wanted: UsageFilter, by: Sequence[Group]
    ) -> list[UsageTotals]: ...
    async def failures(
        self, account_id: int, wanted: UsageFilter, by: Sequence[Group]
    ) -> list[UsageFailures]: ...
    async def recount(
        self, account_id: int, wanted: UsageFilter, by: Sequence[Group] = (), most: int = ...
    ) -> list[Recounted]: ...
    async def note_reach(self, whole_from: datetime) -> None: ...
    async def reach(self) -> datetime | None: ...
