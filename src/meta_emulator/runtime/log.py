"""A list that remembers the latest of what came, each with a position that never changes."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from meta_emulator.runtime.marks import Marks

T = TypeVar("T")


class Log(Generic[T]):
    """Appends in order; position 1 is the first ever, also after older ones are forgotten."""

    def __init__(self, kept: int) -> None:
        self.marks = Marks()
        """Positions of what came, changed or was forgotten."""
        self._kept = kept
        self._items: list[T] = []
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def append(self, item: T) -> None:
        """Remember `item`; forget the older half when there are twice as many as are kept."""
        self._items.append(item)
        if self.marks.is_watched:
            self.marks.add(str(self.last))
        if len(self._items) >= 2 * self._kept:
            self._forget(self._kept)

    def after(self, position: int, limit: int | None = None) -> list[tuple[int, T]]:
        """Up to `limit` items behind `position`, oldest first, each with its position."""
        start = max(0, position - self._forgotten)
        stop = None if limit is None else start + limit
        first = self._forgotten + start + 1
        return list(enumerate(self._items[start:stop], first))

    @property
    def last(self) -> int:
        """The position of the newest: how many there ever were."""
        return self._forgotten + len(self._items)

    def clear(self) -> None:
        """Forget all; positions go on where they were."""
        self._forget(len(self._items))

    def at(self, position: int) -> T | None:
        """What stands at `position`; None if it is forgotten or yet to come."""
        place = position - self._forgotten - 1
        return self._items[place] if 0 <= place < len(self._items) else None

    def restore(self, last: int, items: list[T]) -> None:
        """Hold `items`, of which the newest stands at the position `last`."""
        self._forgotten, self._items = last - len(items), items

    def _forget(self, number: int) -> None:
        """Forget the oldest."""
        first = self._forgotten + 1
        self.marks.add_all(map(str, range(first, first + number)))
        self._forgotten += number
        self._items = self._items[number:]
