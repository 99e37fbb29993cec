"""Writes exchanges down, and finds the answers of requests that were."""

import zlib
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import msgspec

from meta_emulator.proxy.secrets import clean, clean_headers, clean_query, secrets_of
from meta_emulator.proxy.values import (
    Answered,
    Asked,
    Pair,
    Recorded,
    RecordingError,
    body_of,
    key_of,
    read_recording,
)
from meta_emulator.runtime.clock import Clock
from meta_emulator.runtime.http import Exchanged

PACKED = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
SIZES = frozenset({"content-length", "content-encoding", "transfer-encoding"})


def asked_of(
    method: str, path: str, query: str, headers: Sequence[Pair], body: bytes
) -> tuple[Asked, list[bytes]]:
    """A request without its secrets, and the secrets."""
    secrets = secrets_of(headers, query, body)
    asked = Asked(
        method,
        path,
        clean_query(query),
        clean_headers(headers, secrets),
        body_of(clean(body, secrets)),
    )
    return asked, secrets


class Recorder:
    """Appends exchanges to a file that only its owner may read."""

    def __init__(self, path: Path, clock: Clock) -> None:
        try:
            path.touch(mode=0o600)
            self._file: IO[bytes] = path.open("ab")
        except OSError as error:
            raise RecordingError(f"{path} cannot be written: {error.strerror}") from error
        self._clock = clock

    def record(self, asked: Asked, secrets: Sequence[bytes], answer: Exchanged) -> None:
        """One line, written at once."""
        kept = [pair for pair in answer.headers if pair[0] not in SIZES]
        answered = Answered(
            answer.status,
            clean_headers(kept, secrets),
            body_of(clean(unpacked(answer), secrets)),
        )
        line = msgspec.json.encode(Recorded(self._clock.now().isoformat(), asked, answered))
        self._file.write(line + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Replay:
    """The answers of a recording, in their order for each request."""

    def __init__(self, recorded: Sequence[Recorded]) -> None:
        self._answers: dict[str, deque[Answered]] = {}
        self._last: dict[str, Answered] = {}
        for one in recorded:
            self._answers.setdefault(key_of(one.request), deque()).append(one.answer)

    def answer(self, asked: Asked) -> Answered | None:
        """The next answer to a request; None if there is none, or none is left.

        The last answer to a GET is given as often as it is asked for: looking changes nothing.
        """
        key = key_of(asked)
        answers = self._answers.get(key)
        if answers:
            self._last[key] = answers.popleft()
            return self._last[key]
        return self._last.get(key) if asked.method == "GET" else None

    def was_recorded(self, asked: Asked) -> bool:
        """Whether there ever was an answer to it."""
        return key_of(asked) in self._answers


def load_replay(path: Path) -> Replay:
    """The replay of a recording in a file; raises RecordingError."""
    try:
        return Replay(read_recording(path.read_bytes()))
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror}") from error
    except RecordingError as error:
        raise RecordingError(f"{path}: {error}") from error


def unpacked(answer: Exchanged) -> bytes:
    """The body of an answer, as it is before it is packed."""
    packing = next((value for name, value in answer.headers if name == "content-encoding"), "")
    window = PACKED.get(packing.strip().lower())
    if window is None:
        return answer.body
    try:
        return zlib.decompress(answer.body, window)
    except zlib.error:
        return answer.body
