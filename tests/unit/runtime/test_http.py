"""The outgoing client says whether a request may have reached the other side."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from support.connections import let_go
from waypost.runtime.http import (
    AnswerLostError,
    HttpAnswer,
    HttpCall,
    NeverLeftError,
    PooledHttpClient,
)
from waypost.runtime.listening import choose_port

ANSWERS = {
    "/ok": b"HTTP/1.1 200 OK\r\nX-Name: Value\r\ncontent-length: 2\r\n\r\nok",
    "/moved": b"HTTP/1.1 302 Found\r\nlocation: /ok\r\ncontent-length: 0\r\n\r\n",
    "/broken": b"HTTP/1.1 500 Oh\r\ncontent-length: 4\r\n\r\noops",
    "/reset": b"",
    "/half": b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
    "/drip": b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
    "/latin": b"HTTP/1.1 200 OK\r\nx-shop: caf\xe9\r\nx-name: Value\r\ncontent-length: 2\r\n\r\nok",
    "/garbage": b"no HTTP at all\r\n\r\n",
}


@asynccontextmanager
async def server():
    """Answers by path; what it was asked."""
    asked = []

    async def answer(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
        body = await reader.readexactly(int(lines.get("content-length", 0)))
        path = head.split()[1]
        asked.append((head.split()[0], path, lines, body))
        if path == "/silent":
            await reader.read()
        writer.write(ANSWERS.get(path, b""))
        await writer.drain()
        if path == "/drip":
            await reader.read()

    async def serve(reader, writer):
        with let_go(writer):
            await answer(reader, writer)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield f"http://127.0.0.1:{port}", asked


def ask(path, *, timeout_s=5.0, method="post"):
    """What the client makes of the server's answer, and what the server was asked."""

    async def body():
        client = PooledHttpClient("Waypost/test")
        async with server() as (base, asked):
            try:
                if method == "get":
                    answer = await client.get(base + path, {"x-own": "1"}, timeout_s)
                else:
                    answer = await client.post(base + path, {"x-own": "1"}, b"{}", timeout_s)
            finally:
                await client.close()
            return answer, asked

    return asyncio.run(body())


def test_an_answer_comes_back_whole():
    answer, ((method, path, headers, body),) = ask("/ok")

    assert (answer.status, answer.body, answer.headers["x-name"]) == (200, b"ok", "Value")
    assert (method, path, body) == ("POST", "/ok", b"{}")
    assert (headers["user-agent"], headers["x-own"]) == ("waypost/test", "1")


def test_a_get_has_no_body():
    answer, ((method, *_, body),) = ask("/ok", method="get")

    assert (answer.status, method, body) == (200, "GET", b"")


def test_any_status_is_an_answer_and_no_redirect_is_followed():
    assert ask("/broken")[0].body == b"oops"
    answer, asked = ask("/moved")
    assert isinstance(answer, HttpAnswer)
    assert (answer.status, len(asked)) == (302, 1)


@pytest.mark.parametrize("path", ["/reset", "/half", "/garbage"])
def test_a_connection_that_breaks_off_leaves_doubt(path):
    with pytest.raises(AnswerLostError):
        ask(path)


def test_a_server_that_is_silent_leaves_doubt():
    with pytest.raises(AnswerLostError):
        ask("/silent", timeout_s=0.05)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "no url", "ftp://127.0.0.1/", ""])
def test_a_request_that_never_left_is_told_apart(url):
    async def body():
        client = PooledHttpClient("Waypost/test")
        try:
            await client.post(url.format(port=choose_port("127.0.0.1", 0)), {}, b"{}", 5)
        finally:
            await client.close()

    with pytest.raises(NeverLeftError) as told:
        asyncio.run(body())
    assert str(told.value)


def test_a_pinned_client_calls_the_address_it_was_given_under_the_hosts_own_name():
    async def body():
        async with server() as (base, asked):
            port = int(base.rpartition(":")[2])
            client = PooledHttpClient("Waypost/test", ("shop.invalid", "127.0.0.1", port))
            try:
                answer = await client.get(f"http://shop.invalid:{port}/ok", {}, 5.0)
            finally:
                await client.close()
            return answer.status, asked[0][2]["host"], port

    status, host, port = asyncio.run(body())

    assert (status, host) == (200, f"shop.invalid:{port}")


def test_a_header_that_is_no_ascii_is_left_out_and_the_answer_counts():
    answer, _ = ask("/latin")

    assert (answer.status, answer.body) == (200, b"ok")
    assert answer.headers == {"x-name": "Value", "content-length": "2"}


@pytest.mark.parametrize("path", ["/half", "/drip"])
def test_who_wants_the_status_alone_has_it_though_the_body_breaks_off_or_never_ends(path):
    async def body():
        client = PooledHttpClient("Waypost/test")
        async with server() as (base, _):
            try:
                call = HttpCall("POST", base + path, {}, b"{}", is_head_enough=True)
                return await client.request(call, 0.5)
            finally:
                await client.close()

    answer = asyncio.run(body())

    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "100", b"")
