"""Connections that keep to no manners: the gateway answers the next one as if nothing had been."""

import contextlib
import json
import time

import pytest

from support.processes import HOST, text_body, until
from support.raw_socket import RawSocket

GOOD = text_body("raw")


def head(home, *more: str, version: str = "1.1", length: int | None = None) -> bytes:
    """The head of a good send."""
    lines = [
        f"POST {home.path} HTTP/{version}",
        f"Host: {HOST}",
        f"api-key: {home.key}",
        "Content-Type: application/json",
        *more,
    ]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def messages(home) -> int:
    return home.kept.number("SELECT count(*) FROM messages")


@pytest.fixture(autouse=True)
def is_alive_afterwards(home):
    """Whatever was done to it, the gateway takes the next message."""
    yield
    with home.customer(timeout_s=5) as customer:
        assert customer.send("afterwards").status == 202
    assert home.gateway.is_running


@pytest.mark.parametrize("ending", ["close", "half close", "reset"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_request_that_breaks_off_is_no_request(home, unchanged, ending, share):
    whole = head(home, length=len(GOOD)) + GOOD
    with RawSocket(home.gateway.port) as line:
        line.say(whole[: int(len(whole) * share)])
        if ending == "half close":
            line.end_speaking()
            with contextlib.suppress(OSError):
                assert b" 202 " not in line.hear_all()
        elif ending == "reset":
            line.reset()


def test_a_head_without_its_body_is_waited_for_and_nobody_else_is_kept_waiting(home, unchanged):
    lines = [RawSocket(home.gateway.port) for _ in range(50)]
    try:
        for line in lines:
            line.say(head(home, length=100))
        started = time.monotonic()
        with home.customer() as customer:
            assert customer.ask("GET", "/health/live").status == 200
        assert time.monotonic() - started < 2
    finally:
        for line in lines:
            line.reset()


def test_a_body_that_comes_byte_by_byte_is_accepted_in_the_end(home):
    before = messages(home)
    with RawSocket(home.gateway.port) as line:
        line.say(head(home, length=len(GOOD)))
        for number in range(len(GOOD)):
            line.say(GOOD[number : number + 1])
            time.sleep(0.002)
        heard = line.hear(b'"error":{}}')

    assert heard.startswith(b"HTTP/1.1 202")
    assert messages(home) == before + 1


def test_requests_in_a_pipeline_are_answered_in_their_order(home):
    before, bodies = messages(home), [GOOD, b"{", GOOD, b"[]", GOOD]
    with RawSocket(home.gateway.port) as line:
        line.say(b"".join(head(home, length=len(body)) + body for body in bodies))
        heard = b""
        while heard.count(b"HTTP/1.1 ") < 5 or not heard.endswith(b"}}"):
            heard += line.hear(b"}")

    statuses = [part[:3] for part in heard.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"202", b"400", b"202", b"400", b"202"]
    assert messages(home) == before + 3


@pytest.mark.parametrize("manner", ["Connection: close", "Connection: keep-alive"])
def test_http_1_0_is_understood(home, manner):
    before = messages(home)
    with RawSocket(home.gateway.port) as line:
        line.say(head(home, manner, version="1.0", length=len(GOOD)) + GOOD)
        heard = line.hear(b'"error":{}}')

    assert heard.startswith(b"HTTP/1.0 202")
    assert messages(home) == before + 1


ODD = {
    "no HTTP": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
    "HTTP 9": b"GET / HTTP/9.9\r\n\r\n",
    "HTTP 0.9": b"GET /\r\n\r\n",
    "the preface of HTTP 2 and noise": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 200,
    "only line ends": b"\r\n" * 10_000,
    "zeros": b"\0" * 10_000,
    "a line without end": b"A" * 100_000,
    "a path without end": b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header without end": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "headers without end": b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 50_000 + b"\r\n",
    "a header of odd bytes": b"GET / HTTP/1.1\r\nHost: x\r\nX\0: \xff\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    "no colon": b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    "a negative length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a length of letters": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n",
    "an upgrade": b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    "a tunnel": b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n",
    "an absolute address": b"GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n",
    "an asterisk": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_request_is_refused_or_dropped(home, unchanged, name):
    heard = b""
    with RawSocket(home.gateway.port) as line, contextlib.suppress(OSError):
        line.say(ODD[name])
        line.end_speaking()
        heard = line.hear_all()

    if heard.startswith(b"HTTP/1."):
        assert heard[9:12] in (b"400", b"404", b"405", b"414", b"431", b"426", b"505")
    else:  # nothing, or the few frames with which HTTP 2 takes its leave
        assert len(heard) < 200


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (["X: " + "a" * 60_000], b"202"),
        (["X: " + "a" * 66_000], b"431"),
        (["X: " + "a" * 10_000_000], b"431"),
        ([f"X{number}: " + "a" * 1000 for number in range(66)], b"431"),
        ([f"X{number}: a" for number in range(90)], b"202"),
        ([f"X{number}: a" for number in range(1000)], b"431"),
    ],
    ids=["60 KB", "66 KB", "10 MB", "66 of 1 KB", "90 headers", "1000 headers"],
)
def test_a_head_has_a_size_and_so_many_headers(home, more, status):
    heard = b""
    with RawSocket(home.gateway.port) as line, contextlib.suppress(OSError):
        line.say(head(home, *more, length=len(GOOD)) + GOOD)
        heard = line.hear(b"\r\n\r\n")

    # One that is cut off while it still speaks may never hear why.
    assert heard[9:12] == status or (heard == b"" and len("".join(more)) > 1_000_000)


@pytest.mark.parametrize(
    "framing",
    [
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: 99999999999999999999999",),
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
        ("Transfer-Encoding: gzip",),
        ("Transfer-Encoding: chunked, chunked",),
    ],
)
def test_two_opinions_on_where_a_body_ends_smuggle_nothing(home, unchanged, framing):
    """What one reader takes for the body, another could take for a second request."""
    with RawSocket(home.gateway.port) as line, contextlib.suppress(OSError):
        line.say(head(home, *framing) + b"0\r\n\r\n")
        line.end_speaking()
        assert b" 202 " not in line.hear_all()
    with RawSocket(home.gateway.port) as line, contextlib.suppress(OSError):
        line.say(head(home, *framing[:1], "X: y") + b"zz\r\n\r\n")
        line.end_speaking()
        assert b" 202 " not in line.hear_all()


@pytest.mark.parametrize(
    "chunks",
    [
        b"zz\r\n",
        b"-1\r\n",
        b"ffffffffffffffffff\r\n",
        b"5\r\nabc",
        b"5\r\nabcdefgh\r\n",
        b"\r\n\r\n",
    ],
)
def test_chunks_that_are_none_are_no_request(home, unchanged, chunks):
    with RawSocket(home.gateway.port) as line, contextlib.suppress(OSError):
        line.say(head(home, "Transfer-Encoding: chunked") + chunks)
        line.end_speaking()
        assert b" 202 " not in line.hear_all()


def test_a_client_that_asks_first_is_asked_for_its_body_and_only_if_it_is_wanted(home):
    before = messages(home)
    with RawSocket(home.gateway.port) as line:
        line.say(head(home, "Expect: 100-continue", length=len(GOOD)))
        assert line.hear().startswith(b"HTTP/1.1 100")
        line.say(GOOD)
        assert line.hear(b'"error":{}}').startswith(b"HTTP/1.1 202")
    with RawSocket(home.gateway.port) as line:
        line.say(head(home, "Expect: 100-continue", length=50_000_000))
        heard = line.hear(b"}]}}")
        assert heard.startswith(b"HTTP/1.1 400")
        assert json.loads(heard.partition(b"\r\n\r\n")[2])["code"] == "WA400"

    assert messages(home) == before + 1


def test_answers_that_nobody_fetches_harm_nobody(home):
    before = messages(home)
    lines = [RawSocket(home.gateway.port) for _ in range(20)]
    for line in lines:
        line.say((head(home, length=len(GOOD)) + GOOD) * 20)
    until(lambda: messages(home) == before + 400, "all of them are taken", 20)
    for line in lines:
        line.reset()
    home.settle()

    assert home.kept.audit() == []
