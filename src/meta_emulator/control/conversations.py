"""Conversations as their persons see them, and what a person does beyond writing.

For the page, and for tests that ask what a recipient has before their eyes.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from meta_emulator.control.routes import Call, OrderError, Parameter, Route
from meta_emulator.control.shapes import shown_headers
from meta_emulator.people.conversations import Conversation, Conversations
from meta_emulator.people.presence import ARRIVED, Presence
from meta_emulator.people.shown import Shown
from meta_emulator.people.shown_messages import shown_answer, shown_message
from meta_emulator.protocol.answers import Version
from meta_emulator.protocol.errors import webhook_error
from meta_emulator.protocol.parameters import whole_number
from meta_emulator.webhook.bodies import (
    UNNAMED,
    Update,
    render_body,
    render_inbound,
    render_status,
)
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.message import FAILED, Inbound, Message, Told
from meta_emulator.world.objects import Number
from meta_emulator.world.recipients import user_id_of
from meta_emulator.world.state import State

MOST = 100
NOT_FOUND = 404
LONGEST_WAIT_S = 25.0

WAIT = (
    Parameter("after", "Answer as soon as there were more changes than this."),
    Parameter("wait_s", "But after so many seconds at the latest; 25 at most."),
)
LIMIT = (Parameter("limit", "So many of the latest at most; 100 where it is left out."),)


class Telling(msgspec.Struct):
    """How the webhook about something fares.

    state     `delivered`; `waiting`; `retrying`, after `failures`; `nobody`: there is no address
    """

    state: str
    failures: int = 0
    delivered_at: datetime | None = None


class ShownStatus(msgspec.Struct):
    """A delivery status. `code`, `title`, `details`: Meta's, of a failed one."""

    status: str
    time: datetime
    webhook: Telling
    code: int | None = None
    title: str = ""
    details: str = ""


class Entry(msgspec.Struct):
    """One message of a conversation.

    is_from_business  else the person wrote it
    awaits            its statuses so far; empty of what a person wrote
    webhook           of what a person wrote: how the telling fares
    """

    id: str
    time: datetime
    is_from_business: bool
    shown: Shown
    statuses: list[ShownStatus]
    webhook: Telling | None = None


class Heading(msgspec.Struct):
    """One conversation in the inbox.

    phone       the person's, with a `+`; a user id where no phone is known
    gist        a line that stands for the last message
    status      of the last message, if the business sent it
    unread      messages since the person last looked; one that failed never came
    is_blocked  the business has blocked the person
    has_stopped the person wants no marketing
    reads_by_hand  messages are read when the conversation is opened, and not by themselves
    """

    phone_number_id: str
    business: str
    business_phone: str
    person: str
    phone: str
    name: str
    gist: str
    is_gist_from_business: bool
    status: str
    time: datetime | None
    unread: int
    is_blocked: bool
    has_stopped: bool
    reads_by_hand: bool


class Talk(msgspec.Struct):
    """One conversation: its heading, and its latest messages in their order."""

    heading: Heading
    entries: list[Entry]


class Hook(msgspec.Struct):
    """One webhook about a message. `about`: the status, or `message`; `body`: its one change."""

    about: str
    webhook: Telling
    body: Any


class Detail(msgspec.Struct):
    """One message for its developer. `request`, `headers`: as received; None of what came in."""

    id: str
    webhooks: list[Hook]
    request: Any = None
    headers: dict[str, str] | None = None


class Habit(msgspec.Struct, forbid_unknown_fields=True):
    """Whether a person reads by hand: only when the conversation is opened."""

    person: str
    reads_by_hand: bool


class ConversationOrders:
    """Shows conversations, and lets persons look at them."""

    def __init__(
        self, state: State, presence: Presence, reporter: Reporter, version: Version
    ) -> None:
        self._version = version
        self._state = state
        self._presence = presence
        self._reporter = reporter
        self._conversations = Conversations(state)
        self._is_ending = False

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        one = "conversations/{number}/{person}"
        detail = "One message: what was asked, and what was told of it."
        habit = "A person reads by hand, or again by themselves."
        changes = "How many changes there were; with `after` as soon as there are more."
        return (
            Route("GET", "conversations", "Who talks with whom.", self._all, gives=Heading),
            Route("GET", one, "What a person sees.", self._one, gives=Talk, query=LIMIT),
            Route("GET", f"{one}/{{id}}", detail, self._detail, gives=Detail),
            Route("POST", f"{one}/look", "The person opens the conversation.", self._look),
            Route(
                "POST",
                "habits",
                habit,
                self._habit,
                Habit,
                Habit,
                example={"person": "919876543210", "reads_by_hand": True},
            ),
            Route("GET", "changes", changes, self._changes, query=WAIT),
        )

    def end(self) -> None:
        """Let go of everybody who waits for a change."""
        self._is_ending = True
        self._state.changes.happened()

    def _all(self, _call: Call) -> list[Heading]:
        return [self._heading(one) for one in self._conversations.all()]

    def _one(self, call: Call) -> Talk:
        number, person = self._named(call)
        limit = whole_number(call.request.query.get("limit", ""))
        most = MOST if limit is None else limit
        found = self._conversations.get(number.id, person) or Conversation(number.id, person)
        entries = [self._entry(item, number) for _, item in found.latest(max(1, most))]
        return Talk(self._heading(found), entries)

    def _detail(self, call: Call) -> Detail:
        number, person = self._named(call)
        found = self._conversations.get(number.id, person)
        wanted = call.named["id"]
        if found is not None:
            for _, message in found.sent:
                if message.id == wanted:
                    return self._detail_sent(message, number)
            for _, inbound in found.heard:
                if inbound.message["id"] == wanted:
                    user_id = user_id_of(inbound.sender)
                    change = render_inbound(number, inbound.message, inbound.name, user_id)
                    hook = Hook("message", self._telling(inbound, number), _told(number, change))
                    return Detail(wanted, [hook])
        raise OrderError(f"there is no message {wanted} in this conversation", NOT_FOUND)

    def _detail_sent(self, message: Message, number: Number) -> Detail:
        hooks = []
        has_arrived = False
        for status in message.statuses:
            arrives = status.status in ARRIVED
            is_priced = status.status == "sent" or (arrives and not has_arrived)
            has_arrived = has_arrived or arrives
            change = render_status(message, status, self._version, is_priced=is_priced)
            telling = self._telling(status, number)
            hooks.append(Hook(status.status, telling, _told(number, change)))
        request = msgspec.Raw(message.request)
        return Detail(message.id, hooks, request, shown_headers(message.headers))

    def _look(self, call: Call) -> dict[str, int]:
        number, person = self._named(call)
        found = self._conversations.get(number.id, person)
        if found is None:
            return {"read": 0}
        key = number.id, person
        was = self._presence.seen.get(key, 0)
        read = self._presence.look(key, found.sent, self._reporter)
        if self._presence.seen.get(key, 0) != was:
            self._state.changes.happened()
        return {"read": read}

    def _habit(self, call: Call) -> Habit:
        habit: Habit = call.order
        if habit.reads_by_hand:
            self._presence.by_hand.add(habit.person)
        else:
            self._presence.by_hand.discard(habit.person)
        self._state.changes.happened()
        return habit

    async def _changes(self, call: Call) -> dict[str, int]:
        """The machine's time limits the wait: whoever waits does so in it."""
        query, changes = call.request.query, self._state.changes
        known, wait = whole_number(query.get("after", "")), whole_number(query.get("wait_s", ""))
        if known is not None and not self._is_ending:
            seconds = LONGEST_WAIT_S if wait is None else min(float(wait), LONGEST_WAIT_S)
            try:
                async with asyncio.timeout(seconds):
                    await changes.wait_for(lambda: changes.count != known or self._is_ending)
            except TimeoutError:
                pass
        return {"changes": changes.count}

    def _named(self, call: Call) -> tuple[Number, str]:
        number = self._state.numbers.get(call.named["number"])
        if number is None:
            raise OrderError(f"there is no phone number {call.named['number']}", NOT_FOUND)
        return number, call.named["person"]

    def _heading(self, one: Conversation) -> Heading:
        number = self._state.numbers[one.number_id]
        seen = self._presence.seen.get((one.number_id, one.person), 0)
        latest = one.latest(1)
        gist, status, is_ours = "", "", False
        if latest:
            item = latest[0][1]
            gist = _shown(item, number).gist
            is_ours = isinstance(item, Message)
            if isinstance(item, Message):
                status = item.statuses[-1].status if item.statuses else "accepted"
        return Heading(
            one.number_id,
            number.seed.verified_name,
            f"+{number.digits}",
            one.person,
            f"+{one.person}" if one.person.isdigit() else one.person,
            "" if one.name == UNNAMED else one.name,
            gist[:200],
            is_ours,
            status,
            one.latest_at,
            sum(position > seen and not _has_failed(sent) for position, sent in one.sent[-MOST:]),
            one.person in number.blocked,
            (one.number_id, one.person) in self._state.stopped,
            one.person in self._presence.by_hand,
        )

    def _entry(self, item: Message | Inbound, number: Number) -> Entry:
        shown = _shown(item, number)
        if isinstance(item, Inbound):
            identifier = str(item.message["id"])
            return Entry(identifier, item.time, False, shown, [], self._telling(item, number))  # noqa: FBT003 a struct's field
        statuses = []
        for status in item.statuses:
            error: dict[str, Any] = {} if status.code is None else webhook_error(status.code)
            statuses.append(
                ShownStatus(
                    status.status,
                    status.time,
                    self._telling(status, number),
                    status.code,
                    error.get("title", ""),
                    error.get("error_data", {}).get("details", ""),
                )
            )
        return Entry(item.id, item.time, True, shown, statuses)  # noqa: FBT003 a struct's field

    def _telling(self, told: Told, number: Number) -> Telling:
        if told.delivered_at is not None:
            return Telling("delivered", told.failures, told.delivered_at)
        if self._reporter.url_for(number) is None:
            return Telling("nobody", told.failures)
        return Telling("retrying" if told.failures else "waiting", told.failures)


def _has_failed(message: Message) -> bool:
    return any(status.status == FAILED for status in message.statuses)


def _shown(item: Message | Inbound, number: Number) -> Shown:
    if isinstance(item, Message):
        return shown_message(item)
    return shown_answer(item.message, number.waba.catalogue)


def _told(number: Number, change: str) -> Any:
    """The webhook's body with this change alone, as it would come without a batch."""
    return msgspec.Raw(render_body([Update(number.waba.id, change)]))
