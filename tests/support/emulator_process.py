"""The command `meta-emulator` as a process of its own, and a receiver on a real socket."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

COMMAND = [sys.executable, "-m", "meta_emulator"]
SOURCES = str(Path(__file__).parent.parent.parent / "src")
START_S = 20.0
TICK_S = 0.02


@dataclass
class Running:
    """A running emulator: its ready file's facts and its process."""

    facts: dict[str, str]
    process: subprocess.Popen[bytes]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request with the token; the decoded answer. Raises HTTPError for a refusal."""
        raw = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.facts['access_token']}"}
        request = Request(self.facts["url"] + path, raw, headers, method=method)
        with urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())


def start(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """The command, started; its output goes to `folder`."""
    environment = {**os.environ, "PYTHONPATH": SOURCES}
    with (folder / "output").open("wb") as output:
        return subprocess.Popen(
            [*COMMAND, *options], stdout=output, stderr=subprocess.STDOUT, env=environment
        )


@contextmanager
def started(folder: Path, ready: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command at a free port, once it has written `ready`; stopped when the block ends."""
    process = start(folder, *options, "--port", "0", "--ready-file", str(ready))
    try:
        waited = 0.0
        while not ready.exists():
            assert waited < START_S, f"{options} did not get ready"
            waited += TICK_S
            try:
                process.wait(TICK_S)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError((folder / "output").read_text())
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            process.kill()


@contextmanager
def emulator_process(folder: Path, *options: str) -> Iterator[Running]:
    """A running emulator at a free port; it is stopped when the block ends."""
    if "--limits" not in options:
        options = (*options, "--limits", "none")
    ready = folder / "ready.json"
    with started(folder, ready, *options) as process:
        yield Running(json.loads(ready.read_text()), process)


@dataclass
class Heard:
    """One webhook as it came over the socket; header names in lower case."""

    body: bytes
    headers: Mapping[str, str]


class SocketReceiver:
    """Gets webhooks over HTTP, answers the handshake, and hands each body on in a queue."""

    def __init__(self, verify_token: str = "verify") -> None:
        self.heard: queue.Queue[Heard] = queue.Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                is_ours = query["hub.verify_token"] == [verify_token]
                self._answer(200, query["hub.challenge"][0]) if is_ours else self._answer(403, "")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self._answer(200, "ok")
                receiver.heard.put(Heard(body, headers))

            def _answer(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, number: int) -> list[Heard]:
        """The next `number` webhooks; waits for them."""
        return [self.heard.get(timeout=10) for _ in range(number)]
