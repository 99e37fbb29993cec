"""The socket outwards: webhooks leave by it. The rest of the emulator sees the Protocol alone."""

from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Protocol, Self

from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import PyreqwestError


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


class NetworkHttp:
    """HTTP over the network. Redirects are not followed, as Meta does not."""

    def __init__(self) -> None:
        self._client = ClientBuilder().follow_redirects(enable=False).no_proxy().build()

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
            raise UnreachableError(error.message) from error
        return answer.status

    async def get(self, url: str, timeout_s: float) -> tuple[int, bytes]:
        """Status and body of the answer; raises UnreachableError if none came."""
        try:
            answer = await (
                self._client.get(url).timeout(timedelta(seconds=timeout_s)).build().send()
            )
            return answer.status, bytes(await answer.bytes())
        except PyreqwestError as error:
            raise UnreachableError(error.message) from error
