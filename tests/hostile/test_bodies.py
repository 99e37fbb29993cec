"""Bodies meant to hurt, over HTTP: the documented 400 with its details, soon, and nothing kept."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from support.mutations import REPLACEMENTS, encoded, places, replaced
from support.processes import Answered, text_body
from support.sends import sample

MEBIBYTE = 2**20
NESTED = 100_000
DETAIL = {"path", "code", "message"}
PLACE = {"line", "column"}
GOOD = text_body("good")


def insist_on_refusal(answer: Answered) -> None:
    """The documented refusal of a body, with details."""
    assert answer.status == 400, answer.body
    assert answer.headers["content-type"] == "application/json"
    said = answer.json
    assert list(said) == ["code", "message", "data", "error"]
    assert said["code"] == "WA400"
    assert said["message"] == "Refer to correct payload format"
    assert said["data"] == {}
    assert list(said["error"]) == ["payload", "details"]
    assert said["error"]["payload"] == "Incorrect payload format"
    assert said["error"]["details"]
    for detail in said["error"]["details"]:
        assert DETAIL <= set(detail) <= DETAIL | PLACE
        assert detail["code"]
        assert detail["message"]
    assert len(answer.body) < 200_000


def with_text(raw: bytes) -> bytes:
    """A text message whose text is this JSON."""
    return GOOD.replace(b'"Your order good is on its way."', raw)


def chunks(raw: bytes, size: int = 65_536) -> Iterator[bytes]:
    return (raw[start : start + size] for start in range(0, len(raw), size))


HOSTILE = {
    "nothing": b"",
    "a space": b" ",
    "null": b"null",
    "true": b"true",
    "a number": b"7",
    "a string": b'"text"',
    "an array": b"[]",
    "an empty object": b"{}",
    "half of a good body": GOOD[: len(GOOD) // 2],
    "a good body twice": GOOD * 2,
    "a good body and a zero": GOOD + b"\0",
    "brackets": b"[" * NESTED,
    "closed brackets": b"[" * NESTED + b"]" * NESTED,
    "braces": b'{"a":' * NESTED + b"1" + b"}" * NESTED,
    "brackets in a text": with_text(b"[" * NESTED + b"]" * NESTED),
    "a huge number": with_text(b"1e999"),
    "a huge negative number": with_text(b"-1e999"),
    "a number of 100,000 digits": with_text(b"9" * 100_000),
    "a tiny exponent": with_text(b"1e-99999999999"),
    "NaN": with_text(b"NaN"),
    "infinity": with_text(b"-Infinity"),
    "no UTF-8": with_text(b'"\xff\xfe"'),
    "half a character": with_text(b'"\xc3"'),
    "an overlong character": with_text(b'"\xc0\xaf"'),
    "a surrogate in UTF-8": with_text(b'"\xed\xa0\x80"'),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-32": GOOD.decode().encode("utf-32"),
    "a lone surrogate": with_text(rb'"\ud800"'),
    "a lone low surrogate": with_text(rb'"\udc00\ud83d"'),
    "a raw control character": with_text(b'"\x01"'),
    "a form": b"to=%2B919812345678&type=text",
    "XML": b"<?xml version='1.0'?><message/>",
    "a zip bomb's head": b"\x1f\x8b\x08\x00\x00\x00\x00\x00" + b"\0" * 1000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_with_details_and_nothing_is_kept(customer, unchanged, name):
    insist_on_refusal(customer.post(HOSTILE[name]))
    insist_on_refusal(customer.post(HOSTILE[name], Idempotency_Key=f"hostile {name}"))


def test_random_bytes_are_refused_with_details_and_nothing_is_kept(customer, unchanged):
    chance = random.Random(20261120)
    for _ in range(400):
        insist_on_refusal(customer.post(chance.randbytes(chance.randrange(1, 3000))))


def test_a_good_body_with_damaged_bytes_is_accepted_or_refused_and_never_a_500(home, customer):
    chance = random.Random(7)
    good = sample("carousel")
    before, codes = home.kept.number("SELECT count(*) FROM messages"), Counter[int]()
    for _ in range(600):
        body = bytearray(good)
        for _ in range(chance.choice((1, 1, 2, 8))):
            place = chance.randrange(len(body))
            match chance.randrange(3):
                case 0:
                    body[place] = chance.randrange(256)
                case 1:
                    del body[place]
                case _:
                    body.insert(place, chance.choice(b'{}[],:"\\0-\xff'))
        answer = customer.post(bytes(body))
        codes[answer.status] += 1
        if answer.status != 202:
            insist_on_refusal(answer)

    assert codes[400] > 200
    assert home.kept.number("SELECT count(*) FROM messages") == before + codes[202]


@pytest.mark.parametrize("in_chunks", [False, True], ids=["told", "chunked"])
def test_a_body_of_exactly_a_mebibyte_is_read(home, customer, in_chunks):
    before = home.kept.number("SELECT count(*) FROM messages")
    body = GOOD.ljust(MEBIBYTE)

    answer = customer.post(chunks(body) if in_chunks else body)

    assert answer.status == 202
    assert home.kept.number("SELECT count(*) FROM messages") == before + 1


@pytest.mark.parametrize("in_chunks", [False, True], ids=["told", "chunked"])
@pytest.mark.parametrize("more", [1, 1000, 3 * MEBIBYTE])
def test_a_body_of_more_than_a_mebibyte_is_refused(customer, unchanged, in_chunks, more):
    body = GOOD.ljust(MEBIBYTE + more)

    answer = customer.post(chunks(body) if in_chunks else body)

    insist_on_refusal(answer)
    assert answer.json["error"]["details"][0]["code"] == "body_too_large"


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "*",
    ],
)
def test_another_content_type_is_refused_with_details(customer, unchanged, content_type):
    insist_on_refusal(customer.post(GOOD, Content_Type=content_type))


@pytest.mark.parametrize("key", ["", "x" * 256, "x" * 5000])
def test_an_idempotency_key_of_a_wrong_length_is_refused_with_details(customer, unchanged, key):
    insist_on_refusal(customer.post(GOOD, Idempotency_Key=key))


# ---- wrong types everywhere ----------------------------------------------------------------


def documented(name: str) -> Any:
    """A documented body, decoded."""
    raw = GOOD.decode() if name == "text" else sample(name).decode()
    return json.loads(without_trailing_commas(raw))


def without_trailing_commas(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    joined = "".join(lines)
    return joined.replace(",}", "}").replace(",]", "]")


@pytest.mark.parametrize("name", ["carousel", "mpm", "text"])
def test_no_wrong_value_anywhere_in_a_documented_body_is_answered_by_a_500(home, customer, name):
    document = documented(name)
    assert customer.post(encoded(document)).status == 202
    before, codes = home.kept.number("SELECT count(*) FROM messages"), Counter[int]()
    for path in places(document):
        for value in REPLACEMENTS:
            answer = customer.post(encoded(replaced(document, path, value)))
            codes[answer.status] += 1
            if answer.status != 202:
                insist_on_refusal(answer)
    home.settle()

    print(f"\n{name}: {codes.total()} bodies, {dict(codes)}")
    assert codes[400] > codes[202]
    assert home.kept.number("SELECT count(*) FROM messages") == before + codes[202]
    assert home.kept.audit() == []


@pytest.mark.parametrize("name", ["carousel", "mpm", "text"])
def test_no_key_taken_away_or_put_twice_is_answered_by_a_500(home, customer, name):
    document = documented(name)
    before, codes = home.kept.number("SELECT count(*) FROM messages"), Counter[int]()
    for path in [path for path in places(document) if path]:
        parent = document
        for key in path[:-1]:
            parent = parent[key]
        lacking = parent.copy()
        lacking.pop(path[-1])
        doubled = [*parent, parent[path[-1]]] if isinstance(parent, list) else {**parent, "": 1}
        for changed in (lacking, doubled):
            answer = customer.post(encoded(replaced(document, path[:-1], changed)))
            codes[answer.status] += 1
            if answer.status != 202:
                insist_on_refusal(answer)
    home.settle()

    assert codes[400] > 0
    assert home.kept.number("SELECT count(*) FROM messages") == before + codes[202]
    assert home.kept.audit() == []
