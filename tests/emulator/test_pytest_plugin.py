"""The pytest plugin in runs of its own, as elsewhere: each a process, with warnings as errors."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

SOURCES = str(Path(__file__).parent.parent.parent / "src")
PLUGIN = "meta_emulator.pytest_plugin"
HELPERS = """
import json
from urllib.request import Request, urlopen

def send(emulator, text="Hello Pablo"):
    message = {"messaging_product": "whatsapp", "to": "+919876543210", "text": {"body": text}}
    emulator.says("hi")
    headers = {"Authorization": "Bearer " + emulator.access_token}
    url = f"{emulator.url}/v25.0/{emulator.phone_number_id}/messages"
    with urlopen(Request(url, json.dumps(message).encode(), headers), timeout=10) as answer:
        return json.loads(answer.read())["messages"][0]["id"]
"""


def run(folder, test, *plugins, options=(), conftest=""):
    """Output and exit code of a run of pytest about one file, with only the plugins named."""
    (folder / "helpers.py").write_text(HELPERS)
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_it.py").write_text(f"import pytest\nfrom helpers import send\n\n{test}")
    environment = {**os.environ, "PYTHONPATH": f"{SOURCES}{os.pathsep}{folder}"}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    ended = subprocess.run(
        [
            *(sys.executable, "-X", "dev", "-m", "pytest", "-W", "error", "--strict-markers"),
            *(f"-p{name}" for name in (PLUGIN, "no:cacheprovider", *plugins)),
            *options,
        ],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
    )
    return ended.stdout + ended.stderr, ended.returncode


def test_sync_and_async_tests_each_have_an_emulator_of_their_own(tmp_path):
    told, code = run(
        tmp_path,
        """
import threading

@pytest.mark.parametrize("turn", range(3))
def test_sync(meta_emulator, turn):
    assert meta_emulator.messages == []
    send(meta_emulator)
    meta_emulator.wait_for("read", within="24h")

@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_async(meta_emulator):
    assert meta_emulator.messages == []
    send(meta_emulator)
    read = await meta_emulator.aio.wait_for("read", within="24h")
    assert read.words == "Hello Pablo"
""",
        "anyio",
    )
    assert code == 0, told
    assert "4 passed" in told


def test_a_failed_test_shows_what_was_sent_and_where_it_was_asked_for(tmp_path):
    told, code = run(
        tmp_path,
        """
def test_it(meta_emulator):
    send(meta_emulator)
    meta_emulator.assert_sent(template="order_update")

def test_that(meta_emulator):
    send(meta_emulator)
    meta_emulator.wait_for("failed", within="1h")
""",
    )
    assert code == 1, told
    assert "E       AssertionError: No messages template order_update were sent." in told
    assert 'No messages came to "failed" within 1h.' in told
    assert re.search(r'E +1\.  to \+919876543210  text  "Hello Pablo"  \[accepted\]', told)
    frames = set(re.findall(r"^(\S+\.py):\d+: ", told, re.MULTILINE))
    assert frames == {"test_it.py"}, "the plugin's own frames are hidden"


def test_it_works_with_several_processes(tmp_path):
    told, code = run(
        tmp_path,
        """
@pytest.mark.parametrize("turn", range(8))
def test_it(meta_emulator, turn):
    send(meta_emulator)
    meta_emulator.wait_for("delivered")
    assert len(meta_emulator.messages) == 1
""",
        "xdist",
        options=["-n2"],
    )
    assert code == 0, told
    assert "8 passed" in told


def test_the_marker_comes_before_the_options_of_the_whole_run(tmp_path):
    told, code = run(
        tmp_path,
        """
pytestmark = pytest.mark.meta_emulator(app_secret="module")

def test_module(meta_emulator):
    assert meta_emulator.access_token == "run"
    assert meta_emulator.app_secret == "module"

@pytest.mark.meta_emulator(app_secret="test")
def test_test(meta_emulator):
    assert meta_emulator.access_token == "run"
    assert meta_emulator.app_secret == "test"
""",
        conftest="""
import pytest

@pytest.fixture(scope="session")
def meta_emulator_options():
    return {"access_token": "run", "app_secret": "run"}
""",
    )
    assert code == 0, told


def test_a_marker_that_makes_no_sense_is_an_error_with_a_sentence(tmp_path):
    told, code = run(
        tmp_path,
        """
@pytest.mark.meta_emulator(speed=3)
def test_it(meta_emulator):
    pass

@pytest.mark.meta_emulator("seed.json")
def test_that(meta_emulator):
    pass
""",
    )
    assert code == 1, told
    assert "TypeError: the emulator takes no speed; it takes access_token, " in told
    assert "takes words alone, as limits=True" in told


def test_a_run_that_does_not_ask_for_it_loads_nothing_of_it(tmp_path):
    told, code = run(
        tmp_path,
        """
import sys

def test_it():
    ours = {name for name in sys.modules if name.startswith("meta_emulator")}
    assert ours == {"meta_emulator", "meta_emulator.pytest_plugin"}
""",
    )
    assert code == 0, told


def test_the_marker_and_the_fixture_are_told_of(tmp_path):
    told, _ = run(tmp_path, "", options=["--markers"])
    assert "@pytest.mark.meta_emulator(seed=..., limits=..., webhook_url=..., ...)" in told
    told, _ = run(tmp_path, "", options=["--fixtures"])
    assert re.search(r"^meta_emulator -- .*pytest_plugin", told, re.MULTILINE)


@pytest.mark.parametrize("turn", range(3))
def test_the_run_ends_without_a_word_after_the_last(tmp_path, turn):
    told, code = run(
        tmp_path, "def test_it(meta_emulator):\n    send(meta_emulator)\n", options=["-q"]
    )
    assert code == 0, told
    assert re.fullmatch(r"\.\s+\[100%\]\s+1 passed in [\d.]+s\s*", told), told


def test_whoever_installs_the_package_has_the_fixture(tmp_path):
    hatchling = pytest.importorskip("hatchling.build")
    here = Path.cwd()
    try:
        os.chdir(Path(SOURCES).parent)
        wheel = hatchling.build_wheel(str(tmp_path))
    finally:
        os.chdir(here)
    with zipfile.ZipFile(tmp_path / wheel) as packed:
        (entries,) = (name for name in packed.namelist() if name.endswith("entry_points.txt"))
        told = packed.read(entries).decode()
        packed.extractall(tmp_path / "site")
    assert f"[pytest11]\n{PLUGIN} = {PLUGIN}" in told
    test = tmp_path / "test_it.py"
    test.write_text("def test_it(meta_emulator):\n    meta_emulator.assert_not_sent()\n")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    for more in ((), ("-p", PLUGIN)):
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-W", "error", *more, str(test)],
            check=False,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
