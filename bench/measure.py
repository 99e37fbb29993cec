"""Processes: starting and stopping them, what they cost, and what the load generator saw."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from bench.contenders import Options, Ready
from bench.load import Plan, Report

ROOT = Path(__file__).resolve().parents[1]
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
START_S = 30.0
STOP_S = 30.0
DRAIN_S = 90.0
LOOK_S = 0.01


def environment_of_ours() -> dict[str, str]:
    """This process's, with the repository to import from."""
    paths = os.pathsep.join((str(ROOT), str(ROOT / "src")))
    return {**os.environ, "PYTHONPATH": paths}


class BenchError(Exception):
    """A contender did not do what it is measured for; the text says which and what."""


@contextmanager
def process(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of ours, ended when the block ends; what it complains of goes to `log`."""
    with log.open("ab") as complaints:
        started = subprocess.Popen(
            [sys.executable, *command],
            stdout=subprocess.PIPE,
            stderr=complaints,
            cwd=ROOT,
            env={**environment_of_ours(), **(environment or {})},
        )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(STOP_S)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextmanager
def contender(
    name: str, folder: Path, options: Options | None = None
) -> Iterator[tuple[Ready, int]]:
    """A running contender of bench/contenders.py: what it told, and its process id."""
    log = folder / f"{name}.log"
    told = msgspec.json.encode(options or Options()).decode()
    with process(["-m", "bench.contenders", name, told], log) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        if not line:
            raise BenchError(f"{name} did not start: {log.read_text()[-2000:]}")
        yield msgspec.json.decode(line, type=Ready), running.pid


def apply_load(plan: Plan) -> Report:
    """Runs the load generator. Raises BenchError if anything but successes came back."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=msgspec.json.encode(plan),
        capture_output=True,
        cwd=ROOT,
        env=environment_of_ours(),
        check=False,
    )
    if done.returncode:
        raise BenchError(f"the load generator failed: {done.stderr[-500:].decode()}")
    report = msgspec.json.decode(done.stdout, type=Report)
    if report.errors:
        raise BenchError(f"{report.errors} requests to {plan.path} failed: {report.first_error}")
    return report


def wait_until(is_done: Callable[[], bool], what: str) -> float:
    """Looks again and again; the instant at which it was so. Raises BenchError if it never is."""
    ends_at = time.time() + DRAIN_S
    while not is_done():
        if time.time() > ends_at:
            raise BenchError(f"{what} did not come to an end within {DRAIN_S:.0f} s")
        time.sleep(LOOK_S)
    return time.time()


def cpu_s(pids: Sequence[int]) -> float:
    """Processor seconds of these processes with all their threads; of one that is gone, none.

    A database server starts and ends processes of its own accord.
    """
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_S


def children(pid: int) -> list[int]:
    """A process and those it started: a database server's processes."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    found = [int(one) for task in tasks for one in (task / "children").read_text().split()]
    return [pid, *found]


def memory_mb(pid: int) -> float:
    """Resident memory now, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (resident,) = (line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(resident) / 1024
