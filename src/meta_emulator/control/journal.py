"""What was sent, refused, marked as read, and called back: the emulator's memory, shown."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from meta_emulator.control.routes import (
    JSON,
    JSON_TYPE,
    PAGE,
    Call,
    OrderError,
    Parameter,
    Route,
    paging,
    positive,
    seconds,
)
from meta_emulator.control.shapes import (
    CallbackShape,
    CountsShape,
    MessageShape,
    ReadShape,
    RefusalShape,
    show_callback,
    show_message,
    show_read,
    show_refusal,
)
from meta_emulator.protocol.answers import Answer
from meta_emulator.runtime.log import Log
from meta_emulator.webhook.delivery import Deliverer
from meta_emulator.world.message import ACCEPTED, STATUSES
from meta_emulator.world.state import Callback, State
from meta_emulator.world.wanted import Wanted, WantedRefusal

T = TypeVar("T")

LONGEST_WAIT_S = 600.0
"""Longer waits are asked for again."""

WAIT = (
    Parameter("wait_s", "Answer once there are `count` of them, or after so many seconds.", float),
    Parameter("count", "How many are waited for; 1 if not said.", int),
)
SEARCH = (
    Parameter("to", "Only those to this phone number or user id."),
    Parameter("contains", "Only those with this text among the words that the recipient reads."),
    Parameter("template", "Only those that send the template of this name."),
    Parameter("type", "Only those of this kind: `template`, `text`, `image` ..."),
    Parameter("status", "Only those that came to this status; `accepted` all did."),
    Parameter("id", "Only the one with this id."),
)
REFUSAL_SEARCH = (
    Parameter("code", "Only those with this code of Meta's.", int),
    Parameter("to", "Only those of sends to this phone number or user id."),
    Parameter("contains", "Only those with this text in the request."),
)


class Journal:
    """Shows what happened, and keeps what is sent to the inbox."""

    def __init__(self, state: State, deliverer: Deliverer) -> None:
        self._state = state
        self._deliverer = deliverer

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        inbox = "Keeps any request, as a place for callbacks of the system under test."
        return (
            Route(
                "GET",
                "messages",
                "What was accepted; waits for it if told so.",
                self._messages,
                gives=MessageShape,
                query=(*PAGE, *SEARCH, *WAIT),
            ),
            Route(
                "GET",
                "refusals",
                "Requests that got an error; waits for them if told so.",
                self._refusals,
                gives=RefusalShape,
                query=(*PAGE, *REFUSAL_SEARCH, *WAIT),
            ),
            Route(
                "GET", "reads", "Messages marked as read.", self._reads, gives=ReadShape, query=PAGE
            ),
            Route(
                "GET",
                "callbacks",
                "What came to the inbox.",
                self._callbacks,
                gives=CallbackShape,
                query=PAGE,
            ),
            Route(
                "GET",
                "counts",
                "How many of each there ever were.",
                self._counts,
                gives=CountsShape,
            ),
            Route("*", "inbox", inbox, self._keep, content=JSON_TYPE),
            Route("*", "inbox/{place...}", inbox, self._keep, content=JSON_TYPE),
        )

    async def _messages(self, call: Call) -> list[MessageShape]:
        query = call.request.query
        wanted = Wanted(*(query.get(name) or None for name in Wanted.__struct_fields__))
        if wanted.status not in {None, ACCEPTED, *STATUSES}:
            known = ", ".join((ACCEPTED, *STATUSES))
            raise OrderError(f"status must be one of {known}; it is {wanted.status!r}")
        found = await self._found(self._state.messages, wanted.is_met_by, query)
        return [show_message(*one) for one in found]

    async def _refusals(self, call: Call) -> list[RefusalShape]:
        query = call.request.query
        code = positive(query, "code")
        wanted = WantedRefusal(code, query.get("to") or None, query.get("contains") or None)
        found = await self._found(self._state.refusals, wanted.is_met_by, query)
        return [show_refusal(*one) for one in found]

    async def _found(
        self, log: Log[T], is_wanted: Callable[[T], bool], query: Mapping[str, str]
    ) -> list[tuple[int, T]]:
        """Those that are asked for, and their positions: now, or when they are there.

        The wait is on the machine's clock, not on the emulator's own, which may stand still.
        """
        after, limit = paging(query)
        wait_s, count = seconds(query, "wait_s", LONGEST_WAIT_S), positive(query, "count") or 1

        def found() -> list[tuple[int, T]]:
            return [one for one in log.after(after) if is_wanted(one[1])][:limit]

        if wait_s:
            with suppress(TimeoutError):
                awaited = self._state.changes.wait_for(lambda: len(found()) >= count)
                await asyncio.wait_for(awaited, wait_s)
        return found()

    def _reads(self, call: Call) -> list[ReadShape]:
        found = self._state.reads.after(*paging(call.request.query))
        return [show_read(*one) for one in found]

    def _callbacks(self, call: Call) -> list[CallbackShape]:
        found = self._state.callbacks.after(*paging(call.request.query))
        return [show_callback(*one) for one in found]

    def _counts(self, _call: Call) -> CountsShape:
        return CountsShape(
            self._state.messages.last,
            self._state.refusals.last,
            self._state.callbacks.last,
            self._deliverer.posts,
        )

    def _keep(self, call: Call) -> Answer:
        request = call.request
        self._state.callbacks.append(
            Callback(
                self._state.clock.now(),
                request.method,
                request.path,
                call.raw_query,
                request.headers,
                request.body,
            )
        )
        self._state.changes.happened()
        return Answer(200, b'{"ok":true}', JSON)
