"""The control API under `/_emulator/`: finds the call that is meant. No token is asked.

Each answer is `{"data": [...]}`, oldest first; an order that cannot be carried out is a 400 with
a sentence, a call that is not there a 404 that lists those that are.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

from meta_emulator.control.describe import Description
from meta_emulator.control.routes import (
    Call,
    OrderError,
    Room,
    Route,
    answered,
    carried_out,
    read_order,
)
from meta_emulator.control.visitors import stranger
from meta_emulator.protocol.answers import Answer, Request

FORBIDDEN = 403
INBOX = ("inbox",)
"""Takes what other programs send to any address; it gives no orders."""
REST = "..."
"""Ends a path that goes on as it likes."""


class Control:
    """Answers everything under `/_emulator/`.

    names  further names of the emulator's host (`visitors`)
    """

    def __init__(self, rooms: Sequence[Room], names: frozenset[str] = frozenset()) -> None:
        self._names = names
        description = Description()
        self.routes = tuple(
            chain.from_iterable(room.routes for room in (*rooms, description)),
        )
        description.describe(self.routes)
        self._fixed = {
            (route.method, route.path): route for route in self.routes if "{" not in route.path
        }
        self._open = [route for route in self.routes if "{" in route.path]

    async def answer(self, request: Request, raw_query: str) -> Answer:
        """The answer to `request`, whose segments begin behind `_emulator`."""
        is_inbox = request.segments[:1] == INBOX
        strange = None if is_inbox else stranger(request.method, request.headers, self._names)
        if strange is not None:
            return answered({"error": strange}, FORBIDDEN)
        found = self._find(request)
        if found is None:
            known = [f"{route.method} /_emulator/{route.path}" for route in self.routes]
            return answered(
                {"error": f"there is no {request.method} {request.path}", "paths": known}, 404
            )
        route, named = found
        try:
            order = None if route.takes is None else read_order(request.body, route.takes)
            return await carried_out(route, Call(request, order, named, raw_query))
        except OrderError as error:
            sentence = f"the order cannot be carried out: {error}"
            return answered({"error": sentence}, error.status)

    def _find(self, request: Request) -> tuple[Route, Mapping[str, str]] | None:
        path = "/".join(request.segments)
        fixed = self._fixed.get((request.method, path))
        if fixed is not None:
            return fixed, {}
        for route in self._open:
            named = matched(route, request)
            if named is not None:
                return route, named
        return None


def matched(route: Route, request: Request) -> Mapping[str, str] | None:
    """The open parts of a route's path as a request has them; None if it is another's path.

    A method `*` is any; a last part that ends in `...}` stands for all that is left.
    """
    if route.method not in {"*", request.method}:
        return None
    wanted, given = route.path.split("/"), list(request.segments)
    if wanted[-1].endswith(REST + "}"):
        rest = "/".join(given[len(wanted) - 1 :])
        given = [*given[: len(wanted) - 1], rest]
    if len(wanted) != len(given):
        return None
    named: dict[str, str] = {}
    for part, value in zip(wanted, given, strict=True):
        if part.startswith("{"):
            named[part.strip("{}").removesuffix(REST)] = value
        elif part != value:
            return None
    return named
