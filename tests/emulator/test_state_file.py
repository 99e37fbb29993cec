"""`meta-emulator serve --state`: a restart goes on where the last one was, also after a kill."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from support.emulated import NUMBER, WABA, order_update
from support.emulator_process import COMMAND, SOURCES, Running, SocketReceiver, emulator_process

MESSAGES = f"/v25.0/{NUMBER}/messages"
TEMPLATE = {
    "name": "kept",
    "language": "en_US",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "It is here."}],
}


def options(folder: Path, *more: str) -> tuple[str, ...]:
    return ("--state", str(folder / "state.sqlite"), "--access-token", "token", *more)


def kill(it: Running, folder: Path) -> None:
    it.process.send_signal(signal.SIGKILL)
    it.process.wait()
    (folder / "ready.json").unlink()


def statuses(body: bytes) -> list[tuple[str, str]]:
    changes = [change for entry in json.loads(body)["entry"] for change in entry["changes"]]
    told = [status for change in changes for status in change["value"].get("statuses", ())]
    return [(status["id"], status["status"]) for status in told]


def test_what_was_answered_is_there_after_a_kill_and_what_was_to_come_comes(tmp_path):
    delays = ("--status-delays", "sent=10,delivered=2500")
    with SocketReceiver() as receiver:
        given = options(tmp_path, *delays, "--webhook-url", receiver.url)
        with emulator_process(tmp_path, *given) as first:
            sent = [
                first.ask("POST", MESSAGES, order_update(to=f"+9198765000{n:02d}"))
                for n in range(40)
            ]
            ids = [answer["messages"][0]["id"] for answer in sent]
            first.ask("POST", f"/v25.0/{WABA}/message_templates", TEMPLATE)
            kill(first, tmp_path)
        with emulator_process(tmp_path, *given) as second:
            shown = second.ask("GET", "/_emulator/messages")["data"]
            assert [message["id"] for message in shown] == ids
            names = {
                template["name"]
                for template in second.ask("GET", f"/v25.0/{WABA}/message_templates")["data"]
            }
            assert "kept" in names
            further = second.ask("POST", MESSAGES, order_update(to="+919876511111"))
            assert further["messages"][0]["id"] not in ids
            heard: set[tuple[str, str]] = set()
            wanted = {(wamid, status) for wamid in ids for status in ("sent", "delivered")}
            while not wanted <= heard:
                heard |= set(statuses(receiver.take(1)[0].body))


def test_a_webhook_that_nobody_took_is_brought_after_the_restart(tmp_path):
    with SocketReceiver() as receiver:
        nobody = options(tmp_path, "--status-delays", "sent=0", "--webhook-retry-cap", "0.5")
        with emulator_process(tmp_path, *nobody, "--webhook-url", "http://127.0.0.1:9/") as first:
            wamid = first.ask("POST", MESSAGES, order_update())["messages"][0]["id"]
            kill(first, tmp_path)
        with emulator_process(tmp_path, *nobody, "--webhook-url", receiver.url):
            assert statuses(receiver.take(1)[0].body) == [(wamid, "sent")]


def test_a_clean_stop_loses_nothing_either(tmp_path):
    with emulator_process(tmp_path, *options(tmp_path)) as first:
        first.ask("POST", "/_emulator/faults", {"delay_ms": 7})
        first.ask("POST", MESSAGES, order_update())
    (tmp_path / "ready.json").unlink()
    with emulator_process(tmp_path, *options(tmp_path)) as second:
        assert second.ask("GET", "/_emulator/faults")["data"][0]["delay_ms"] == 7
        assert len(second.ask("GET", "/_emulator/messages")["data"]) == 1


def refused(folder: Path, *more: str) -> str:
    """What a start that fails says."""
    environment = {**os.environ, "PYTHONPATH": SOURCES}
    arguments = ["serve", "--port", "0", *options(folder, *more)]
    done = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 1, done.stdout
    return done.stderr


def test_a_file_that_is_none_is_told_and_kept_aside_where_that_is_wished(tmp_path):
    (tmp_path / "state.sqlite").write_bytes(b"this is no database" * 100)
    assert "is broken" in refused(tmp_path)
    with emulator_process(tmp_path, *options(tmp_path), "--renew-state") as it:
        it.ask("POST", MESSAGES, order_update())
    assert (tmp_path / "state.sqlite.1").read_bytes().startswith(b"this is no database")


def test_a_file_of_another_version_or_of_something_else_is_told(tmp_path):
    other = sqlite3.connect(tmp_path / "state.sqlite")
    other.execute("CREATE TABLE dishes (name TEXT)")
    assert "is a database of something else" in refused(tmp_path, "--renew-state")
    other.execute(f"PRAGMA application_id = {0x57504D45}")
    other.execute("PRAGMA user_version = 99")
    other.close()
    assert "is of version 99, and this emulator reads version 1" in refused(tmp_path)


def test_a_file_is_of_one_emulator_at_a_time(tmp_path):
    with emulator_process(tmp_path, *options(tmp_path)):
        assert "is in use by another emulator" in refused(tmp_path)


def send_many(it: Running, number: int) -> None:
    for _ in range(number):
        it.ask("POST", "/_emulator/inbox", {"callback": "x" * 1000})


def test_an_emulator_that_can_keep_no_more_says_so_and_ends(tmp_path):
    with emulator_process(tmp_path, *options(tmp_path)) as it:
        resource.prlimit(it.process.pid, resource.RLIMIT_FSIZE, (400_000, 400_000))
        with pytest.raises((HTTPException, OSError)):
            send_many(it, 400)
        assert it.process.wait(10) == 1
        assert "the state file" in (tmp_path / "output").read_text()


def test_a_snapshot_goes_from_one_emulator_to_another_by_the_command(tmp_path):
    environment: dict[str, Any] = {**os.environ, "PYTHONPATH": SOURCES}
    (tmp_path / "second").mkdir()
    token = ("--access-token", "token")
    with (
        emulator_process(tmp_path, *token) as first,
        emulator_process(tmp_path / "second", *token) as second,
    ):
        first.ask("POST", MESSAGES, order_update())
        with (tmp_path / "kept.json").open("wb") as kept:
            subprocess.run(
                [*COMMAND, "snapshot", "--url", first.facts["url"]],
                stdout=kept,
                env=environment,
                check=True,
            )
        back = ["restore", str(tmp_path / "kept.json"), "--url", second.facts["url"]]
        subprocess.run([*COMMAND, *back], env=environment, check=True)
        shown = [it.ask("GET", "/_emulator/messages")["data"] for it in (first, second)]
        assert len(shown[1]) == 1
        assert shown[0][0]["id"] == shown[1][0]["id"]
        (tmp_path / "kept.json").write_text('{"version": 9, "parts": {}}')
        broken = subprocess.run(
            [*COMMAND, *back], env=environment, capture_output=True, text=True, check=False
        )
        assert broken.returncode == 1
        assert "of version 9, and this emulator reads version 1" in broken.stderr
