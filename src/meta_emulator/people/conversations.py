"""Who talked with whom: an index over what was sent and what was answered.

It is brought up to date when somebody asks, and costs nothing while nobody does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

from meta_emulator.runtime.log import Log
from meta_emulator.world.message import Inbound, Message
from meta_emulator.world.recipients import user_id_of
from meta_emulator.world.state import State

Key = tuple[str, str]
"""A phone number id, and the person's address: digits, or a user id."""


@dataclass(slots=True)
class Conversation:
    """One business number and one person. Positions are those of the logs.

    sent   what the business sent, oldest first
    heard  what the person wrote, oldest first
    """

    number_id: str
    person: str
    name: str = ""
    sent: list[tuple[int, Message]] = field(default_factory=list)
    heard: list[tuple[int, Inbound]] = field(default_factory=list)

    @property
    def latest_at(self) -> datetime | None:
        """When somebody last wrote."""
        ends = [items[-1][1].time for items in (self.sent, self.heard) if items]
        return max(ends, default=None)

    def latest(self, most: int) -> list[tuple[int, Message | Inbound]]:
        """Its last `most` messages, oldest first."""
        both: list[tuple[int, Message | Inbound]] = [*self.sent[-most:], *self.heard[-most:]]
        return sorted(both, key=lambda one: one[1].time)[-most:]


class Reading:
    """How far one log has been read into the index."""

    def __init__(self, log_of: Callable[[], Log[Any]]) -> None:
        self._log_of = log_of
        self._position = 0
        self._item: Any = None

    @property
    def _log(self) -> Log[Any]:
        """Asked for each time: a restored state has another one."""
        return self._log_of()

    @property
    def first(self) -> int:
        """The position of the oldest that the log still has."""
        return self._log.last - len(self._log) + 1

    @property
    def is_astray(self) -> bool:
        """Whether the log is no longer the one that was read: it was restored."""
        if self._position > self._log.last:
            return True
        if self._position < self.first:
            return False
        return self._log.after(self._position - 1, 1)[0][1] is not self._item

    def new(self) -> Iterator[tuple[int, Any]]:
        """What came since the last call."""
        for position, item in self._log.after(self._position):
            self._position, self._item = position, item
            yield position, item


class Conversations:
    """Every conversation there is, by number and person."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._begin()

    def all(self) -> list[Conversation]:
        """All conversations, the one with the latest message first."""
        self._catch_up()
        dated = [(one.latest_at, one) for one in self._by_key.values()]
        known = [(at, one) for at, one in dated if at is not None]
        return [one for _, one in sorted(known, key=itemgetter(0), reverse=True)]

    def get(self, number_id: str, person: str) -> Conversation | None:
        """The conversation of a number and a person."""
        self._catch_up()
        return self._by_key.get((number_id, person))

    def _begin(self) -> None:
        self._by_key: dict[Key, Conversation] = {}
        self._digits: dict[str, str] = {}
        """The digits of those who have written, by user id."""
        self._sent = Reading(lambda: self._state.messages)
        self._heard = Reading(lambda: self._state.inbound)

    def _catch_up(self) -> None:
        if self._sent.is_astray or self._heard.is_astray:
            self._begin()
        for position, inbound in self._heard.new():
            self._digits[user_id_of(inbound.sender)] = inbound.sender
            conversation = self._of(inbound.phone_number_id, inbound.sender)
            conversation.heard.append((position, inbound))
            conversation.name = inbound.name
        for position, message in self._sent.new():
            address = message.wa_id or self._digits.get(message.user_id or "") or message.user_id
            person = address or message.to
            self._of(message.number.id, person).sent.append((position, message))
        self._forget()

    def _of(self, number_id: str, person: str) -> Conversation:
        known = self._by_key.get((number_id, person))
        if known is None:
            known = self._by_key[number_id, person] = Conversation(number_id, person)
        return known

    def _forget(self) -> None:
        """Let go of what the logs have let go of."""
        first_sent, first_heard = self._sent.first, self._heard.first
        for key, one in list(self._by_key.items()):
            if one.sent and one.sent[0][0] < first_sent:
                one.sent = [pair for pair in one.sent if pair[0] >= first_sent]
            if one.heard and one.heard[0][0] < first_heard:
                one.heard = [pair for pair in one.heard if pair[0] >= first_heard]
            if not one.sent and not one.heard:
                del self._by_key[key]
