"""What a recording never holds: tokens, proofs, pins, in headers, queries, forms and JSON. Pure."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote_plus, unquote_plus, urlencode

from meta_emulator.proxy.values import Pair

HIDDEN = "***"
NAMES = (
    "access_token",
    "appsecret_proof",
    "client_secret",
    "fb_exchange_token",
    "input_token",
    "verify_token",
    "hub.verify_token",
    "pin",
    "password",
)
HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})

_NAMES = b"(?:" + b"|".join(re.escape(name.encode()) for name in NAMES) + b")"
IN_JSON = re.compile(rb'("' + _NAMES + rb'"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|[0-9]+)')
IN_FORM = re.compile(rb"((?:^|[&?]|\\u0026)" + _NAMES + rb"=)[^&\s\"'\\]*")
IN_PARTS = re.compile(rb'(name="' + _NAMES + rb'"(?:\r\n[^\r\n]+)*\r\n\r\n)[^\r\n]*')
IN_HEADER = re.compile(r"(?:bearer|oauth)\s+(\S+)", re.IGNORECASE)
SHORTEST = 8
"""A secret shorter than this is not looked for in other places: it would be found everywhere."""


def secrets_of(headers: Iterable[Pair], query: str, body: bytes = b"") -> list[bytes]:
    """The tokens and proofs that a request carries, to be hidden wherever they stand."""
    found = [value for name, value in parse_qsl(query) if name in NAMES]
    for name, value in headers:
        if name == "authorization":
            match = IN_HEADER.search(value)
            found.append(match.group(1) if match else value)
    for pattern in (IN_JSON, IN_FORM):
        for hit in pattern.finditer(body):
            value = hit.group(0)[len(hit.group(1)) :].strip(b'"').decode("latin-1")
            found += dict.fromkeys((value, unquote_plus(value)))
    return [
        form.encode()
        for secret in found
        if len(secret) >= SHORTEST
        for form in dict.fromkeys((secret, quote_plus(secret)))
    ]


def clean(raw: bytes, secrets: Iterable[bytes]) -> bytes:
    """A body without secrets: those that are given, and the values of names that are known."""
    for pattern, shown in (
        (IN_JSON, rb'\1"***"'),
        (IN_FORM, rb"\1***"),
        (IN_PARTS, rb"\1***"),
    ):
        raw = pattern.sub(shown, raw)
    for secret in secrets:
        raw = raw.replace(secret, HIDDEN.encode())
    return raw


def clean_headers(headers: Iterable[Pair], secrets: Iterable[bytes]) -> list[Pair]:
    """Headers without secrets."""
    hidden = list(secrets)
    return [
        (name, HIDDEN if name in HEADERS else clean(value.encode(), hidden).decode())
        for name, value in headers
    ]


def clean_query(query: str) -> str:
    """A query without the parameters that are secret, the others in their order."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if name not in NAMES])
