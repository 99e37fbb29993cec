"""Persons who answer by themselves: after reading, at once or after a time, by the clock.

Which person does what stands in the table of magic recipients. What a message cannot be answered
with is said in words instead, so that whoever sent it hears why nothing was tapped.

A business that answers by itself would never come to an end with them: who was answered a few times
in a row falls silent, until a template comes, or a pause.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from meta_emulator.people.answers import quick_replies
from meta_emulator.people.inbound import InboundError, receive
from meta_emulator.people.wishes import wish
from meta_emulator.physics.deadlines import Deadlines
from meta_emulator.physics.magic import Magic
from meta_emulator.physics.outcomes import Reply, outcome_of
from meta_emulator.runtime.snapshot import second_of, told_at
from meta_emulator.webhook.bodies import UNNAMED
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.message import FAILED, Message
from meta_emulator.world.state import State

REPLY = "reply"
PAUSE_S = 0.5
"""From reading to an answer "at once"."""

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
"""A PNG of one pixel."""

PRODUCTS = 2
SOON_S = 60.0
"""What is not a template and comes so soon after a person's word counts as an answer to it."""
MOST_IN_A_ROW = 5
"""Answers to answers, of one person."""


class Habits:
    """Answers for those persons; what is due stands among the deadlines."""

    def __init__(
        self, state: State, reporter: Reporter, deadlines: Deadlines, magic: Magic
    ) -> None:
        self._state = state
        self._reporter = reporter
        self._deadlines = deadlines
        self._magic = magic
        self._spoke: dict[str, tuple[float, int]] = {}
        """By number and person: when they last spoke, and answers to them in a row so far."""
        deadlines.carry_out(REPLY, self._reply)

    def heed(self, message: Message) -> None:
        """A message was accepted: whoever it is for may answer it."""
        outcome = outcome_of(message.wa_id)
        if outcome is None or not outcome.replies or message.failure is not None:
            return
        if self._is_tired(message):
            return
        read_s = self._magic.read_after_s(message.course)
        for place, reply in enumerate(outcome.replies):
            after_s = read_s + PAUSE_S * (place + 1) + reply.after_s
            self._deadlines.add(REPLY, f"{place} {message.id}", after_s)

    def _reply(self, subject: str) -> None:
        place, _, message_id = subject.partition(" ")
        message = self._state.sent(message_id)
        outcome = None if message is None else outcome_of(message.wa_id)
        if message is None or outcome is None or any(s.status == FAILED for s in message.statuses):
            return  # forgotten meanwhile, or it never came
        reply = outcome.replies[int(place)]
        if reply.kind in {"stop", "resume"}:
            person = message.wa_id or "", UNNAMED
            wish(message.number, person, reply.kind, self._state, self._reporter)
            return
        try:
            self._say(message, content_of(reply, message))
        except InboundError as error:
            self._excuse(message, error)

    def _is_tired(self, message: Message) -> bool:
        """Whether the person has been answered too often in a row; counts."""
        key, now = _pair(message), self._state.clock.monotonic()
        spoke_at, in_a_row = self._spoke.get(key, (-SOON_S, 0))
        is_answer = message.kind != "template" and now - spoke_at < SOON_S
        in_a_row = in_a_row + 1 if is_answer else 0
        if key in self._spoke:
            self._spoke[key] = spoke_at, in_a_row
        return in_a_row > MOST_IN_A_ROW

    def _say(self, message: Message, content: dict[str, Any]) -> None:
        order = {"from": message.wa_id, "phone_number_id": message.number.id, **content}
        receive(order, self._state, self._reporter)
        key = _pair(message)
        _, in_a_row = self._spoke.get(key, (0.0, 0))
        self._spoke[key] = self._state.clock.monotonic(), in_a_row

    def snapshot(self) -> Any:
        """Of each person who spoke: when, and how many answers they got in a row."""
        clock = self._state.clock
        return {key: [told_at(clock, at), count] for key, (at, count) in self._spoke.items()}

    def restore(self, kept: Any) -> None:
        """Go on from a snapshot."""
        clock = self._state.clock
        self._spoke = {key: (second_of(clock, at), int(count)) for key, (at, count) in kept.items()}

    def _excuse(self, message: Message, error: InboundError) -> None:
        try:
            self._say(message, {"text": f"I would, but cannot: {error}"})
        except InboundError:
            return  # the business has blocked this person: nothing reaches it


def _pair(message: Message) -> str:
    return f"{message.number.id}|{message.wa_id}"


def content_of(reply: Reply, message: Message) -> dict[str, Any]:
    """The order of an inbound message that carries the reply out; raises InboundError."""
    named = {"id": message.id}
    match reply.kind:
        case "tap":
            return {"tap": {**named, **first_quick_reply(message, reply.card)}}
        case "choose":
            return {"choice": {**named, "row": first_row(message)}}
        case "order":
            items = {product: nth + 1 for nth, product in enumerate(first_products(message))}
            return {"order": {**named, "items": items}}
        case "image":
            return {"medium": {"content": PIXEL, "mime_type": "image/png"}}
        case _:
            return {"text": reply.text}


def first_quick_reply(message: Message, card: int | None) -> dict[str, int]:
    """Where the button is: on that card; else on the message, or on its first card that has one.

    Raises InboundError if there is no such card.
    """
    cards = next(_found(_body(message), "cards"), ())
    if card is not None and card >= len(cards):
        raise InboundError(f"{message.id} has no card {card}")
    places = [card] if card is not None else [None, *range(len(cards))]
    place, button = next(
        ((place, min(buttons)) for place in places if (buttons := quick_replies(message, place))),
        (card, 0),
    )
    return {"button": button} if place is None else {"button": button, "card": place}


def first_row(message: Message) -> str | None:
    """The id of the first row of its list; None if it has none."""
    return next((row["id"] for row in _found(_body(message), "rows") for row in row), None)


def first_products(message: Message) -> list[str]:
    """The first products that it shows, or else that are in the catalogue: one and two of them."""
    shown = list(dict.fromkeys(_found(_body(message), "product_retailer_id")))
    if not shown:
        catalogue = message.number.waba.catalogue
        shown = [one.retailer_id for one in catalogue if one.retailer_id in catalogue]
    return shown[:PRODUCTS]


def _body(message: Message) -> Any:
    return msgspec.json.decode(message.request)


def _found(value: Any, key: str) -> Iterator[Any]:
    """What stands under `key`, anywhere within, in its order."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            else:
                yield from _found(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _found(inner, key)
