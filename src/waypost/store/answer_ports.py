"""The store as those see it who answer customers: what came in, and whom it is told to."""

from collections.abc import Sequence
from typing import Protocol

from waypost.model.inbound import (
    InboundMessage,
    InboundQuestion,
    KeptAccountEvent,
    SentMessage,
)

Key = tuple[int, str]
"""An account id and an id within the account."""


class Inbounds(Protocol):
    """What recipients wrote, what they may have answered, and what Meta told of accounts."""

    async def insert(self, messages: Sequence[InboundMessage]) -> set[Key]: ...
    async def load(self, keys: Sequence[Key]) -> dict[Key, InboundMessage]: ...
    async def page(
        self, asked: InboundQuestion, since_id: str, until_id: str
    ) -> list[InboundMessage]: ...
    async def answered(self, keys: Sequence[Key]) -> dict[Key, SentMessage]: ...
    async def offers(self, wanted: Sequence[tuple[int, str, str, str]]) -> list[SentMessage]: ...
    async def insert_events(self, events: Sequence[KeptAccountEvent]) -> set[Key]: ...
    async def events(
        self, account_id: int, field: str | None, before: str, limit: int
    ) -> list[KeptAccountEvent]: ...
