"""`meta-emulator release`, with another emulator in the real API's place."""

import json
import os
import subprocess

from support.emulator_process import COMMAND, SOURCES, emulator_process

LISTED, STRANGER = "919876543210", "919876543211"


def send(running, to):
    path = f"/v25.0/{running.facts['phone_number_id']}/messages"
    parameters = [{"type": "text", "text": "Pablo"}, {"type": "text", "text": "860198"}]
    body = {
        "messaging_product": "whatsapp",
        "to": to,
        "type": "template",
        "template": {
            "name": "order_update",
            "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": parameters}],
        },
    }
    return running.ask("POST", path, body)["messages"][0]["id"]


def release(running, wamid):
    return subprocess.run(
        [*COMMAND, "release", wamid, "--url", running.facts["url"], "--json"],
        env={**os.environ, "PYTHONPATH": SOURCES},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_captured_message_reaches_the_real_api_and_a_stranger_gets_nothing(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    with emulator_process(tmp_path / "real") as real:
        monkeypatch.setenv("META_EMULATOR_RELEASE_TOKEN", real.facts["access_token"])
        with emulator_process(
            tmp_path,
            *("--release-url", real.facts["url"], "--release-to", f"+{LISTED}"),
            *("--release-number", real.facts["phone_number_id"]),
        ) as captured:
            first, second = send(captured, LISTED), send(captured, STRANGER)
            assert real.ask("GET", "/_emulator/messages")["data"] == []

            done = release(captured, first)
            assert done.returncode == 0, done.stderr
            answered = json.loads(done.stdout)["answer"]["messages"][0]["id"]

            (reached,) = real.ask("GET", "/_emulator/messages")["data"]
            assert (reached["id"], reached["to"]) == (answered, f"+{LISTED}")

            refused = release(captured, second)
            assert refused.returncode == 1
            assert f"+{STRANGER} is not on the list" in refused.stderr
            assert len(real.ask("GET", "/_emulator/messages")["data"]) == 1
            (released,) = captured.ask("GET", "/_emulator/releases")["data"]
            assert released["message_id"] == first
            output = (tmp_path / "output").read_text()
            assert real.facts["access_token"] not in output
