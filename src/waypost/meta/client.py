"""The send: one message given to Meta, and what came of it. All other calls are in `graph`."""

from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from waypost.meta.events import read_error
from waypost.meta.outcome import Lost, NotReached, Outcome, Refused, Taken, TokenSealed
from waypost.meta.payload import render_message
from waypost.model.message import Dispatchable
from waypost.model.meta_error_table import classify
from waypost.runtime.http import AnswerLostError, HttpAnswer, HttpClient, NeverLeftError
from waypost.runtime.redaction import redact_answer
from waypost.runtime.vault import Vault
from waypost.runtime.vault_error import VaultError

OK = 200
UNKNOWN_NUMBER = (100, 33)
"""Code and subcode of an answer whose number is gone, or not this token's (`reference` 3.3)."""

NUMBER_GONE = 33
"""The code that has the row for it."""

PLAINLY_TAKEN = "accepted"
"""The `message_status` of a message that Meta sends on at once (`reference` 1.2)."""

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises for a body that is not what was hoped for."""


class _Contact(msgspec.Struct):
    wa_id: str | None = None


class _Message(msgspec.Struct):
    id: str
    message_status: str = ""


class _Accepted(msgspec.Struct):
    messages: list[_Message] = []
    contacts: list[_Contact] = []
    success: bool = False
    """What a read receipt is answered with, in place of the others."""


_decode_accepted = msgspec.json.Decoder(_Accepted).decode
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class MetaClient:
    """Meta's Graph API at one base URL and version."""

    http: HttpClient
    base_url: str
    version: str
    timeout_s: float
    vault: Vault

    async def send(self, message: Dispatchable) -> Outcome:
        """Gives one message to Meta. Raises nothing that a network can cause.

        Without the key that opens the token nothing is asked of Meta: the message waits for it.
        """
        sender = message.sender
        try:
            answer = await self.http.post(
                f"{self.base_url}/{self.version}/{sender.phone_number_id}/messages",
                {
                    "Authorization": f"Bearer {self.vault.open(sender.access_token)}",
                    "Content-Type": "application/json",
                },
                render_message(message),
                self.timeout_s,
            )
        except NeverLeftError as error:
            return NotReached(str(error))
        except VaultError as error:
            return TokenSealed(str(error))
        except AnswerLostError as error:
            return Lost(str(error))
        outcome = read_answer(answer)
        if isinstance(outcome, Taken):
            return outcome
        said = redact_answer(answer.body, message.recipient.address)
        return replace(outcome, status=answer.status, said=said)


def read_answer(answer: HttpAnswer) -> Taken | Refused | Lost:
    """What Meta's answer to a send means.

    An error is one only if it says so: a 5xx without Meta's error object may come from
    anything between, after the message went through.
    """
    if answer.status == OK:
        try:
            accepted = _decode_accepted(answer.body)
            if accepted.success and not accepted.messages:
                return Taken(None, None)
            wa_id = accepted.contacts[0].wa_id if accepted.contacts else None
            message = accepted.messages[0]
            held = "" if message.message_status == PLAINLY_TAKEN else message.message_status
            return Taken(message.id, wa_id, held)
        except (*UNREADABLE, IndexError):
            return Lost("Meta answered 200 with a body that names no message")
    try:
        error = _decode(answer.body)["error"]
        if not isinstance(error["code"], int):
            return Lost(f"HTTP {answer.status} with an error that has no code")
        if (error["code"], error.get("error_subcode")) == UNKNOWN_NUMBER:
            error = {**error, "code": NUMBER_GONE}
        failure = read_error(error, answer.status)
    except (*UNREADABLE, KeyError, TypeError):
        return Lost(f"HTTP {answer.status} without Meta's error object")
    return Refused(failure, classify(int(failure.code), answer.status))
