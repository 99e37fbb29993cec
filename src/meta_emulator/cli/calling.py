"""Orders to an emulator that runs: its control API, spoken by the commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Annotated, Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import typer

from meta_emulator.cli.output import CommandError, MisusedError, UnreachableError

URL = "http://127.0.0.1:8090"
OK = 200
TIMEOUT_S = 30.0

UrlOption = Annotated[
    str,
    typer.Option(
        "--url", envvar="META_EMULATOR_URL", metavar="URL", help="Where the emulator listens."
    ),
]
"""Give it the default `URL`."""
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclass(frozen=True, slots=True)
class Control:
    """The control API of the emulator at `url`."""

    url: str = URL

    def get(self, path: str, query: Mapping[str, str] | None = None, wait_s: float = 0) -> Any:
        """`data` of the answer to a question.

        path    behind `/_emulator/`
        wait_s  how long the emulator may take beyond what any answer takes

        Raises CommandError with the emulator's own sentence, UnreachableError, MisusedError.
        """
        asked = f"?{urlencode(query, quote_via=quote)}" if query else ""
        return self._data("GET", path + asked, None, wait_s)

    def post(self, path: str, order: Any = None, wait_s: float = 0) -> Any:
        """`data` of the answer to an order; raises as `get` does."""
        return self._data("POST", path, msgspec.json.encode({} if order is None else order), wait_s)

    def whole(self, method: str, path: str, body: bytes | None = None, wait_s: float = 0) -> Any:
        """The whole decoded answer; raises as `get` does."""
        status, raw = self._ask(method, path, body, wait_s)
        try:
            answer = msgspec.json.decode(raw)
        except msgspec.DecodeError as error:
            raise self._stranger(status) from error
        if status == OK:
            return answer
        if not isinstance(answer, dict) or not isinstance(answer.get("error"), str):
            raise self._stranger(status)
        raise CommandError(f"The emulator at {self.url} says: {answer['error']}")

    def _data(self, method: str, path: str, body: bytes | None, wait_s: float) -> Any:
        answer = self.whole(method, path, body, wait_s)
        if not isinstance(answer, dict) or "data" not in answer:
            raise self._stranger(OK)
        return answer["data"]

    def _ask(self, method: str, path: str, body: bytes | None, wait_s: float) -> tuple[int, bytes]:
        connection = self._connection(TIMEOUT_S + wait_s)
        base = urlsplit(self.url).path.rstrip("/")
        try:
            connection.request(method, f"{base}/_emulator/{path}", body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise UnreachableError(
                f"No emulator answers at {self.url} ({reason}). Start one with `meta-emulator`, "
                "or say where it listens with --url or META_EMULATOR_URL."
            ) from error
        finally:
            connection.close()

    def _connection(self, timeout_s: float) -> HTTPConnection:
        parts = urlsplit(self.url)
        try:
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise MisusedError(f"{self.url!r} is no URL: {error}") from error
        if parts.scheme not in {"http", "https"} or not host:
            raise MisusedError(f"{self.url!r} is no URL; write it like {URL}")
        kind = HTTPConnection if parts.scheme == "http" else HTTPSConnection
        return kind(host, port, timeout=timeout_s)

    def _stranger(self, status: int) -> UnreachableError:
        return UnreachableError(
            f"Something at {self.url} answers, but it is no emulator (HTTP {status}). "
            "Say where the emulator listens with --url or META_EMULATOR_URL."
        )
