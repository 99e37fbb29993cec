"""The command `waypost` as processes of its own: any command, and a running `waypost dev`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COMMAND = [sys.executable, "-m", "waypost"]
SOURCES = str(Path(__file__).parent.parent.parent / "src")
DELAYS = "sent=20,delivered=40,read=60"
START_S = 30.0
TICK_S = 0.02


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without settings of its own, and with these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAYPOST_")}
    return {**kept, "PYTHONPATH": SOURCES, **variables}


def waypost(
    folder: Path, *arguments: str, stdin: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """One command, run to its end in `folder`, without a terminal."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(**variables),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@dataclass
class Pair:
    """A running `waypost dev`: its process, its ready file, its data folder and its output."""

    process: subprocess.Popen[bytes]
    ready_file: Path
    data: Path
    output: Path

    @property
    def ready(self) -> dict[str, str]:
        return json.loads(self.ready_file.read_text())

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal and waits; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(20)


@contextmanager
def pair_process(
    folder: Path, *options: str, ports: tuple[int, int] = (0, 0), **variables: str
) -> Iterator[Pair]:
    """`waypost dev` with its data in `folder/data`; it is stopped when the block ends."""
    ready_file, output = folder / "ready.json", folder / "output"
    ready_file.unlink(missing_ok=True)
    arguments = ["--port", str(ports[0]), "--emulator-port", str(ports[1]), "--data", "data"]
    arguments += ["--ready-file", "ready.json", "--status-delays", DELAYS, *options]
    with output.open("wb") as out:
        process = subprocess.Popen(
            [*COMMAND, "dev", *arguments],
            cwd=folder,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        waited = 0.0
        while not ready_file.exists():
            assert waited < START_S, "waypost dev did not get ready"
            waited += TICK_S
            try:
                process.wait(TICK_S)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(output.read_text())
        yield Pair(process, ready_file, folder / "data", output)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(20)
