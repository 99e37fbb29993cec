"""Media in Meta's words: uploads to send, samples for templates, what an id stands for. Pure.

Source: `reference` 6. An id of a sample's upload carries a signature that looks like a query
and belongs to the id: it is put into the path as it came.
"""

import re
from typing import Any

from msgspec import Struct

from waypost.meta.graph import GraphCall
from waypost.model.failure import Failure
from waypost.runtime.http import AnswerLostError

UNKNOWN_OBJECT = "100"
"""Meta's code for an id that stands for nothing that this token may see."""

MEDIA_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")
UNSAFE = re.compile(r'[\x00-\x1f"\\\x7f]')


class ShownMedium(Struct, frozen=True):
    """What Meta tells of a media id."""

    mime_type: str
    size_bytes: int


def upload_call(
    phone_number_id: str, token: str, boundary: str, file: tuple[str, str, bytes]
) -> GraphCall:
    """A medium for Meta to keep.

    boundary  a word that does not occur in the bytes: made by chance
    file      its name, its type, its bytes
    """
    name, mime_type, data = file
    fields = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in (("messaging_product", "whatsapp"), ("type", mime_type))
    )
    head = (
        f'{fields}--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        f'filename="{UNSAFE.sub("_", name)}"\r\nContent-Type: {mime_type}\r\n\r\n'
    )
    return GraphCall(
        "POST",
        f"{phone_number_id}/media",
        token,
        body=b"".join([head.encode("utf-8", "replace"), data, f"\r\n--{boundary}--\r\n".encode()]),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )


def show_call(media_id: str, phone_number_id: str, token: str) -> GraphCall:
    """What an id stands for, if it was uploaded for this number."""
    return GraphCall("GET", media_id, token, {"phone_number_id": phone_number_id})


def remove_call(media_id: str, phone_number_id: str, token: str) -> GraphCall:
    """Meta is to forget a medium."""
    return GraphCall("DELETE", media_id, token, {"phone_number_id": phone_number_id})


def begin_sample_call(app_id: str, token: str, name: str, size: int, mime_type: str) -> GraphCall:
    """A sample for a template is to come."""
    query = {"file_name": name, "file_length": str(size), "file_type": mime_type}
    return GraphCall("POST", f"{app_id}/uploads", token, query)


def give_sample_call(
    upload_id: str, token: str, opened: str, offset: int, data: bytes
) -> GraphCall:
    """The bytes of a sample, from an offset on.

    opened  the token, not sealed: this call alone wants it under another word than Bearer
    """
    headers = {
        "Authorization": f"OAuth {opened}",
        "file_offset": str(offset),
        "Content-Type": "application/octet-stream",
    }
    return GraphCall("POST", upload_id, token, body=data, headers=headers)


def sample_offset_call(upload_id: str, token: str, opened: str) -> GraphCall:
    """How far a sample's upload came."""
    return GraphCall("GET", upload_id, token, headers={"Authorization": f"OAuth {opened}"})


def read_id(body: dict[str, Any]) -> str:
    """The id of what was uploaded. Raises AnswerLostError if Meta gave none."""
    return _read_word(body, "id")


def read_handle(body: dict[str, Any]) -> str:
    """The handle of a sample. Raises AnswerLostError if Meta gave none."""
    return _read_word(body, "h")


def read_offset(body: dict[str, Any]) -> int:
    """How many bytes of a sample Meta has; 0 if it does not say."""
    offset = body.get("file_offset")
    return offset if isinstance(offset, int) and offset > 0 else 0


def read_shown(body: dict[str, Any]) -> ShownMedium | None:
    """What an id stands for; None if it is no medium's. `file_size` is a string at Meta."""
    mime_type = body.get("mime_type")
    if not isinstance(mime_type, str) or not mime_type:
        return None
    size = str(body.get("file_size", ""))
    return ShownMedium(mime_type, int(size) if size.isascii() and size.isdigit() else 0)


def is_media_id(word: str) -> bool:
    """Whether a word can be a media id at all, and may stand in a path."""
    return MEDIA_ID.fullmatch(word) is not None


def is_unknown(failure: Failure) -> bool:
    """Whether a refusal says that the id stands for nothing."""
    return failure.code == UNKNOWN_OBJECT


def _read_word(body: dict[str, Any], name: str) -> str:
    word = body.get(name)
    if not isinstance(word, str) or not word:
        raise AnswerLostError(f"Meta's answer has no {name}")
    return word
