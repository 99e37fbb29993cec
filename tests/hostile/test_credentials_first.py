"""Whoever is not known is told so before a byte of the body is looked at."""

import json
from itertools import count

import pytest

from support.processes import HOST, text_body
from support.raw_socket import RawSocket

GOOD = text_body("good")
CREDENTIALS = {
    "code": "RBC001",
    "message": "Incorrect SID or API key.",
    "data": [],
    "error": {"error": "Incorrect SID or API key."},
}


def strangers(home):
    """A path and a key that do not belong together, and the code that says so."""
    other_sender = home.path.replace(home.facts["display_phone_number"], "919800000099")
    return {
        "no key": (home.path, None, "RBC001"),
        "an empty key": (home.path, "", "RBC001"),
        "another key": (home.path, "A" + "0" * 32, "RBC001"),
        "a key of odd bytes": (home.path, "\x80\xff", "RBC001"),
        "a long key": (home.path, "k" * 8000, "RBC001"),
        "another SID": (home.path.replace(home.sid, "HXIN0000000000IN"), home.key, "RBC001"),
        "an odd SID": (home.path.replace(home.sid, "%00%ff"), home.key, "RBC001"),
        "an injected SID": (home.path.replace(home.sid, "'%20OR%201=1--"), home.key, "RBC001"),
        "another sender": (other_sender, home.key, "WA401"),
        "no number": (home.path.replace("9198", "%E2%80%8B"), home.key, "WA401"),
        "a huge number": (home.path.replace("9198", "9" * 4000), home.key, "WA401"),
    }


NAMES = [
    "no key",
    "an empty key",
    "another key",
    "a key of odd bytes",
    "a long key",
    "another SID",
    "an odd SID",
    "an injected SID",
    "another sender",
    "no number",
    "a huge number",
]
ELSEWHERE = (f"198.51.{number // 250}.{number % 250}" for number in count())
"""Whoever fails again and again from one address is slowed: here everybody fails once."""

BODIES = [GOOD, b"", b"{", b"\xff" * 1000, b"[" * 100_000]


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_is_told_so_whatever_the_body(home, customer, unchanged, name):
    path, key, code = strangers(home)[name]
    headers = {"Content-Type": "application/json"} | ({} if key is None else {"api-key": key})
    for body in BODIES:
        headers["X-Forwarded-For"] = next(ELSEWHERE)
        answer = customer.ask("POST", path, body, headers)

        assert (answer.status, answer.code) == (401, code)
        if code == "RBC001":
            assert answer.json == CREDENTIALS


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_is_told_so_before_the_body_has_come(home, unchanged, name):
    path, key, code = strangers(home)[name]
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
    head += f"X-Forwarded-For: {next(ELSEWHERE)}\r\n"
    if key is not None:
        head += f"api-key: {key}\r\n"
    with RawSocket(home.gateway.port) as line:
        line.say((head + "Content-Length: 1000000\r\n\r\n").encode("latin-1"))
        heard = line.hear(b"}}")

    assert heard.startswith(b"HTTP/1.1 401")
    assert json.loads(heard.partition(b"\r\n\r\n")[2])["code"] == code


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "BREW"])
def test_another_method_is_told_apart(home, customer, unchanged, method):
    answer = customer.ask(method, home.path, GOOD, {"api-key": home.key})

    assert answer.status == 405


def test_a_connection_outlives_answers_to_unread_bodies(home, customer):
    """The server closes a connection whose request was not read to its end, and says nothing."""
    for number in range(20):
        headers = {"Content-Type": "application/json", "X-Forwarded-For": next(ELSEWHERE)}
        first = customer.connection
        answer = customer.ask("POST", home.path, b"[" * 50_000 * (number % 3), headers)
        assert answer.status == 401
        assert first in (None, customer.connection)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/v2",
        "/v2/",
        "/v2//whatsapp//messages",
        "/../../etc/passwd",
        "/%2e%2e/%00",
        "/a?b",
    ],
)
def test_another_address_is_answered_and_tells_nothing(customer, unchanged, path):
    answer = customer.ask("POST", path, GOOD, {"Content-Type": "application/json"})

    assert answer.status in (401, 404)
    assert answer.code in ("RBC001", "WA404")
