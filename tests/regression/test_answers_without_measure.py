"""An endpoint once filled the gateway's memory by answering a callback without end, or packed."""

import asyncio
import contextlib
import gzip
from contextlib import asynccontextmanager

from support.connections import let_go
from waypost.runtime.http import MOST_BYTES, PooledHttpClient

MIB = b" " * (1024 * 1024)


@asynccontextmanager
async def answering(head, parts):
    """A server that answers every request with these bytes, unless its client leaves first."""

    served = asyncio.Event()

    async def serve(reader, writer):
        with let_go(writer), contextlib.suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
            for part in parts:
                writer.write(part)
                await writer.drain()
        served.set()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
        await served.wait()


def answer_of(head, parts):
    async def body():
        client = PooledHttpClient("Waypost/test")
        async with answering(head, parts) as url:
            try:
                return await client.post(url, {}, b"", 10)
            finally:
                await client.close()

    return asyncio.run(body())


def test_a_body_in_pieces_is_read_to_its_end():
    pieces = [b"5\r\nabcde\r\n", b"2\r\nfg\r\n", b"0\r\n\r\n"]

    assert answer_of(b"transfer-encoding: chunked", pieces).body == b"abcdefg"


def test_of_a_body_without_end_no_more_is_read_than_is_wanted():
    answer = answer_of(b"content-length: 1073741824", [MIB] * 64)

    assert (answer.status, len(answer.body)) == (200, MOST_BYTES)


def test_a_packed_body_is_not_unpacked():
    packed = gzip.compress(MIB * 16)
    head = f"content-encoding: gzip\r\ncontent-length: {len(packed)}".encode()

    assert answer_of(head, [packed]).body == packed
