"""Settings on the command line, the refused start, help, and `waypost serve` on its own."""

import json
import re
import signal
import subprocess
from urllib.request import urlopen

import pytest

from support.emulator_process import COMMAND as EMULATOR
from support.pair_process import COMMAND, environment, waypost
from waypost.runtime.config import SETTINGS


def test_an_unknown_key_a_wrong_flag_and_a_wrong_variable_are_refused_together(tmp_path):
    (tmp_path / "waypost.toml").write_text('prot = 9000\nhost = "127.0.0.1"\n')

    refused = waypost(tmp_path, "serve", "--pod", "1", WAYPOST_LEASE="5", WAYPOST_PORT="x")

    assert refused.returncode == 2
    assert sorted(line.split(":")[0] for line in refused.stderr.splitlines()) == [
        "environment",
        "environment WAYPOST_PORT",
        "flag --pod",
        "waypost.toml",
    ]
    assert "the nearest known name is port" in refused.stderr
    assert not (tmp_path / "data").exists()


def test_every_setting_is_a_flag_and_is_shown_with_its_origin(tmp_path):
    (tmp_path / "settings.toml").write_text("lease_s = 30\n")
    arguments = ["--config", "settings.toml", "--port", "9001", "--meta-app-secret", "hush"]

    shown = waypost(tmp_path, "config", "--json", *arguments, WAYPOST_POD="SG")

    rows = json.loads(shown.stdout)
    assert list(rows) == list(SETTINGS)
    assert rows["port"] == {"value": "9001", "origin": "flag"}
    assert rows["pod"] == {"value": "SG", "origin": "WAYPOST_POD"}
    assert rows["lease_s"] == {"value": "30", "origin": "settings.toml"}
    assert rows["meta_app_secret"] == {"value": "********", "origin": "flag"}
    help_text = waypost(tmp_path, "serve", "--help", COLUMNS="200").stdout
    for name in SETTINGS:
        assert f"--{name.replace('_', '-')}" in help_text


def test_the_table_of_settings_hides_secrets(tmp_path):
    shown = waypost(tmp_path, "config", WAYPOST_OPERATOR_TOKEN="hush")

    assert shown.returncode == 0
    assert "hush" not in shown.stdout
    assert re.search(r"operator_token +\*{8} +WAYPOST_OPERATOR_TOKEN\n", shown.stdout)


def test_a_dev_with_a_wrong_setting_starts_nothing(tmp_path):
    refused = waypost(tmp_path, "dev", "--data", "d", WAYPOST_LEASE_S="never")

    assert refused.returncode == 2
    assert refused.stderr.startswith("environment WAYPOST_LEASE_S: lease_s must be ")
    assert not (tmp_path / "d").exists()


def test_serve_answers_and_stops_at_a_signal(tmp_path):
    options = ["--port", "0", "--data-dir", "d", "--log-format", "json"]
    gateway = subprocess.Popen(
        [*COMMAND, "serve", *options],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    with gateway:
        lines = (json.loads(line) for line in gateway.stderr)
        ready = next(line for line in lines if line["event"] == "gateway.started")
        with urlopen(f"{ready['url']}/health/live", timeout=10) as answer:
            assert json.loads(answer.read()) == {"status": "live"}
        busy = waypost(tmp_path, "serve", "--port", "0", "--data-dir", "d")
        assert busy.returncode == 1
        assert "Another gateway is running on d." in busy.stderr
        gateway.send_signal(signal.SIGTERM)
        assert gateway.wait(20) == 0
        assert "Traceback" not in gateway.stderr.read()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["dev"],
        ["demo"],
        ["serve"],
        ["send"],
        ["config"],
        ["version"],
        ["why"],
        ["message", "cancel"],
        ["alarm", "list"],
        *(["unknown", verb] for verb in ("list", "resolve")),
        *(["account", verb] for verb in ("create", "list", "show", "suspend", "resume")),
        *(["key", verb] for verb in ("create", "list", "revoke")),
        ["waba", "add"],
        *(["sender", verb] for verb in ("add", "list", "pause", "resume")),
        *(["template", verb] for verb in ("list", "sync")),
        *(["wallet", verb] for verb in ("show", "topup", "adjust", "refund", "statement", "audit")),
        *(["db", verb] for verb in ("check", "migrate", "copy", "distribute")),
    ],
    ids=" ".join,
)
def test_every_command_explains_itself(tmp_path, words):
    helped = waypost(tmp_path, *words, "--help", COLUMNS="200")

    assert helped.returncode == 0
    assert " ".join(["Usage: waypost", *words]) in helped.stdout
    if words not in ([], ["serve"]):
        assert "--json" in helped.stdout
    if words not in ([], ["version"]):
        assert f"waypost {' '.join(words)}" in helped.stdout.split("Usage:")[1].split("\n", 1)[1]


@pytest.mark.parametrize("words", [["--help"], ["serve", "--help"], ["assert", "--help"]])
def test_emulate_is_the_emulators_own_command(tmp_path, words):
    ours = waypost(tmp_path, "emulate", *words, COLUMNS="120")
    theirs = subprocess.run(
        [*EMULATOR, *words],
        env=environment(COLUMNS="120"),
        capture_output=True,
        text=True,
        check=True,
    )

    assert "Usage: meta-emulator" in theirs.stdout
    assert ours.stdout == theirs.stdout


def test_emulate_gives_on_what_the_emulator_refuses(tmp_path):
    assert waypost(tmp_path, "emulate", "--status-delays", "seen=1").returncode == 2


@pytest.mark.parametrize("words", [["bogus"], ["why"], ["dev", "--port", "x"]])
def test_what_makes_no_sense_ends_with_2(tmp_path, words):
    assert waypost(tmp_path, *words).returncode == 2


def test_a_send_without_an_account_says_what_is_missing(tmp_path):
    sent = waypost(tmp_path, "send", "-", stdin="{}")

    assert sent.returncode == 2
    assert sent.stderr == (
        "--sid, --key, --sender must be given: there is no data/dev/demo.json to ask.\n"
    )


def test_a_send_to_nobody_ends_with_3(tmp_path):
    account = ["--sid", "HX", "--key", "A", "--sender", "+91", "--url", "http://127.0.0.1:9"]
    sent = waypost(tmp_path, "send", "-", *account, stdin="{}")

    assert sent.returncode == 3
    assert sent.stderr.startswith("http://127.0.0.1:9/v2/HX/whatsapp/+91/messages does not answer")
