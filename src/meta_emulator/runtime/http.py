"""The socket outwards: webhooks and released messages leave by it, and what a proxy hands on.

The rest of the emulator sees the Protocols alone.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import PyreqwestError

QUERY = re.compile(r"\?[^\s)'\"]*")
"""Of an address that stands in a text."""


class UnreachableError(Exception):
    """No answer came: refused, reset, timed out."""


class Http(Protocol):
    """What the emulator asks of an HTTP client."""

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> int:
        """The status of the answer; raises UnreachableError if none came."""
        ...

    async def get(self, url: str, timeout_s: float) -> tuple[int, bytes]:
        """Status and body of the answer; raises UnreachableError if none came."""
        ...


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A whole answer. Header names are in lower case, and may come twice."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@runtime_checkable
class Upstream(Protocol):
    """What handing a request on to another server asks of an HTTP client."""

    async def exchange(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        timeout_s: float,
    ) -> Exchanged:
        """The answer as it came, packed as it came; raises UnreachableError if none came."""
        ...


class NetworkHttp:
    """HTTP over the network. Redirects are not followed, as Meta does not."""

    def __init__(self) -> None:
        self._client = (
            ClientBuilder()
            .follow_redirects(enable=False)
            .gzip(enable=False)
            .brotli(enable=False)
            .deflate(enable=False)
            .zstd(enable=False)
            .no_proxy()
            .build()
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.close()

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> int:
        """The status of the answer; raises UnreachableError if none came."""
        try:
            answer = await (
                self._client.post(url)
                .headers(headers)
                .timeout(timedelta(seconds=timeout_s))
                .body_bytes(body)
                .build()
                .send()
            )
        except PyreqwestError as error:
            heed_cancellation()
            raise UnreachableError(error.message) from error
        except ValueError as error:
            raise UnreachableError(f"{url!r} is no address: {error}") from error
        heed_cancellation()
        return answer.status

    async def get(self, url: str, timeout_s: float) -> tuple[int, bytes]:
        """Status and body of the answer; raises UnreachableError if none came."""
        try:
            answer = await (
                self._client.get(url).timeout(timedelta(seconds=timeout_s)).build().send()
            )
            body = bytes(await answer.bytes())
        except PyreqwestError as error:
            heed_cancellation()
            raise UnreachableError(error.message) from error
        except ValueError as error:
            raise UnreachableError(f"{url!r} is no address: {error}") from error
        heed_cancellation()
        return answer.status, body

    async def exchange(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        timeout_s: float,
    ) -> Exchanged:
        """The answer as it came, packed as it came; raises UnreachableError if none came."""
        try:
            request = self._client.request(method, url).timeout(timedelta(seconds=timeout_s))
            for name, value in headers:
                request = request.header(name, value)
            if body:
                request = request.body_bytes(body)
            answer = await request.build().send()
            content = bytes(await answer.bytes())
        except (PyreqwestError, ValueError) as error:
            heed_cancellation()
            raise UnreachableError(reason(error)) from error
        heed_cancellation()
        return Exchanged(answer.status, tuple(answer.headers.items()), content)


def reason(error: PyreqwestError | ValueError) -> str:
    """Why no answer came, without what was asked for: an address may carry a token."""
    details = getattr(error, "details", None) or {}
    causes = [str(cause.get("message", "")) for cause in details.get("causes") or ()]
    text = causes[-1] if causes else str(getattr(error, "message", error))
    return QUERY.sub("?...", text)


def heed_cancellation() -> None:
    """Raise CancelledError if this task was cancelled.

    pyreqwest loses a cancellation that meets the answer (seen with 0.15.1): the task would go
    on, and whoever waits for its end would wait for ever.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
