"""The few words of ASGI that the doors need: reading a bounded body, sending an answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from waypost.wire.envelope import Answer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


BODY_S = 30.0
"""How long a client may take to send its body: no connection is held open by waiting."""

PATIENCE_BYTES = 16 * 1024 * 1024
"""How much of a body that is too large is still taken in."""


class BodyTooLargeError(Exception):
    """The body is larger than what may be read.

    has_more  whether some of it has not come in yet
    """

    def __init__(self, *, has_more: bool) -> None:
        super().__init__()
        self.has_more = has_more


class BodyTooSlowError(Exception):
    """The body was not whole after BODY_S."""


class ClientLeftError(Exception):
    """The client closed the connection before its request was whole."""


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a header by its lower-case name; None if it is not there.

    ASGI servers give names in lower case, however the client wrote them.
    """
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


async def read_body(scope: Scope, receive: Receive, most: int) -> bytes:
    """The whole body.

    Raises BodyTooLargeError, before reading if the length is told; BodyTooSlowError;
    ClientLeftError.
    """
    try:
        async with asyncio.timeout(BODY_S):
            return await _read_body(scope, receive, most)
    except TimeoutError:
        raise BodyTooSlowError from None


async def _read_body(scope: Scope, receive: Receive, most: int) -> bytes:
    told = header(scope, b"content-length")
    if told is not None and told.isdigit() and int(told) > most:
        raise BodyTooLargeError(has_more=True)
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientLeftError
        part = event.get("body", b"")
        size += len(part)
        if size > most:
            raise BodyTooLargeError(has_more=event.get("more_body", False))
        parts.append(part)
        if not event.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def discard_body(scope: Scope, receive: Receive) -> None:
    """Takes in what is left of a body that was too large, and keeps none of it.

    A client that is cut off while it sends sees a broken connection, and never the answer that
    tells it why. Not for one that waits to be asked for its body, nor without bound. Raises
    ClientLeftError.
    """
    told = header(scope, b"content-length") or ""
    if header(scope, b"expect") is not None or (told.isdigit() and int(told) > PATIENCE_BYTES):
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(BODY_S):
            size = 0
            while size <= PATIENCE_BYTES:
                event = await receive()
                if event["type"] == "http.disconnect":
                    raise ClientLeftError
                size += len(event.get("body", b""))
                if not event.get("more_body", False):
                    return


async def answer_with(send: Send, answer: Answer) -> None:
    """Sends an answer."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


def plain(status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> Answer:
    """An answer that is no envelope: for Meta and for those who watch over the process."""
    return Answer(status, ((b"content-type", content_type.encode()),), text.encode())
