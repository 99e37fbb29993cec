"""Parts run together, stop in their order, and none ends unnoticed."""

import asyncio
import os
import signal

import pytest

from waypost.runtime.supervisor import Part, PartFailedError, supervise


class Made:
    """Parts that note when they began and ended."""

    def __init__(self):
        self.notes = []

    def part(self, name, *, ends=None, is_deaf=False):
        told = asyncio.Event()

        async def run():
            self.notes.append(f"{name} runs")
            if ends is not None:
                raise ends
            try:
                await told.wait()
            finally:
                self.notes.append(f"{name} ended")

        return Part(name, run, (lambda: None) if is_deaf else told.set)


async def nothing():
    """Nothing is to be done at the start."""


def terminate():
    os.kill(os.getpid(), signal.SIGTERM)


def supervised(made, *parts, grace_s=5.0, started=None):
    async def told():
        made.notes.append("started")
        terminate()

    asyncio.run(supervise(parts, grace_s=grace_s, started=started or told))


def test_parts_run_until_a_signal_and_stop_in_their_order():
    made = Made()

    supervised(made, made.part("door"), made.part("worker"))

    assert sorted(made.notes[:3]) == ["door runs", "started", "worker runs"]
    assert made.notes[3:] == ["door ended", "worker ended"]


def test_a_part_that_fails_takes_the_process_with_it():
    made = Made()

    with pytest.raises(PartFailedError, match="broken ended by itself"):
        supervised(
            made,
            made.part("door"),
            made.part("broken", ends=ValueError("the part broke")),
            started=nothing,
        )
    assert made.notes[-1] == "door ended"


def test_a_start_that_fails_takes_the_process_with_it():
    made = Made()

    async def fail():
        raise ValueError("nobody answers")

    with pytest.raises(PartFailedError, match="started ended by itself"):
        supervised(made, made.part("door"), started=fail)
    assert made.notes == ["door runs", "door ended"]


def test_a_start_that_is_done_leaves_the_parts_running():
    made = Made()

    async def body():
        started = asyncio.Event()

        async def start():
            started.set()

        running = asyncio.ensure_future(supervise([made.part("door")], grace_s=5, started=start))
        await started.wait()
        for _ in range(10):
            await asyncio.sleep(0)
        is_running = not running.done()
        terminate()
        await running
        return is_running

    assert asyncio.run(body())
    assert made.notes == ["door runs", "door ended"]


def test_a_part_that_does_not_stop_is_cut_off_within_the_grace():
    made = Made()

    supervised(made, made.part("deaf", is_deaf=True), made.part("worker"), grace_s=0.05)

    assert sorted(made.notes[-2:]) == ["deaf ended", "worker ended"]


def test_a_part_that_fails_while_it_stops_does_not_hold_up_the_others():
    made = Made()
    told = asyncio.Event()

    async def run():
        await told.wait()
        raise ValueError("could not give back")

    supervised(made, Part("clumsy", run, told.set), made.part("worker"))

    assert made.notes[-1] == "worker ended"
