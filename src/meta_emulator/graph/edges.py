"""Which edge of which object a Graph API request means.

An object that is not there, and an edge that an object does not have, are the same to Meta:
code 100, subcode 33 (reference 3.4).
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from meta_emulator.graph.room import Edges, Finder, Handler, Room
from meta_emulator.physics.management_calls import USAGE, ManagementCalls
from meta_emulator.protocol.answers import Answer, Request, Responder
from meta_emulator.protocol.errors import object_unknown, path_unknown, refused, several_at_once
from meta_emulator.protocol.parameters import parameters
from meta_emulator.world.objects import Waba
from meta_emulator.world.state import State

MOST_SEGMENTS = 3
"""`<WABA id>/message_templates/archive` is the longest."""

ANY, WHATEVER = "any", "*"


class Rooms:
    """Every edge that the rooms have, by object and method."""

    def __init__(
        self,
        state: State,
        responder: Responder,
        rooms: Sequence[Room],
        finders: Sequence[Finder],
        calls: ManagementCalls,
    ) -> None:
        self._state = state
        self._responder = responder
        self._finders = finders
        self._calls = calls
        self._edges: Edges = dict(chain.from_iterable(room.edges.items() for room in rooms))

    async def answer(self, request: Request) -> Answer:
        """The answer of the edge that `request` names."""
        segments = request.segments
        if "ids" in request.query or (not segments and "batch" in parameters(request)):
            return self._responder.error(several_at_once(), request.version)
        if not segments or len(segments) > MOST_SEGMENTS:
            return self._responder.error(path_unknown(request.path), request.version)
        edge = "/".join(segments[1:])
        found = self._find(request.method, segments[0], edge)
        if found is None and len(segments) == MOST_SEGMENTS:
            return self._responder.error(path_unknown(request.path), request.version)
        if found is None:
            unknown = object_unknown(segments[0], request.method)
            return self._responder.error(unknown, request.version)
        handler, owner = found
        limited = self._calls.waba(segments[0], edge)
        if limited is not None:
            return await self._managed(request, found, limited, edge)
        answer = handler(request, owner)
        return answer if isinstance(answer, Answer) else await answer

    async def _managed(
        self, request: Request, found: tuple[Handler, Any], waba: Waba, edge: str
    ) -> Answer:
        """The answer to a call that counts for a WABA's limit, which the answer tells of."""
        code = self._calls.count(waba, edge)
        if code is not None:
            answer = self._responder.error(refused(code), request.version)
        else:
            handler, owner = found
            given = handler(request, owner)
            answer = given if isinstance(given, Answer) else await given
        answer.headers = [header for header in answer.headers if header[0] != USAGE]
        answer.headers.append(self._calls.usage(waba))
        return answer

    def _find(self, method: str, object_id: str, edge: str) -> tuple[Handler, Any] | None:
        for kind, owner in self._owners(object_id):
            handler = self._edges.get((kind, method, edge))
            if handler is not None:
                return handler, owner
            handler = self._edges.get((kind, method, f"{edge.rpartition('/')[0]}/{WHATEVER}"))
            if handler is not None:
                return handler, owner
            whatever = self._edges.get((kind, method, WHATEVER))
            if whatever is not None:
                return whatever, edge
        return None

    def _owners(self, object_id: str) -> Iterator[tuple[str, Any]]:
        state = self._state
        held: tuple[tuple[str, dict[str, Any]], ...] = (
            ("number", state.numbers),
            ("waba", state.wabas),
            ("medium", state.media),
            ("template", state.templates),
            ("catalogue", state.catalogues),
        )
        for kind, by_id in held:
            owner = by_id.get(object_id)
            if owner is not None:
                yield kind, owner
        for finder in self._finders:
            found = finder.find(object_id)
            if found is not None:
                yield found
        yield ANY, object_id
