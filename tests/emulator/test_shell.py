"""The commands for shell scripts against a running emulator: what they say, and how they exit."""

import json
import subprocess
import threading
import time

import pytest
from openapi_spec_validator import validate

from support.emulated import order_update
from support.emulator_process import COMMAND, emulator_process

PERSON = "+919876543210"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shell")
    with emulator_process(folder, "--status-delays", "sent=10,delivered=20,read=30") as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def empty(running):
    running.ask("POST", "/_emulator/reset", {})


def shell(running, *words):
    """Exit code, output and complaints of a command."""
    ended = subprocess.run(
        [*COMMAND, *words, "--url", running.facts["url"]],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return ended.returncode, ended.stdout, ended.stderr


def send(running, message=None):
    path = f"/v25.0/{running.facts['phone_number_id']}/messages"
    return running.ask("POST", path, message or order_update())["messages"][0]["id"]


def test_an_assertion_waits_until_it_is_so(running):
    later = threading.Timer(0.5, send, (running,))
    later.start()
    code, told, _ = shell(
        running,
        *("assert", "--sent", "1", "--to", PERSON, "--template", "order_update"),
        *("--status", "read", "--contains", "860198", "--within", "20s"),
    )
    later.join()
    assert code == 0, told
    first, line = told.splitlines()
    assert first.startswith("1 message was accepted (to +919876543210, ")
    assert "template order_update" in line


def test_an_assertion_that_is_not_so_exits_with_1_and_tells_what_is(running):
    send(running)
    code, told, _ = shell(running, "assert", "--to", "+919876543211")
    assert code == 1
    assert told.splitlines()[0] == "No messages were accepted (to +919876543211)."
    assert "template order_update" in told.splitlines()[1]
    assert shell(running, "assert", "--sent", "2")[0] == 1
    assert shell(running, "assert", "--type", "template")[0] == 0


def test_that_nothing_comes_is_sure_only_at_the_end(running):
    since = time.monotonic()
    code, told, _ = shell(running, "assert", "--sent", "0", "--within", "1s")
    assert (code, told) == (0, "No messages were accepted.\n")
    assert time.monotonic() - since >= 1


def test_a_refusal_is_asserted_by_its_code(running):
    with pytest.raises(OSError, match="400"):
        send(running, {"messaging_product": "whatsapp", "to": PERSON, "type": "nonsense"})
    code, told, _ = shell(running, "assert", "--refused", "131051", "--json")
    shown = json.loads(told)
    assert (code, shown["is_so"], shown["refusals"][0]["error"]["code"]) == (0, True, 131051)
    assert shell(running, "assert", "--refused", "100")[0] == 1
    assert shell(running, "assert", "--refused", "131051", "--sent", "1")[0] == 1
    assert "131051" in shell(running, "refusals", "--code", "131051")[1]


def test_messages_are_listed_a_line_each_or_as_json(running):
    wamid = send(running)
    send(running)
    assert len(shell(running, "messages")[1].splitlines()) == 2
    assert json.loads(shell(running, "messages", "--json")[1])[0]["id"] == wamid


def test_people_write_and_faults_come_by_command(running):
    code, told, _ = shell(running, "says", "--from", PERSON, "hi")
    assert (code, told.startswith("wamid.")) == (0, True)
    code, told, _ = shell(running, "faults", '{"refuse": {"code": 130429, "count": 3}}')
    assert json.loads(told)["refuse"]["code"] == 130429
    assert shell(running, "faults", "{}")[0] == 0
    assert json.loads(shell(running, "faults")[1])["refuse"] is None
    send(running)
    assert shell(running, "reset")[0] == 0
    assert shell(running, "messages")[1] == ""


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["assert", "--within", "5x"], 2, "--within: '5x' is no duration"),
        (["faults", "x"], 2, "'x' is no JSON object"),
        (["faults", '{"x": 1}'], 1, "says: the order cannot be carried out: Object contains"),
        (["says", "--from", "12", "hi"], 1, '"from" must be a phone number'),
        (["messages", "--status", "lost"], 2, "'lost' is no status; there are accepted, sent"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(running, words, code, sentence):
    ended, told, complaint = shell(running, *words)
    assert (ended, told) == (code, "")
    assert sentence in complaint
    assert len(complaint.splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        ("http://127.0.0.1:1", 3, "No emulator answers at http://127.0.0.1:1 (Connection refused)"),
        ("nonsense", 2, "'nonsense' is no URL; write it like http://127.0.0.1:8090"),
        ("http://h:99999", 2, "'http://h:99999' is no URL: Port out of range"),
    ],
)
def test_where_nobody_listens_is_said_with_what_to_do(url, code, sentence):
    ended = subprocess.run(
        [*COMMAND, "messages", "--url", url],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == code
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_word_that_is_no_command_is_refused():
    ended = subprocess.run([*COMMAND, "lsten"], check=False, capture_output=True, timeout=60)
    assert ended.returncode == 2


def test_the_description_is_printed_without_an_emulator():
    words = [*COMMAND, "openapi", "--url", "http://127.0.0.1:1"]
    ended = subprocess.run(words, check=True, capture_output=True, timeout=60)
    document = json.loads(ended.stdout)
    validate(document)
    assert document["servers"] == [{"url": "http://127.0.0.1:1"}]


@pytest.mark.parametrize("word", ["messages", "assert", "says", "--help"])
def test_waypost_emulate_passes_everything_on(running, word):
    words = [COMMAND[0], "-m", "waypost", "emulate", word]
    ours = [*COMMAND, word]
    if word != "--help":
        words, ours = [*words, "--help"], [*ours, "--help"]
    passed = subprocess.run(words, check=True, capture_output=True, timeout=60)
    assert passed.stdout == subprocess.run(ours, check=True, capture_output=True, timeout=60).stdout


def test_a_status_that_does_not_exist_is_misuse_and_not_a_zero_that_is_so(running):
    for words in (["assert", "--sent", "0"], ["messages"]):
        code, _, complaint = shell(running, *words, "--status", "seen")
        assert code == 2
        assert (
            complaint == "'seen' is no status; there are accepted, sent, delivered, read, failed\n"
        )
