"""`waypost dev`: one start, a round trip, a second start, and every way to its end."""

import json
import re
import shlex
import signal
import stat
import subprocess
from itertools import pairwise
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from support.pair_process import pair_process, waypost

FIELDS = [
    "base_url",
    "emulator_url",
    "webhook_url",
    "sid",
    "api_key",
    "sender",
    "phone_number_id",
    "waba_id",
    "access_token",
    "app_secret",
    "verify_token",
    "operator_token",
]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    with pair_process(tmp_path_factory.mktemp("pair")) as running:
        yield running


@pytest.fixture(scope="module")
def folder(pair):
    return pair.ready_file.parent


@pytest.fixture(scope="module")
def travelled(folder):
    """One `waypost demo --json` against the pair."""
    done = waypost(folder, "demo", "--ready-file", "ready.json", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_the_ready_file_has_what_a_client_needs_and_is_its_owners_alone(pair):
    ready = pair.ready

    assert list(ready) == FIELDS
    assert re.fullmatch(r"HX[A-Z]{2}\d{10}[A-Z]{2}", ready["sid"])
    assert re.fullmatch(r"A[0-9a-f]{32}", ready["api_key"])
    assert ready["sender"] == "+919800000001"
    assert ready["webhook_url"] == ready["base_url"] + "/webhooks/meta"
    assert stat.S_IMODE(pair.ready_file.stat().st_mode) == 0o600
    assert stat.S_IMODE((pair.data / "demo.json").stat().st_mode) == 0o600


def test_no_secret_stands_in_the_emulators_log(pair):
    log = (pair.data / "emulator.log").read_text()

    assert "access token" not in log
    assert pair.ready["access_token"] not in log


def pasted(pair):
    """The messages of both printed commands, each sent once as it stands there."""
    commands = re.findall(r"curl -X POST .*?\n}'", pair.output.read_text(), re.DOTALL)
    assert len(commands) == 2
    for command in commands:
        curl, _, method, url, *options = shlex.split(command.replace("\\\n", " "))
        headers = dict(word.split(": ") for flag, word in pairwise(options) if flag == "-H")
        request = Request(url, options[-1].encode(), headers, method=method)
        with urlopen(request, timeout=10) as answer:
            assert (curl, answer.status) == ("curl", 202)
            yield json.load(answer)["data"]["message_id"]


def test_both_printed_commands_can_be_pasted_ten_times_and_every_message_is_read(pair):
    sent = {message_id for _ in range(10) for message_id in pasted(pair)}

    assert len(sent) == 20
    emulator = f"{pair.ready['emulator_url']}/_emulator"
    with urlopen(f"{emulator}/messages?status=read&count=20&wait_s=20", timeout=30) as answer:
        read = {one["biz_opaque_callback_data"] for one in json.load(answer)["data"]}
    assert sent <= read
    with urlopen(f"{emulator}/refusals", timeout=10) as answer:
        assert json.load(answer)["data"] == []


def test_the_demo_makes_the_whole_round_trip_and_says_so(folder):
    done = waypost(folder, "demo", "--ready-file", "ready.json")

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("All 2 messages were read, and every callback arrived.\n")
    for name in ("carousel", "mpm"):
        for status in ("sent", "delivered", "read"):
            assert re.search(f"{name} .* callback  '{status}' arrives", done.stdout)


def test_the_demo_in_json_lists_every_event_of_both_messages(travelled):
    assert travelled["complete"]
    assert [one["sample"] for one in travelled["messages"]] == ["carousel", "mpm"]
    for message in travelled["messages"]:
        assert message["missing"] == []
        assert {event["who"] for event in message["events"]} == {
            "gateway",
            "meta",
            "webhook",
            "callback",
        }


def test_a_message_is_shown_with_its_attempts_statuses_callbacks_and_money(folder, travelled):
    message_id = travelled["messages"][0]["message_id"]

    shown = waypost(folder, "why", message_id, "--data", "data")

    assert shown.returncode == 0
    panel = shown.stdout.split("\n  account", 1)[0]
    assert message_id in panel
    assert "Read by the recipient." in panel
    for words in (
        "accepted: template Carousel Template (en_US) from +919800000001 to +91****78",
        "attempt 1: Meta took it",
        "read: the recipient opened",
        "0.0100 USD charged",
        "'read' to http://",
        "taken after 1 attempt, HTTP 200",
    ):
        assert words in shown.stdout


def test_a_message_is_shown_in_json_with_the_same_story(folder, travelled):
    message_id = travelled["messages"][1]["message_id"]

    shown = waypost(folder, "why", message_id, "--data", "data", "--json")

    timeline = json.loads(shown.stdout)["timeline"]
    assert timeline["state"] == "read"
    assert timeline["payment"] == "captured"
    assert timeline["references"] == ["customer1", "marketing", "dictionary"]
    assert timeline["trouble"] is None
    assert timeline["lines"][0]["text"].startswith("accepted: template abandoned_cart (en_US)")


def test_an_unknown_message_is_refused_in_a_sentence(folder):
    shown = waypost(folder, "why", "A0000000000000000000", "--data", "data")

    assert shown.returncode == 1
    assert shown.stdout == ""
    assert shown.stderr.startswith("There is no message A0000000000000000000 in data;")


def test_a_request_with_several_recipients_lists_its_messages(pair, folder):
    body = pair.output.read_text().split("-d '", 1)[1].split("'", 1)[0]
    ready = pair.ready
    account = ["--sid", ready["sid"], "--key", ready["api_key"], "--sender", ready["sender"]]
    two = ["--to", "+919812345678", "--to", "+919812345679"]

    sent = waypost(folder, "send", "-", *account, "--url", ready["base_url"], *two, stdin=body)

    assert sent.returncode == 0, sent.stderr
    request_id = sent.stdout.splitlines()[0].removeprefix("Accepted as ").removesuffix(".")
    assert f"{request_id}:1  to +919812345679" in sent.stdout
    listed = waypost(folder, "why", request_id, "--data", "data", "--json")
    assert [one["message_id"] for one in json.loads(listed.stdout)["messages"]] == [
        f"{request_id}:0",
        f"{request_id}:1",
    ]
    one = waypost(folder, "why", f"{request_id}:1", "--data", "data", "--json")
    assert json.loads(one.stdout)["timeline"]["recipient"] == "+91****79"
    bare = waypost(folder, "why", f"{request_id}:1", "--data", "data", "--json", "--reveal")
    assert json.loads(bare.stdout)["timeline"]["recipient"] == "+919812345679"


def test_a_refused_body_is_told_with_every_place_and_ends_with_1(pair, folder):
    ready = pair.ready
    account = ["--sid", ready["sid"], "--key", ready["api_key"], "--sender", ready["sender"]]
    address = ["--url", ready["base_url"]]

    broken = waypost(folder, "send", "-", *account, *address, stdin='{"messaging_object": {]}')
    empty = waypost(folder, "send", "-", *account, *address, stdin="{}")

    assert broken.returncode == empty.returncode == 1
    assert broken.stdout.startswith("Refused with WA400 (HTTP 400): ")
    assert "line 1, column 23" in broken.stdout
    assert len(empty.stdout.splitlines()) > 1


def test_a_wrong_key_is_refused_and_the_answer_is_given_as_it_is_in_json(pair, folder):
    ready = pair.ready
    account = ["--sid", ready["sid"], "--key", "Awrong", "--sender", ready["sender"]]

    sent = waypost(folder, "send", "-", *account, "--url", ready["base_url"], "--json", stdin="{}")

    assert sent.returncode == 1
    assert json.loads(sent.stdout)["code"] == "RBC001"


def test_the_demo_account_pays_and_its_money_adds_up(folder, travelled):
    audit = waypost(folder, "wallet", "audit", "--data", "data")

    assert travelled["complete"]
    assert (audit.returncode, audit.stdout) == (0, "Every wallet is the sum of its entries.\n")


def test_a_second_gateway_on_the_same_folder_is_refused_and_harms_nobody(pair, folder):
    second = waypost(folder, "dev", "--port", "0", "--emulator-port", "0", "--data", "data")

    assert second.returncode == 1
    assert second.stderr.startswith("Another gateway is running on data.")
    assert waypost(folder, "demo", "--ready-file", "ready.json").returncode == 0


def test_a_taken_port_is_said_in_a_sentence(pair, folder):
    port = pair.ready["base_url"].rpartition(":")[2]

    second = waypost(folder, "dev", "--port", port, "--emulator-port", "0", "--data", "other")

    assert second.returncode == 3
    assert f"Nothing can listen on 127.0.0.1:{port}" in second.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_both_and_the_next_start_knows_the_account(tmp_path, number):
    with pair_process(tmp_path) as first:
        before = first.ready
        assert first.stop(number) == 0
        assert "Traceback" not in first.output.read_text()
        for url in (before["base_url"], before["emulator_url"]):
            with pytest.raises(URLError):
                urlopen(f"{url}/_emulator/health", timeout=5)
    unreachable = waypost(tmp_path, "demo", "--ready-file", "ready.json")
    assert unreachable.returncode == 3
    assert "does not answer" in unreachable.stderr
    with pair_process(tmp_path) as second:
        kept = [name for name in FIELDS if not name.endswith("_url")]
        assert {name: second.ready[name] for name in kept} == {name: before[name] for name in kept}
        assert waypost(tmp_path, "demo", "--data", "data").returncode == 0


def test_a_killed_gateway_takes_its_emulator_along_and_its_ports_are_free_at_once(tmp_path):
    with pair_process(tmp_path) as first:
        ports = [int(first.ready[name].rpartition(":")[2]) for name in ("base_url", "emulator_url")]
        assert waypost(tmp_path, "demo", "--ready-file", "ready.json").returncode == 0
        first.stop(signal.SIGKILL)
    with pair_process(tmp_path, ports=(ports[0], ports[1])) as second:
        with urlopen(f"{second.ready['emulator_url']}/_emulator/messages", timeout=5) as answer:
            assert len(json.load(answer)["data"]) == 2, "Meta has forgotten nothing either"
        assert second.ready["emulator_url"] == f"http://127.0.0.1:{ports[1]}"
        assert waypost(tmp_path, "demo", "--ready-file", "ready.json").returncode == 0


def test_a_gateway_whose_emulator_dies_says_so_and_ends_with_3(tmp_path):
    with pair_process(tmp_path) as pair:
        pid = pair.process.pid
        (emulator,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        subprocess.run(["kill", "-9", emulator], check=True)
        assert pair.process.wait(20) == 3
        assert "The emulator was killed by signal 9" in pair.output.read_text()


def test_a_removed_database_gets_a_new_account(tmp_path):
    with pair_process(tmp_path) as first:
        before = first.ready
        first.stop()
    for file in first.data.glob("waypost.sqlite*"):
        file.unlink()
    with pair_process(tmp_path) as second:
        assert second.ready["sid"] != before["sid"]
        assert waypost(tmp_path, "demo", "--ready-file", "ready.json").returncode == 0


def test_a_lost_demo_file_finds_the_account_by_its_sender(tmp_path):
    with pair_process(tmp_path) as first:
        before = first.ready
        first.stop()
    (first.data / "demo.json").unlink()
    with pair_process(tmp_path) as second:
        assert second.ready["sid"] == before["sid"]
        assert second.ready["api_key"] != before["api_key"]
        assert waypost(tmp_path, "demo", "--ready-file", "ready.json").returncode == 0


def test_a_status_that_never_comes_ends_the_demo_with_1_and_its_name(tmp_path):
    with pair_process(tmp_path, "--status-delays", "sent=10,delivered=20"):
        done = waypost(tmp_path, "demo", "--ready-file", "ready.json", "--timeout", "1")

    assert done.returncode == 1
    assert "carousel: missing after 1 s: Meta's status 'read', the callback 'read'" in done.stdout


def test_secrets_that_are_set_are_those_of_the_pair(tmp_path):
    given = {
        "WAYPOST_OPERATOR_TOKEN": "my-operator-token",
        "WAYPOST_META_APP_SECRET": "my-app-secret",
        "WAYPOST_META_VERIFY_TOKEN": "my-verify-token",
    }
    with pair_process(tmp_path) as pair:
        first = pair.ready
    with pair_process(tmp_path, **given) as pair:
        ready = pair.ready
        request = Request(
            f"{ready['base_url']}/v1/admin/accounts",
            headers={"Authorization": "Bearer my-operator-token"},
        )
        with urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    assert (ready["sid"], ready["access_token"]) == (first["sid"], first["access_token"])
    names = ("operator_token", "app_secret", "verify_token")
    assert [ready[name] for name in names] == list(given.values())
