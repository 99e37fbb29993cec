"""One documented send, followed from the 202 to the last callback, as the emulator saw it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

WANTED = ("sent", "delivered", "read")
HOPELESS = ("failed", "not sent")
"""Callbacks after which nothing more is to be waited for."""


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One thing that happened on the way.

    who  `gateway`, `meta`, `webhook` or `callback`
    """

    at: datetime
    who: str
    text: str


@dataclass(slots=True)
class RoundTrip:
    """One message on its way.

    answered  the gateway's answer, in words; `message_id` is None for a refusal
    seen      the message as the emulator shows it, once it has it
    callbacks status and arrival of each callback that came to the inbox
    """

    name: str
    answered: Event
    message_id: str | None
    position: int = 0
    seen: Mapping[str, Any] | None = None
    callbacks: list[tuple[str, datetime]] = field(default_factory=list)

    def events(self) -> list[Event]:
        """All that is known, by time."""
        return sorted([self.answered, *self._events()])

    def missing(self) -> list[str]:
        """What has not happened yet of what should."""
        if self.message_id is None:
            return ["the gateway accepts it"]
        statuses = [] if self.seen is None else self.seen["statuses"]
        reported = {status["status"] for status in statuses}
        called = {status for status, _ in self.callbacks}
        return [
            *(["Meta has the message"] if self.seen is None else []),
            *(f"Meta's status '{one}'" for one in WANTED if one not in reported),
            *(f"the callback '{one}'" for one in WANTED if one not in called),
        ]

    def is_over(self) -> bool:
        """Whether nothing more is to be waited for, well or not."""
        if not self.missing() or self.message_id is None:
            return True
        return any(status in HOPELESS for status, _ in self.callbacks)

    def _events(self) -> Iterator[Event]:
        for status, at in self.callbacks:
            yield Event(at, "callback", f"'{status}' arrives at the customer's inbox")
        if self.seen is None:
            return
        yield Event(_time(self.seen["time"]), "meta", f"takes it as {self.seen['id']}")
        for status in self.seen["statuses"]:
            word = status["status"]
            yield Event(_time(status["time"]), "meta", f"says it is {word}")
            if status["delivered_at"] is not None:
                told = _time(status["delivered_at"])
                yield Event(told, "webhook", f"'{word}' is taken by the gateway")


def see_messages(trips: Sequence[RoundTrip], messages: Sequence[Mapping[str, Any]]) -> None:
    """Gives each trip its message, out of some of the emulator's `/_emulator/messages`.

    The gateway sends our id along, as Meta's `biz_opaque_callback_data`.
    """
    by_id = {trip.message_id: trip for trip in trips if trip.message_id is not None}
    for message in messages:
        trip = by_id.get(message["biz_opaque_callback_data"])
        if trip is not None:
            trip.seen, trip.position = message, message["position"]


def see_callbacks(trips: Sequence[RoundTrip], callbacks: Sequence[Mapping[str, Any]]) -> None:
    """Gives each trip its callbacks, out of some of the emulator's `/_emulator/callbacks`."""
    by_id = {trip.message_id: trip for trip in trips if trip.message_id is not None}
    for callback in callbacks:
        body = callback["body"]
        if isinstance(body, dict) and body.get("message_id") in by_id:
            by_id[body["message_id"]].callbacks.append((body["status"], _time(callback["time"])))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
