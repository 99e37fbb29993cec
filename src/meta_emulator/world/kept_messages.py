"""Snapshots of what happened: messages sent and received, reads, refusals, callbacks.

A message that was sent is told once, its statuses beside it whenever there are others.
"""

from typing import Any, Generic, TypeVar

from meta_emulator.runtime.codec import Codec, Way
from meta_emulator.runtime.log import Log
from meta_emulator.runtime.snapshot import Kept
from meta_emulator.world.kept_objects import object_codec
from meta_emulator.world.message import Inbound, Message, Status
from meta_emulator.world.objects import Number
from meta_emulator.world.state import Callback, ReadMark, Refusal, State

T = TypeVar("T")

LAST = "last"
STATUSES = list[Status]


def kept_messages(state: State) -> dict[str, Kept]:
    """The parts that remember, by their names."""
    codec = object_codec(state)
    return {
        "messages": Messages(state),
        "reads": Remembered(state.reads, codec.way(ReadMark)),
        "refusals": Remembered(state.refusals, codec.way(Refusal)),
        "callbacks": Remembered(state.callbacks, codec.way(Callback)),
    }


class Remembered(Generic[T]):
    """A log, in pieces by position. Positions go on over a reset."""

    def __init__(self, log: Log[T], way: Way) -> None:
        self.marks = log.marks
        self._log = log
        self._way = way

    def reset(self) -> None:
        """Nothing is remembered."""
        self._log.clear()

    def snapshot(self) -> dict[str, Any]:
        """Each by its position, and the last position."""
        told = {str(position): self._way.tell(item) for position, item in self._log.after(0)}
        return {**told, LAST: self._log.last}

    def watch(self) -> None:
        """Remember what changes from now on."""
        self.marks.watch()

    def changed(self) -> dict[str, Any]:
        """The pieces that changed since it was last asked; None for one that is gone."""
        keys = self.marks.take()
        return {key: self.piece(key) for key in (*keys, LAST)} if keys else {}

    def piece(self, key: str) -> Any:
        """One piece of the snapshot; None for one that is forgotten."""
        if key == LAST:
            return self._log.last
        item = self._log.at(int(key))
        return None if item is None else self._way.tell(item)

    def restore(self, kept: Any) -> None:
        """Remember these."""
        positions = sorted(int(key) for key in kept if key != LAST)
        items = [self._way.read(kept[str(position)]) for position in positions]
        self._log.restore(kept[LAST], items)


class Messages:
    """Messages sent and received: `m` and `i` with the position, and `s` for a sent one's statuses.

    What is remembered are the last, so that their positions have no gaps.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        number = Way(lambda number: number.id, lambda told: state.numbers[told])
        codec = Codec({Number: number}, {Message: {"statuses": lambda _: []}})
        self._sent = codec.way(Message)
        self._received = codec.way(Inbound)
        self._statuses = codec.way(STATUSES)

    def reset(self) -> None:
        """Nothing is remembered; positions go on."""
        self._state.messages.clear()
        self._state.inbound.clear()
        self._state.reindex()

    def watch(self) -> None:
        """Keep what changes from now on."""
        for marks in (self._state.messages.marks, self._state.inbound.marks, self._state.marks):
            marks.watch()

    def snapshot(self) -> dict[str, Any]:
        """All pieces."""
        keys: list[str] = [LAST]
        for position, message in self._state.messages.after(0):
            keys += (f"m{position}", f"s{position}") if message.statuses else (f"m{position}",)
        keys += [f"i{position}" for position, _ in self._state.inbound.after(0)]
        return {key: self.piece(key) for key in keys}

    def changed(self) -> dict[str, Any]:
        """The pieces that changed since it was last asked; None for one that is gone."""
        keys: list[str] = []
        for sent in self._state.messages.marks.take():
            keys += (f"m{sent}", f"s{sent}")
        keys += [f"i{received}" for received in self._state.inbound.marks.take()]
        for message_id in self._state.marks.take():
            found = self._state.placed(message_id)
            if found is not None:
                position, message = found
                keys.append(f"{'s' if isinstance(message, Message) else 'i'}{position}")
        return {key: self.piece(key) for key in (*dict.fromkeys(keys), LAST)} if keys else {}

    def piece(self, key: str) -> Any:
        """One piece of the snapshot; None for one that is gone."""
        state = self._state
        if key == LAST:
            return {"sent": state.messages.last, "received": state.inbound.last}
        position = int(key[1:])
        if key.startswith("i"):
            inbound = state.inbound.at(position)
            return None if inbound is None else self._received.tell(inbound)
        message = state.messages.at(position)
        if message is None:
            return None
        if key.startswith("m"):
            return self._sent.tell(message)
        return self._statuses.tell(message.statuses) or None

    def restore(self, kept: Any) -> None:
        """Remember these."""
        state = self._state
        sent = sorted(int(key[1:]) for key in kept if key.startswith("m"))
        received = sorted(int(key[1:]) for key in kept if key.startswith("i"))
        messages: list[Message] = [self._sent.read(kept[f"m{position}"]) for position in sent]
        for position, message in zip(sent, messages, strict=True):
            message.statuses = self._statuses.read(kept.get(f"s{position}", []))
        state.messages.restore(kept[LAST]["sent"], messages)
        inbound = [self._received.read(kept[f"i{position}"]) for position in received]
        state.inbound.restore(kept[LAST]["received"], inbound)
        state.reindex()
