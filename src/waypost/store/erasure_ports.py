"""What is read and written of personal columns; see `model.personal`."""

from collections.abc import Sequence
from typing import Protocol

from waypost.model.personal import Kind, PersonalRow

LAST = "~"
"""Behind every id there is."""


class Erasure(Protocol):
    """Personal columns, table by table."""

    async def page(
        self,
        kind: Kind,
        account_id: int,
        after: tuple[str | int, ...] | None,
        limit: int,
        before_id: str = LAST,
    ) -> list[PersonalRow]: ...
    async def write(
        self, kind: Kind, rows: Sequence[PersonalRow], before: Sequence[PersonalRow]
    ) -> None: ...
    async def drop(self, kind: Kind, rows: Sequence[PersonalRow]) -> None: ...
    async def names_of(self, account_id: int, address: str) -> set[str]: ...
    async def place(self, account_id: int, name: str) -> str | None: ...
    async def save_place(self, account_id: int, name: str, value: str) -> None: ...
