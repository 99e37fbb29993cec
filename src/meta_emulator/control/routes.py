"""What a part of the control API offers: calls, each with what it takes and what it does.

The calls are values, so that the API's own description is made of them and cannot differ.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from meta_emulator.protocol.answers import Answer, Header, Request
from meta_emulator.protocol.parameters import whole_number
from meta_emulator.runtime.slips import told

JSON_TYPE = "application/json"
JSON: list[Header] = [(b"content-type", JSON_TYPE.encode())]
BAD_REQUEST = 400


class OrderError(ValueError):
    """The order cannot be carried out; the text says why, and how to mend it."""

    def __init__(self, sentence: str, status: int = BAD_REQUEST) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """A call that came.

    order     the body, decoded as the route's `takes`; None where it takes none
    named     the parts of the path that the route leaves open, by their names
    raw_query the query as it came
    """

    request: Request
    order: Any
    named: Mapping[str, str]
    raw_query: str = ""


Handler = Callable[[Call], Any]
"""Returns what is shown: an item, or a list of them; an Answer as it is; or an awaitable of one.

Raises OrderError.
"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One part of a route's query: its name, and what it does.

    kind  `str`, `int`, `float` or `bool`, for the API's description
    """

    name: str
    summary: str
    kind: type = str


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the control API.

    path     behind `/_emulator/`; `{name}` is left open
    summary  a sentence for the API's description
    takes    the type of the body; None where there is none. An empty body counts as `{}`
    gives    the type of an item of `data`; None where it is no one type
    query    what the query may say
    example  an order as a user would give it; None where there is nothing to show
    content  the type of an answer that is no `data` in JSON; empty for all others
    """

    method: str
    path: str
    summary: str
    handler: Handler
    takes: Any = None
    gives: Any = None
    query: tuple[Parameter, ...] = field(default=())
    example: Any = None
    content: str = ""


PAGE = (
    Parameter("after", "Only what has a higher position.", int),
    Parameter("limit", "So many at most.", int),
)


class Room(Protocol):
    """Some calls that belong together."""

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        ...


def read_order(raw: bytes, takes: Any) -> Any:
    """The body as `takes`; raises OrderError with the place of what is wrong, or with the keys."""
    try:
        return msgspec.json.decode(raw or b"{}", type=takes)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OrderError(told(error, takes)) from error


def paging(query: Mapping[str, str]) -> tuple[int, int | None]:
    """`after` and `limit` of a query; what is no number counts as left out."""
    return whole_number(query.get("after", "")) or 0, whole_number(query.get("limit", ""))


def positive(query: Mapping[str, str], name: str) -> int | None:
    """A number of a query, from 1; None where it is left out. Raises OrderError."""
    given = query.get(name)
    if given is None:
        return None
    read = whole_number(given)
    if not read:
        raise OrderError(f"{name} must be a number from 1; it is {given!r}")
    return read


def seconds(query: Mapping[str, str], name: str, most: float) -> float:
    """Seconds of a query, from 0 to `most`; 0 where they are left out. Raises OrderError."""
    given = query.get(name, "0")
    try:
        read = float(given)
    except ValueError:
        read = -1.0
    if not 0 <= read <= most:
        raise OrderError(f"{name} must be seconds, from 0 to {most:g}; it is {given!r}")
    return read


async def carried_out(route: Route, call: Call) -> Answer:
    """The answer to a call; raises OrderError."""
    shown = route.handler(call)
    if isinstance(shown, Awaitable):
        shown = await shown
    if isinstance(shown, Answer):
        return shown
    return answered({"data": shown if isinstance(shown, list) else [shown]})


def answered(value: Any, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, msgspec.json.encode(value), JSON)
