"""What changed since it was last asked: for who writes down only that."""

from collections.abc import Iterable


class Marks:
    """Keys of what changed, in the order of their first change; none until somebody watches."""

    def __init__(self) -> None:
        self._keys: dict[str, None] | None = None

    @property
    def is_watched(self) -> bool:
        """Whether anybody wants to know."""
        return self._keys is not None

    def watch(self) -> None:
        """Keep what changes from now on."""
        self._keys = {}

    def add(self, key: str) -> None:
        """What goes by this key changed, came or went."""
        if self._keys is not None:
            self._keys[key] = None

    def add_all(self, keys: Iterable[str]) -> None:
        """What goes by these keys changed, came or went."""
        if self._keys is not None:
            self._keys.update(dict.fromkeys(keys))

    def take(self) -> list[str]:
        """The keys so far; they count as unchanged from now on."""
        if not self._keys:
            return []
        taken, self._keys = list(self._keys), {}
        return taken
