"""The outgoing HTTP client: one pool, no redirects, bounded time, and honest about doubt.

Law: an error says whether the request may have reached the other side. Only a failure to
connect proves that it did not; everything else, time-outs and resets included, is doubt.
"""

import contextlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import BuilderError, DetailedPyreqwestError, PyreqwestError
from pyreqwest.response import Response

CONNECTING = "client error (Connect)"
"""How the library names the phase. Its classes do not tell: it calls a connection that was
closed before the answer a ConnectError too."""


MOST_BYTES = 4 * 1024 * 1024
"""How much of an answer's body is read. Customers' endpoints are strangers: without a bound, and
without doing their unpacking for them, one of them could fill our memory."""


class HttpError(Exception):
    """A call gave no answer; the text says why, in words."""


class NeverLeftError(HttpError):
    """The request certainly never reached the other side."""


class AnswerLostError(HttpError):
    """The request may have reached the other side; its answer did not come back."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: status, headers by lower-case name, and the body, cut at `most_bytes`."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpCall:
    """What is asked of another side. Its headers may hold a token, and are never printed.

    most_bytes      how much of the answer's body is read
    is_head_enough  whether an answer whose body does not come counts all the same, without it
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = None
    most_bytes: int = MOST_BYTES
    is_head_enough: bool = False


class HttpClient(Protocol):
    """One call out. Tests pass one that calls an application in the same process."""

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> HttpAnswer:
        """Post and read the answer; any status is an answer.

        Raises NeverLeftError or AnswerLostError.
        """
        ...

    async def get(self, url: str, headers: Mapping[str, str], timeout_s: float) -> HttpAnswer:
        """Get and read the answer. Raises NeverLeftError or AnswerLostError."""
        ...

    async def request(self, call: HttpCall, timeout_s: float) -> HttpAnswer:
        """Any method, with a body or without. Raises NeverLeftError or AnswerLostError."""
        ...


class PooledHttpClient:
    """`HttpClient` over real connections, kept open between calls."""

    def __init__(self, user_agent: str, pin: tuple[str, str, int] | None = None) -> None:
        """pin: a host, and the address and port at which it is; it is looked up no more."""
        builder = (
            ClientBuilder()
            .user_agent(user_agent)
            .follow_redirects(False)  # noqa: FBT003 - the library's own way
            .error_for_status(False)  # noqa: FBT003
            .referer(False)  # noqa: FBT003
            .gzip(False)  # noqa: FBT003
            .deflate(False)  # noqa: FBT003
            .brotli(False)  # noqa: FBT003
            .zstd(False)  # noqa: FBT003
            .connect_timeout(timedelta(seconds=10))
            .pool_max_idle_per_host(1024)
            .no_proxy()
        )
        self._client = (builder if pin is None else builder.resolve(*pin)).build()

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> HttpAnswer:
        """See `HttpClient.post`."""
        return await self.request(HttpCall("POST", url, headers, body), timeout_s)

    async def get(self, url: str, headers: Mapping[str, str], timeout_s: float) -> HttpAnswer:
        """See `HttpClient.get`."""
        return await self.request(HttpCall("GET", url, headers), timeout_s)

    async def request(self, call: HttpCall, timeout_s: float) -> HttpAnswer:
        """See `HttpClient.request`."""
        response: Response | None = None
        try:
            request = self._client.request(call.method, call.url).headers(call.headers)
            if call.body is not None:
                request = request.body_bytes(call.body)
            if call.is_head_enough:
                request = request.streamed_read_buffer_limit(0)  # nothing is read with the head
            streamed = request.timeout(timedelta(seconds=timeout_s)).build_streamed()
            async with streamed as response:
                answer = bytes(await response.body_reader.read(call.most_bytes) or b"")
        except DetailedPyreqwestError as error:
            if response is not None and call.is_head_enough:
                return HttpAnswer(response.status, read_headers(response.headers), b"")
            causes = [cause["message"] for cause in error.details["causes"] or ()]
            words = causes[-1] if causes else str(error)
            if CONNECTING in causes or isinstance(error, BuilderError):
                raise NeverLeftError(words) from error
            raise AnswerLostError(words) from error
        except (PyreqwestError, ValueError, ssl.SSLError) as error:
            raise NeverLeftError(str(error)) from error
        return HttpAnswer(response.status, read_headers(response.headers), answer)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


def read_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer, without those whose values are no ASCII: they say nothing to us."""
    try:
        return dict(headers)
    except ValueError:
        read: dict[str, str] = {}
        for name in headers:
            with contextlib.suppress(ValueError):
                read.setdefault(name, headers[name])
        return read
