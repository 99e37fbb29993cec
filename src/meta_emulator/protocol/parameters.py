"""The parameters of a request, however they came: in JSON, in a form, or in the query.

The Graph API takes them in each of these ways; Meta's own SDK sends forms. In a form and in a
query a value that is an object or an array is JSON.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from meta_emulator.protocol.answers import Request
from meta_emulator.protocol.multipart import read_form

FORM = "application/x-www-form-urlencoded"
SPOKEN = {"true": True, "false": False}
ABOUT_THE_CALL = frozenset({"access_token", "appsecret_proof", "method", "fields"})
"""What a query says about the call and not about the object."""

MOST_DIGITS = 15
"""Of a number in a text: longer ones stand for nothing that there is."""

DIGITS = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}")

NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises: no JSON, no UTF-8, or deeper than anybody nests."""

decode = msgspec.json.Decoder().decode


def parameters(request: Request) -> dict[str, Any]:
    """All parameters; what the body says goes before what the query says."""
    in_query = {
        key: _read(value) for key, value in request.query.items() if key not in ABOUT_THE_CALL
    }
    return {**in_query, **_body(request)}


def _body(request: Request) -> dict[str, Any]:
    form = read_form(header(request, b"content-type"), request.body)
    if form is not None:
        return {name: _read(part.text) for name, part in form.items() if not part.mime_type}
    return json_object(request.body)


def json_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`; an empty one for anything else, as Meta reads it."""
    try:
        body = decode(raw)
    except NO_JSON:
        return {}
    return body if type(body) is dict else {}


def form_object(raw: bytes) -> dict[str, Any]:
    """The fields of a urlencoded form."""
    pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    return {key: _read(value) for key, value in pairs}


def whole_number(text: str) -> int | None:
    """The number that a text's ASCII digits spell; None of any other text, and of endless ones."""
    return int(text) if DIGITS.fullmatch(text) else None


def header(request: Request, name: bytes) -> str:
    """The first header of that lower-case name; empty where there is none."""
    return next((value.decode("latin-1") for key, value in request.headers if key == name), "")


def _read(value: str) -> Any:
    """An object, an array or a boolean that a text spells; else the text."""
    if value[:1] in {"{", "["}:
        try:
            return decode(value)
        except NO_JSON:
            return value
    return SPOKEN.get(value, value)
