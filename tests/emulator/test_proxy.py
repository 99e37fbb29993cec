"""`meta-emulator proxy`, with another emulator in the real API's place."""

import gzip
import json
import os
import stat
import subprocess
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest

from support.emulator_process import COMMAND, SOURCES, emulator_process, started

RECIPIENT = "919876543210"


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    with emulator_process(tmp_path_factory.mktemp("real")) as running:
        yield running


@contextmanager
def proxying(folder, *options):
    """A proxy at a free port; its URL."""
    ready = folder / "proxy.json"
    ready.unlink(missing_ok=True)
    with started(folder, ready, "proxy", *options) as process:
        try:
            yield json.loads(ready.read_text())["url"]
        finally:
            process.terminate()
            assert process.wait(10) == 0


def ask(url, method, path, body=None, headers=None):
    """Status, headers and body, whatever they are."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    connection.request(method, path, raw, headers or {})
    answer = connection.getresponse()
    shown = answer.status, {name.lower(): value for name, value in answer.getheaders()}
    content = answer.read()
    connection.close()
    return *shown, content


def bearer(real):
    return {"Authorization": f"Bearer {real.facts['access_token']}"}


def send_path(real):
    return f"/v25.0/{real.facts['phone_number_id']}/messages"


def order(to=RECIPIENT, name="order_update"):
    parameters = [{"type": "text", "text": "Pablo"}, {"type": "text", "text": "860198"}]
    return {
        "messaging_product": "whatsapp",
        "to": to,
        "type": "template",
        "template": {
            "name": name,
            "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": parameters}],
        },
    }


def sent_to(real, to):
    return real.ask("GET", f"/_emulator/messages?to={to}")["data"]


def test_statuses_headers_and_bodies_pass_as_they_are(tmp_path, real):
    with proxying(tmp_path, "--upstream", real.facts["url"]) as url:
        for method, path, body in (
            ("GET", f"/v25.0/{real.facts['phone_number_id']}?fields=id,status", None),
            ("POST", send_path(real), order("91987654%2B00")),
            ("POST", send_path(real), order(name="unknown")),
            ("GET", "/v25.0/1", None),
        ):
            through = ask(url, method, path, body, bearer(real))
            straight = ask(real.facts["url"], method, path, body, bearer(real))
            assert through[0] == straight[0]
            named = {"content-type", "facebook-api-version", "x-fb-rev", "www-authenticate"}
            for header in named:
                assert through[1].get(header) == straight[1].get(header)
            changing = {"fbtrace_id", "messages"}
            assert_alike(json.loads(through[2]), json.loads(straight[2]), changing)


def assert_alike(one, other, changing):
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one.keys() - changing:
            assert_alike(one[key], other[key], changing)
    else:
        assert one == other


def test_a_recording_has_no_secrets_and_is_its_owners_alone(tmp_path, real):
    file, token = tmp_path / "exchanges.jsonl", real.facts["access_token"]
    number = f"/v25.0/{real.facts['phone_number_id']}"
    with proxying(tmp_path, "--upstream", real.facts["url"], "--record", str(file)) as url:
        assert ask(url, "POST", send_path(real), order(), bearer(real))[0] == 200
        assert ask(url, "GET", f"{number}?access_token={token}&appsecret_proof=abc123def")[0] == 200
        register = {"messaging_product": "whatsapp", "pin": "424242"}
        ask(url, "POST", f"{number}/register", register, bearer(real))

    raw = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in raw
    assert "abc123def" not in raw
    assert "424242" not in raw
    lines = [json.loads(line) for line in raw.splitlines()]
    assert [line["request"]["method"] for line in lines] == ["POST", "GET", "POST"]
    assert lines[0]["answer"]["status"] == 200
    assert "wamid." in lines[0]["answer"]["body"]["text"]
    assert lines[1]["request"]["query"] == ""


def test_a_replay_answers_as_it_was_recorded_and_says_what_was_not(tmp_path, real):
    file = tmp_path / "exchanges.jsonl"
    number = f"/v25.0/{real.facts['phone_number_id']}"
    with proxying(tmp_path, "--upstream", real.facts["url"], "--record", str(file)) as url:
        first = ask(url, "POST", send_path(real), order(), bearer(real))
        second = ask(url, "POST", send_path(real), order(), bearer(real))
        shown = ask(url, "GET", number + "?fields=id,status", None, bearer(real))
        refused = ask(url, "POST", send_path(real), order(name="unknown"), bearer(real))
    assert first[2] != second[2]

    other = {"Authorization": "Bearer another-token"}
    with proxying(tmp_path, "--replay", str(file)) as url:
        body = order()
        reordered = dict(reversed(body.items()))
        assert ask(url, "POST", send_path(real), reordered, other)[2] == first[2]
        assert ask(url, "POST", send_path(real), body, other)[2] == second[2]
        status, headers, raw = ask(url, "POST", send_path(real), body, other)
        assert status == 404
        assert "All recorded answers to this POST" in json.loads(raw)["error"]["message"]
        assert headers["content-type"] == "application/json; charset=UTF-8"
        for _ in range(3):
            assert ask(url, "GET", number + "?fields=id,status", None, other)[2] == shown[2]
        again = ask(url, "POST", send_path(real), order(name="unknown"), other)
        assert (again[0], again[2]) == (refused[0], refused[2])
        status, _, raw = ask(url, "GET", number + "?fields=id", None, other)
        error = json.loads(raw)["error"]
        assert (status, error["type"]) == (404, "ReplayException")
        assert "No answer to this GET" in error["message"]


def test_the_plan_of_faults_is_carried_out_between_client_and_api(tmp_path, real):
    plan = {"refuse": {"code": 130429, "count": 1}}
    with proxying(tmp_path, "--upstream", real.facts["url"], "--faults", json.dumps(plan)) as url:
        to = "919876500001"
        status, _, raw = ask(url, "POST", send_path(real), order(to), bearer(real))
        assert (status, json.loads(raw)["error"]["code"]) == (400, 130429)
        assert sent_to(real, to) == []
        assert ask(url, "POST", send_path(real), order(to), bearer(real))[0] == 200
        assert len(sent_to(real, to)) == 1

        assert ask(url, "POST", "/_emulator/faults", {"lose_answers": 1})[0] == 200
        status, _, raw = ask(url, "POST", send_path(real), order(to), bearer(real))
        assert (status, raw) == (502, b"")
        assert len(sent_to(real, to)) == 2

        assert ask(url, "POST", "/_emulator/faults", {"drop": 1})[0] == 200
        assert ask(url, "POST", send_path(real), order(to), bearer(real))[0] == 503
        assert len(sent_to(real, to)) == 2
        assert ask(url, "GET", f"/v25.0/{real.facts['waba_id']}", None, bearer(real))[0] == 200

        status, _, raw = ask(url, "POST", "/_emulator/faults", {"lose_webhooks": 1})
        assert status == 400
        assert "a proxy cannot carry out lose_webhooks" in json.loads(raw)["error"]


def test_an_api_that_does_not_answer_is_told_in_the_graph_apis_form(tmp_path):
    with proxying(tmp_path, "--upstream", "http://127.0.0.1:9") as url:
        status, _, raw = ask(url, "GET", "/v25.0/1")
        error = json.loads(raw)["error"]
        assert (status, error["type"]) == (502, "ProxyException")
        assert "http://127.0.0.1:9 gave no answer" in error["message"]


def test_a_packed_answer_reaches_the_client_packed_and_the_recording_unpacked(tmp_path):
    packed = gzip.compress(b'{"id":"1","access_token":"EAAsecret-in-an-answer"}')
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers)
            self.send_response(200)
            self.send_header("content-encoding", "gzip")
            self.send_header("content-length", str(len(packed)))
            self.end_headers()
            self.wfile.write(packed)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    file = tmp_path / "exchanges.jsonl"
    upstream = f"http://127.0.0.1:{server.server_port}"
    try:
        with proxying(tmp_path, "--upstream", upstream, "--record", str(file)) as url:
            given = {"accept-encoding": "br, gzip", "x-mine": "7"}
            status, headers, raw = ask(url, "GET", "/oauth?a=%2Fb", None, given)
    finally:
        server.shutdown()
        server.server_close()
    assert (status, raw, headers["content-encoding"]) == (200, packed, "gzip")
    assert (asked[0]["accept-encoding"], asked[0]["x-mine"]) == ("gzip", "7")
    line = json.loads(file.read_text())
    assert json.loads(line["answer"]["body"]["text"]) == {"id": "1", "access_token": "***"}
    assert "EAAsecret" not in file.read_text()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], "either --upstream URL or --replay FILE"),
        (["--upstream", "http://x", "--replay", "f"], "either --upstream URL or --replay FILE"),
        (["--replay", "f", "--record", "g"], "cannot be recorded"),
        (["--upstream", "graph.facebook.com"], "must begin with https://"),
        (["--replay", "/nowhere/at/all"], "cannot be read: No such file"),
        (["--upstream", "http://x", "--faults", '{"drop": 2}'], "the faults cannot be used"),
        (["--upstream", "http://x", "--faults", "/nowhere"], "cannot be read"),
        (["--upstream", "http://x", "--faults", '{"skip_delivered": 1}'], "cannot carry out"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(options, sentence):
    done = subprocess.run(
        [*COMMAND, "proxy", *options, "--port", "0"],
        env={**os.environ, "PYTHONPATH": SOURCES},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert sentence in done.stderr
