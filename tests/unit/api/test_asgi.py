"""Bodies are read to a bound, headers by name, and a client that leaves is told apart."""

import asyncio

import pytest

from waypost.api.asgi import (
    BodyTooLargeError,
    ClientLeftError,
    answer_with,
    header,
    plain,
    read_body,
)
from waypost.api.problems import answer_whatever_happens
from waypost.model.errors import StoreError


def giving(*events):
    """Gives these events, and fails the test if more is asked for."""
    left = list(events)

    async def receive():
        assert left, "more was read than there is"
        return left.pop(0)

    return receive


def part(body, *, more=False):
    return {"type": "http.request", "body": body, "more_body": more}


def read(*events, told=None, most=10):
    headers = [] if told is None else [(b"content-length", told)]
    return asyncio.run(read_body({"headers": headers}, giving(*events), most))


def test_a_body_is_read_whole_in_however_many_parts():
    assert read(part(b"abc")) == b"abc"
    assert read(part(b"ab", more=True), part(b"", more=True), part(b"c")) == b"abc"
    assert read({"type": "http.request"}) == b""


def test_a_body_may_be_as_large_as_it_may():
    assert read(part(b"x" * 10), told=b"10") == b"x" * 10


@pytest.mark.parametrize("told", [None, b"5", b"11", b"many", b"-1"])
def test_a_body_that_is_too_large_is_refused_whatever_it_says_of_itself(told):
    with pytest.raises(BodyTooLargeError):
        read(part(b"x" * 6, more=True), part(b"x" * 4, more=True), part(b"x"), told=told)


def test_a_body_that_says_that_it_is_without_measure_is_not_read():
    with pytest.raises(BodyTooLargeError):
        read(told=b"9" * 12)


def test_a_client_that_left_is_told_apart():
    with pytest.raises(ClientLeftError):
        read(part(b"x", more=True), {"type": "http.disconnect"})


def test_a_header_is_found_by_its_name_and_the_first_one_counts():
    scope = {"headers": [(b"a", b"1"), (b"b", b"\xe9"), (b"b", b"2")]}

    assert header(scope, b"b") == "é"
    assert header(scope, b"c") is None


def test_an_answer_is_sent_with_its_headers():
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(answer_with(send, plain(403, "no")))

    assert sent == [
        {
            "type": "http.response.start",
            "status": 403,
            "headers": ((b"content-type", b"text/plain; charset=utf-8"),),
        },
        {"type": "http.response.body", "body": b"no"},
    ]


@pytest.mark.parametrize("error", [StoreError("the disk is full"), ValueError("a fault of ours")])
def test_whatever_goes_wrong_is_answered_in_the_envelope_and_tells_nothing_of_us(error):
    async def fail():
        raise error

    answer = asyncio.run(answer_whatever_happens(fail(), "/path"))

    assert answer.status == 500
    assert b"WA500" in answer.body
    assert str(error).encode() not in answer.body


def test_a_client_that_left_is_not_answered():
    async def leave():
        raise ClientLeftError

    assert asyncio.run(answer_whatever_happens(leave(), "/path")) is None


def test_an_answer_that_came_well_is_given():
    async def answer():
        return plain(200, "")

    assert asyncio.run(answer_whatever_happens(answer(), "/path")).status == 200
