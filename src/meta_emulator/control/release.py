"""One captured message is sent to the real API, to people on a list only.

What Meta answers comes back as it is. Its webhooks about the released message go wherever the real
number's go: those that the emulator sends are about its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from meta_emulator.control.routes import Call, OrderError, Route
from meta_emulator.protocol.answers import parse_version, version_text
from meta_emulator.runtime.http import Exchanged, UnreachableError, Upstream
from meta_emulator.settings import ReleaseSettings
from meta_emulator.world.message import Message
from meta_emulator.world.recipients import phone_digits
from meta_emulator.world.state import State

TIMEOUT_S = 30.0
FORBIDDEN, UNKNOWN, AGAIN, NO_ANSWER = 403, 404, 409, 502
OFF = (
    "releasing is off: start the emulator with --release-url, --release-number, --release-to and"
    " META_EMULATOR_RELEASE_TOKEN"
)


class ReleaseOrder(msgspec.Struct, forbid_unknown_fields=True):
    """`again`: also if it was released before."""

    again: bool = False


class Released(msgspec.Struct):
    """A release, and what came of it.

    status  of the real API's answer; null if none came: then the message may be on its way
    answer  its body: what its JSON says, or its text
    """

    message_id: str
    time: datetime
    to: str
    status: int | None
    answer: Any


class Release:
    """Releases messages, and remembers which."""

    def __init__(self, settings: ReleaseSettings | None, state: State, http: object) -> None:
        self._settings = settings
        self._state = state
        self._http = http if isinstance(http, Upstream) else None
        self.released: list[Released] = []

    @property
    def routes(self) -> Sequence[Route]:
        """What it answers."""
        summary = "Send one captured message to the real API, to a number of the list."
        return (
            Route("GET", "releases", "What was released.", self._all, gives=Released),
            Route("POST", "messages/{id}/release", summary, self._release, ReleaseOrder, Released),
        )

    def snapshot(self) -> Any:
        """What was released."""
        return msgspec.to_builtins(self.released)

    def restore(self, kept: Any) -> None:
        """Go on from a snapshot."""
        self.released = msgspec.convert(kept, list[Released])

    def _all(self, _call: Call) -> list[Released]:
        return list(self.released)

    async def _release(self, call: Call) -> Released:
        settings, http = self._settings, self._http
        if settings is None or http is None:
            raise OrderError(OFF, FORBIDDEN)
        message = self._message(call.named["id"])
        if not call.order.again and any(one.message_id == message.id for one in self.released):
            raise OrderError('it was released before; {"again": true} releases it once more', AGAIN)
        body, to = releasable(message, settings)
        released = Released(message.id, self._state.clock.now(), to, None, None)
        self.released.append(released)
        try:
            answer = await http.exchange(
                "POST", address(message, settings), headers(settings), body, TIMEOUT_S
            )
        except UnreachableError as error:
            raise OrderError(
                f"the real API gave no answer ({error}); the message may have been sent",
                NO_ANSWER,
            ) from error
        released.status, released.answer = answer.status, shown(answer)
        return released

    def _message(self, message_id: str) -> Message:
        found = next((one for one in self._state.messages if one.id == message_id), None)
        if found is None:
            raise OrderError(
                f"no message {message_id} was accepted; GET /_emulator/messages lists them",
                UNKNOWN,
            )
        return found


def releasable(message: Message, settings: ReleaseSettings) -> tuple[bytes, str]:
    """The body to be sent, and whom it reaches; raises OrderError if that is nobody of the list.

    It is written anew, so that no second reading of the request can mean somebody else.
    """
    body: Mapping[str, Any] = msgspec.json.decode(message.request)
    to = body.get("to")
    digits = None if message.wa_id is None or to is None else phone_digits(to)
    if digits is None or digits != message.wa_id:
        raise OrderError("only messages to phone numbers are released", FORBIDDEN)
    if digits not in settings.to:
        raise OrderError(
            f"+{digits} is not on the list of those who may get released messages; add it with"
            f" --release-to +{digits}",
            FORBIDDEN,
        )
    sent = {key: value for key, value in body.items() if key != "recipient"}
    # Without `+` Meta may take it for a number of the sender's own country (reference 1.2).
    return msgspec.json.encode({**sent, "to": f"+{digits}"}), digits


def address(message: Message, settings: ReleaseSettings) -> str:
    """The send edge of the real number; the message's own version where the URL names none."""
    last = settings.url.rpartition("/")[2]
    version = "" if parse_version(last) else f"/{version_text(message.version)}"
    return f"{settings.url}{version}/{settings.phone_number_id}/messages"


def headers(settings: ReleaseSettings) -> list[tuple[str, str]]:
    """Those of a send."""
    return [
        ("authorization", f"Bearer {settings.token}"),
        ("content-type", "application/json"),
    ]


def shown(answer: Exchanged) -> Any:
    """The body of an answer, decoded if it is JSON."""
    try:
        return msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        return answer.body.decode("utf-8", "replace")
