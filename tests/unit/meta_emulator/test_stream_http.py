"""Webhooks that leave by the loop's streams: every shape of an answer, and none at all."""

import asyncio

import pytest

from meta_emulator.runtime.http import UnreachableError
from meta_emulator.runtime.stream_http import StreamHttp

CHUNKS = b"2;x=1\r\nok\r\n1\r\n!\r\n0\r\n\r\n"


def answered(raw, ask, *, cut=False):
    """What `ask(client, url)` gives where a server answers `raw`; and what the server was sent."""
    heard = []

    async def serve(reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            heard.append(head + (await reader.readexactly(int(length)) if length else b""))
            writer.write(raw)
            await writer.drain()
            if not cut:
                await reader.read()
        except ConnectionError:
            pass
        finally:
            writer.close()
            ended.set()

    async def scene():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            return await ask(StreamHttp(), f"http://127.0.0.1:{port}/hook?a=1")
        finally:
            await ended.wait()
            await asyncio.sleep(0)
            server.close()
            await server.wait_closed()

    ended = asyncio.Event()
    return asyncio.run(scene()), b"".join(heard)


def get(client, url):
    return client.get(url, 5)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", (200, b"ok")),
        (b"HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n", (403, b"")),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
            (200, b"ok!"),
        ),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 Done\r\nContent-Length: 0\r\n\r\n",
            (204, b""),
        ),
    ],
)
def test_an_answer_of_every_shape_is_read_to_its_end(raw, expected):
    assert answered(raw, get)[0] == expected


def test_an_answer_without_a_length_ends_with_the_connection():
    assert answered(b"HTTP/1.0 200 OK\r\n\r\nall of it", get, cut=True)[0] == (200, b"all of it")


def test_a_post_brings_its_body_and_headers():
    async def ask(client, url):
        return await client.post(url, {"X-Hub-Signature-256": "sha256=1"}, b'{"a":1}', 5)

    status, heard = answered(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ask)
    assert status == 200
    head, _, body = heard.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nX-Hub-Signature-256: sha256=1" in head
    assert body == b'{"a":1}'


@pytest.mark.parametrize(
    "raw", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]
)
def test_what_is_no_answer_is_none(raw):
    with pytest.raises(UnreachableError):
        answered(raw, get, cut=True)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "", "0", "ftp://x/", "http://", "http://[", "http://x:99999/"]
)
def test_an_address_where_nobody_is_gives_no_answer(url):
    with pytest.raises(UnreachableError):
        asyncio.run(StreamHttp().get(url, 5))


def test_an_answer_that_takes_too_long_is_none():
    def ask(client, url):
        return client.get(url, 0.05)

    with pytest.raises(UnreachableError, match=r"no answer within 0\.05 s"):
        answered(b"HTTP/1.1 200 OK\r\n", ask)
