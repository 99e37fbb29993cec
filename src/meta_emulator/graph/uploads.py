"""Resumable uploads: a session, the bytes in one or more pieces, the handle (reference 6).

The handle stands for the file as a template's sample. It is no media id.
"""

from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from meta_emulator.checks.file_types import SAMPLES, plain_type, seen_type
from meta_emulator.graph.room import Edges
from meta_emulator.protocol.answers import Answer, Request, Responder, encode
from meta_emulator.protocol.errors import GraphError, invalid, object_unknown
from meta_emulator.protocol.parameters import header, whole_number
from meta_emulator.runtime.codec import Codec
from meta_emulator.world.state import State

PREFIX = "upload:"
MOST_BYTES = 100 * 1024 * 1024


@dataclass(slots=True)
class Session:
    """One upload. `received`: the bytes so far, let go once they have their handle."""

    id: str
    app_id: str
    length: int
    mime_type: str
    received: bytes = b""
    offset: int = 0
    handle: str | None = None


SESSIONS = dict[str, Session]
CODEC = Codec()


class Uploads:
    """Answers `/<app id>/uploads` and `/upload:<session>`. Any app id is taken."""

    def __init__(self, state: State, responder: Responder) -> None:
        self._state = state
        self._responder = responder
        self._sessions: dict[str, Session] = {}

    @property
    def edges(self) -> Edges:
        """What it answers."""
        return {
            ("any", "POST", "uploads"): self.begin,
            ("upload", "POST", ""): self.take,
            ("upload", "GET", ""): self.show,
        }

    def find(self, object_id: str) -> tuple[str, str] | None:
        """An upload's id, which begins with its own word."""
        return ("upload", object_id) if object_id.startswith(PREFIX) else None

    def begin(self, request: Request, app_id: str) -> Answer:
        """`POST /<app id>/uploads?file_name=&file_length=&file_type=`."""
        length = whole_number(request.query.get("file_length", ""))
        mime_type = request.query.get("file_type", "")
        if length is None or not 1 <= length <= MOST_BYTES:
            return self._error(
                invalid(f"Param file_length must be from 1 to {MOST_BYTES}."), request
            )
        if mime_type.lower() not in SAMPLES:
            listed = ", ".join(sorted(SAMPLES))
            return self._error(
                invalid(f'Param file_type must be one of {{{listed}}} - got "{mime_type}".'),
                request,
            )
        session = Session(self._session_id(), app_id, length, plain_type(mime_type))
        self._sessions[session.id.partition("?")[0]] = session
        return self._success({"id": session.id}, request)

    def take(self, request: Request, session_id: str) -> Answer:
        """`POST /upload:<session>` with the header `file_offset` and the bytes from there."""
        session = self._sessions.get(session_id.partition("?")[0])
        if session is None:
            return self._error(object_unknown(session_id, request.method), request)
        if whole_number(header(request, b"file_offset") or "0") != session.offset:
            return self._error(invalid(f"Header file_offset must be {session.offset}."), request)
        if session.offset + len(request.body) > session.length:
            return self._error(invalid(f"The file has more than {session.length} bytes."), request)
        session.received += request.body
        session.offset += len(request.body)
        if session.offset < session.length:
            return self._success(self._progress(session), request)
        if session.handle is None:
            seen = seen_type(session.received)
            if seen is not None and seen != session.mime_type:
                fault = invalid(f"The file is {seen}, not {session.mime_type}.")
                return self._error(fault, request)
            session.handle = self._handle(session)
            self._state.handles[session.handle] = session.mime_type
            session.received = b""
        return self._success({"h": session.handle}, request)

    def show(self, request: Request, session_id: str) -> Answer:
        """`GET /upload:<session>`: from where to go on."""
        session = self._sessions.get(session_id.partition("?")[0])
        if session is None:
            return self._error(object_unknown(session_id, request.method), request)
        return self._success(self._progress(session), request)

    def snapshot(self) -> Any:
        """The sessions."""
        return CODEC.tell(SESSIONS, self._sessions)

    def restore(self, kept: Any) -> None:
        """The sessions of a snapshot."""
        self._sessions = CODEC.read(SESSIONS, kept)

    def _progress(self, session: Session) -> dict[str, object]:
        return {"id": session.id, "file_offset": session.offset}

    def _session_id(self) -> str:
        """As Meta's, with a signature that looks like a query and belongs to the id."""
        raw = b"1:attachment:%032x" % self._state.chance.bits(128)
        token = urlsafe_b64encode(raw).decode().rstrip("=")
        return f"{PREFIX}{token}?sig={self._word()}"

    def _handle(self, session: Session) -> str:
        kind = b64encode(session.mime_type.encode()).decode()
        moment = int(self._state.clock.now().timestamp())
        return f"4::{kind}:{self._word()}:e:{moment}:{session.app_id}:{self._word()}"

    def _word(self) -> str:
        return "AR" + urlsafe_b64encode(self._state.chance.bits(192).to_bytes(24)).decode()

    def _success(self, shown: dict[str, object], request: Request) -> Answer:
        waba_id = self._state.first_number.waba.id
        return self._responder.success(encode(shown), request.version, waba_id)

    def _error(self, error: GraphError, request: Request) -> Answer:
        return self._responder.error(error, request.version)
