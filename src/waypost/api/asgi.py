"""The few words of ASGI that the doors need: reading a bounded body, sending an answer."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from waypost.wire.envelope import Answer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class BodyTooLargeError(Exception):
    """The body is larger than what may be read."""


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
    """The whole body. Raises BodyTooLargeError, before reading if the length is told."""
    told = header(scope, b"content-length")
    if told is not None and told.isdigit() and int(told) > most:
        raise BodyTooLargeError
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ClientLeftError
        part = event.get("body", b"")
        size += len(part)
        if size > most:
            raise BodyTooLargeError
        parts.append(part)
        if not event.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def answer_with(send: Send, answer: Answer) -> None:
    """Sends an answer."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


def plain(status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> Answer:
    """An answer that is no envelope: for Meta and for those who watch over the process."""
    return Answer(status, ((b"content-type", content_type.encode()),), text.encode())
