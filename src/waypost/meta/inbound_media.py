"""Media of inbound messages in Meta's words: what a webhook tells, what an id stands for. Pure.

A download is two calls (`reference` 6): the id gives an address that is good for five minutes, and
the address, asked with the same token, the bytes. Since late 2025 a webhook tells an address too.
"""

import base64
import binascii
import re
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from waypost.meta.inbound_parts import MEDIA_KINDS

META_HOSTS = ("facebook.com", "fbsbx.com", "fbcdn.net", "whatsapp.com", "whatsapp.net")
"""Whose addresses, and those below them, are shown a token."""

HEX_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
DIGEST_BYTES = 32
SIZE = re.compile(r"\d{1,18}", re.ASCII)
"""Bytes, as a number or as a text: what has more digits is no size, and could not be read."""

_decode = msgspec.json.Decoder().decode


class ToldMedium(Struct, frozen=True):
    """What Meta tells of a medium.

    url     where its bytes are; empty: it is not told
    digest  SHA-256 of the bytes; None: it is not told
    mime_type, size_bytes
            empty and None: they are not told
    """

    url: str = ""
    digest: bytes | None = None
    mime_type: str = ""
    size_bytes: int | None = None


def read_told(value: bytes) -> ToldMedium:
    """What a webhook's value with one message tells of its medium."""
    try:
        message = _decode(value)["messages"][0]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, LookupError, TypeError):
        return ToldMedium()
    edit = _object(message).get("edit")
    shown = _object(_object(edit).get("message")) or _object(message)
    kind = shown.get("type")
    return read_shown_medium(_object(shown.get(kind)) if kind in MEDIA_KINDS else {})


def read_shown_medium(body: dict[str, Any]) -> ToldMedium:
    """What Meta answers of an id, or the object of a medium in a webhook."""
    url, digest, mime_type = (body.get(name) for name in ("url", "sha256", "mime_type"))
    told_size = body.get("file_size")
    size = str(told_size) if isinstance(told_size, int | str) else ""
    return ToldMedium(
        url if isinstance(url, str) else "",
        read_digest(digest),
        mime_type if isinstance(mime_type, str) else "",
        int(size) if SIZE.fullmatch(size) else None,
    )


def read_digest(told: Any) -> bytes | None:
    """A SHA-256 as hexadecimal digits or in base64: Meta writes both. None for anything else."""
    if not isinstance(told, str):
        return None
    if HEX_DIGEST.fullmatch(told):
        return bytes.fromhex(told)
    try:
        digest = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest if len(digest) == DIGEST_BYTES else None


def may_see_token(url: str, base_url: str) -> bool:
    """Whether an address is Meta's, so that a token may be shown there.

    base_url  where the Graph API is: another address of the same host and port is Meta's too
    """
    try:
        asked, base = urlsplit(url), urlsplit(base_url)
        host = asked.hostname or ""
        is_base = (asked.scheme, host, asked.port) == (base.scheme, base.hostname, base.port)
    except ValueError:
        return False
    is_metas = any(host == known or host.endswith(f".{known}") for known in META_HOSTS)
    return is_base or (asked.scheme == "https" and is_metas and asked.port in {None, 443})


def _object(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
