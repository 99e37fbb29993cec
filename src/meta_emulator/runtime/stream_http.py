"""The socket outwards for an emulator inside another program: the loop's own streams alone.

pyreqwest's native thread may outlive its client for a moment (seen with 0.15.1): a test run that
ends just then would be aborted. One connection for each request; no proxy is asked.
"""

import asyncio
import ssl
from collections.abc import Mapping
from functools import cache
from http.client import HTTPException, parse_headers
from io import BytesIO
from urllib.parse import urlsplit

from meta_emulator.runtime.http import UnreachableError

MOST = 1 << 20
"""Bytes of an answer's head, and of what is read of its body, at most."""


class StreamHttp:
    """HTTP/1.1 over the loop's streams. Redirects are not followed, as Meta does not."""

    async def post(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> int:
        """The status of the answer; raises UnreachableError if none came."""
        sent = {**headers, "Content-Length": str(len(body))}
        return (await _asked("POST", url, sent, body, timeout_s))[0]

    async def get(self, url: str, timeout_s: float) -> tuple[int, bytes]:
        """Status and body of the answer; raises UnreachableError if none came."""
        return await _asked("GET", url, {}, b"", timeout_s)


async def _asked(
    method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
) -> tuple[int, bytes]:
    try:
        async with asyncio.timeout(timeout_s):
            return await _exchanged(method, url, headers, body)
    except TimeoutError as error:
        raise UnreachableError(f"no answer within {timeout_s:g} s") from error
    except (OSError, ValueError, EOFError, HTTPException, asyncio.LimitOverrunError) as error:
        raise UnreachableError(str(error) or type(error).__name__) from error


async def _exchanged(
    method: str, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, bytes]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url!r} is no address of the web")
    context = _trust() if parts.scheme == "https" else None
    port = parts.port or (443 if context else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"{method} {target} HTTP/1.1",
        f"Host: {parts.netloc.rpartition('@')[2]}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context, limit=MOST)
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        await writer.drain()
        return await _answer(reader)
    finally:
        writer.transport.abort()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body; of a body without end no more than MOST."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        first, _, rest = head.partition(b"\r\n")
        status = int(first.partition(b" ")[2][:3])
        if status >= 200:  # noqa: PLR2004 what is below goes before the answer
            break
    fields = parse_headers(BytesIO(rest))
    if fields.get("transfer-encoding", "").lower() == "chunked":
        return status, await _chunks(reader)
    length = fields.get("content-length")
    if length is not None:
        return status, await reader.readexactly(min(int(length), MOST))
    return status, await reader.read(MOST)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while len(body) < MOST:
        size = int((await reader.readline()).partition(b";")[0], 16)
        if size == 0:
            break
        body += await reader.readexactly(min(size, MOST))
        await reader.readline()
    return body


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
