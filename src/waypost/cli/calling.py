"""Calls over HTTP, as any client would make them, and a gateway's answers read for a person."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from waypost.cli.findings import tell_faults
from waypost.cli.output import UnreachableError
from waypost.model.refusal import Fault
from waypost.runtime.http import HttpAnswer, HttpError, PooledHttpClient
from waypost.version import __version__

ACCEPTED = 202
OK = 200
TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Caller:
    """A client whose errors name the address that does not answer."""

    http: PooledHttpClient

    async def get(self, url: str) -> Any:
        """The decoded answer. Raises UnreachableError, also for an answer that is no 200."""
        try:
            answer = await self.http.get(url, {}, TIMEOUT_S)
        except HttpError as error:
            raise _unreachable(url, error) from None
        if answer.status != OK:
            raise UnreachableError(f"{url} answers HTTP {answer.status} instead of 200.")
        return msgspec.json.decode(answer.body)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer:
        """Any answer. Raises UnreachableError."""
        try:
            return await self.http.post(
                url, {"Content-Type": "application/json", **headers}, body, TIMEOUT_S
            )
        except HttpError as error:
            raise _unreachable(url, error) from None


@asynccontextmanager
async def calling() -> AsyncIterator[Caller]:
    """A caller; its connections are closed at the end."""
    http = PooledHttpClient(f"Waypost/{__version__}")
    try:
        yield Caller(http)
    finally:
        await http.close()


class _Data(msgspec.Struct):
    message_id: str = ""
    messages: list[dict[str, str]] = []


class _Amount(msgspec.Struct):
    amount: str
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class _Rehearsal(msgspec.Struct):
    recipients: list[str]
    price: _Amount
    total: _Amount
    spendable: _Amount
    withheld: int = 0
    findings: list[Fault] = []


class _Error(msgspec.Struct):
    details: list[Fault] = []


class _Body(msgspec.Struct):
    code: str
    message: str
    data: msgspec.Raw
    error: _Error


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """A gateway's answer to a send.

    message_id  of the 202, else None
    lines       the whole answer in words
    is_done     whether the gateway did what it was asked: took the body, or would take it
    """

    message_id: str | None
    lines: tuple[str, ...]
    is_done: bool = False


def read_answer(answer: HttpAnswer) -> GatewayAnswer:
    """What a gateway answered; something that is no gateway's is shown as it is."""
    try:
        body = msgspec.json.decode(answer.body, type=_Body)
        if answer.status == ACCEPTED:
            accepted = msgspec.json.decode(body.data, type=_Data)
            return GatewayAnswer(accepted.message_id, tuple(_accepted(accepted)), is_done=True)
        if answer.status == OK:
            rehearsed = msgspec.json.decode(body.data, type=_Rehearsal)
            return GatewayAnswer(None, tuple(_rehearsed(rehearsed)), is_done=True)
    except msgspec.DecodeError:
        text = answer.body.decode("utf-8", "replace")
        said = f"HTTP {answer.status}, and it does not sound like a gateway: {text}"
        return GatewayAnswer(None, (said,))
    return GatewayAnswer(None, tuple(_refused(answer, body)))


def _accepted(data: _Data) -> Iterator[str]:
    yield f"Accepted as {data.message_id}."
    for message in data.messages:
        yield f"  {message['message_id']}  to {message['to']}"


def _rehearsed(rehearsal: _Rehearsal) -> Iterator[str]:
    count = len(rehearsal.recipients)
    whom = "1 recipient" if count == 1 else f"{count} recipients"
    yield f"It would be accepted, for {whom}; nothing was sent."
    if rehearsal.withheld:
        yield f"  withheld   {rehearsal.withheld}: beyond the account's number for this day (UTC)"
    yield f"  price      {rehearsal.price} each"
    yield f"  total      {rehearsal.total}"
    yield f"  spendable  {rehearsal.spendable}"
    if rehearsal.findings:
        yield "It would be noted, and Meta may refuse it:"
        yield from tell_faults(rehearsal.findings)


def _refused(answer: HttpAnswer, body: _Body) -> Iterator[str]:
    yield f"Refused with {body.code} (HTTP {answer.status}): {body.message}"
    if "retry-after" in answer.headers:
        yield f"  again in {answer.headers['retry-after']} s"
    yield from tell_faults(body.error.details)


def _unreachable(url: str, error: HttpError) -> UnreachableError:
    return UnreachableError(f"{url} does not answer: {error}. Is `waypost dev` or `serve` running?")
