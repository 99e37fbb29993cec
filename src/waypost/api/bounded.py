"""A request's body as a framework may read it: no larger, and no slower, than the route allows."""

import asyncio
from collections.abc import Mapping, MutableMapping
from typing import Any

from waypost.api.asgi import (
    BODY_S,
    BodyTooLargeError,
    BodyTooSlowError,
    ClientLeftError,
    Receive,
    Scope,
    Send,
    discard_body,
    header,
)

MIB = 1024 * 1024
LEAST_BYTES_PER_S = MIB
"""What a client must send of a large body in each second, on the whole, beyond BODY_S."""


MOST_BYTES = "most_bytes"
"""The name, among what a route says of itself, of how large a body it takes, if not 1 MiB."""


class BoundedBody:
    """The `receive` of one request, with a bound that its route may raise before it is read.

    most_bytes  of the whole body
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.most_bytes = MIB
        self.has_client = True
        self._scope = scope
        self._receive = receive
        self._size = 0
        self._ends_at: float | None = None
        self._is_left_over = False

    def allow(self, route: Mapping[str, Any]) -> None:
        """Raises the bound to what the route says of itself."""
        self.most_bytes = route.get(MOST_BYTES, self.most_bytes)

    @property
    def is_untouched(self) -> bool:
        """Whether nothing of it was asked for."""
        return self._ends_at is None

    @property
    def patience_s(self) -> float:
        """How long the whole body may take."""
        return BODY_S + (self.most_bytes - MIB) / LEAST_BYTES_PER_S

    async def receive(self) -> MutableMapping[str, Any]:
        """ASGI's `receive`. Raises BodyTooLargeError, BodyTooSlowError, ClientLeftError."""
        now = asyncio.get_running_loop().time()
        if self._ends_at is None:
            self._ends_at = now + self.patience_s
            told = header(self._scope, b"content-length")
            if told is not None and told.isdigit() and int(told) > self.most_bytes:
                raise self._refuse(has_more=True)
        try:
            async with asyncio.timeout_at(self._ends_at):
                event = await self._receive()
        except TimeoutError:
            told = f"The body was not whole after {self.patience_s:.0f} seconds."
            raise BodyTooSlowError(told) from None
        if event["type"] == "http.disconnect":
            self.has_client = False
            raise ClientLeftError
        self._size += len(event.get("body", b""))
        if self._size > self.most_bytes:
            raise self._refuse(has_more=event.get("more_body", False))
        return event

    async def until_left(self) -> None:
        """Waits until the client has left; what it still sends is dropped."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.has_client = False

    def _refuse(self, *, has_more: bool) -> BodyTooLargeError:
        self._is_left_over = has_more
        told = f"The body is larger than {self.most_bytes} bytes."
        return BodyTooLargeError(has_more=has_more, told=told)

    def answering(self, send: Send) -> Send:
        """ASGI's `send`, for a client that may have left or still be sending.

        One that sends too much may finish: otherwise it would never see the answer.
        """

        async def answer(event: MutableMapping[str, Any]) -> None:
            if self._is_left_over and self.has_client:
                self._is_left_over = False
                try:
                    await discard_body(self._scope, self._receive)
                except ClientLeftError:
                    self.has_client = False
            if self.has_client:
                await send(event)

        return answer
