"""Media: upload, metadata, download, removal; in memory, for 30 days (reference 6)."""

import hashlib
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from meta_emulator.errors import GraphError, invalid, object_unknown
from meta_emulator.graph import Answer, Request, Responder, encode
from meta_emulator.messages import SUCCESS
from meta_emulator.state import MEDIA_LIFE, Media, Number, State

MOST_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload, understood. `mime_type` is the file part's, else the form's `type`."""

    content: bytes
    mime_type: str


class MediaShelf:
    """Keeps uploaded media and shows it."""

    def __init__(self, state: State, responder: Responder) -> None:
        self._state = state
        self._responder = responder

    def upload(self, request: Request, number: Number) -> Answer:
        """`POST /<phone number id>/media`."""
        upload = parse_upload(_header(request, b"content-type"), request.body)
        if isinstance(upload, GraphError):
            return self._responder.error(upload, request.version)
        media_id = str(10**15 + self._state.chance.bits(48))
        self._state.media[media_id] = Media(
            media_id,
            upload.mime_type,
            len(upload.content),
            hashlib.sha256(upload.content).hexdigest(),
            self._state.clock.now() + MEDIA_LIFE,
            upload.content,
        )
        return self._responder.success(encode({"id": media_id}), request.version, number.waba.id)

    def show(self, request: Request, media_id: str) -> Answer:
        """`GET /<media id>`; `file_size` is a string, as Meta has it."""
        if self._state.media_kind(media_id) is None:
            return self._unknown(request, media_id)
        media = self._state.media[media_id]
        host = _header(request, b"host")
        shown: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "url": f"http://{host}/_media/{media_id}",
            "mime_type": media.mime_type,
            "sha256": media.sha256,
            "file_size": str(media.file_size),
            "id": media_id,
        }
        return self._responder.success(
            encode(shown), request.version, self._state.first_number.waba.id
        )

    def remove(self, request: Request, media_id: str) -> Answer:
        """`DELETE /<media id>`."""
        if self._state.media.pop(media_id, None) is None:
            return self._unknown(request, media_id)
        return self._responder.success(SUCCESS, request.version, self._state.first_number.waba.id)

    def download(self, media_id: str) -> Answer:
        """`GET <url of the media>`: the bytes, or 404."""
        media = self._state.media.get(media_id)
        if media is None or self._state.media_kind(media_id) is None:
            return Answer(404, b"")
        content = media.content if media.content is not None else b"emulated media " * 8
        return Answer(200, content, [(b"content-type", media.mime_type.encode())])

    def _unknown(self, request: Request, media_id: str) -> Answer:
        return self._responder.error(object_unknown(media_id, request.method), request.version)


def parse_upload(content_type: str, body: bytes) -> Upload | GraphError:
    """The file of a `multipart/form-data` body."""
    if len(body) > MOST_BYTES:
        return invalid("Param file must be at most 100 MB.")
    if not content_type.lower().startswith("multipart/form-data"):
        return invalid("The parameter messaging_product is required.")
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    form = BytesParser(policy=HTTP).parsebytes(head + body)
    fields: dict[str, str] = {}
    upload: tuple[bytes, str] | None = None
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if name == "file":
            upload = content, part.get_content_type()
        elif isinstance(name, str):
            fields[name] = content.decode("utf-8", "replace").strip()
    if fields.get("messaging_product") != "whatsapp":
        return invalid("The parameter messaging_product is required.")
    if upload is None:
        return invalid("The parameter file is required.")
    content, mime_type = upload
    if mime_type in {"text/plain", "application/octet-stream"}:
        mime_type = fields.get("type") or mime_type
    return Upload(content, mime_type)


def _header(request: Request, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in request.headers if key == name), "")
