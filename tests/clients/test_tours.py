"""Clients from registries, pinned and unmodified, use all they can of the emulator.

Each is a program of its own: `pywa_tour.py` under the current pywa and under an older major,
`node/tour.mjs` with @kapso/whatsapp-cloud-api. `make clients` installs what the development
environment does not have; where that was not done, these tests say so and are skipped, but in CI.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.emulator_process import emulator_process

HERE = Path(__file__).parent
INSTALLED = HERE.parent.parent / ".venv" / "clients"
OLDER = INSTALLED / "pywa"
NODE = INSTALLED / "node"
OPTIONS = ("--status-delays", "sent=10,delivered=20,read=30", "--webhook-batch", "1")
TOUR_S = 110


def installed(path: Path) -> Path:
    """`path`, if it is there; a client that is missing in CI is a failure."""
    if not path.exists() and not os.environ.get("CI"):
        pytest.skip("`make clients` installs this client")
    assert path.exists(), f"{path} is missing: `make clients` installs it"
    return path


def tour(folder: Path, command: list[str], **environment: str) -> dict[str, Any]:
    """The report of a client's tour of an emulator of its own."""
    with emulator_process(folder, *OPTIONS) as emulator:
        assert emulator.facts
        done = subprocess.run(
            [*command, str(folder / "ready.json")],
            env={**os.environ, **environment},
            capture_output=True,
            timeout=TOUR_S,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def check_pywa(report: dict[str, Any], version: str, calls: int) -> None:
    assert report["version"].partition(".")[0] == version
    assert report["failed"] == {}
    assert report["raised"] == []
    assert len(report["done"]) >= calls
    understood = report["understood"]
    assert understood["MessageStatus"] == 3 * report["sent"]
    assert understood["RawUpdate"] == report["webhooks"]
    for kind, least in {
        "Message": 7,
        "CallbackButton": 1,
        "CallbackSelection": 1,
        "TemplateStatusUpdate": 3,
        "TemplateQualityUpdate": 1,
        "UserMarketingPreferences": 2,
    }.items():
        assert understood[kind] >= least, kind


def test_the_current_pywa_can_do_all_it_can(tmp_path):
    command = [sys.executable, str(HERE / "pywa_tour.py")]
    check_pywa(tour(tmp_path, command), "4", 55)


def test_an_older_pywa_can_do_all_it_can(tmp_path):
    command = [sys.executable, str(HERE / "pywa_tour.py")]
    report = tour(tmp_path, command, PYTHONPATH=str(installed(OLDER)))
    check_pywa(report, "3", 53)


def test_the_node_client_can_do_all_it_can(tmp_path):
    node = shutil.which("node")
    if node is None and not os.environ.get("CI"):
        pytest.skip("there is no node")
    assert node is not None
    clients = installed(NODE / "node_modules").parent
    report = tour(tmp_path, [node, str(HERE / "node" / "tour.mjs")], CLIENTS_DIR=str(clients))

    assert report["failed"] == {}
    assert report["unverified"] == 0
    assert len(report["done"]) >= 46
    sent = len(report["sent"])
    assert sent >= 25
    assert {
        name: report["read"].get(name)
        for name in ("status sent", "status delivered", "status read")
    } == {"status sent": sent, "status delivered": sent, "status read": sent}
    for kind in ("text", "image", "button", "interactive", "order"):
        assert report["read"].get(f"message {kind}"), kind
    assert not [name for name in report["read"] if name.endswith("empty")]
