"""`waypost dev` lives in its emulator's hour: whoever moves that moves the gateway along."""

import json
import os
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.request import urlopen

import pytest

from support.emulator_process import COMMAND, SOURCES
from support.pair_process import pair_process, waypost

DAY_S = 86400.0


class DeadEndpoint:
    """A customer's endpoint that is down: it answers 503, and remembers who asked and when."""

    def __init__(self) -> None:
        self.asked_at: list[float] = []
        self.status = 503
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                endpoint.asked_at.append(float(self.headers["webhook-timestamp"]))
                self.send_response(endpoint.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/callbacks"


@pytest.fixture
def endpoint():
    dead = DeadEndpoint()
    yield dead
    dead.server.shutdown()
    dead.server.server_close()


def clock_of(ready):
    with urlopen(f"{ready['emulator_url']}/_emulator/clock", timeout=10) as answer:
        return json.loads(answer.read())["data"][0]


def advance(ready, duration):
    return subprocess.run(
        [*COMMAND, "advance", duration, "--url", ready["emulator_url"]],
        env={**os.environ, "PYTHONPATH": SOURCES},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def point_callbacks(folder, ready, url):
    done = waypost(
        folder, "sender", "set", ready["sid"], ready["sender"], "--callback-url", url,
        "--data", "data",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_day_of_retries_passes_in_moments_and_the_clock_is_kept_for_the_next_start(
    tmp_path, endpoint
):
    with pair_process(tmp_path) as pair:
        ready = pair.ready
        assert clock_of(ready)["followers"] == 1
        point_callbacks(tmp_path, ready, endpoint.url)
        waypost(tmp_path, "demo", "--ready-file", "ready.json", "--timeout", "2")
        assert endpoint.asked_at, pair.output.read_text()
        first, before = endpoint.asked_at[0], len(endpoint.asked_at)

        done = advance(ready, "24h")
        assert done.returncode == 0, done.stderr

        retries = [at - first for at in endpoint.asked_at[before:]]
        assert len(retries) >= 10
        assert DAY_S / 4 < max(retries) <= DAY_S + 60
        assert len({round(at / 60) for at in retries}) >= 5  # they came one after the other

        endpoint.status = 200
        assert advance(ready, "24h").returncode == 0
        answered = len(endpoint.asked_at)
        assert advance(ready, "24h").returncode == 0
        assert len(endpoint.asked_at) == answered  # all of it was taken
        with urlopen(f"{ready['base_url']}/health/ready", timeout=10) as answer:
            assert answer.status == 200

    with pair_process(tmp_path) as pair:
        assert clock_of(pair.ready)["ahead_s"] == pytest.approx(3 * DAY_S, abs=120)
        done = waypost(tmp_path, "demo", "--ready-file", "ready.json", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        assert json.loads(done.stdout)["complete"]
