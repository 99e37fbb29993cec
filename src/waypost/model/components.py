"""A template's components as they are kept: JSON that is read when somebody looks into it.

A WABA may have thousands of templates of some kilobytes each, and an account is read anew after
each change of its directory. Reading all their JSON takes seconds; few of them are ever sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, overload

import msgspec

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode

Component = Mapping[str, Any]


class Components(Sequence[Component]):
    """The components of one template; `json` is the text of a JSON array of objects.

    Equal to any list or tuple of the same components.
    """

    __slots__ = ("_read", "json")

    def __init__(self, json: str) -> None:
        self.json = json
        self._read: tuple[Component, ...] | None = None

    @classmethod
    def of(cls, components: Iterable[Component]) -> "Components":
        """From components that were read already."""
        read = tuple(components)
        made = cls(_encode(read).decode())
        made._read = read
        return made

    def folded(self) -> "Components":
        """The same as text alone: thousands that nobody looks into take little room."""
        return Components(self.json)

    def read(self) -> tuple[Component, ...]:
        """All of them. Raises msgspec.DecodeError if the text is no JSON."""
        if self._read is None:  # two threads that read at once come to the same
            self._read = tuple(_decode(self.json))
        return self._read

    @overload
    def __getitem__(self, index: int) -> Component: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Component]: ...
    def __getitem__(self, index: int | slice) -> Component | Sequence[Component]:
        return self.read()[index]

    def __len__(self) -> int:
        return len(self.read())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Components):
            return self.json == other.json or self.read() == other.read()
        if isinstance(other, tuple | list):
            return self.read() == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.json)

    def __repr__(self) -> str:
        return f"Components({self.json!r})"
