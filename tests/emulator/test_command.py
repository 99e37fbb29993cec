"""The command: ready file, secrets, port taken, clean stop, the printed seed."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from urllib.error import HTTPError

import pytest

from meta_emulator.seed import default_seed_bytes
from support.emulator_process import COMMAND, SocketReceiver, emulator_process, start


def test_the_ready_file_holds_all_a_client_needs(tmp_path):
    with emulator_process(tmp_path) as emulator:
        assert list(emulator.facts) == [
            "url",
            "access_token",
            "app_secret",
            "verify_token",
            "waba_id",
            "phone_number_id",
            "display_phone_number",
        ]
        number = emulator.ask("GET", f"/v25.0/{emulator.facts['phone_number_id']}")
        assert number["display_phone_number"] == "+91 98000 00001"
        mode = stat.S_IMODE((tmp_path / "ready.json").stat().st_mode)
        assert mode == 0o600
        assert emulator.facts["access_token"] in (tmp_path / "output").read_text()


def test_secrets_come_from_the_environment_and_quiet_says_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("META_EMULATOR_ACCESS_TOKEN", "token-of-mine")
    with emulator_process(tmp_path, "serve", "--quiet") as emulator:
        assert emulator.facts["access_token"] == "token-of-mine"
        assert (tmp_path / "output").read_text() == ""


HOLDER = "import subprocess, sys; subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE).wait()"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_within_a_second(tmp_path, number):
    with (
        SocketReceiver() as receiver,
        emulator_process(tmp_path, "--webhook-url", receiver.url) as emulator,
    ):
        path = f"/v25.0/{emulator.facts['phone_number_id']}/messages"
        message = {"messaging_product": "whatsapp", "to": "919876543210", "text": {"body": "x"}}
        emulator.ask("POST", path, message)
        receiver.take(1)
        os.kill(emulator.process.pid, number)
        assert emulator.process.wait(1) == 0
        assert "Traceback" not in (tmp_path / "output").read_text()


def test_a_taken_port_is_said_in_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(tmp_path, "--port", str(port))
        assert process.wait(20) == 3
    output = (tmp_path / "output").read_text()
    assert output == f"cannot listen at 127.0.0.1:{port}: Address already in use\n"


def test_a_port_that_another_emulator_has_is_taken_too(tmp_path):
    with emulator_process(tmp_path) as emulator:
        port = emulator.facts["url"].rpartition(":")[2]
        (tmp_path / "second").mkdir()
        assert start(tmp_path / "second", "--port", port).wait(20) == 3


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--status-delays", "seen=1"], "'seen' is no status"),
        (["--webhook-version", "25"], "'25' is no version"),
        (["--seed", "nowhere.json"], "the seed nowhere.json cannot be read"),
        (["--webhook-url", "localhost:8080/hook"], "'localhost:8080/hook' is no URL for webhooks"),
        (["--ready-file", "nowhere/ready.json"], "the ready file nowhere/ready.json cannot be"),
    ],
)
def test_a_setting_that_cannot_be_is_said_in_a_sentence(tmp_path, options, reason):
    assert start(tmp_path, *options).wait(20) == 2
    assert (tmp_path / "output").read_text().startswith(reason)


@pytest.mark.parametrize("command", ["serve", "proxy"])
def test_a_port_that_cannot_be_is_misuse_and_no_traceback(tmp_path, command):
    assert start(tmp_path, command, "--port", "99999").wait(20) == 2
    output = (tmp_path / "output").read_text()
    assert "--port" in output
    assert "Traceback" not in output


def test_the_version_is_told(tmp_path):
    assert start(tmp_path, "--version").wait(20) == 0
    assert (tmp_path / "output").read_text().startswith("meta-emulator ")


def test_what_is_printed_at_the_start_leads_to_the_page(tmp_path):
    with emulator_process(tmp_path) as emulator:
        assert f"{emulator.facts['url']}/\n" in (tmp_path / "output").read_text()


def test_the_printed_seed_can_be_changed_and_served(tmp_path):
    printed = subprocess.run([*COMMAND, "seed"], capture_output=True, check=True)
    assert printed.stdout == default_seed_bytes()
    seed = json.loads(printed.stdout)
    seed["wabas"][0]["phone_numbers"][0]["id"] = "777"
    (tmp_path / "seed.json").write_text(json.dumps(seed))
    with emulator_process(tmp_path, "--seed", str(tmp_path / "seed.json")) as emulator:
        assert emulator.facts["phone_number_id"] == "777"


def test_the_handshake_is_performed_when_told_to(tmp_path, monkeypatch):
    monkeypatch.setenv("META_EMULATOR_VERIFY_TOKEN", "verify")
    with (
        SocketReceiver("verify") as receiver,
        emulator_process(tmp_path, "--webhook-url", receiver.url) as emulator,
    ):
        (verdict,) = emulator.ask("POST", "/_emulator/handshake")["data"]
        assert verdict == {"url": receiver.url, "verified": True, "reason": None}
        (dead,) = emulator.ask("POST", "/_emulator/handshake", {"url": "http://127.0.0.1:9/"})[
            "data"
        ]
        assert not dead["verified"]
        assert dead["reason"].startswith("the URL could not be reached")


def test_a_wrong_token_is_refused_over_the_socket(tmp_path):
    with emulator_process(tmp_path) as emulator:
        emulator.facts["access_token"] = "wrong"
        with pytest.raises(HTTPError) as refused:
            emulator.ask("GET", f"/v25.0/{emulator.facts['waba_id']}/phone_numbers")
        assert refused.value.code == 401
        assert refused.value.headers["www-authenticate"].startswith("OAuth")
        refused.value.close()


def test_a_signal_does_not_wait_for_slow_answers_or_dead_receivers(tmp_path):
    with emulator_process(tmp_path, "--webhook-url", "http://127.0.0.1:9/") as emulator:
        path = f"/v25.0/{emulator.facts['phone_number_id']}/messages"
        message = {"messaging_product": "whatsapp", "to": "919876543210", "text": {"body": "x"}}
        emulator.ask("POST", path, message)
        emulator.ask("POST", "/_emulator/faults", {"delay_ms": 60000})
        host, _, port = emulator.facts["url"].removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as waiting:
            body = json.dumps(message)
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            token = emulator.facts["access_token"]
            waiting.sendall(f"{head}Authorization: Bearer {token}\r\n\r\n{body}".encode())
            emulator.ask("GET", "/_emulator/health")
            os.kill(emulator.process.pid, signal.SIGTERM)
            assert emulator.process.wait(2) == 0
        assert "Traceback" not in (tmp_path / "output").read_text()


def test_it_ends_when_the_process_that_holds_its_standard_input_is_gone(tmp_path):
    ready = tmp_path / "ready.json"
    options = ["--port", "0", "--ready-file", str(ready), "--quiet", "--until-stdin-closes"]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, *COMMAND, *options], stdout=subprocess.PIPE
    ) as holder:
        while not ready.exists():
            with pytest.raises(subprocess.TimeoutExpired):
                holder.wait(0.02)
        holder.kill()
        # The emulator has this pipe open too: its end is the emulator's end.
        assert holder.stdout.read() == b""


def test_the_same_chance_gives_the_same_ids(tmp_path):
    message = {"messaging_product": "whatsapp", "to": "+919876543210", "text": {"body": "hi"}}

    def id_of_a_send(name: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        with emulator_process(folder, "--chance", "7") as emulator:
            path = f"/v25.0/{emulator.facts['phone_number_id']}/messages"
            sent: str = emulator.ask("POST", path, message)["messages"][0]["id"]
            return sent

    assert id_of_a_send("first") == id_of_a_send("second")
