"""An exchange with the Graph API as it is recorded: one line of JSON each. Pure."""

import re
from base64 import b64decode, b64encode
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl

import msgspec

Pair = tuple[str, str]

BOUNDARY = re.compile(r"boundary=\"?([^\";]+)")


class RecordingError(ValueError):
    """A recording cannot be used; the text says where and why."""


class Body(msgspec.Struct, omit_defaults=True):
    """A body: as text where it is text, else in base64."""

    text: str = ""
    base64: str = ""

    @property
    def raw(self) -> bytes:
        """Its bytes."""
        return b64decode(self.base64) if self.base64 else self.text.encode()


class Asked(msgspec.Struct):
    """A request, without its secrets."""

    method: str
    path: str
    query: str
    headers: list[Pair]
    body: Body


class Answered(msgspec.Struct):
    """What the Graph API answered."""

    status: int
    headers: list[Pair]
    body: Body


class Recorded(msgspec.Struct):
    """One exchange. `at`: when it was, in ISO 8601."""

    at: str
    request: Asked
    answer: Answered


def body_of(raw: bytes) -> Body:
    """How bytes are written down."""
    try:
        return Body(text=raw.decode())
    except UnicodeDecodeError:
        return Body(base64=b64encode(raw).decode())


def key_of(asked: Asked) -> str:
    """The same for requests that mean the same: method, path, query and body, whatever the token.

    The order of a query's parameters and of an object's keys is nothing; nor is the boundary of a
    form in parts, which clients make up.
    """
    query = sorted(parse_qsl(asked.query, keep_blank_values=True))
    content_type = next((value for name, value in asked.headers if name == "content-type"), "")
    meaning = repr((asked.method, asked.path, query)).encode()
    return blake2b(meaning + b"\n" + _meaning(asked.body.raw, content_type)).hexdigest()


def read_recording(raw: bytes) -> list[Recorded]:
    """The exchanges of a recording; raises RecordingError with the line of what is wrong."""
    found = []
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(msgspec.json.decode(line, type=Recorded))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise RecordingError(f"line {number} is no recorded exchange: {error}") from error
    return found


def _meaning(body: bytes, content_type: str) -> bytes:
    boundary = BOUNDARY.search(content_type)
    if boundary is not None:
        return body.replace(boundary.group(1).encode(), b"boundary")
    try:
        decoded: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body
    if type(decoded) is dict:
        decoded.pop("access_token", None)
    return msgspec.json.encode(decoded, order="deterministic")
