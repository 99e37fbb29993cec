"""What a room of the Graph API offers: edges of objects, each by its method."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from meta_emulator.protocol.answers import Answer, Request

Handler = Callable[[Request, Any], Answer | Awaitable[Answer]]
"""Answers a request about the object that its path names."""

Edges = Mapping[tuple[str, str, str], Handler]
"""By kind of object, method, and the path's last part; the empty part is the object itself.

Kinds: `number`, `waba`, `template`, `catalogue` (given is its WABA), `medium`; what a room finds
itself has the kind it says; an edge of any id has the kind `any`, and is given the id. The last
part `*` is whatever no other edge of the object is, and is given that part.
"""


class Room(Protocol):
    """Some edges that belong together."""

    @property
    def edges(self) -> Edges:
        """What it answers."""
        ...


class Finder(Protocol):
    """A room that knows objects of its own."""

    def find(self, object_id: str) -> tuple[str, Any] | None:
        """Kind and object of an id; None if it is not known here."""
        ...
