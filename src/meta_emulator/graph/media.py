"""Media: upload, metadata, download, removal; in memory, for 30 days (reference 6)."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from mimetypes import guess_type
from typing import Any

from meta_emulator.checks.file_types import file_fault, plain_type
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import SUCCESS, Answer, Request, Responder, encode
from meta_emulator.protocol.errors import GraphError, invalid, object_unknown, refused
from meta_emulator.protocol.multipart import Part, read_form
from meta_emulator.protocol.parameters import header, whole_number
from meta_emulator.world.objects import MEDIA_LIFE, Media, Number
from meta_emulator.world.state import State

DOWNLOADS = "_media"
MOST_BYTES = 100 * 1024 * 1024
URL_LIFE = timedelta(minutes=5)
UNTOLD = frozenset({"", "application/octet-stream"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload, understood."""

    content: bytes
    mime_type: str


class MediaShelf:
    """Keeps uploaded media and shows it."""

    def __init__(self, state: State, responder: Responder) -> None:
        self._state = state
        self._responder = responder

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("number", "POST", "media"): self.upload,
            ("medium", "GET", ""): self.show,
            ("medium", "DELETE", ""): self.remove,
            (DOWNLOADS, "GET", "*"): self.download,
        }

    def upload(self, request: Request, number: Number) -> Answer:
        """`POST /<phone number id>/media`. The same file again has another id."""
        upload = parse_upload(header(request, b"content-type"), request.body)
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
            number.id,
        )
        return self._responder.success(encode({"id": media_id}), request.version, number.waba.id)

    def show(self, request: Request, media: Media) -> Answer:
        """`GET /<media id>`; `file_size` is a string, as Meta has it.

        With `phone_number_id` only the number that uploaded it may see it.
        """
        media_id = media.id
        if self._state.media_kind(media_id) is None or not belongs(request, media):
            return self._unknown(request, media_id)
        host = header(request, b"host")
        until = int((self._state.clock.now() + URL_LIFE).timestamp())
        shown: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "url": f"http://{host}/{DOWNLOADS}/{media_id}?ext={until}",
            "mime_type": media.mime_type,
            "sha256": media.sha256,
            "file_size": str(media.file_size),
            "id": media_id,
        }
        return self._responder.success(
            encode(shown), request.version, self._state.first_number.waba.id
        )

    def remove(self, request: Request, media: Media) -> Answer:
        """`DELETE /<media id>`."""
        if self._state.media_kind(media.id) is None or not belongs(request, media):
            return self._unknown(request, media.id)
        del self._state.media[media.id]
        return self._responder.success(SUCCESS, request.version, self._state.first_number.waba.id)

    def find(self, object_id: str) -> tuple[str, str] | None:
        """The first part of a media URL's path."""
        return (DOWNLOADS, object_id) if object_id == DOWNLOADS else None

    def download(self, request: Request, media_id: str) -> Answer:
        """`GET <url of the media>`: the bytes, or 404, also after the URL's five minutes."""
        media = self._state.media.get(media_id)
        until = whole_number(request.query.get("ext", ""))
        is_late = until is not None and until < self._state.clock.now().timestamp()
        if media is None or is_late or self._state.media_kind(media_id) is None:
            return Answer(404, b"")
        content = media.content if media.content is not None else b"emulated media " * 8
        return Answer(200, content, [(b"content-type", media.mime_type.encode())])

    def _unknown(self, request: Request, media_id: str) -> Answer:
        return self._responder.error(object_unknown(media_id, request.method), request.version)


def belongs(request: Request, media: Media) -> bool:
    """Whether the number that asks, if it names itself, is the one that uploaded it."""
    asked = request.query.get("phone_number_id")
    owner = media.phone_number_id
    return asked is None or owner is None or asked == owner


def parse_upload(content_type: str, body: bytes) -> Upload | GraphError:
    """The file of a `multipart/form-data` body, if Meta takes it."""
    form = read_form(content_type, body)
    if form is None or "messaging_product" not in form:
        return invalid("The parameter messaging_product is required.")
    if form["messaging_product"].text != "whatsapp":
        return invalid("The parameter messaging_product is required.")
    file = form.get("file")
    if file is None:
        return invalid("The parameter file is required.")
    if len(file.content) > MOST_BYTES:
        return invalid("Param file must be at most 100 MB.")
    declared = plain_type(form["type"].text) if "type" in form else ""
    mime_type = _type_of(file, declared)
    if declared and "/" in declared and declared != mime_type:
        return refused(131053, f"The file is {mime_type}, and type says {declared}.")
    return file_fault(file.content, mime_type) or Upload(file.content, mime_type)


def _type_of(file: Part, declared: str) -> str:
    """The file part's own type; where it has none, what the form or its ending says."""
    own = plain_type(file.mime_type)
    if own not in UNTOLD and "/" in own:
        return own
    if "/" in declared:
        return declared
    guessed, _ = guess_type(f"x.{own or declared}")
    return plain_type(guessed or own or "application/octet-stream")
