"""The few words of ASGI that the doors need: reading a bounded body, sending an answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from waypost.wire.envelope import Answer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


Network = IPv4Network | IPv6Network

BODY_S = 30.0
"""How long a client may take to send its body: no connection is held open by waiting."""

PATIENCE_BYTES = 16 * 1024 * 1024
"""How much of a body that is too large is still taken in."""


MOST_HOPS = 32
"""How many proxies before us are believed in one request."""


DRAINED_BYTES = 1024 * 1024
DRAINED_S = 1.0
"""How much of a body nobody wanted is taken in after its answer, and for how long."""


class BodyTooLargeError(Exception):
    """The body is larger than what may be read.

    has_more  whether some of it has not come in yet
    """

    def __init__(self, *, has_more: bool, told: str = "") -> None:
        super().__init__(told)
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


def client_address(scope: Scope, trusted: Sequence[Network] = ()) -> str:
    """The address that the request came from; empty if the server tells none.

    trusted  the proxies before us: only what one of them says in `X-Forwarded-For` is believed,
             from the right, up to the first address that is none of them
    """
    client = scope.get("client")
    told = str(client[0]) if client else ""
    if not trusted:
        return told
    peer = _parse_address(told)
    if peer is None or not _is_in(peer, trusted):
        return told
    named = [
        hop
        for name, value in scope["headers"]
        if name == b"x-forwarded-for"
        for hop in value.decode("latin-1").split(",")
    ]
    nearest = peer
    for hop in reversed(named[-MOST_HOPS:]):
        address = _parse_address(hop)
        if address is None:  # what a proxy could not tell, nobody before it can
            break
        nearest = address
        if not _is_in(address, trusted):
            break
    return str(nearest)


def _parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it: bare, with a port, or in brackets."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _is_in(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


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


async def drain(scope: Scope, receive: Receive) -> None:
    """Takes in a body that was answered without being read, so that the connection stays good.

    The server closes a connection whose request was not read to its end, without having said so:
    a client that sends its next request on it would see that one break.
    """
    told = header(scope, b"content-length") or ""
    if told.isdigit() and 0 < int(told) <= DRAINED_BYTES:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAINED_S):
                while (event := await receive())["type"] == "http.request":
                    if not event.get("more_body", False):
                        return


async def answer_with(send: Send, answer: Answer, *, has_body: bool = True) -> None:
    """Sends an answer; without its body where HEAD asked for it."""
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body if has_body else b""})


def plain(status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> Answer:
    """An answer that is no envelope: for Meta and for those who watch over the process."""
    return Answer(status, ((b"content-type", content_type.encode()),), text.encode())
