"""Which of the accepted messages, or of the refusals, somebody asks for."""

from typing import Any

import msgspec
from msgspec import Struct

from meta_emulator.protocol.parameters import json_object
from meta_emulator.world.message import ACCEPTED, Message
from meta_emulator.world.state import Refusal
from meta_emulator.world.words import template_named, words_of


class Wanted(Struct, frozen=True):
    """What a message must be. What is None may be anything.

    id        the message's
    to        a phone number in any spelling, or a user id
    template  the name of the template it sends
    type      `template`, `text`, `image` ...
    status    one that it has come to; `accepted` all have. A message that was read without ever
              being delivered did not come to `delivered`
    contains  a text among the words that the recipient reads
    """

    id: str | None = None
    to: str | None = None
    template: str | None = None
    type: str | None = None
    status: str | None = None
    contains: str | None = None

    def is_met_by(self, message: Message) -> bool:
        """Whether `message` is such a one."""
        return (
            self.id in {None, message.id}
            and self.type in {None, message.kind}
            and (self.to is None or is_to(message, self.to))
            and (self.status in {None, ACCEPTED} or self._came_to_status(message))
            and self._says_it(message)
        )

    def _came_to_status(self, message: Message) -> bool:
        return any(status.status == self.status for status in message.statuses)

    def _says_it(self, message: Message) -> bool:
        """Whether template and words are those that are asked for: read last, as it costs most."""
        if self.template is None and self.contains is None:
            return True
        request = msgspec.json.decode(message.request)
        if self.template is not None and template_named(request) != self.template:
            return False
        return self.contains is None or self.contains in words_of(message, request)


class WantedRefusal(Struct, frozen=True):
    """What a refusal must be. What is None may be anything.

    code      Meta's
    contains  a text of the request
    """

    code: int | None = None
    to: str | None = None
    contains: str | None = None

    def is_met_by(self, refusal: Refusal) -> bool:
        """Whether `refusal` is such a one."""
        if self.code is not None and code_of(refusal.error) != self.code:
            return False
        if self.contains is not None and self.contains.encode() not in refusal.request:
            return False
        return self.to is None or is_same(self.to, recipient_of(refusal.request))


def is_to(message: Message, to: str) -> bool:
    """Whether a message went to this phone number, in any spelling, or to this user id."""
    if message.wa_id is not None:
        return is_same(to, message.wa_id)
    return to in {message.user_id, message.to}


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are the same phone number, or letter by letter the same."""
    return one == other or (_digits(one) == _digits(other) != "" and not _has_letters(one))


def recipient_of(request: bytes) -> str:
    """Whom a send was to reach; empty where it names nobody."""
    body = json_object(request)
    return str(body.get("to") or body.get("recipient") or "")


def code_of(error: bytes) -> int | None:
    """Meta's code of an error's body."""
    shown: Any = msgspec.json.decode(error)["error"]
    code = shown.get("code") if isinstance(shown, dict) else None
    return code if isinstance(code, int) else None


def _digits(address: str) -> str:
    return "".join(filter(str.isdigit, address))


def _has_letters(address: str) -> bool:
    return any(character.isalpha() for character in address)
