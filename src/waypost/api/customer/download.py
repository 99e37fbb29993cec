"""A file that is sent while it is made, as long as somebody is there to take it.

Law: a client sees a whole answer or a broken one. When reading fails in the middle the connection
is broken off (chunks without the last one), which every HTTP client takes for an error. HTTP/1.0
has no chunks: there only a file whose end is marked within (gzip, Parquet) shows that it is not
whole.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable
from typing import Any

from litestar import Request
from litestar.response import Response

from waypost.api.asgi import Receive, Scope, Send
from waypost.api.bounded import BoundedBody
from waypost.model.search import MessageFilters
from waypost.report.export import Asked, Exporter, read_direction
from waypost.report.filters import FilterError
from waypost.report.formats.writer import MEDIA_TYPES, Format, Writer, open_writer

GZIPPED = ".gz"


class Download(Response[bytes]):
    """The answer that a file is; `parts` are its bytes."""

    def __init__(
        self, parts: AsyncGenerator[bytes, None], headers: dict[str, str], body: BoundedBody
    ) -> None:
        super().__init__(b"", headers=headers)
        self._parts = parts
        self._body = body

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """What the framework calls with ASGI's three."""

        async def send_file(scope: Scope, receive: Receive, send: Send) -> None:
            del receive  # a body would be given out of it, and bounded in time
            headers = [
                (name.lower().encode(), value.encode("latin-1"))
                for name, value in self.headers.items()
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            if scope["method"] != "HEAD":
                await _unless_left(self._body.until_left(), self._send_parts(send))

        return send_file

    async def _send_parts(self, send: Send) -> None:
        async with contextlib.aclosing(self._parts):
            async for part in self._parts:
                if part:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _unless_left(left: Awaitable[None], sending: Awaitable[None]) -> None:
    """Sends; ends early when the client has left."""
    watching, working = asyncio.ensure_future(left), asyncio.ensure_future(sending)
    try:
        await asyncio.wait((watching, working), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        for one in (watching, working):
            one.cancel()
        await asyncio.gather(watching, working, return_exceptions=True)


def download(
    request: Request[Any, Any, Any], exporter: Exporter, asked: Asked, name: str
) -> Download:
    """The export of a file's name, like `messages.csv.gz`; gzipped on the way if that is wanted."""
    bare = name.removesuffix(GZIPPED)
    format_ = Format(bare.rpartition(".")[2])
    headers = {
        "content-type": media_type_of(name),
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
        "vary": "accept-encoding",
    }
    is_encoded = bare == name and takes_gzip(request.headers.get("accept-encoding", ""))
    if is_encoded:
        headers["content-encoding"] = "gzip"
    writer = open_writer(format_, is_gzipped=is_encoded or bare != name)
    return Download(_parts(exporter, asked, writer), headers, request.state.body)


def media_type_of(name: str) -> str:
    """What a file of this name is."""
    if name.endswith(GZIPPED):
        return "application/gzip"
    return MEDIA_TYPES[Format(name.rpartition(".")[2])]


def asked_of(request: Request[Any, Any, Any], account_id: int, filters: MessageFilters) -> Asked:
    """Which messages a request wants exported. Raises FilterError."""
    for name in ("limit", "cursor"):
        if name in request.query_params:
            raise FilterError({name: f"{name} is no parameter here: an export has all of them."})
    return Asked(account_id, filters, read_direction(request.query_params.get("direction", "both")))


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client wants gzip (RFC 9110, 12.5.3)."""
    for one in accept_encoding.lower().split(","):
        coding, _, parameters = one.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            weight = parameters.strip().removeprefix("q=")
            return not weight or weight.strip("0.") != ""
    return False


async def _parts(exporter: Exporter, asked: Asked, writer: Writer) -> AsyncGenerator[bytes, None]:
    yield writer.start()
    async with contextlib.aclosing(exporter.rows(asked)) as batches:
        async for rows in batches:
            yield writer.write(rows)
    yield writer.end()
