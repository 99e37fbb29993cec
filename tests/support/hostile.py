"""A Meta with everything wrong at once, and what it says became of each message."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from meta_emulator.emulator import Emulator
from meta_emulator.faults import (
    Batches,
    Delays,
    Duplicates,
    Faults,
    LateFailure,
    Outage,
    Pause,
    Reordering,
    Repeats,
)
from meta_emulator.physics.lots import Lots
from meta_emulator.world.message import REGULAR
from support.asgi import Application
from support.pair import Told
from waypost.model.meta_error import RetryRule
from waypost.model.meta_error_table import classify
from waypost.runtime.clock import TestClock

PAUSED_S = 20.0
"""How long the template is paused."""

TOKEN_ENDS_S = 14.0
TOKEN_RENEWED_S = 22.0
RANK = {"sent": 1, "delivered": 2, "read": 3}


def hostile_plan(seed: int, template: str) -> Faults:
    """Everything at once; what it hits differs by the seed, and so do its lengths."""
    lots = Lots(seed)

    def between(purpose: str, low: float, high: float) -> float:
        return lots.between(low, high, purpose)

    return Faults(
        seed=seed,
        lose_answers=between("lose", 0.05, 0.2),
        drop=between("drop", 0.02, 0.1),
        outages=[
            Outage(int(between("5xx", 500, 4000)), 2500, 15_000, [131016, 131000, 2], 0.7),
            Outage(int(between("maintenance", 5000, 9000)), 3000, 0, [131057]),
            Outage(int(between("fast", 1000, 3000)), 600, 6000, [130429], 0.5),
        ],
        late_ms=int(between("late", 500, 4000)),
        late_share=0.1,
        status_before_answer=0.1,
        duplicate=Duplicates(0.4, 3, 8000),
        reorder=Reordering(0.4, 5000),
        delay_webhooks=Delays(0.1, 2000, 15_000),
        batch=Batches(1, 20),
        lose_webhooks=between("webhooks", 0.02, 0.15),
        repeat_after_200=Repeats(0.1, 3000),
        skip_delivered=0.15,
        read_before_delivered=0.15,
        never_delivered=0.1,
        late_failure=LateFailure(0.2, [131026, 131049, 131000, 131053, 131016], 4000),
        pause_template=Pause(template, 10, PAUSED_S),
        token_expires_after_s=TOKEN_ENDS_S,
    )


LOST = 0
"""In place of the HTTP status of an answer that was lost."""


@dataclass
class Try:
    """One request for a message as it came to Meta."""

    at: float
    ends_at: float = inf
    http_status: int | None = None


@dataclass
class Witness:
    """Stands before Meta and notes each send; tries by our own message id.

    timeout_s  who calls waits so long for an answer, and Meta goes on without it
    """

    app: Application
    clock: TestClock
    timeout_s: float
    tries: dict[str, list[Try]] = field(default_factory=lambda: defaultdict(list))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "POST" or not scope["path"].endswith("/messages"):
            await self.app(scope, receive, send)
            return
        event = await receive()
        one = Try(self.clock.monotonic())
        self.tries[json.loads(event["body"])["biz_opaque_callback_data"]].append(one)

        async def given() -> Any:
            return event

        sent: list[Any] = []

        async def note(message: Any) -> None:
            sent.append(message)

        answering = asyncio.ensure_future(self.app(scope, given, note))
        waiting = asyncio.ensure_future(self.clock.sleep(self.timeout_s))
        await asyncio.wait((answering, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        one.ends_at, one.http_status = self.clock.monotonic(), LOST
        if not answering.done():
            answering.add_done_callback(_forget)
            raise ConnectionResetError("no answer in time")
        await answering
        one.http_status = sent[0]["status"]
        for message in sent:
            await send(message)


def _forget(answering: asyncio.Future[None]) -> None:
    """Nobody waits for this answer any more, whatever became of it."""
    if not answering.cancelled():
        answering.exception()


@dataclass(frozen=True)
class ToldStatus:
    """A status of a message at Meta, as the gateway first answered 200 to it."""

    at: float
    status: str
    code: int | None


@dataclass
class Door:
    """Stands before the gateway's webhook; notes statuses that it took, by Meta's message id.

    repeats  how many it was told again
    """

    app: Application
    clock: TestClock
    told: dict[str, dict[str, ToldStatus]] = field(default_factory=lambda: defaultdict(dict))
    repeats: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        event = await receive()
        taken = False

        async def given() -> Any:
            return event

        async def note(message: Any) -> None:
            nonlocal taken
            taken = taken or message.get("status") == 200
            await send(message)

        await self.app(scope, given, note)
        if scope["method"] == "POST" and taken:
            self._note(json.loads(event["body"]))

    def _note(self, body: Any) -> None:
        for entry in body["entry"]:
            for change in entry["changes"]:
                for one in change["value"].get("statuses", ()):
                    code = one["errors"][0]["code"] if "errors" in one else None
                    known = self.told[one["id"]]
                    self.repeats += one["status"] in known
                    known.setdefault(
                        one["status"], ToldStatus(self.clock.monotonic(), one["status"], code)
                    )


@dataclass
class MoodyShop:
    """A customer that refuses an event now and then, never more than twice in a row."""

    clock: TestClock
    lots: Lots
    told: list[Told] = field(default_factory=list)
    taken: list[Told] = field(default_factory=list)
    refusals: dict[str, int] = field(default_factory=dict)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        one = Told(self.clock.monotonic(), scope["path"], headers, body)
        self.told.append(one)
        event = headers["webhook-id"]
        left = self.refusals.setdefault(event, self._refusals(len(self.refusals)))
        self.refusals[event] = max(0, left - 1)
        if not left:
            self.taken.append(one)
        await send({"type": "http.response.start", "status": 500 if left else 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def _refusals(self, nth: int) -> int:
        """How often the nth event is refused at first."""
        return max(0, int(self.lots.between(-6, 3, "refusals", nth)))


@dataclass(frozen=True)
class Copy:
    """One time that Meta accepted a message: its wamid, what it costs, what was told of it."""

    wamid: str
    is_free: bool
    told: Mapping[str, ToldStatus]


@dataclass(frozen=True)
class Account:
    """What Meta says of one message of ours, in order of time."""

    copies: tuple[Copy, ...] = ()

    @property
    def is_free(self) -> bool:
        """Whether it costs nothing at Meta."""
        return any(copy.is_free for copy in self.copies)

    def states(self) -> set[str]:
        """The states that agree with what was told: the best that was, of the last copy."""
        words = {status for copy in self.copies for status in copy.told}
        if words & {"delivered", "read"}:
            return {max(words & RANK.keys(), key=RANK.__getitem__)}
        if not self.copies:
            return {"failed", "not_sent"}
        last = self.copies[-1].told
        if "failed" in last:
            return {"failed"}
        return {"sent"} if "sent" in last else {"submitted"}


def accounts_of(emulator: Emulator, door: Door) -> Mapping[str, Account]:
    """What Meta says of each message, by our id."""
    copies: dict[str, list[Copy]] = defaultdict(list)
    for message in emulator.state.messages:
        assert message.callback_data is not None
        is_free = message.pricing_type != REGULAR
        copies[message.callback_data].append(Copy(message.id, is_free, door.told[message.id]))
    return {id_: Account(tuple(found)) for id_, found in copies.items()}


def passes(code: int | None) -> bool:
    """Whether a failure with this code is one after which a message may go again."""
    return code is not None and classify(code, 200).rule is not RetryRule.END
