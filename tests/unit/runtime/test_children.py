"""Several processes of one command: none dies unnoticed, and none outlives the first."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from waypost.runtime.children import MISUSED, Children
from waypost.runtime.clock import SystemClock

SOURCES = str(Path(__file__).parents[3] / "src")
OBEDIENT = """
import pathlib, signal, sys, time
folder, number = pathlib.Path(sys.argv[1]), sys.argv[2]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with (folder / number).open("a") as lives:
    lives.write("lived\\n")
if sys.argv[3:] or (folder / number).read_text().count("lived") == 1 and number == "0":
    sys.exit(1)
time.sleep(60)
"""
REFUSED = f"import sys; sys.exit({MISUSED})"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


def command(program, *words):
    return [sys.executable, "-c", program, *words]


async def until(is_so):
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


def lives(folder, number):
    file = folder / str(number)
    return file.read_text().count("lived") if file.exists() else 0


def test_a_child_that_dies_is_started_again_and_the_others_never_notice(tmp_path):
    children = Children(command(OBEDIENT, str(tmp_path)), 2, 5, SystemClock())

    async def run():
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(children.run())
            await until(lambda: (lives(tmp_path, 0), lives(tmp_path, 1)) == (2, 1))
            os.kill(os.getpid(), signal.SIGTERM)
            return await running

    assert asyncio.run(run()) == 0
    assert (lives(tmp_path, 0), lives(tmp_path, 1)) == (2, 1)


def test_children_that_refuse_their_configuration_are_not_started_again():
    assert asyncio.run(Children(command(REFUSED), 3, 5, SystemClock()).run()) == MISUSED


def test_a_child_that_does_not_stop_is_killed():
    children = Children(command(DEAF), 1, 0.2, SystemClock(), spare_s=0.3)

    async def run():
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(children.run())
            await asyncio.sleep(0.5)
            asked = time.monotonic()
            os.kill(os.getpid(), signal.SIGTERM)
            await running
            return time.monotonic() - asked

    assert asyncio.run(run()) < 5


PARENT = """
import asyncio, sys
from waypost.runtime.children import Children
from waypost.runtime.clock import SystemClock
asyncio.run(Children([sys.executable, "-c", sys.argv[1], sys.argv[2]], 1, 5, SystemClock()).run())
"""
CHILD = """
import asyncio, pathlib, signal, sys
from waypost.runtime.children import stop_with_parent
async def run():
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    stop_with_parent()
    folder = pathlib.Path(sys.argv[1])
    (folder / "began").touch()
    await told.wait()
    (folder / "ended").touch()
asyncio.run(run())
"""


def test_a_child_stops_in_order_when_its_parent_is_killed(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": SOURCES},
    )
    try:
        asyncio.run(until((tmp_path / "began").exists))
    finally:
        parent.kill()
        parent.wait()
    asyncio.run(until((tmp_path / "ended").exists))


def test_a_child_that_cannot_be_started_takes_nobody_along(tmp_path):
    program = tmp_path / "program"
    children = Children([str(program), str(tmp_path)], 1, 5, SystemClock())

    async def run():
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(children.run())
            await asyncio.sleep(0.2)
            assert not running.done()
            program.write_text(f"#!{sys.executable}\n{OBEDIENT}")
            program.chmod(0o755)
            await until(lambda: lives(tmp_path, 0) == 1)
            os.kill(os.getpid(), signal.SIGTERM)
            return await running

    assert asyncio.run(run()) == 0
